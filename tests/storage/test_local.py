"""The store on local disk as a whole."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from sonarium.storage.blob_store import HEAD_BYTES, StoredBlob
from sonarium.storage.errors import BlobDamaged, BlobMissing, OutOfSpace
from sonarium.storage.layout import LEASES, LOOSE, SEGMENTS
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.settings import LocalStorageSettings

SETTINGS = LocalStorageSettings(
    reserve_bytes=0, segment_bytes=8 * 2**20, large_blob_bytes=64 * 1024, open_files=8
)
HEAD = bytes(HEAD_BYTES)


async def put(store: LocalBlobStore, body: bytes) -> StoredBlob:
    writer = store.writer()
    writer.feed(body)
    return await writer.commit(HEAD)


async def test_a_store_that_only_reads_makes_no_files(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path, SETTINGS)
    with pytest.raises(BlobMissing):
        await store.read(f"s.{'0' * 20}-0001.1000.10", 0, 16)
    await store.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_another_process_reads_what_one_has_written(tmp_path: Path) -> None:
    writing = LocalBlobStore(tmp_path, SETTINGS)
    reading = LocalBlobStore(tmp_path, SETTINGS)
    for length in (10, 100_000):
        blob = await put(writing, b"x" * length)
        assert await reading.read(blob.key, HEAD_BYTES, length) == b"x" * length
    await writing.close()
    await reading.close()


async def test_volumes_of_a_live_writer_are_not_left_over(tmp_path: Path) -> None:
    writing = LocalBlobStore(tmp_path, SETTINGS)
    blobs = {(await put(writing, bytes(length))).key for length in (10, 100_000)}
    assert writing.recovery.leftovers().volumes == ()
    await writing.close()
    recovery = LocalBlobStore(tmp_path, SETTINGS).recovery
    volumes = recovery.leftovers().volumes
    assert {blob.key for volume in volumes for blob in recovery.blobs(volume)} == blobs
    assert list((tmp_path / LEASES).iterdir()) == []


async def test_a_volume_settles_once_closed_and_known(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path, SETTINGS)
    keys = [(await put(store, bytes(length))).key for length in (10, 20, 100_000)]
    await store.close_volumes()
    assert store.settled_volumes() == []
    store.settle(keys[:2])
    assert len(store.settled_volumes()) == 1
    store.settle(keys[2:])
    assert len(store.settled_volumes()) == 2
    store.forget_volumes(store.settled_volumes())
    assert store.settled_volumes() == []
    await put(store, b"goes to a new volume")
    await store.close()


async def test_more_files_than_may_be_open_can_be_read(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path, SETTINGS)
    blobs = [await put(store, bytes([number]) * 70_000) for number in range(20)]
    before = len(_open_paths())
    for _ in range(2):
        for number, blob in enumerate(blobs):
            assert await store.read(blob.key, HEAD_BYTES, 1) == bytes([number])
    assert len(_open_paths()) <= before + 8
    await store.close()


async def test_a_shortened_file_is_damage(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path, SETTINGS)
    blob = await put(store, bytes(1_000_000))
    (path,) = [path for path in (tmp_path / LOOSE).rglob("*") if path.is_file()]
    os.truncate(path, 500_000)
    with pytest.raises(BlobDamaged):
        await store.read(blob.key, 499_000, 2_000)
    with pytest.raises(BlobDamaged):
        async for _ in store.iter_range(blob.key, 0, 1_000_000):
            pass
    await store.close()


async def test_deleting_closes_the_file_and_frees_its_space(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path, SETTINGS)
    blob = await put(store, bytes(1_000_000))
    await store.read(blob.key, 0, 10)
    await store.delete([blob.key])
    with pytest.raises(BlobMissing):
        await store.read(blob.key, 0, 10)
    with pytest.raises(BlobMissing):
        await store.size(blob.key)
    assert not [path for path in _open_paths() if str(tmp_path) in path and "deleted" in path]
    await store.close()


def _open_paths() -> list[str]:
    paths: list[str] = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            paths.append(str(link.readlink()))
    return paths


async def test_below_the_reserve_nothing_is_begun(tmp_path: Path) -> None:
    settings = SETTINGS.model_copy(update={"reserve_bytes": 2**60})
    store = LocalBlobStore(tmp_path, settings)
    with pytest.raises(OutOfSpace):
        store.check_writable()
    assert await store.free_bytes() == 0
    for length in (10, 1_000_000):
        writer = store.writer()
        waiting = writer.feed(bytes(length))
        if waiting is not None:
            await waiting
        with pytest.raises(OutOfSpace):
            await writer.commit(HEAD)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and SEGMENTS in str(path)] == []
    await store.close()
