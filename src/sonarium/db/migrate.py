"""Brings a database to the schema of this release, step by step.

A step is a file `NNNN_what_it_does.sql` in a package's `migrations` folder. Steps run in
order, each in a transaction of its own, under one advisory lock, so that several processes
may start at once. The first line of a step says when it may run: `-- pre: …` before this
release starts, with the previous one still serving; `-- post: …` once no process of the
previous release is left.
"""

import asyncio
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection

from sonarium.base.log import get_logger
from sonarium.db.cluster import READER
from sonarium.db.errors import (
    DatabaseUnavailable,
    MigrationBlocked,
    MigrationRefused,
    SchemaTooNew,
)

log = get_logger(__name__)

_LOCK: Final = 0x534F4E41
_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_LOCK_TIMEOUT: Final = b"SET LOCAL lock_timeout = '5s'"
_TRIES: Final = 6
_PAUSE_S: Final = 2.0
_MAY_BECOME: Final = (
    b"SELECT FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')"
)
_BOOK: Final = b"""
CREATE TABLE IF NOT EXISTS migration (
    number int PRIMARY KEY,
    name   text NOT NULL,
    ran_at timestamptz NOT NULL DEFAULT now()
)
"""


class Phase(StrEnum):
    """When a step may run, seen from the start of a new release."""

    PRE = "pre"
    POST = "post"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step."""

    number: int
    name: str
    statements: bytes

    @property
    def phase(self) -> Phase:
        """Read it from the first line; a step that does not say runs before."""
        return Phase.POST if self.statements.startswith(b"-- post") else Phase.PRE


def migrations_of(package: str) -> list[Migration]:
    """Read the steps of a package, ascending."""
    found = []
    for entry in (resources.files(package) / "migrations").iterdir():
        match = _NAME.fullmatch(entry.name)
        if match:
            found.append(Migration(int(match[1]), entry.name[:-4], entry.read_bytes()))
    return sorted(found, key=lambda migration: migration.number)


async def migrate(
    dsn: str, migrations: Sequence[Migration], phases: Collection[Phase] = tuple(Phase)
) -> list[str]:
    """Run the steps that are missing and return their names.

    Raises:
        SchemaTooNew: the database has steps that this release does not know.
        MigrationBlocked: a table stays in use by others.
        MigrationRefused: our role may not do what a step does; the message says what would help.
        DatabaseUnavailable: the database does not answer.
    """
    try:
        async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
            await connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            await connection.execute(_BOOK)
            ran = [
                migration
                for migration in await _missing(connection, migrations)
                if migration.phase in phases and await _run(connection, migration)
            ]
    except psycopg.errors.LockNotAvailable as error:
        raise MigrationBlocked("a table is in use elsewhere; stop other programs on it") from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise MigrationRefused(error.diag.message_primary or "our role may not do this") from error
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("the database does not answer") from error
    if ran:
        log.info("schema_migrated", count=len(ran), version=ran[-1].number)
    return [migration.name for migration in ran]


async def missing_migrations(dsn: str, migrations: Sequence[Migration]) -> list[str]:
    """Name the steps that `migrate` would run; changes nothing.

    Raises:
        SchemaTooNew, DatabaseUnavailable: as `migrate`.
    """
    try:
        async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
            return [migration.name for migration in await _missing(connection, migrations)]
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("the database does not answer") from error


async def can_read_on_behalf(dsn: str) -> bool:
    """Tell whether our role may become the one that reads under row-level security.

    Raises:
        DatabaseUnavailable: the database does not answer.
    """
    try:
        async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
            cursor = await connection.execute(_MAY_BECOME, [READER])
            return bool(await cursor.fetchall())
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("the database does not answer") from error


async def _missing(
    connection: AsyncConnection[Any], migrations: Sequence[Migration]
) -> list[Migration]:
    there = await connection.execute("SELECT to_regclass('migration') IS NOT NULL")
    done: set[int] = set()
    if (await there.fetchall())[0][0]:
        cursor = await connection.execute("SELECT number FROM migration")
        done = {row[0] for row in await cursor.fetchall()}
    known = {migration.number for migration in migrations}
    if done - known:
        raise SchemaTooNew(
            f"the database is at schema {max(done)} and this Sonarium knows {max(known)}: "
            "start the newer release, or restore a backup made before it"
        )
    return [migration for migration in migrations if migration.number not in done]


async def _run(connection: AsyncConnection[Any], migration: Migration) -> bool:
    """Run one step; a table in use elsewhere is waited for in short turns.

    Whoever waits for a table stops all others from using it, so no turn is long.
    """
    for turn in range(_TRIES):
        try:
            async with connection.transaction():
                await connection.execute(_LOCK_TIMEOUT)
                await connection.execute(migration.statements)
                await connection.execute(
                    "INSERT INTO migration (number, name) VALUES (%s, %s)",
                    [migration.number, migration.name],
                )
        except psycopg.errors.LockNotAvailable:
            if turn == _TRIES - 1:
                raise
            await asyncio.sleep(_PAUSE_S)
        else:
            break
    return True
