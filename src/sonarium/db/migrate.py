"""Brings a database to the schema of this release, step by step.

A step is a file `NNNN_what_it_does.sql` in a package's `migrations` folder. Steps run in
order, each in a transaction of its own, under one advisory lock, so that several processes
may start at once. A step marked `-- post` in its first line may run while the previous
release still serves; all others run before.
"""

import re
from dataclasses import dataclass
from importlib import resources

import psycopg

from sonarium.base.log import get_logger
from sonarium.db.errors import DatabaseUnavailable, SchemaTooNew

log = get_logger(__name__)

_LOCK = 0x534F4E41
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step."""

    number: int
    name: str
    statements: bytes


def migrations_of(package: str) -> list[Migration]:
    """Read the steps of a package, ascending."""
    found = []
    for entry in (resources.files(package) / "migrations").iterdir():
        match = _NAME.fullmatch(entry.name)
        if match:
            found.append(Migration(int(match[1]), entry.name[:-4], entry.read_bytes()))
    return sorted(found, key=lambda migration: migration.number)


async def migrate(dsn: str, migrations: list[Migration]) -> list[str]:
    """Run the steps that are missing and return their names.

    Raises:
        SchemaTooNew: the database has steps that this release does not know.
        DatabaseUnavailable: it does not answer.
    """
    try:
        connection = await psycopg.AsyncConnection.connect(dsn, autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("the database does not answer") from error
    async with connection:
        await connection.execute("SET lock_timeout = '30s'")
        await connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (number int PRIMARY KEY, name text NOT NULL,"
            " ran_at timestamptz NOT NULL DEFAULT now())"
        )
        cursor = await connection.execute("SELECT number FROM migration")
        done = {row[0] for row in await cursor.fetchall()}
        newest = migrations[-1].number if migrations else 0
        if done and max(done) > newest:
            raise SchemaTooNew(
                f"the database is at schema {max(done)} and this Sonarium knows {newest}: "
                "start the newer release, or restore a backup made before it"
            )
        ran = []
        for migration in migrations:
            if migration.number not in done:
                async with connection.transaction():
                    await connection.execute(migration.statements)
                    await connection.execute(
                        "INSERT INTO migration (number, name) VALUES (%s, %s)",
                        (migration.number, migration.name),
                    )
                log.info("schema_migrated", version=migration.number)
                ran.append(migration.name)
    return ran
