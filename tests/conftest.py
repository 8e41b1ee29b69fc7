"""Fixtures that every test may use."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from sonarium.db.embedded import EmbeddedPostgres
from sonarium.db.migrate import migrate, migrations_of
from sonarium.db.pool import Database
from sonarium.queue.schema import queue_migrations

_numbers = count(1)


@pytest.fixture(scope="session", autouse=True)
def _no_logger_is_fixed() -> Iterator[None]:
    """Let every logger ask how it is configured: a command in one test is not to quiet the next."""
    configure = structlog.configure

    def without_memory(**settings: Any) -> None:  # noqa: ANN401  # as structlog says
        configure(**{**settings, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", without_memory)
        yield


@pytest.fixture(autouse=True)
def _logging_as_it_comes() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real objects that lies beside the repository."""
    return Path(__file__).resolve().parents[2] / "shared" / "testdata"


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[EmbeddedPostgres]:
    """One embedded server for the whole run, its database migrated."""
    root = Path(tempfile.mkdtemp(prefix="sonarium-test-"))
    try:
        async with EmbeddedPostgres(root / "postgresql") as server:
            await migrate(server.dsn, [*migrations_of("sonarium.index"), *queue_migrations()])
            yield server
    finally:
        shutil.rmtree(root)


@pytest.fixture
async def dsn(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A migrated, empty database of the test's own."""
    async with fresh_database(postgres) as name:
        yield name


@asynccontextmanager
async def fresh_database(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """Make a migrated, empty database and give its DSN."""
    name = f"test_{next(_numbers)}"
    async with await psycopg.AsyncConnection.connect(
        postgres.superuser_dsn, autocommit=True
    ) as connection:
        await connection.execute(
            SQL("CREATE DATABASE {} TEMPLATE sonarium OWNER sonarium").format(Identifier(name))
        )
        yield make_conninfo(postgres.dsn, dbname=name)
        await connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    """An open database of the test's own, migrated and empty."""
    async with Database(dsn, connections=6, wait=timedelta(seconds=10)) as opened:
        yield opened
