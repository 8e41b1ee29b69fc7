"""Which objects lie open."""

from dataclasses import replace

from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.index.ingest import add_instances
from sonarium.index.open_blobs import (
    OpenCount,
    count_open_instances,
    move_instance,
    open_instances,
)


async def test_what_lies_open_is_counted_listed_and_moved_once(database: Database) -> None:
    lone = replace(instance(), blob_key="segment.1.2")
    sealed = replace(instance(sop_uid="1.2.1.1.2", content=b"x"), blob_key="e5c.segment.1.3")
    aside = replace(instance(content=b"other"), blob_key="segment.1.4")
    async with database.transaction() as tx:
        await add_instances(tx, [lone, sealed, aside])
        assert await count_open_instances(tx) == OpenCount(1, 1)
        [row] = await open_instances(tx, 0, 10)
        assert row.blob_key == "segment.1.2"
        assert not await open_instances(tx, row.instance_ref, 10)
        assert await move_instance(tx, row, blob_key="e5c.segment.1.5", data_set_offset=400)
        assert not await move_instance(tx, row, blob_key="e5c.segment.1.6", data_set_offset=400)
        assert await count_open_instances(tx) == OpenCount(0, 1)
