"""What the index refuses to look for."""

from sonarium.index.errors import InvalidMatchKey


def test_a_bad_key_is_named_by_its_tag_and_not_repeated() -> None:
    error = InvalidMatchKey("is not a date", 0x00080020)
    assert str(error) == "(0008,0020) is not a date"
    assert error.tag == 0x00080020
