"""What every blob store promises."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from obstore.store import MemoryStore
from tests.storage.sealed_stores import sealed

from sonarium.storage.blob_store import HEAD_BYTES, BlobStore, StoredBlob
from sonarium.storage.errors import BlobDamaged, BlobMissing
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.memory import MemoryBlobStore
from sonarium.storage.s3 import S3BlobStore
from sonarium.storage.settings import LocalStorageSettings

HEAD = b"h" * HEAD_BYTES
LARGE = 5 * 2**20 + 17
SETTINGS = LocalStorageSettings(reserve_bytes=0, segment_bytes=8 * 2**20)


@pytest.fixture(params=["local", "memory", "s3", "sealed local", "sealed memory", "sealed s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[BlobStore]:
    below: BlobStore
    match request.param.split()[-1]:
        case "local":
            below = LocalBlobStore(tmp_path / "blobs", SETTINGS)
        case "memory":
            below = MemoryBlobStore()
        case _:
            below = S3BlobStore(MemoryStore(), large_blob_bytes=2**20)
    yield sealed(below, tmp_path) if request.param.startswith("sealed") else below
    await below.close()


async def put(store: BlobStore, body: bytes, step: int = 100_000) -> StoredBlob:
    writer = store.writer()
    for start in range(0, len(body), step):
        waiting = writer.feed(body[start : start + step])
        if waiting is not None:
            await waiting
    if (ending := writer.end()) is not None:
        await ending
    room = writer.head_length
    return await writer.commit(HEAD if room is None else HEAD[:room], "group")


@pytest.mark.parametrize("length", [0, 1, 65_000, LARGE])
async def test_what_was_committed_is_read_back(store: BlobStore, length: int) -> None:
    body = os.urandom(length)
    blob = await put(store, body)
    assert blob.body_sha256 == hashlib.sha256(body).digest()
    assert (blob.body_offset, blob.body_length) == (len(HEAD), length) or blob.sealed_by
    assert await store.size(blob.key) == blob.body_offset + length
    head = HEAD[: blob.body_offset]
    assert await store.read(blob.key, 0, len(head)) == head
    around = await store.read(blob.key, len(head) - 1, min(2, length + 1))
    assert around == head[-1:] + body[:1]
    streamed = [part async for part in store.iter_range(blob.key, blob.body_offset, length)]
    assert b"".join(streamed) == body


async def test_any_range_is_that_part_of_the_blob(store: BlobStore) -> None:
    body = os.urandom(LARGE)
    blob = await put(store, body)
    for offset, length in ((0, 1), (4095, 4097), (LARGE - 1, 1), (1234, 2**20)):
        found = await store.read(blob.key, blob.body_offset + offset, length)
        assert found == body[offset : offset + length]


async def test_a_buffer_is_filled_with_any_range(store: BlobStore) -> None:
    body = os.urandom(LARGE)
    blob = await put(store, body)
    for offset, length in ((0, 1), (65_000, 300_000), (LARGE - 1, 1), (0, LARGE), (7, 0)):
        buffer = bytearray(length)
        await store.fill(blob.key, blob.body_offset + offset, memoryview(buffer))
        assert buffer == body[offset : offset + length]
    with pytest.raises(BlobDamaged):
        await store.fill(blob.key, blob.body_offset + LARGE - 10, memoryview(bytearray(20)))


async def test_what_is_filled_at_once_is_what_is_read(store: BlobStore) -> None:
    body = os.urandom(LARGE)
    blob = await put(store, body)
    await store.read(blob.key, 0, blob.body_offset + LARGE)
    whole = HEAD[: blob.body_offset] + body
    filled = []
    for start, length in ((0, 1), (3, 70_000), (65_000, 140_000), (LARGE - 9, 9), (0, LARGE)):
        buffer = bytearray(length)
        if store.try_fill(blob.key, start, memoryview(buffer)):
            assert buffer == whole[start : start + length]
            filled.append(length)
    if (await store.free_bytes()) is not None:  # on a disk of ours
        assert filled == [1, 70_000, 140_000, 9]
    beyond = memoryview(bytearray(blob.body_offset + 1))
    with suppress(BlobDamaged):
        assert not store.try_fill(blob.key, LARGE, beyond)


@pytest.mark.parametrize("length", [0, 1000, 200_000])
async def test_a_beginning_is_as_long_as_the_blob_at_most(store: BlobStore, length: int) -> None:
    body = os.urandom(length)
    blob = await put(store, body)
    whole = HEAD[: blob.body_offset] + body
    for wanted in (1, 5000, 100_000, 400_000):
        assert await store.begin(blob.key, wanted) == whole[:wanted]


@pytest.mark.parametrize("length", [1000, LARGE])
async def test_a_range_beyond_the_end_is_refused(store: BlobStore, length: int) -> None:
    blob = await put(store, bytes(length))
    with pytest.raises(BlobDamaged):
        await store.read(blob.key, blob.body_offset + length - 10, 20)


@pytest.mark.parametrize("length", [1000, LARGE])
async def test_a_deleted_blob_is_gone_and_others_stay(store: BlobStore, length: int) -> None:
    kept = await put(store, b"kept" * 100)
    gone = await put(store, b"x" * length)
    await store.delete([gone.key])
    await store.delete([gone.key])
    assert await store.read(kept.key, kept.body_offset, 4) == b"kept"
    try:
        remains = await store.read(gone.key, 0, gone.body_offset + length)
    except (BlobMissing, BlobDamaged):
        return
    assert not any(remains)


async def test_a_foreign_key_names_no_blob(store: BlobStore) -> None:
    for key in ("", "../../etc/passwd", "s.1-1.0.10/../..", "l.x.y", "o.../x", "ex.", "e10.l.x.y"):
        with pytest.raises(BlobMissing):
            await store.read(key, 0, 1)


async def test_an_abandoned_blob_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    writer = store.writer()
    waiting = writer.feed(bytes(LARGE))
    if waiting is not None:
        await waiting
    await writer.abandon()
    assert not list(tmp_path.rglob("*.part"))


async def test_many_writers_at_once_keep_their_own_bytes(store: BlobStore) -> None:
    bodies = [os.urandom(1000 * (number + 1)) for number in range(60)]
    blobs = await asyncio.gather(*(put(store, body) for body in bodies))
    assert len({blob.key for blob in blobs}) == len(bodies)
    for blob, body in zip(blobs, bodies, strict=True):
        assert await store.read(blob.key, blob.body_offset, blob.body_length) == body
