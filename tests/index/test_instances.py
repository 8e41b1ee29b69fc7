"""Instances by their unique identifiers."""

from tests.index.synthetic import instance, many

from sonarium.db.pool import Database
from sonarium.domain.selection import Selection
from sonarium.index.ingest import add_instances
from sonarium.index.instances import (
    delete_study,
    headers_of,
    instances_after,
    instances_of,
    mark_damaged,
    series_versions,
    study_version,
    unknown_blobs,
)

STUDY = Selection("1.2.1")


async def test_instances_come_in_reading_order(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, many("1.2.1", range(5, 0, -1)))
        rows = await instances_of(tx, STUDY)
        headers = await headers_of(tx, STUDY)
    assert [row.instance_number for row in rows] == [1, 2, 3, 4, 5]
    assert [one.sop_instance_uid for one in headers] == [one.sop_instance_uid for one in rows]


async def test_every_change_of_a_study_is_a_new_version(database: Database) -> None:
    async with database.transaction() as tx:
        assert await study_version(tx, "1.2.1") is None
        await add_instances(tx, [instance()])
        before = await study_version(tx, "1.2.1")
        (series,) = await series_versions(tx, STUDY)
        await add_instances(tx, [instance(sop_uid="1.2.1.1.2")])
        assert await study_version(tx, "1.2.1") != before
        assert (await series_versions(tx, STUDY))[0].version != series.version


async def test_blobs_that_nothing_refers_to_are_unknown(database: Database) -> None:
    known = instance()
    async with database.transaction() as tx:
        await add_instances(tx, [known])
        assert await unknown_blobs(tx, [known.blob_key, "lost"]) == ["lost"]


async def test_a_deleted_study_leaves_its_blobs_to_be_deleted(database: Database) -> None:
    arrivals = many("1.2.1", range(3))
    async with database.transaction() as tx:
        await add_instances(tx, arrivals)
        assert set(await delete_study(tx, "1.2.1")) == {one.blob_key for one in arrivals}
        assert await instances_of(tx, STUDY) == []
        assert await tx.values(b"SELECT count(*) FROM patient") == [(0,)]


async def test_damage_is_noted_on_the_instance(database: Database) -> None:
    one = instance()
    async with database.transaction() as tx:
        await add_instances(tx, [one])
        await mark_damaged(tx, [one.blob_key])
        assert [row.is_damaged for row in await instances_of(tx, STUDY)] == [True]


async def test_everything_can_be_walked_in_steps(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, many("1.2.1", range(7)))
        seen, after = [], 0
        while rows := await instances_after(tx, after, 3):
            seen += [row.sop_instance_uid for row in rows]
            after = rows[-1].instance_ref
    assert len(set(seen)) == len(seen) == 7
