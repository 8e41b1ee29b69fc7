"""Large blobs in files of their own."""

import errno
import os
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from sonarium.storage.blob_store import HEAD_BYTES
from sonarium.storage.errors import OutOfSpace, StorageUnavailable
from sonarium.storage.layout import LOOSE
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.settings import LocalStorageSettings

MIB = 2**20
HEAD = bytes(HEAD_BYTES)
SETTINGS = LocalStorageSettings(
    reserve_bytes=0, large_blob_bytes=64 * 1024, blobs_in_folder=2, probe_interval=timedelta(0)
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[LocalBlobStore]:
    opened = LocalBlobStore(tmp_path / "blobs", SETTINGS)
    yield opened
    await opened.close()


def files(store: LocalBlobStore) -> list[Path]:
    return [path for path in (store.folder / LOOSE).rglob("*") if path.is_file()]


async def put(store: LocalBlobStore, length: int, step: int = MIB) -> str:
    writer = store.loose_writer()
    for start in range(0, length, step):
        waiting = writer.feed(bytes(min(step, length - start)))
        if waiting is not None:
            await waiting
    return (await writer.commit(HEAD)).key


async def test_folders_hold_a_bounded_number_of_blobs(store: LocalBlobStore) -> None:
    for _ in range(5):
        await put(store, 100_000)
    assert sorted(len(list(shelf.iterdir())) for shelf in (store.folder / LOOSE).iterdir()) == [
        1, 2, 2,
    ]  # fmt: skip


async def test_a_fast_sender_is_held_back(store: LocalBlobStore) -> None:
    writer = store.loose_writer()
    chunk = bytes(MIB)
    answers = [writer.feed(chunk) for _ in range(64)]
    assert any(answer is not None for answer in answers)
    for answer in answers:
        if answer is not None:
            await answer
    blob = await writer.commit(HEAD)
    assert blob.body_length == 64 * MIB


@pytest.mark.parametrize(("call", "times"), [("pwritev", 3), ("fsync", 1), ("fsync", 2)])
async def test_what_could_not_be_written_leaves_nothing(
    store: LocalBlobStore, monkeypatch: pytest.MonkeyPatch, call: str, times: int
) -> None:
    kept = await put(store, 100_000)
    before = files(store)
    real = getattr(os, call)
    calls = iter(range(1, 1000))

    def failing(*arguments: object) -> object:
        if next(calls) >= times:
            raise OSError(errno.EIO, "broken")
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, failing)
        with pytest.raises(StorageUnavailable):
            await put(store, 8 * MIB)
    assert files(store) == before
    assert len(await store.read(kept, 0, HEAD_BYTES)) == HEAD_BYTES
    assert await put(store, 3 * MIB)


async def test_a_full_disk_refuses_in_the_middle_and_recovers(
    store: LocalBlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwritev

    def full(fd: int, content: Sequence[bytes], offset: int) -> int:
        if offset + sum(map(len, content)) > 2 * MIB:
            raise OSError(errno.ENOSPC, "full")
        return real(fd, content, offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwritev", full)
        with pytest.raises(OutOfSpace):
            await put(store, 8 * MIB)
    assert files(store) == []
    assert await put(store, 8 * MIB)


async def test_abandoning_in_the_middle_leaves_nothing(store: LocalBlobStore) -> None:
    writer = store.loose_writer()
    for _ in range(10):
        writer.feed(bytes(MIB))
    await writer.abandon()
    assert files(store) == []


async def test_the_head_must_fill_its_room(store: LocalBlobStore) -> None:
    writer = store.loose_writer()
    writer.feed(bytes(MIB))
    with pytest.raises(ValueError, match="room"):
        writer.commit(b"short")
    await writer.abandon()


async def test_blobs_that_did_not_come_to_be_do_not_keep_a_folder_unsettled(
    store: LocalBlobStore,
) -> None:
    writer = store.loose_writer()
    writer.feed(bytes(2 * MIB))
    await writer.abandon()
    key = await put(store, 100_000)
    store.settle([key])
    await store.close_volumes()
    assert len(store.settled_volumes()) == 1
