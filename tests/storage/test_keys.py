"""Blob keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.storage.errors import BlobMissing
from sonarium.storage.keys import (
    LoosePlace,
    SegmentPlace,
    loose_file_name,
    loose_key,
    place_of,
    segment_key,
    time_ordered_name,
    volume_of,
)
from sonarium.storage.volumes import volume_name

numbers = st.integers(0, 2**50)
digests = st.binary(min_size=32, max_size=32)


@given(number=st.integers(1, 10**6), offset=numbers, length=numbers)
def test_a_segment_key_tells_the_place(number: int, offset: int, length: int) -> None:
    volume = volume_name(time_ordered_name(), number)
    key = segment_key(volume, offset, length)
    assert place_of(key) == SegmentPlace(volume, offset, length)
    assert volume_of(key) == volume


@given(number=st.integers(1, 10**6), digest=digests)
def test_a_loose_key_tells_the_place_and_the_digest(number: int, digest: bytes) -> None:
    volume = volume_name(time_ordered_name(), number)
    name = loose_file_name(digest)
    assert place_of(loose_key(volume, name)) == LoosePlace(volume, name, digest)


@given(key=st.text() | st.from_regex(r"[sl]\.[0-9a-f./-]*"))
def test_anything_else_names_no_blob(key: str) -> None:
    with pytest.raises(BlobMissing):
        place_of(key)


def test_names_are_never_given_twice() -> None:
    assert len({time_ordered_name() for _ in range(10_000)}) == 10_000
