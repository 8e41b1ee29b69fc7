"""Studies with all that an export writes of them."""

from sonarium.db.pool import Database
from sonarium.index.exports import instances_to_export, studies_to_export


async def test_an_empty_archive_has_nothing_to_export(database: Database) -> None:
    async with database.transaction() as tx:
        assert await studies_to_export(tx, None, after=0, limit=10) == []
        assert await studies_to_export(tx, ["1.2"], after=0, limit=10) == []
        assert await instances_to_export(tx, 1) == []
