"""Objects that were accepted and wait for a person."""

from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.index.ingest import Placement, add_instances, set_aside
from sonarium.index.quarantine import quarantined


async def test_other_bytes_under_a_known_uid_are_listed_newest_first(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance(content=b"first")])
        (verdict,) = await add_instances(tx, [instance(content=b"second")])
        await set_aside(tx, instance(sop_uid="1.9", content=b"x"), "cannot be read")
        found = await quarantined(tx, 10)
    assert verdict is Placement.CONFLICT
    assert [one.sop_instance_uid for one in found] == ["1.9", "1.2.1.1.1"]
    assert found[0].reason == "cannot be read"
    assert found[0].source["calling_ae_title"] == "SCANNER"


async def test_no_more_are_listed_than_asked(database: Database) -> None:
    async with database.transaction() as tx:
        for number in range(5):
            await set_aside(tx, instance(sop_uid=f"1.9.{number}"), "why")
        assert len(await quarantined(tx, 3)) == 3
