from sonarium.faces.dimse.conformance import fill_tables, named_tables, table


def test_a_table_is_written_between_its_marks() -> None:
    old = "before\n<!-- table: find_extensions -->\nold\n<!-- end of table -->\nafter\n"
    new = fill_tables(old)
    assert new.startswith("before\n<!-- table: find_extensions -->\n")
    assert new.endswith("<!-- end of table -->\nafter\n")
    assert "| Relational-queries | yes |" in new
    assert "old" not in new
    assert fill_tables(new) == new
    assert named_tables(new) == ["find_extensions"]


def test_a_table_has_a_heading_and_rows() -> None:
    assert table("a | b", [(1, "x")]) == "| a | b |\n| --- | --- |\n| 1 | x |\n"
