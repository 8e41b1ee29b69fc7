"""A root key wraps others, and only opens what it wrapped."""

import pytest

from sonarium.storage.errors import KeysDamaged
from sonarium.storage.root_key import RootKey


def test_what_was_wrapped_is_unwrapped_for_the_same_purpose_only() -> None:
    root = RootKey.make()
    wrapped = root.wrap(b"secret", b"one purpose")
    assert b"secret" not in wrapped
    assert root.unwrap(wrapped, b"one purpose") == b"secret"
    with pytest.raises(KeysDamaged):
        root.unwrap(wrapped, b"another")
    with pytest.raises(KeysDamaged):
        RootKey.make().unwrap(wrapped, b"one purpose")


@pytest.mark.parametrize("at", [0, 12, -1])
def test_a_changed_or_cut_wrapping_does_not_open(at: int) -> None:
    root = RootKey.make()
    wrapped = bytearray(root.wrap(b"secret", b""))
    for cut in (b"", bytes(wrapped[:-1])):
        with pytest.raises(KeysDamaged):
            root.unwrap(cut, b"")
    wrapped[at] ^= 1
    with pytest.raises(KeysDamaged):
        root.unwrap(bytes(wrapped), b"")


def test_an_id_follows_from_the_key_and_a_print_shows_no_secret() -> None:
    root = RootKey.make()
    assert RootKey.of(root.secret) == root
    assert RootKey.make().key_id != root.key_id
    assert root.secret.hex() not in repr(root)
    assert str(root.secret) not in repr(root)
