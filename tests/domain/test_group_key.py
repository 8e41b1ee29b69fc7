"""A wrapped key shows nothing of itself."""

from sonarium.domain.group_key import WrappedKey


def test_a_print_of_a_key_does_not_show_it() -> None:
    key = WrappedKey(b"id", "root", b"wrapped")
    assert "wrapped'" not in repr(key)
