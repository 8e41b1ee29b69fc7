"""A wrapped key shows neither itself nor whose it is."""

from sonarium.domain.group_key import WrappedKey


def test_a_print_of_a_key_names_no_study() -> None:
    key = WrappedKey(b"id", "1.2.840.99", "root", b"wrapped")
    assert "1.2.840" not in repr(key)
    assert "wrapped'" not in repr(key)
