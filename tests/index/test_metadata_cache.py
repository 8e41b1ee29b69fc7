"""Metadata documents that were prepared once."""

from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.domain.selection import Selection
from sonarium.index.ingest import add_instances
from sonarium.index.instances import series_versions
from sonarium.index.metadata_cache import find_metadata, put_metadata


async def test_a_document_serves_exactly_its_version(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance()])
        (series,) = await series_versions(tx, Selection("1.2.1"))
        await put_metadata(tx, series.series_ref, series.version, b"new")
        assert await find_metadata(tx, series.series_ref, series.version) == b"new"
        assert await find_metadata(tx, series.series_ref, series.version + 1) is None


async def test_an_older_version_never_replaces_a_newer_one(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance()])
        (series,) = await series_versions(tx, Selection("1.2.1"))
        await put_metadata(tx, series.series_ref, series.version, b"new")
        await put_metadata(tx, series.series_ref, series.version - 1, b"old")
        assert await find_metadata(tx, series.series_ref, series.version) == b"new"
