"""The site's own PostgreSQL, or the one inside the data folder."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from sonarium.app.database import (
    all_migrations,
    dsn_of,
    embedded_postgres,
    prepare_database,
)
from sonarium.app.settings import Settings
from sonarium.db.errors import DatabaseUnavailable
from sonarium.db.migrate import missing_migrations
from sonarium.db.pool import Database


def with_dsn(folder: Path, dsn: str) -> Settings:
    return Settings.model_validate({"data": folder, "database": {"dsn": dsn}})


def test_a_database_of_the_site_leaves_the_data_folder_without_postgresql(tmp_path: Path) -> None:
    settings = with_dsn(tmp_path / "data", "postgresql://db/pacs")
    assert embedded_postgres(settings) is None
    assert dsn_of(settings, None) == "postgresql://db/pacs"
    assert not (tmp_path / "data").exists()


async def test_a_fresh_folder_gets_a_postgresql_of_its_own_with_the_whole_schema(
    tmp_path: Path,
) -> None:
    settings = Settings(data=tmp_path)
    embedded = embedded_postgres(settings)
    assert embedded is not None
    try:
        dsn = await prepare_database(settings, embedded)
        assert await missing_migrations(dsn, all_migrations()) == []
        assert Path(str(conninfo_to_dict(dsn)["host"])).is_absolute()
    finally:
        await embedded.stop()
    assert embedded.pid() is None


async def test_a_database_that_is_prepared_already_is_left_as_it_is(
    dsn: str, database: Database, tmp_path: Path
) -> None:
    assert await prepare_database(with_dsn(tmp_path, dsn), None) == dsn
    async with database.transaction() as tx:
        await tx.execute(b"SELECT 1")


async def test_a_database_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path,
) -> None:
    settings = with_dsn(tmp_path, "postgresql://u:secret@127.0.0.1:9/pacs")
    with pytest.raises(DatabaseUnavailable, match="does not answer") as failure:
        await prepare_database(settings, None)
    assert "secret" not in str(failure.value)


def test_the_steps_to_the_schema_are_numbered_without_gaps_in_their_order() -> None:
    numbers = [migration.number for migration in all_migrations()]
    assert numbers == sorted(set(numbers))
