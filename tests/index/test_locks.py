"""Who may change which studies at the same time."""

import asyncio

import pytest

from sonarium.db.pool import Database
from sonarium.index.locks import lock_for_deletion, lock_for_ingest


async def is_free(database: Database, *studies: str) -> bool:
    async with database.transaction() as tx:
        try:
            async with asyncio.timeout(0.5):
                if studies:
                    await lock_for_ingest(tx, studies)
                else:
                    await lock_for_deletion(tx)
        except TimeoutError:
            return False
    return True


@pytest.mark.filterwarnings("ignore")
async def test_a_study_has_one_writer_and_others_go_on(database: Database) -> None:
    async with database.transaction() as tx:
        await lock_for_ingest(tx, ["1.2", "1.3"])
        assert not await is_free(database, "1.3", "1.4")
        assert await is_free(database, "1.4")
    assert await is_free(database, "1.3")


@pytest.mark.filterwarnings("ignore")
async def test_what_removes_is_alone(database: Database) -> None:
    async with database.transaction() as tx:
        await lock_for_ingest(tx, ["1.2"])
        assert not await is_free(database)
    async with database.transaction() as tx:
        await lock_for_deletion(tx)
        assert not await is_free(database, "1.9")
    assert await is_free(database)
