"""One instance, opened."""

import pytest
from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.domain.selection import Selection
from sonarium.index.ingest import add_instances
from sonarium.index.opened_instance import find_opened_instance


async def test_an_instance_comes_with_its_header(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance(packed_header=b"its header")])
        row = await find_opened_instance(tx, Selection("1.2.1", "1.2.1.1", "1.2.1.1.1"))
    assert row is not None
    assert (row.packed_header, row.data_set_length) == (b"its header", 65_536)


@pytest.mark.parametrize("series", ["1.2.1.2", "1.2.9"])
async def test_all_three_uids_must_fit(database: Database, series: str) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance()])
        assert await find_opened_instance(tx, Selection("1.2.1", series, "1.2.1.1.1")) is None
