"""Segments: appending in groups, reading back after any accident."""

import asyncio
import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonarium.storage.blob_store import StoredBlob
from sonarium.storage.errors import OutOfSpace, StorageUnavailable
from sonarium.storage.health import DiskHealth
from sonarium.storage.layout import SEGMENTS
from sonarium.storage.records import BLOCK_BYTES, RecordState
from sonarium.storage.recovery import Recovery
from sonarium.storage.segments import SegmentWriter, delete_records, iter_records, trim
from sonarium.storage.volumes import SettlementLedger, volume_name

LEASE = "0" * 20
SEGMENT_BYTES = 8 * 2**20


@contextmanager
def open_writer(
    folder: Path, *, reserve_bytes: int = 0, segment_bytes: int = SEGMENT_BYTES
) -> Iterator[SegmentWriter]:
    (folder / SEGMENTS).mkdir(parents=True, exist_ok=True)
    numbers = iter(range(1, 10_000))
    writer = SegmentWriter(
        folder / SEGMENTS,
        DiskHealth(folder, reserve_bytes, timedelta(0)),
        segment_bytes,
        lambda: volume_name(LEASE, next(numbers)),
        SettlementLedger(),
    )
    try:
        yield writer
    finally:
        writer.close()


async def append(writer: SegmentWriter, body: bytes) -> StoredBlob:
    return await writer.append(b"head", [body], len(body))


def whole_blobs(folder: Path) -> list[StoredBlob]:
    (folder / "leases").mkdir(exist_ok=True)
    (folder / "loose").mkdir(exist_ok=True)
    recovery = Recovery(folder)
    found = [blob for volume in recovery.leftovers().volumes for blob in recovery.blobs(volume)]
    return [blob for blob in found if recovery.is_whole(blob)]


@pytest.fixture(scope="module")
async def ten_records(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[StoredBlob]]:
    folder = tmp_path_factory.mktemp("ten")
    with open_writer(folder) as writer:
        lengths = (0, 1, 100, 3964, 3965, 4096, 8000, 20_000, 65_000, 7)
        blobs = [await append(writer, os.urandom(length)) for length in lengths]
    (segment,) = (folder / SEGMENTS).iterdir()
    return segment.read_bytes(), blobs


def _end(blob: StoredBlob) -> int:
    offset, length = (int(part, 16) for part in blob.key.split(".")[2:])
    return offset + 128 + length


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.integers(0, 130_000), tail=st.binary(max_size=200))
def test_a_torn_tail_hides_only_what_it_tore(
    ten_records: tuple[bytes, list[StoredBlob]], tmp_path: Path, cut: int, tail: bytes
) -> None:
    content, blobs = ten_records
    (tmp_path / SEGMENTS).mkdir(exist_ok=True)
    torn = content[:cut] + tail
    (tmp_path / SEGMENTS / f"{volume_name(LEASE, 1)}.segment").write_bytes(torn)
    found = whole_blobs(tmp_path)
    assert [blob for blob in blobs if _end(blob) <= cut] == [
        blob for blob in found if _end(blob) <= cut
    ]
    assert all(blob in blobs for blob in found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(at=st.integers(BLOCK_BYTES, 130_000), flip=st.integers(1, 255))
def test_a_flipped_byte_costs_at_most_one_record(
    ten_records: tuple[bytes, list[StoredBlob]], tmp_path: Path, at: int, flip: int
) -> None:
    content, blobs = ten_records
    damaged = bytearray(content)
    damaged[min(at, len(content) - 1)] ^= flip
    (tmp_path / SEGMENTS).mkdir(exist_ok=True)
    (tmp_path / SEGMENTS / f"{volume_name(LEASE, 1)}.segment").write_bytes(damaged)
    found = whole_blobs(tmp_path)
    assert len(found) >= len(blobs) - 1
    assert all(blob in blobs for blob in found)


async def test_a_record_inside_a_blob_is_never_taken_for_one(tmp_path: Path) -> None:
    with open_writer(tmp_path / "a") as writer:
        await append(writer, b"inner")
    (inner,) = (tmp_path / "a" / SEGMENTS).iterdir()
    segment = inner.read_bytes()
    with open_writer(tmp_path / "b") as writer:
        aligned = bytes(BLOCK_BYTES - 128 - len(b"head")) + segment[BLOCK_BYTES:]
        outer = await append(writer, aligned)
    (path,) = (tmp_path / "b" / SEGMENTS).iterdir()
    damaged = bytearray(path.read_bytes())
    assert damaged[2 * BLOCK_BYTES :].startswith(b"SONABLB1")
    damaged[BLOCK_BYTES] ^= 1
    path.write_bytes(damaged)
    assert whole_blobs(tmp_path / "b") == []
    damaged[BLOCK_BYTES] ^= 1
    path.write_bytes(damaged)
    assert whole_blobs(tmp_path / "b") == [outer]


async def test_a_full_segment_is_followed_by_the_next(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        blobs = await asyncio.gather(*(append(writer, bytes(10**6)) for _ in range(30)))
    assert whole_blobs(tmp_path) == blobs
    assert len(list((tmp_path / SEGMENTS).iterdir())) >= 4


async def test_what_waits_shares_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdatasync
    gate = threading.Event()
    syncs: list[int] = []

    def slow(fd: int) -> None:
        gate.wait()
        syncs.append(fd)
        real(fd)

    with open_writer(tmp_path) as writer:
        monkeypatch.setattr(os, "fdatasync", slow)
        first = writer.append(b"", [b"first"], 5)
        others = [writer.append(b"", [b"x" * 100], 100) for _ in range(100)]
        gate.set()
        await asyncio.gather(first, *others)
    assert len(syncs) <= 3


def fail_on(count: int, real: Callable[[int], None], code: int) -> Callable[[int], None]:
    calls = iter(range(1, 1_000_000))

    def sync(fd: int) -> None:
        if next(calls) == count:
            raise OSError(code, os.strerror(code))
        real(fd)

    return sync


@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
async def test_a_failed_sync_is_never_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, count: int
) -> None:
    acknowledged: list[StoredBlob] = []
    refused = 0
    with open_writer(tmp_path) as writer:
        monkeypatch.setattr(os, call, fail_on(count, getattr(os, call), errno.EIO))
        for number in range(8):
            try:
                acknowledged.append(await append(writer, bytes([number]) * 2_000_000))
            except StorageUnavailable:
                refused += 1
    monkeypatch.undo()
    segments = {blob.key.split(".")[1] for blob in acknowledged}
    assert refused == (0 if call == "fsync" and count > 2 else 1)
    assert {blob.key for blob in acknowledged} <= {blob.key for blob in whole_blobs(tmp_path)}
    if call == "fdatasync" and 1 < count < 4:
        assert len(segments) > 1, "the segment that failed was written again"


async def test_after_a_failure_nothing_is_acknowledged_before_a_probe_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    with open_writer(tmp_path) as writer:
        first = await append(writer, b"before")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            with pytest.raises(StorageUnavailable):
                await append(writer, b"lost")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", broken)  # the probe, too
            for _ in range(3):
                with pytest.raises(StorageUnavailable):
                    await append(writer, b"refused")
        last = await append(writer, b"after")
    found = whole_blobs(tmp_path)
    assert first in found
    assert last in found


async def test_no_space_refuses_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int, __: int, ___: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with open_writer(tmp_path) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "posix_fallocate", full)
            with pytest.raises(OutOfSpace):
                await append(writer, b"refused")
        assert list((tmp_path / SEGMENTS).iterdir()) == []
        await append(writer, b"taken once there is space")


async def test_the_reserve_is_left_alone(tmp_path: Path) -> None:
    with open_writer(tmp_path, reserve_bytes=2**60) as writer, pytest.raises(OutOfSpace):
        await append(writer, b"refused")


async def test_a_cancelled_sender_does_not_disturb_the_group(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        cancelled = writer.append(b"", [b"a"], 1)
        kept = writer.append(b"", [b"b"], 1)
        cancelled.cancel()
        assert (await kept).body_length == 1


async def test_closing_writes_what_waits(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        waiting = [writer.append(b"", [b"x" * 100], 100) for _ in range(300)]
    blobs = await asyncio.gather(*waiting)
    assert len(whole_blobs(tmp_path)) == len(blobs)


async def test_a_deleted_record_frees_its_blocks_and_stays_deleted(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        gone = await append(writer, os.urandom(10**6))
        kept = await append(writer, os.urandom(10**6))
    (path,) = (tmp_path / SEGMENTS).iterdir()
    before = path.stat().st_blocks
    offset = int(gone.key.split(".")[2], 16)
    delete_records(path, [offset, offset + BLOCK_BYTES])
    delete_records(path, [offset])
    assert path.stat().st_blocks <= before - 900_000 // 512
    assert whole_blobs(tmp_path) == [kept]
    fd = os.open(path, os.O_RDONLY)
    states = [header.state for header in iter_records(fd)]
    assert states == [RecordState.DELETED, RecordState.LIVE]
    assert not any(os.pread(fd, gone.body_length + 4, offset + 128))
    os.close(fd)


async def test_trimming_gives_back_only_what_was_never_used(tmp_path: Path) -> None:
    with open_writer(tmp_path) as writer:
        blob = await append(writer, b"x" * 5000)
    (path,) = (tmp_path / SEGMENTS).iterdir()
    length = path.stat().st_size
    os.truncate(path, SEGMENT_BYTES)
    trim(path)
    trim(path)
    assert path.stat().st_size == length
    assert whole_blobs(tmp_path) == [blob]


def test_a_file_that_is_no_segment_has_no_records(tmp_path: Path) -> None:
    path = tmp_path / "stranger"
    path.write_bytes(os.urandom(20_000))
    fd = os.open(path, os.O_RDONLY)
    assert list(iter_records(fd)) == []
    os.close(fd)
