"""Sealed blobs: nothing of them lies open, damage is noticed, and a crash leaves them readable."""

import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.storage.sealed_stores import sealed, sealed_local

from sonarium.storage.blob_store import HEAD_BYTES, BlobStore, StoredBlob
from sonarium.storage.errors import BlobDamaged, KeyDestroyed, StorageUnavailable
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.memory import MemoryBlobStore
from sonarium.storage.sealed import SealedBlobStore, SealedLocalStore
from sonarium.storage.sealing import PIECE_BYTES, SEALED_PIECE_BYTES
from sonarium.storage.settings import LocalStorageSettings

SETTINGS = LocalStorageSettings(reserve_bytes=0, segment_bytes=8 * 2**20, large_blob_bytes=2**20)
HEAD = b"1.2.840.99.PATIENT".ljust(HEAD_BYTES, b" ")


async def put(
    store: BlobStore, body: bytes, group: str = "study", step: int = 50_000
) -> StoredBlob:
    writer = store.writer()
    for start in range(0, len(body), step):
        waiting = writer.feed(body[start : start + step])
        if waiting is not None:
            await waiting
    if (ending := writer.end()) is not None:
        await ending
    return await writer.commit(HEAD[: writer.head_length], group)


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[SealedLocalStore]:
    below = LocalBlobStore(tmp_path / "blobs", SETTINGS)
    yield sealed_local(below, tmp_path)
    await below.close()


@pytest.fixture
def memory() -> MemoryBlobStore:
    return MemoryBlobStore()


@pytest.mark.parametrize("length", [1000, 3 * 2**20])
async def test_nothing_of_a_blob_lies_open_on_the_disk(
    local: SealedLocalStore, tmp_path: Path, length: int
) -> None:
    secret = b"MUELLER^ANNA"
    blob = await put(local, secret * (length // len(secret)))
    await local.close_volumes()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(kept) > length
    for plain in (secret, b"PATIENT", blob.body_sha256, blob.body_sha256.hex().encode()):
        assert plain not in kept


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(
    length=st.sampled_from(
        [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES, 200_000, 1_300_000]
    ),
    step=st.integers(1_000, 150_000),
    start=st.integers(0, 210_000),
    wanted=st.integers(0, 210_000),
)
async def test_any_range_however_it_was_fed_is_that_part_of_the_plain_blob(
    tmp_path: Path, length: int, step: int, start: int, wanted: int
) -> None:
    store = sealed(MemoryBlobStore(), tmp_path)
    body = os.urandom(length)
    plain = HEAD + body
    blob = await put(store, body, step=step)
    start = min(start, len(plain))
    wanted = min(wanted, len(plain) - start)
    assert await store.read(blob.key, start, wanted) == plain[start : start + wanted]
    streamed = [part async for part in store.iter_range(blob.key, start, wanted)]
    assert b"".join(streamed) == plain[start : start + wanted]
    with pytest.raises(BlobDamaged):
        await store.read(blob.key, start, len(plain) - start + 1)


@pytest.mark.parametrize("length", range(2**20 - 20 * 16, 2**20 + 8, 24))
async def test_a_blob_that_sealing_makes_large_is_kept_as_one(
    local: SealedLocalStore, length: int
) -> None:
    body = os.urandom(length)
    blob = await put(local, body)
    assert blob.body_sha256 == sha256(body).digest()
    assert await local.read(blob.key, blob.body_offset, length) == body


async def test_what_is_fed_after_the_end_is_refused(
    local: SealedLocalStore,
) -> None:
    writer = local.writer()
    writer.feed(b"all")
    assert writer.end() is None
    assert writer.head_length is None
    with pytest.raises(ValueError, match="ended"):
        writer.feed(b"more")
    await writer.abandon()


@pytest.mark.parametrize("length", [1000, 2**19, 3 * 2**20])
async def test_an_abandoned_blob_leaves_nothing(
    local: SealedLocalStore, tmp_path: Path, length: int
) -> None:
    writer = local.writer()
    waiting = writer.feed(bytes(length))
    if waiting is not None:
        await waiting
    await writer.abandon()
    assert not [path for path in (tmp_path / "blobs" / "loose").rglob("*") if path.is_file()]


async def test_one_frame_is_read_without_the_rest(tmp_path: Path) -> None:
    below = _Counting()
    store = sealed(below, tmp_path)
    blob = await put(store, os.urandom(40 * PIECE_BYTES))
    await store.read(blob.key, blob.body_offset, 1)
    below.bytes_read = 0
    await store.read(blob.key, blob.body_offset + 5 * PIECE_BYTES + 7, PIECE_BYTES)
    assert below.bytes_read == 2 * SEALED_PIECE_BYTES


class _Counting(MemoryBlobStore):
    bytes_read = 0

    async def read(self, key: str, offset: int, length: int) -> bytes:
        self.bytes_read += length
        return await super().read(key, offset, length)


@pytest.mark.parametrize("damage", ["flip", "cut a piece", "cut a byte", "exchange", "reorder"])
async def test_a_changed_blob_is_noticed(
    memory: MemoryBlobStore, tmp_path: Path, damage: str
) -> None:
    store = sealed(memory, tmp_path)
    blob = await put(store, os.urandom(3 * PIECE_BYTES))
    other = await put(store, os.urandom(3 * PIECE_BYTES))
    below, stranger = (key.partition(".")[2] for key in (blob.key, other.key))
    kept = memory.blobs[below]
    front = len(kept) - 3 * SEALED_PIECE_BYTES
    pieces = [kept[front + n * SEALED_PIECE_BYTES :][:SEALED_PIECE_BYTES] for n in range(3)]
    memory.blobs[below] = {
        "flip": kept[:-100] + bytes([kept[-100] ^ 1]) + kept[-99:],
        "cut a piece": kept[:-SEALED_PIECE_BYTES],
        "cut a byte": kept[:-1],
        "exchange": kept[:-SEALED_PIECE_BYTES] + memory.blobs[stranger][-SEALED_PIECE_BYTES:],
        "reorder": kept[:front] + pieces[0] + pieces[2] + pieces[1],
    }[damage]
    again = sealed(memory, tmp_path)
    assert await again.size(blob.key) == blob.body_offset + blob.body_length
    with pytest.raises(BlobDamaged):
        await again.read(blob.key, blob.body_offset, blob.body_length)
    with pytest.raises(BlobDamaged):
        async for _ in again.iter_range(blob.key, blob.body_offset, blob.body_length):
            pass


async def test_a_blob_whose_key_was_destroyed_does_not_open(
    memory: MemoryBlobStore, tmp_path: Path
) -> None:
    blob = await put(sealed(memory, tmp_path), b"body")
    for path in (tmp_path / "study-keys").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(KeyDestroyed):
        await sealed(memory, tmp_path).read(blob.key, 0, 1)


async def test_what_was_kept_in_clear_is_read_and_deleted_as_before(
    memory: MemoryBlobStore, tmp_path: Path
) -> None:
    store = sealed(memory, tmp_path)
    plain = await put(memory, b"in clear")
    assert await store.read(plain.key, plain.body_offset, 8) == b"in clear"
    assert await store.size(plain.key) == HEAD_BYTES + 8
    streamed = [part async for part in store.iter_range(plain.key, plain.body_offset, 8)]
    assert streamed == [b"in clear"]
    store.settle([plain.key])
    await store.delete([plain.key])
    assert memory.blobs == {}
    assert memory.settled == [plain.key]


async def test_where_it_is_switched_off_new_blobs_lie_open_and_old_ones_still_open(
    memory: MemoryBlobStore, tmp_path: Path
) -> None:
    store = sealed(memory, tmp_path)
    blob = await put(store, b"sealed")
    off = SealedBlobStore(memory, store._keys, seals_new=False)
    plain = await put(off, b"in clear")
    assert plain.sealed_by is None
    assert plain.key in memory.blobs
    assert await off.read(blob.key, blob.body_offset, 6) == b"sealed"


async def test_a_store_that_fails_keeps_nothing_and_a_new_key_costs_no_blob(
    memory: MemoryBlobStore, tmp_path: Path
) -> None:
    store = sealed(memory, tmp_path)
    for group in ("first", "first", "second"):
        memory.failure = StorageUnavailable("no disk")
        with pytest.raises(StorageUnavailable):
            await put(store, b"body", group)
        memory.failure = None
        assert (await put(store, b"body", group)).sealed_by is not None


@pytest.mark.parametrize("length", [1000, 3 * 2**20])
async def test_after_a_crash_blobs_are_found_as_they_were_committed(
    local: SealedLocalStore, tmp_path: Path, length: int
) -> None:
    body = os.urandom(length)
    blob = await put(local, body)
    plain = await put(local._local, b"in clear")
    await local.close()
    reopened = LocalBlobStore(tmp_path / "blobs", SETTINGS)
    store = sealed_local(reopened, tmp_path)
    recovery = store.recovery
    left = [one for volume in recovery.leftovers().volumes for one in recovery.blobs(volume)]
    assert all(recovery.is_whole(one) for one in left)
    found = {one.key: await store.found(one) for one in left}
    assert found == {blob.key: blob, plain.key: plain}
    assert await store.read(blob.key, blob.body_offset, length) == body
    await store.close()


async def test_a_torn_blob_does_not_open(local: SealedLocalStore, tmp_path: Path) -> None:
    blob = await put(local, os.urandom(100_000))
    await local.close()
    (segment,) = (tmp_path / "blobs" / "segments").iterdir()
    content = bytearray(segment.read_bytes())
    content[90_000] ^= 1
    segment.write_bytes(content)
    store = sealed_local(LocalBlobStore(tmp_path / "blobs", SETTINGS), tmp_path)
    (volume,) = store.recovery.leftovers().volumes
    (torn,) = store.recovery.blobs(volume)
    assert torn.key == blob.key
    found = await store.found(torn)
    with pytest.raises(BlobDamaged):
        await store.read(found.key, found.body_offset, found.body_length)
    segment.write_bytes(content[:4274])
    (cut,) = store.recovery.blobs(volume)
    assert not store.recovery.is_whole(cut)
    await store.close()
