import pytest

from sonarium.db.sql import sql_file


def test_a_statement_is_read_once_as_bytes() -> None:
    statement = sql_file("sonarium.index", "study_version")
    assert statement.startswith(b"-- ")
    assert sql_file("sonarium.index", "study_version") is statement


def test_a_missing_file_is_noticed_at_import() -> None:
    with pytest.raises(FileNotFoundError):
        sql_file("sonarium.index", "no_such_statement")
