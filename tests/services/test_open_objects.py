"""Objects of before are sealed, one way and once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.data_sets import EXPLICIT, still
from tests.storage.sealed_stores import group_keys

from sonarium.db.pool import Database
from sonarium.domain.arrival import Door, Source
from sonarium.domain.selection import Selection
from sonarium.index.audit import event_in
from sonarium.index.blobs import doomed_blobs
from sonarium.index.instances import InstanceRow, delete_study, instances_of
from sonarium.index.open_blobs import OpenCount
from sonarium.services.blob_head import read_blob_head
from sonarium.services.open_objects import NothingIsSealed, OpenObjectService, Progress
from sonarium.services.scrub import ScrubService, ScrubSettings
from sonarium.services.store import Arrival, StoreService, StoreSettings
from sonarium.storage.errors import BlobDamaged
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.sealed import SealedLocalStore
from sonarium.storage.settings import LocalStorageSettings

STORE = StoreSettings(gathering=timedelta(0))
STUDY = "2.25.10001"
SMALL, LARGE = b"\x80" * 64, b"\x81" * 3_000_000


@asynccontextmanager
async def opened(
    database: Database, folder: Path, *, seals_new: bool
) -> AsyncIterator[tuple[StoreService, SealedLocalStore]]:
    local = LocalBlobStore(folder / "blobs", LocalStorageSettings())
    blobs = SealedLocalStore(local, group_keys(folder), seals_new=seals_new)
    async with StoreService(database, blobs, STORE) as store:
        yield store, blobs


async def send(store: StoreService, number: int, pixels: bytes = SMALL) -> None:
    reception = store.receive(Arrival(EXPLICIT, Source(Door.STOW, sender="robot")))
    if (pause := reception.feed(still(number, pixels=pixels))) is not None:
        await pause
    await (await reception.commit()).placed()


async def rows(database: Database) -> list[InstanceRow]:
    async with database.transaction() as tx:
        return list(await instances_of(tx, Selection(STUDY)))


@pytest.fixture
async def in_clear(database: Database, tmp_path: Path) -> Path:
    """A folder with four objects of before, one of them large."""
    async with opened(database, tmp_path, seals_new=False) as (store, _):
        for number in (1, 2, 3):
            await send(store, number)
        await send(store, 4, LARGE)
    return tmp_path


async def test_what_lay_open_is_sealed_and_reads_as_before(
    database: Database, in_clear: Path
) -> None:
    before = await rows(database)
    async with opened(database, in_clear, seals_new=True) as (store, blobs):
        await send(store, 5)
        service = OpenObjectService(database, blobs, seals_new=True)
        assert await service.count() == OpenCount(4, 0)
        assert [one async for one in service.seal_all()] == [Progress(4, 0)]
        assert await service.count() == OpenCount(0, 0)
        scrubbing = ScrubService(database, blobs, ScrubSettings(bytes_per_second=10**12))
        assert await scrubbing.free_doomed() == 4
        while await scrubbing.step():
            pass
        assert (await scrubbing.status()).damaged == []
        after = await rows(database)
        for old, new in zip(before, after, strict=False):
            assert (new.sha256, new.data_set_length) == (old.sha256, old.data_set_length)
            assert new.blob_key.startswith("e")
            head = read_blob_head(await blobs.read(new.blob_key, 0, new.data_set_offset))
            assert head.source.sender == "robot"
        assert [one async for one in service.seal_all()] == []
    clear = [path for path in in_clear.rglob("*") if path.is_file() and holds_pixels(path)]
    assert clear == []
    async with database.transaction() as tx:
        kept = await tx.values(b"SELECT content FROM audit_record ORDER BY record_ref")
    assert "4 of them were encrypted" in [event_in(content).reason for (content,) in kept]


def holds_pixels(path: Path) -> bool:
    content = path.read_bytes()
    return SMALL in content or LARGE[:1000] in content


async def test_a_run_that_ended_anywhere_is_gone_on_with(
    database: Database, in_clear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sonarium.services.open_objects._AT_ONCE", 1)
    async with opened(database, in_clear, seals_new=True) as (_, blobs):
        service = OpenObjectService(database, blobs, seals_new=True)
        async for reached in service.seal_all():
            if reached.sealed == 2:
                break
        assert await service.count() == OpenCount(2, 0)
    async with opened(database, in_clear, seals_new=True) as (_, blobs):
        service = OpenObjectService(database, blobs, seals_new=True)
        *_, last = [one async for one in service.seal_all()]
        assert last == Progress(2, 0)
        assert await service.count() == OpenCount(0, 0)


async def test_what_is_not_as_stored_is_left_and_told_of(
    database: Database, in_clear: Path
) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            b"UPDATE instance SET sha256 = decode('00', 'hex') WHERE instance_number = 2"
        )
    async with opened(database, in_clear, seals_new=True) as (_, blobs):
        service = OpenObjectService(database, blobs, seals_new=True)
        assert [one async for one in service.seal_all()] == [Progress(3, 1)]
        assert await service.count() == OpenCount(1, 0)


async def test_a_copy_that_reads_wrong_changes_nothing(
    database: Database, in_clear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database, in_clear, seals_new=True) as (_, blobs):
        read = SealedLocalStore.iter_range

        async def wrong(
            self: SealedLocalStore, key: str, offset: int, length: int
        ) -> AsyncIterator[bytes]:
            async for chunk in read(self, key, offset, length):
                yield b"?" * len(chunk) if key.startswith("e") else chunk

        monkeypatch.setattr(SealedLocalStore, "iter_range", wrong)
        service = OpenObjectService(database, blobs, seals_new=True)
        with pytest.raises(BlobDamaged):
            [one async for one in service.seal_all()]
        monkeypatch.undo()
        assert await service.count() == OpenCount(4, 0)
        async with database.transaction() as tx:
            assert await doomed_blobs(tx, 10) == []


async def test_a_study_deleted_meanwhile_stays_deleted(
    database: Database, in_clear: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database, in_clear, seals_new=True) as (_, blobs):
        compare = OpenObjectService._compare

        async def and_delete(self: OpenObjectService, row: InstanceRow, blob: object) -> None:
            await compare(self, row, blob)  # type: ignore[arg-type]  # handed on
            async with database.transaction() as tx:
                await delete_study(tx, STUDY)

        monkeypatch.setattr(OpenObjectService, "_compare", and_delete)
        service = OpenObjectService(database, blobs, seals_new=True)
        [reached] = [one async for one in service.seal_all()]
        assert reached.sealed == 0
        assert await rows(database) == []
        async with database.transaction() as tx:
            doomed = await doomed_blobs(tx, 100)
            assert sum(key.startswith("e") for key in doomed) >= 1
            assert await tx.values(b"SELECT count(*) FROM study_key") == [(0,)]


async def test_where_new_ones_are_kept_in_clear_nothing_is_sealed(
    database: Database, in_clear: Path
) -> None:
    async with opened(database, in_clear, seals_new=False) as (_, blobs):
        with pytest.raises(NothingIsSealed):
            await anext(aiter(OpenObjectService(database, blobs, seals_new=False).seal_all()))
