"""Tidying that nobody asks for."""

import asyncio
from datetime import timedelta

import pytest
from tests.index.synthetic import instance

from sonarium.base.clock import utc_now
from sonarium.db.pool import Database
from sonarium.index.changes import BEGINNING, changes_after
from sonarium.index.ingest import add_instances
from sonarium.services.quarantine import QuarantineService
from sonarium.services.upkeep import CHANGES_KEPT, UpkeepService
from sonarium.storage.memory import MemoryBlobStore


async def changes(database: Database) -> int:
    async with database.transaction() as tx:
        return len(await changes_after(tx, BEGINNING))


async def test_changes_are_forgotten_once_nobody_can_be_waiting_for_them(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance()])
    quarantine = QuarantineService(database, MemoryBlobStore())
    await UpkeepService(database, quarantine).tidy()
    assert await changes(database) == 1
    later = UpkeepService(
        database, quarantine, clock=lambda: utc_now() + CHANGES_KEPT + timedelta(days=1)
    )
    await later.tidy()
    assert await changes(database) == 0


async def test_tidying_goes_on_after_the_database_was_away() -> None:
    nowhere = Database("host=/nowhere", wait=timedelta(milliseconds=50))
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise asyncio.CancelledError

    async with nowhere:
        upkeep = UpkeepService(nowhere, QuarantineService(nowhere, MemoryBlobStore()), pause=pause)
        with pytest.raises(asyncio.CancelledError):
            await upkeep.run()
    assert pauses == [3600, 3600]
