"""The change feed."""

from datetime import UTC, datetime, timedelta

from tests.index.synthetic import instance, many

from sonarium.db.pool import Database
from sonarium.index.changes import (
    BEGINNING,
    ChangeKind,
    changes_after,
    latest_place,
    prune_changes,
)
from sonarium.index.ingest import add_instances
from sonarium.index.instances import delete_study


async def test_a_study_comes_grows_and_goes(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance()])
    async with database.transaction() as tx:
        await add_instances(tx, [instance(sop_uid=f"1.2.1.1.{number}") for number in (2, 3)])
    async with database.transaction() as tx:
        await delete_study(tx, "1.2.1")
    async with database.transaction() as tx:
        found = await changes_after(tx, BEGINNING)
    assert [(one.kind, one.instances) for one in found] == [
        (ChangeKind.ADDED, 1), (ChangeKind.GREW, 2), (ChangeKind.DELETED, 3),
    ]  # fmt: skip


async def test_who_goes_on_where_it_stopped_misses_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance()])
    async with database.transaction() as tx:
        place = await latest_place(tx)
        assert await changes_after(tx, place) == []
    async with database.transaction() as late:
        await add_instances(late, many("1.3.1", range(2)))
        async with database.transaction() as tx:
            assert await changes_after(tx, place) == []
            assert await latest_place(tx) == place
    async with database.transaction() as tx:
        (change,) = await changes_after(tx, place)
        assert await changes_after(tx, change.place) == []
    assert change.study_instance_uid == "1.3.1"


async def test_old_changes_can_be_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance()])
    async with database.transaction() as tx:
        assert await prune_changes(tx, datetime.now(UTC) - timedelta(days=1)) == 0
        assert await prune_changes(tx, datetime.now(UTC) + timedelta(days=1)) == 1
