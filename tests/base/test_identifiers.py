from hypothesis import given
from hypothesis import strategies as st

from sonarium.base.identifiers import is_usable_uid, is_valid_uid, new_uid


def test_new_uids_are_valid_and_differ() -> None:
    first, second = new_uid(), new_uid()
    assert is_valid_uid(first)
    assert first != second


def test_leading_zeros_break_the_standard_and_are_still_usable() -> None:
    assert not is_valid_uid("1.2.03")
    assert is_usable_uid("1.2.03")


@given(st.text())
def test_a_usable_uid_is_nothing_but_digits_and_dots(text: str) -> None:
    if is_usable_uid(text):
        assert set(text) <= set("0123456789.")
        assert len(text) <= 64
        assert text[0] != "."


def test_a_path_is_never_a_uid() -> None:
    assert not is_usable_uid("../../etc/passwd")
    assert not is_usable_uid("")
    for folder in (".", "..", ".1", "...."):
        assert not is_usable_uid(folder)
    assert not is_usable_uid("1" * 65)
