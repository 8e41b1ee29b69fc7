"""From acknowledged to indexed."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.services.memory_index import MemoryIndex

from sonarium.db.errors import DatabaseUnavailable
from sonarium.db.pool import Database
from sonarium.dicom.errors import MalformedDataSet
from sonarium.domain.arrival import Door, Source
from sonarium.domain.selection import Selection
from sonarium.index.ingest import NewInstance, Placement
from sonarium.index.instances import instances_of, mark_damaged
from sonarium.index.quarantine import quarantined
from sonarium.services.indexing import (
    Durable,
    Indexer,
    IndexingLimits,
    InstanceIndex,
    PostgresIndex,
    RowsRefused,
    place_isolating,
)
from sonarium.storage.blob_store import StoredBlob
from sonarium.storage.memory import MemoryBlobStore

LIMITS = IndexingLimits(
    waiting=8,
    waiting_bytes=1000,
    at_once=4,
    gathering=timedelta(0),
    patience=timedelta(0),
    longest_pause=timedelta(0),
)


def arrival(blobs: MemoryBlobStore, number: int, body: bytes = b"") -> NewInstance:
    content = body or str(number).encode()
    blob = blobs.keep(b"head", content, hashlib.sha256(content).digest())
    return NewInstance(
        blob_key=blob.key,
        data_set_offset=4,
        data_set_length=len(content),
        sha256=hashlib.sha256(content).digest(),
        study_instance_uid="1.1",
        series_instance_uid="1.2",
        sop_instance_uid=f"1.3.{number}",
        sop_class_uid="1.4",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        instance_number=number,
        number_of_frames=1,
        patient={},
        study={},
        series={},
        instance={},
        packed_header=b"header",
        packed_frames=None,
        received_at=datetime.now(UTC),
        source=Source(Door.IMPORT),
    )


def durable(one: NewInstance) -> Durable:
    blob = StoredBlob(one.blob_key, one.data_set_offset, one.data_set_length, one.sha256)
    return Durable(blob, len(one.packed_header), lambda _: one)


@asynccontextmanager
async def running(
    index: InstanceIndex, blobs: MemoryBlobStore, limits: IndexingLimits = LIMITS
) -> AsyncIterator[Indexer]:
    indexer = Indexer(index, blobs, limits)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(indexer.run())
        yield indexer
        await indexer.drained()
        task.cancel()


async def submit(indexer: Indexer, one: NewInstance) -> Placement:
    await indexer.reserve()
    return await indexer.wait_for(indexer.submit(durable(one)))


async def test_what_waits_goes_in_one_transaction() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    limits = replace(LIMITS, at_once=100, waiting=100)
    async with running(index, blobs, limits) as indexer:
        placements = await asyncio.gather(
            *(submit(indexer, arrival(blobs, number)) for number in range(50))
        )
    assert set(placements) == {Placement.STORED}
    assert index.groups == [50]
    assert sorted(blobs.settled) == sorted(blobs.blobs)


async def test_nobody_waits_for_the_gathering_pause() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    async with running(index, blobs, replace(LIMITS, gathering=timedelta(days=1))) as indexer:
        assert await submit(indexer, arrival(blobs, 1)) is Placement.STORED
        await indexer.reserve()
        indexer.submit(durable(arrival(blobs, 2)))
        await indexer.drained()
        for number in range(3, 7):
            await indexer.reserve()
            last = indexer.submit(durable(arrival(blobs, number)))
        await last
    assert index.groups == [1, 1, 4]


@pytest.mark.parametrize("after_commit", [False, True])
async def test_an_outage_costs_nothing_but_time(*, after_commit: bool) -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    index.failures = 5
    index.fails_after_commit = after_commit
    async with running(index, blobs) as indexer:
        placements = [await submit(indexer, arrival(blobs, number)) for number in range(8)]
    assert set(placements) == {Placement.STORED}
    assert len(index.instances) == 8
    assert len(blobs.blobs) == 8


async def test_a_full_queue_refuses_until_there_is_room() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    indexer = Indexer(index, blobs, LIMITS)
    for number in range(8):
        await indexer.reserve()
        indexer.submit(durable(arrival(blobs, number)))
    with pytest.raises(DatabaseUnavailable):
        await indexer.reserve()
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(indexer.run())
        await indexer.drained()
        assert await submit(indexer, arrival(blobs, 9)) is Placement.STORED
        task.cancel()


async def test_large_headers_fill_the_queue_too() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    indexer = Indexer(index, blobs, LIMITS)
    await indexer.reserve()
    indexer.submit(durable(replace(arrival(blobs, 1), packed_header=bytes(1000))))
    with pytest.raises(DatabaseUnavailable):
        await indexer.reserve()


async def test_senders_are_held_back_before_they_are_refused() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    limits = replace(LIMITS, waiting=2, patience=timedelta(minutes=1))
    async with running(index, blobs, limits) as indexer:
        placements = await asyncio.gather(
            *(submit(indexer, arrival(blobs, number)) for number in range(40))
        )
    assert set(placements) == {Placement.STORED}
    assert max(index.groups) <= 2


async def test_room_that_was_not_used_comes_back() -> None:
    indexer = Indexer(MemoryIndex(), MemoryBlobStore(), LIMITS)
    for _ in range(50):
        await indexer.reserve()
        indexer.give_back()


async def test_one_poisonous_object_does_not_hold_up_the_others() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    arrivals = [arrival(blobs, number) for number in range(8)]
    index.poison = {arrivals[3].blob_key, arrivals[6].blob_key}
    async with running(index, blobs) as indexer:
        placements = await asyncio.gather(*(submit(indexer, one) for one in arrivals))
    expected = [Placement.STORED] * 8
    expected[3] = expected[6] = Placement.CONFLICT
    assert placements == expected
    assert index.quarantine.keys() == index.poison
    assert len(blobs.settled) == 8


async def test_what_cannot_even_be_set_aside_stays_for_a_replay() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    one = arrival(blobs, 1)
    index.poison = index.unspeakable = {one.blob_key}
    assert await place_isolating(index, [one]) == [None]
    async with running(index, blobs) as indexer:
        assert await submit(indexer, one) is Placement.CONFLICT
    assert blobs.settled == []
    assert one.blob_key in blobs.blobs


async def test_a_copy_is_freed_and_the_first_is_not() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    first, copy = arrival(blobs, 1), arrival(blobs, 1)
    async with running(index, blobs) as indexer:
        await submit(indexer, first)
        assert await submit(indexer, copy) is Placement.ALREADY_PRESENT
        await submit(indexer, arrival(blobs, 2))
    assert first.blob_key in blobs.blobs
    assert copy.blob_key not in blobs.blobs
    assert len(blobs.settled) == 3


async def test_other_bytes_keep_their_blob() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    other = arrival(blobs, 1, b"other")
    async with running(index, blobs) as indexer:
        await submit(indexer, arrival(blobs, 1))
        assert await submit(indexer, other) is Placement.CONFLICT
    assert len(blobs.blobs) == 2


async def test_a_cancelled_sender_does_not_stop_the_queue() -> None:
    index, blobs = MemoryIndex(), MemoryBlobStore()
    async with running(index, blobs) as indexer:
        await indexer.reserve()
        indexer.submit(durable(arrival(blobs, 1))).cancel()
        assert await submit(indexer, arrival(blobs, 2)) is Placement.STORED
    assert len(index.instances) == 2


# The index in PostgreSQL.


async def test_postgresql_takes_objects_and_sets_aside_what_differs(database: Database) -> None:
    index, blobs = PostgresIndex(database), MemoryBlobStore()
    first, copy = arrival(blobs, 1), arrival(blobs, 1)
    other = arrival(blobs, 1, b"other")
    assert await index.add([first]) == [Placement.STORED]
    assert await index.add([first]) == [Placement.STORED]
    assert await index.add([copy, other]) == [Placement.ALREADY_PRESENT, Placement.CONFLICT]
    assert await index.unknown([first.blob_key, copy.blob_key, other.blob_key]) == [copy.blob_key]
    assert await index.mend([copy]) == [copy.blob_key]


async def test_a_sound_copy_mends_a_damaged_instance(database: Database) -> None:
    index, blobs = PostgresIndex(database), MemoryBlobStore()
    first, copy = arrival(blobs, 1), arrival(blobs, 1)
    await index.add([first])
    async with database.transaction() as tx:
        await mark_damaged(tx, [first.blob_key])
    assert await index.add([copy]) == [Placement.ALREADY_PRESENT]
    assert await index.mend([copy]) == [first.blob_key]
    async with database.transaction() as tx:
        (row,) = await instances_of(tx, Selection("1.1"))
    assert row.blob_key == copy.blob_key
    assert not row.is_damaged


async def test_postgresql_refuses_poison_and_takes_the_rest(database: Database) -> None:
    index, blobs = PostgresIndex(database), MemoryBlobStore()
    arrivals = [arrival(blobs, number) for number in range(5)]
    arrivals[2] = replace(arrivals[2], sop_class_uid="1.4\0")
    with pytest.raises(RowsRefused):
        await index.add(arrivals)
    placements = await place_isolating(index, arrivals)
    assert placements.count(Placement.STORED) == 4
    async with database.transaction() as tx:
        (aside,) = await quarantined(tx, 10)
    assert aside.blob_key == arrivals[2].blob_key


async def test_postgresql_remembers_settled_volumes(database: Database) -> None:
    index = PostgresIndex(database)
    await index.settle_volumes(["a", "b"])
    await index.settle_volumes(["b", "c"])
    assert await index.settled_volumes(["b", "c", "d"]) == {"b", "c"}


async def test_what_cannot_be_read_is_set_aside_and_the_others_proceed() -> None:
    def describe(_: StoredBlob) -> NewInstance:
        raise MalformedDataSet("a value cannot be decoded")

    index, blobs = MemoryIndex(), MemoryBlobStore()
    bad = durable(arrival(blobs, 1))
    async with running(index, blobs) as indexer:
        await indexer.reserve()
        unread = indexer.submit(replace(bad, describe=describe))
        assert await submit(indexer, arrival(blobs, 2)) is Placement.STORED
        assert await indexer.wait_for(unread) is Placement.CONFLICT
    assert index.quarantine == {bad.blob.key: "cannot be read: a value cannot be decoded"}
