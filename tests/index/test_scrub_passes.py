"""How far checking has come."""

from sonarium.db.pool import Database
from sonarium.index.scrub_passes import (
    ScrubStep,
    advance_scrub_pass,
    current_scrub_pass,
    damaged_instances,
    finish_scrub_pass,
    latest_scrub_passes,
    open_scrub_pass,
)


async def test_one_pass_is_under_way_at_a_time(database: Database) -> None:
    async with database.transaction() as tx:
        assert await current_scrub_pass(tx) is None
        await open_scrub_pass(tx)
        await open_scrub_pass(tx)
        first = await current_scrub_pass(tx)
        assert first is not None
        assert await advance_scrub_pass(tx, first, ScrubStep(7, 5, 1000, 1))
        assert not await advance_scrub_pass(tx, first, ScrubStep(9, 5, 1000, 1))
        second = await current_scrub_pass(tx)
        assert second is not None
        assert await advance_scrub_pass(tx, second, ScrubStep(12, 5, 500, 0))
        await finish_scrub_pass(tx, first.scrub_pass_ref)
        assert await current_scrub_pass(tx) is None
        await open_scrub_pass(tx)
        latest, done = await latest_scrub_passes(tx, 10)
    assert (done.after_instance_ref, done.instances, done.bytes, done.damaged) == (12, 10, 1500, 1)
    assert done.finished_at is not None
    assert latest.after_instance_ref == 0


async def test_an_archive_without_damage_lists_none(database: Database) -> None:
    async with database.transaction() as tx:
        assert await damaged_instances(tx, 10) == []
