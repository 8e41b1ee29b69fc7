"""Checking stored objects in the background."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.services.data_sets import EXPLICIT, instance_uid, still

from sonarium.base.clock import utc_now
from sonarium.db.pool import Database
from sonarium.domain.arrival import Door, Source
from sonarium.domain.selection import Selection
from sonarium.index.blobs import doom_blobs, doomed_blobs
from sonarium.index.instances import instances_of
from sonarium.services.scrub import ScrubService, ScrubSettings
from sonarium.services.store import Arrival, StoreService, StoreSettings
from sonarium.storage.memory import MemoryBlobStore

SETTINGS = ScrubSettings(instances_at_once=4, bytes_per_second=1000)
STORE = StoreSettings(gathering=timedelta(0))


class Stopwatch:
    """Adds up the pauses instead of making them."""

    def __init__(self) -> None:
        self.paused_s = 0.0

    async def pause(self, seconds: float) -> None:
        self.paused_s += seconds


@pytest.fixture
async def blobs(database: Database) -> AsyncIterator[MemoryBlobStore]:
    blobs = MemoryBlobStore()
    async with StoreService(database, blobs, STORE) as store:
        for number in range(1, 11):
            await send(store, number)
        yield blobs


async def send(store: StoreService, number: int) -> str:
    reception = store.receive(Arrival(EXPLICIT, Source(Door.STOW)))
    reception.feed(still(number))
    return (await reception.commit()).blob_key


def service(
    database: Database, blobs: MemoryBlobStore, stopwatch: Stopwatch | None = None
) -> ScrubService:
    watch = stopwatch or Stopwatch()
    return ScrubService(database, blobs, SETTINGS, pause=watch.pause)


async def run_pass(scrub: ScrubService) -> None:
    while await scrub.step():
        pass


def damage(blobs: MemoryBlobStore, key: str) -> None:
    blobs.blobs[key] = blobs.blobs[key][:-1] + b"\x13"


async def test_a_sound_archive_has_no_damage(database: Database, blobs: MemoryBlobStore) -> None:
    stopwatch = Stopwatch()
    scrub = service(database, blobs, stopwatch)
    await run_pass(scrub)
    status = await scrub.status()
    assert status.damaged == []
    assert status.latest is not None
    assert status.latest.finished_at is not None
    assert status.latest.instances == 10
    assert stopwatch.paused_s == pytest.approx(status.latest.bytes / 1000)


async def test_every_damaged_object_is_found_and_marked(
    database: Database, blobs: MemoryBlobStore
) -> None:
    keys = sorted(blobs.blobs)
    damage(blobs, keys[2])
    blobs.blobs[keys[5]] = blobs.blobs[keys[5]][:-7]
    del blobs.blobs[keys[8]]
    scrub = service(database, blobs)
    await run_pass(scrub)
    status = await scrub.status()
    assert {one.blob_key for one in status.damaged} == {keys[2], keys[5], keys[8]}
    async with database.transaction() as tx:
        rows = await instances_of(tx, Selection("2.25.10001"))
    assert {row.blob_key for row in rows if row.is_damaged} == {keys[2], keys[5], keys[8]}


async def test_a_pass_goes_on_where_it_stopped(database: Database, blobs: MemoryBlobStore) -> None:
    first = service(database, blobs)
    await first.step()
    await first.step()
    before = (await first.status()).latest
    assert before is not None
    assert before.instances == 4
    other = service(database, blobs)
    await run_pass(other)
    after = (await other.status()).latest
    assert after is not None
    assert (after.scrub_pass_ref, after.instances) == (before.scrub_pass_ref, 10)


async def test_the_next_pass_begins_when_it_is_due(
    database: Database, blobs: MemoryBlobStore
) -> None:
    await run_pass(service(database, blobs))
    assert not await service(database, blobs).step()
    later = ScrubService(
        database,
        blobs,
        SETTINGS,
        clock=lambda: utc_now() + timedelta(days=31),
        pause=Stopwatch().pause,
    )
    assert await later.step()
    assert await later.step()


async def test_the_same_object_again_mends_a_damaged_one(database: Database) -> None:
    blobs = MemoryBlobStore()
    async with StoreService(database, blobs, STORE) as store:
        old = await send(store, 1)
        damage(blobs, old)
        scrub = service(database, blobs)
        await run_pass(scrub)
        new = await send(store, 1)
        await send(store, 2)
        async with database.transaction() as tx:
            rows = await instances_of(tx, Selection("2.25.10001", None, instance_uid(1)))
    assert [(row.blob_key, row.is_damaged) for row in rows] == [(new, False)]
    assert old not in blobs.blobs
    assert (await scrub.status()).damaged == []


async def test_doomed_blobs_are_freed(database: Database, blobs: MemoryBlobStore) -> None:
    spare = blobs.keep(b"", b"nobody refers to it", b"").key
    async with database.transaction() as tx:
        await doom_blobs(tx, [spare, "m.999"])
    assert await service(database, blobs).free_doomed() == 2
    assert spare not in blobs.blobs
    async with database.transaction() as tx:
        assert await doomed_blobs(tx, 10) == []
