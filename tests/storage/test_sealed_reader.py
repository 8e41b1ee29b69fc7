"""Sealed blobs as they are read; what of them is told to whom, `test_sealed` says."""

import os
from pathlib import Path

import pytest
from tests.storage.sealed_stores import group_keys, sealed
from tests.storage.test_sealed import put

from sonarium.storage.errors import BlobDamaged
from sonarium.storage.memory import MemoryBlobStore
from sonarium.storage.sealed_place import SealedPlace, sealed_place_of
from sonarium.storage.sealed_reader import SealedReader
from sonarium.storage.sealing import PIECE_BYTES, SEALED_PIECE_BYTES


class Counting(MemoryBlobStore):
    """Counts how often it is read, and how much of it."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[int] = []

    async def read(self, key: str, offset: int, length: int) -> bytes:
        self.reads.append(length)
        return await super().read(key, offset, length)

    async def begin(self, key: str, length: int) -> bytes:
        found = await super().begin(key, length)
        self.reads.append(len(found))
        return found


async def kept(below: MemoryBlobStore, folder: Path, body: bytes) -> tuple[SealedPlace, bytes]:
    """Seal a body; return its place, and the plain blob."""
    store = sealed(below, folder)
    blob = await put(store, body)
    place = sealed_place_of(blob.key)
    assert place is not None
    return place, await store.read(blob.key, 0, blob.body_offset) + body


async def test_a_small_blob_is_opened_and_read_by_one_read(tmp_path: Path) -> None:
    below = Counting()
    below.chunk_bytes = 5 * PIECE_BYTES
    place, plain = await kept(below, tmp_path, os.urandom(70_000))
    reader = SealedReader(below, group_keys(tmp_path))
    below.reads.clear()
    assert await reader.read(place, 0, len(plain)) == plain
    assert below.reads == [len(below.blobs[place.below])]
    below.reads.clear()
    assert await reader.read(place, 0, len(plain)) == plain
    assert sum(below.reads) == len(below.blobs[place.below]) - place.front_length


async def test_a_long_range_is_never_read_whole(tmp_path: Path) -> None:
    below = Counting()
    below.chunk_bytes = 3 * SEALED_PIECE_BYTES + 5
    place, plain = await kept(below, tmp_path, os.urandom(20 * PIECE_BYTES + 9))
    reader = SealedReader(below, group_keys(tmp_path))
    below.reads.clear()
    chunks = [chunk async for chunk in reader.iter_range(place, 7, len(plain) - 7)]
    assert b"".join(chunks) == plain[7:]
    assert max(below.reads) <= 3 * SEALED_PIECE_BYTES
    assert max(map(len, chunks)) <= 4 * PIECE_BYTES
    assert sum(below.reads) == len(below.blobs[place.below])


async def test_no_byte_comes_out_of_a_piece_that_was_changed(tmp_path: Path) -> None:
    below = MemoryBlobStore()
    place, plain = await kept(below, tmp_path, os.urandom(12 * PIECE_BYTES))
    changed = bytearray(below.blobs[place.below])
    changed[place.front_length + 9 * SEALED_PIECE_BYTES + 5] ^= 1
    below.blobs[place.below] = bytes(changed)
    reader = SealedReader(below, group_keys(tmp_path))
    sound = place.head_length + 9 * PIECE_BYTES
    given = b""
    chunks = reader.iter_range(place, 0, len(plain))
    try:
        async for chunk in chunks:
            given += chunk
    except BlobDamaged:
        pass
    else:
        pytest.fail("the damage was not noticed")
    assert given == plain[: len(given)]
    assert len(given) <= sound
    assert await reader.read(place, sound - 1, 1) == plain[sound - 1 : sound]
    for offset, length in ((sound, 1), (sound - 1, 2), (0, len(plain))):
        with pytest.raises(BlobDamaged):
            await reader.read(place, offset, length)


async def test_what_was_forgotten_is_opened_again(tmp_path: Path) -> None:
    below = MemoryBlobStore()
    place, plain = await kept(below, tmp_path, b"body")
    reader = SealedReader(below, group_keys(tmp_path))
    opened = await reader.open(place)
    assert await reader.open(place) is opened
    assert opened.length == len(plain)
    reader.forget(place.below)
    assert await reader.open(place) is not opened
