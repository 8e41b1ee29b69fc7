"""Taking in objects."""

import asyncio
import errno
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pydicom
import pytest
from tests.services.data_sets import EXPLICIT, US_IMAGE, instance_uid, still
from tests.storage.sealed_stores import sealed

from sonarium.db.pool import Database
from sonarium.domain.arrival import Door, Source
from sonarium.domain.selection import Selection
from sonarium.index.instances import instances_of
from sonarium.index.quarantine import quarantined
from sonarium.services.store import (
    Arrival,
    InstanceUIDMismatch,
    MalformedDataSet,
    MissingIdentity,
    ObjectTooLong,
    OutOfSpace,
    Placement,
    SOPClassMismatch,
    StorageUnavailable,
    Stored,
    StoreService,
    StoreSettings,
)
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.memory import MemoryBlobStore
from sonarium.storage.settings import LocalStorageSettings

SOURCE = Source(Door.DIMSE, "SCANNER", "SONARIUM", "192.0.2.1")
STORAGE = LocalStorageSettings(
    reserve_bytes=0,
    segment_bytes=8 * 2**20,
    large_blob_bytes=64 * 1024,
    probe_interval=timedelta(0),
)
SETTINGS = StoreSettings(gathering=timedelta(0), longest_object_bytes=2**20)


@pytest.fixture(params=["local", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "memory":
        return MemoryBlobStore()
    return sealed(LocalBlobStore(tmp_path / "blobs", STORAGE), tmp_path)


@pytest.fixture
async def store(database: Database, blobs: BlobStore) -> AsyncIterator[StoreService]:
    async with StoreService(database, blobs, SETTINGS) as opened:
        yield opened


def opened_in(folder: Path) -> BlobStore:
    """Open as an archive does: objects are sealed before they are kept."""
    return sealed(LocalBlobStore(folder / "blobs", STORAGE), folder)


@asynccontextmanager
async def local_store(database: Database, folder: Path) -> AsyncIterator[StoreService]:
    async with StoreService(database, opened_in(folder), SETTINGS) as opened:
        yield opened


async def receive(
    store: StoreService,
    data_set: bytes,
    *,
    sop_class_uid: str | None = None,
    sop_instance_uid: str | None = None,
    transfer_syntax_uid: str = EXPLICIT,
    step: int = 16_000,
) -> Stored:
    reception = store.receive(Arrival(transfer_syntax_uid, SOURCE, sop_class_uid, sop_instance_uid))
    for start in range(0, len(data_set), step):
        pause = reception.feed(memoryview(data_set)[start : start + step])
        if pause is not None:
            await pause
    return await reception.commit()


async def read_back(store: StoreService, database: Database, number: int) -> bytes:
    async with database.transaction() as tx:
        (row,) = await instances_of(tx, Selection("2.25.10001", "2.25.20001", instance_uid(number)))
    length = row.data_set_length
    found = await store.blobs.read(row.blob_key, row.data_set_offset, length)
    assert hashlib.sha256(found).digest() == row.sha256
    return found


@pytest.mark.parametrize("length", [64, 5000, 300_000])
async def test_what_arrived_is_kept_byte_for_byte(
    store: StoreService, database: Database, length: int
) -> None:
    data_set = still(1, pixels=os.urandom(length))
    stored = await receive(store, data_set)
    assert await stored.placed() is Placement.STORED
    assert stored.sop_instance_uid == instance_uid(1)
    assert stored.sha256 == hashlib.sha256(data_set).digest()
    assert await read_back(store, database, 1) == data_set


async def test_a_blob_is_a_complete_part_10_file(store: StoreService, tmp_path: Path) -> None:
    stored = await receive(store, still(1, pixels=bytes(100_000)))
    path = tmp_path / "blob.dcm"
    path.write_bytes(
        await store.blobs.read(stored.blob_key, 0, await store.blobs.size(stored.blob_key))
    )
    found = pydicom.dcmread(path)
    assert found.PatientID == "SYNTHETIC-1"
    assert found.file_meta.TransferSyntaxUID == EXPLICIT
    assert found.file_meta.SendingApplicationEntityTitle == "SCANNER"


async def test_the_same_object_again_is_one_row_and_one_blob(
    store: StoreService, database: Database
) -> None:
    first = await receive(store, still(1))
    await first.placed()
    again = await receive(store, still(1))
    assert await again.placed() is Placement.ALREADY_PRESENT
    await receive(store, still(2))
    await store.drained()
    assert await read_back(store, database, 1) == still(1)
    with pytest.raises(Exception, match=r"blob|no such"):
        await _require_not_empty(store, again)


async def _require_not_empty(store: StoreService, stored: Stored) -> None:
    head = await store.blobs.read(stored.blob_key, 0, 200)
    if not any(head):
        raise LookupError("no such blob")


async def test_other_bytes_under_the_same_uid_are_set_aside(
    store: StoreService, database: Database
) -> None:
    await (await receive(store, still(1))).placed()
    other = await receive(store, still(1, pixels=b"\x01" * 64))
    assert await other.placed() is Placement.CONFLICT
    assert await read_back(store, database, 1) == still(1)
    async with database.transaction() as tx:
        (aside,) = await quarantined(tx, 10)
    assert aside.blob_key == other.blob_key
    kept = await store.blobs.read(other.blob_key, 0, await store.blobs.size(other.blob_key))
    assert kept.endswith(b"\x01" * 64)


async def test_the_announced_identity_must_be_the_real_one(store: StoreService) -> None:
    await receive(store, still(1), sop_class_uid=US_IMAGE, sop_instance_uid=instance_uid(1))
    with pytest.raises(SOPClassMismatch):
        await receive(store, still(2), sop_class_uid="1.2.840.10008.5.1.4.1.1.7")
    with pytest.raises(InstanceUIDMismatch):
        await receive(store, still(2), sop_instance_uid=instance_uid(3))


@pytest.mark.parametrize("tag", [0x00080016, 0x00080018, 0x0020000D, 0x0020000E])
async def test_an_object_without_a_uid_that_it_needs_is_refused(
    store: StoreService, tag: int
) -> None:
    with pytest.raises(MissingIdentity, match="missing"):
        await receive(store, still(1, without=frozenset({tag})))


async def test_an_unusable_uid_is_refused(store: StoreService) -> None:
    hostile = still(1).replace(b"2.25.10001", b"../../etc/")
    with pytest.raises(MissingIdentity, match="not a UID"):
        await receive(store, hostile)


@pytest.mark.parametrize("cut", [1, 9, 40])
async def test_what_ends_early_is_refused_and_leaves_nothing(
    store: StoreService, tmp_path: Path, cut: int
) -> None:
    whole = still(1)
    with pytest.raises(MalformedDataSet):
        await receive(store, whole[: len(whole) - cut])
    with pytest.raises(MissingIdentity):
        await receive(store, b"")
    files = [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert files in ([], ["recovery.lock"])


async def test_a_refused_object_is_read_on_without_keeping_it(store: StoreService) -> None:
    reception = store.receive(Arrival(EXPLICIT, SOURCE))
    reception.feed(b"\xfe\xff\x00\xe0" + bytes(60))
    for _ in range(100):
        assert reception.feed(bytes(100_000)) is None
    assert isinstance(reception.refusal, MalformedDataSet)
    with pytest.raises(MalformedDataSet):
        await reception.commit()


async def test_an_object_beyond_the_limit_is_refused(store: StoreService) -> None:
    with pytest.raises(ObjectTooLong):
        await receive(store, still(1, pixels=bytes(1_100_000)))


async def test_an_abandoned_object_leaves_nothing(
    store: StoreService, database: Database, tmp_path: Path
) -> None:
    data_set = still(1, pixels=bytes(500_000))
    reception = store.receive(Arrival(EXPLICIT, SOURCE))
    pause = reception.feed(data_set[:400_000])
    if pause is not None:
        await pause
    await reception.abandon()
    await store.drained()
    async with database.transaction() as tx:
        assert await instances_of(tx, Selection("2.25.10001")) == []
    assert list(tmp_path.rglob("*.part")) == []


async def test_a_commit_goes_on_when_its_sender_is_gone(
    store: StoreService, database: Database
) -> None:
    reception = store.receive(Arrival(EXPLICIT, SOURCE))
    reception.feed(still(1))
    async with asyncio.TaskGroup() as tasks:
        commit = tasks.create_task(reception.commit())
        await asyncio.sleep(0)
        commit.cancel()
    await reception.abandon()
    while not await _is_indexed(database, 1):
        await store.drained()
    assert await read_back(store, database, 1) == still(1)


async def _is_indexed(database: Database, number: int) -> bool:
    async with database.transaction() as tx:
        return bool(
            await instances_of(tx, Selection("2.25.10001", "2.25.20001", instance_uid(number)))
        )


async def test_many_at_once_are_all_found(store: StoreService, database: Database) -> None:
    await asyncio.gather(*(receive(store, still(n, series=n % 7)) for n in range(1, 200)))
    await store.drained()
    async with database.transaction() as tx:
        assert len(await instances_of(tx, Selection("2.25.10001"))) == 199


async def test_a_full_store_refuses_and_takes_again(database: Database) -> None:
    blobs = MemoryBlobStore(replays=True)
    async with StoreService(database, blobs, SETTINGS) as store:
        blobs.failure = OutOfSpace("full")
        with pytest.raises(OutOfSpace):
            await receive(store, still(1))
        blobs.failure = None
        assert await (await receive(store, still(1))).placed() is Placement.STORED


async def test_a_failed_sync_is_no_success(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    async with local_store(database, tmp_path) as store:
        await receive(store, still(1))
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            with pytest.raises(StorageUnavailable):
                await receive(store, still(2))
        await receive(store, still(3))
        await store.drained()
        assert not await _is_indexed(database, 2)
        assert await read_back(store, database, 3) == still(3)


async def test_a_start_indexes_what_was_acknowledged_before_a_crash(
    database: Database, tmp_path: Path
) -> None:
    crashed = StoreService(
        database, opened_in(tmp_path), StoreSettings(gathering=timedelta(days=1))
    )
    # Not opened: nothing is ever indexed, as when the process dies right after the answer.
    for number, length in ((1, 64), (2, 200_000)):
        await receive(crashed, still(number, pixels=bytes(length)))
    await crashed.blobs.close()
    async with local_store(database, tmp_path) as store:
        assert await read_back(store, database, 1) == still(1, pixels=bytes(64))
        assert await read_back(store, database, 2) == still(2, pixels=bytes(200_000))


async def test_a_clean_end_leaves_nothing_to_replay(database: Database, tmp_path: Path) -> None:
    async with local_store(database, tmp_path) as store:
        for number, length in ((1, 64), (2, 200_000)):
            await receive(store, still(number, pixels=bytes(length)))
    volumes = LocalBlobStore(tmp_path / "blobs", STORAGE).recovery.leftovers().volumes
    async with database.transaction() as tx:
        settled = await tx.values(b"SELECT volume FROM settled_volume")
    assert sorted(volumes) == sorted(row[0] for row in settled)


async def test_an_error_of_the_caller_passes_unchanged(database: Database) -> None:
    with pytest.raises(LookupError):
        async with StoreService(database, MemoryBlobStore(), SETTINGS):
            raise LookupError
