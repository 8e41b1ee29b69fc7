"""A sealed blob opens to what was sealed, and to nothing else."""

import hashlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.storage.errors import BlobDamaged
from sonarium.storage.sealing import (
    HEADER_BYTES,
    KEY_BYTES,
    KEY_ID_BYTES,
    OVERHEAD_BYTES,
    BlobCipher,
    Body,
    is_sealed,
    key_id_of,
    read_box,
    read_header,
    write_front,
)

GROUP_KEY = os.urandom(KEY_BYTES)
KEY_ID = os.urandom(KEY_ID_BYTES)


def front_of(cipher: BlobCipher, head: bytes = b"head", body: bytes = b"body") -> bytes:
    told = Body(hashlib.sha256(body).digest(), len(body))
    return write_front(cipher, GROUP_KEY, KEY_ID, told, head)


@given(head=st.binary(max_size=300), body=st.binary(max_size=300))
def test_head_digest_and_length_come_back_and_cannot_be_read_outside(
    head: bytes, body: bytes
) -> None:
    front = front_of(BlobCipher.make(), head, body)
    assert is_sealed(front)
    assert key_id_of(front) == KEY_ID
    assert len(front) == len(head) + OVERHEAD_BYTES
    assert hashlib.sha256(body).digest() not in front
    told, found = read_box(read_header(front, GROUP_KEY), front)
    assert (told.sha256, told.length, found) == (hashlib.sha256(body).digest(), len(body), head)


@given(at=st.integers(0, HEADER_BYTES + 60), flip=st.integers(1, 255))
def test_a_front_in_which_any_byte_changed_does_not_open(at: int, flip: int) -> None:
    front = bytearray(front_of(BlobCipher.make()))
    at %= len(front)
    front[at] ^= flip
    with pytest.raises(BlobDamaged):
        read_box(read_header(bytes(front), GROUP_KEY), bytes(front))


def test_another_key_opens_nothing() -> None:
    front = front_of(BlobCipher.make())
    with pytest.raises(BlobDamaged):
        read_header(front, os.urandom(KEY_BYTES))


@given(
    pieces=st.lists(st.binary(min_size=1, max_size=40), min_size=2, max_size=4),
    one=st.integers(0, 3),
    other=st.integers(0, 3),
)
def test_a_piece_opens_at_its_own_place_only(pieces: list[bytes], one: int, other: int) -> None:
    cipher = BlobCipher.make()
    sealed = [cipher.seal(piece, number) for number, piece in enumerate(pieces)]
    one, other = one % len(pieces), other % len(pieces)
    if one == other:
        assert cipher.open(sealed[one], other) == pieces[one]
    else:
        with pytest.raises(BlobDamaged):
            cipher.open(sealed[one], other)
    with pytest.raises(BlobDamaged):
        BlobCipher.make().open(sealed[one], one)
    with pytest.raises(BlobDamaged):
        cipher.open(sealed[one][:-1], one)


@pytest.mark.parametrize("length", [0, 5, 1000])
def test_a_piece_is_opened_where_it_is_wanted_or_not_at_all(length: int) -> None:
    cipher = BlobCipher.make()
    piece = os.urandom(length)
    sealed = memoryview(cipher.seal(piece, 3))
    plain = bytearray(length)
    cipher.open_into(sealed, 3, memoryview(plain))
    assert plain == piece
    for number, room in ((2, length), (3, length + 1)):
        with pytest.raises(BlobDamaged):
            cipher.open_into(sealed, number, memoryview(bytearray(room)))


@pytest.mark.parametrize("front", [b"", b"SONASEA1", b"DICM" * 100])
def test_what_was_not_sealed_is_told_apart(front: bytes) -> None:
    with pytest.raises(BlobDamaged):
        key_id_of(front)
