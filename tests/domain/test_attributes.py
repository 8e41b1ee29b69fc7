from sonarium.domain.attributes import tag_key


def test_a_tag_is_written_as_eight_upper_case_hexadecimal_digits() -> None:
    assert tag_key(0x0020000D) == "0020000D"
