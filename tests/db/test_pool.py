import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from sonarium.db.embedded import EmbeddedPostgres
from sonarium.db.errors import DatabaseUnavailable, ValueRefused
from sonarium.db.pool import Database


@pytest.fixture
async def mortal() -> AsyncIterator[EmbeddedPostgres]:
    """A server of the test's own, to be killed."""
    root = Path(tempfile.mkdtemp(prefix="sonarium-mortal-"))
    async with EmbeddedPostgres(root) as server:
        yield server
    shutil.rmtree(root)


async def undo(database: Database, statement: bytes) -> None:
    async with database.transaction() as tx:
        await tx.execute(statement)
        raise ZeroDivisionError


async def kill_under_a_transaction(database: Database, pid: int) -> None:
    async with database.transaction() as tx:
        os.kill(pid, signal.SIGKILL)
        await tx.values(b"SELECT pg_sleep(30)")


async def one(database: Database) -> int:
    async with database.transaction() as tx:
        return int((await tx.values(b"SELECT 1"))[0][0])


async def test_a_transaction_commits_or_leaves_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(b"CREATE TABLE t (a int)")
    with pytest.raises(ZeroDivisionError):
        await undo(database, b"INSERT INTO t VALUES (1)")
    async with database.statement() as tx:
        assert await tx.values(b"SELECT count(*) FROM t") == [(0,)]


async def test_no_server_is_said_so_within_the_wait() -> None:
    began = monotonic()
    async with Database("host=/nowhere dbname=x", wait=timedelta(seconds=0.3)) as database:
        with pytest.raises(DatabaseUnavailable):
            await one(database)
    assert monotonic() - began < 3


async def test_a_killed_server_is_found_again_without_help(mortal: EmbeddedPostgres) -> None:
    async with Database(mortal.dsn, wait=timedelta(seconds=20)) as database:
        assert await one(database) == 1
        pid = mortal.pid()
        assert pid is not None
        with pytest.raises(DatabaseUnavailable):
            await kill_under_a_transaction(database, pid)
        await mortal.ensure_running()
        assert await one(database) == 1


async def test_connections_that_idled_through_a_restart_are_not_handed_out(
    mortal: EmbeddedPostgres,
) -> None:
    async with Database(mortal.dsn, connections=3, wait=timedelta(seconds=20)) as database:
        await asyncio.gather(*(one(database) for _ in range(3)))
        await mortal.stop()
        await mortal.ensure_running()
        database._distrusted_at = monotonic()  # as an idle time would
        assert await asyncio.gather(*(one(database) for _ in range(6))) == [1] * 6


async def test_a_listener_hears_what_commits_and_nothing_else(database: Database) -> None:
    async with aclosing(database.listen("news")) as heard:
        assert await anext(heard) is None
        with pytest.raises(ZeroDivisionError):
            await undo(database, b"NOTIFY news, 'undone'")
        async with database.transaction() as tx:
            await tx.execute(b"NOTIFY news, 'done'")
        assert await anext(heard) == "done"


async def test_a_listener_says_when_it_may_have_missed_something(database: Database) -> None:
    async with aclosing(database.listen("news")) as heard:
        assert await anext(heard) is None
        async with database.statement() as tx:
            await tx.values(
                b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                b" WHERE application_name = 'sonarium listener' AND datname = current_database()"
            )
        assert await anext(heard) is None


@pytest.mark.parametrize("statement", [b"SELECT %(value)s::text", b"SELECT %(value)s::int4"])
async def test_a_value_that_no_row_holds_is_the_askers_fault(
    database: Database, statement: bytes
) -> None:
    value = "a\x00b" if b"text" in statement else "9" * 20
    with pytest.raises(ValueRefused, match="NUL"):
        async with database.transaction() as tx:
            await tx.values(statement, value=value)
    with pytest.raises(ValueRefused, match="range"):
        async with database.statement() as tx:
            await tx.values(statement, value=value)
    async with database.statement() as tx:
        assert await tx.values(b"SELECT 1") == [(1,)]
