"""The keys of sealed blobs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.storage.errors import BlobMissing
from sonarium.storage.sealed_place import SealedPlace, sealed_place_of
from sonarium.storage.sealing import OVERHEAD_BYTES, PIECE_BYTES, SEALED_PIECE_BYTES, TAG_BYTES


def test_a_key_says_where_the_blob_lies_and_how_long_its_front_is() -> None:
    place = SealedPlace("s.volume.1000.10", OVERHEAD_BYTES + 300)
    assert sealed_place_of(place.key) == place
    assert place.head_length == 300


def test_other_keys_are_told_apart() -> None:
    assert sealed_place_of("s.volume.1000.10") is None
    with pytest.raises(BlobMissing):
        sealed_place_of("ex.s.volume.1000.10")


@given(
    length=st.integers(1, 4 * PIECE_BYTES),
    start=st.integers(0, 2**20),
    wanted=st.integers(1, 2**20),
)
def test_a_range_lies_in_whole_pieces_of_what_is_there(
    length: int, start: int, wanted: int
) -> None:
    start %= length
    end = min(length, start + wanted)
    place = SealedPlace("below", OVERHEAD_BYTES + 300)
    first, offset, sealed = place.sealed_range(start, end, length)
    sealed_length = length + -(-length // PIECE_BYTES) * TAG_BYTES
    assert first * PIECE_BYTES <= start
    assert offset == place.front_length + first * SEALED_PIECE_BYTES
    assert offset + sealed <= place.front_length + sealed_length
    until = first * SEALED_PIECE_BYTES + sealed
    assert until == sealed_length or not until % SEALED_PIECE_BYTES
    assert until // SEALED_PIECE_BYTES * PIECE_BYTES >= end or until == sealed_length
    assert offset + sealed <= place.sealed_until(place.head_length + end)
