import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import AsyncConnection

from sonarium.db.embedded import EmbeddedPostgres


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder below one that is closed to others, deeper than a socket's address is long."""
    closed = Path(tempfile.mkdtemp(prefix="sonarium-closed-"))
    closed.chmod(0o700)
    yield closed / ("deep-" * 20) / "postgresql"
    shutil.rmtree(closed)


@pytest.fixture
async def server(root: Path) -> AsyncIterator[EmbeddedPostgres]:
    async with EmbeddedPostgres(root) as running:
        yield running


async def asked(dsn: str, question: str) -> object:
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        cursor = await connection.execute(question.encode())
        row = await cursor.fetchone() if cursor.description else None
        return row[0] if row else None


async def test_it_runs_below_closed_folders_and_stops_clean(root: Path) -> None:
    server = EmbeddedPostgres(root)
    assert await server.ensure_running()
    assert await asked(server.dsn, "SELECT current_user") == "sonarium"
    await server.stop()
    assert server.pid() is None


async def test_nobody_else_gets_in(server: EmbeddedPostgres, root: Path) -> None:
    assert (root / "cluster").stat().st_mode & 0o777 == 0o700
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in root.glob("*.password"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        await AsyncConnection.connect(server.dsn, password="guess")
    assert await asked(server.dsn, "SHOW listen_addresses") == ""
    assert await asked(server.superuser_dsn, "SELECT count(*) FROM pg_hba_file_rules "
                       "WHERE auth_method <> 'scram-sha-256'") == 0  # fmt: skip


async def test_what_was_committed_survives_a_kill(server: EmbeddedPostgres) -> None:
    await asked(server.dsn, "CREATE TABLE kept AS SELECT 7 AS a")
    for _ in range(3):
        pid = server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert await server.ensure_running()
        assert await asked(server.dsn, "SELECT a FROM kept") == 7


async def test_it_is_kept_running(server: EmbeddedPostgres) -> None:
    keeping = asyncio.create_task(server.keep_running())
    first = server.pid()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(20):
        while not await answers(server):
            await asyncio.sleep(0)
    assert server.pid() != first
    keeping.cancel()


async def answers(server: EmbeddedPostgres) -> bool:
    try:
        return await asked(server.dsn, "SELECT 1") == 1
    except psycopg.OperationalError:
        return False


async def test_the_last_to_leave_stops_it(server: EmbeddedPostgres, root: Path) -> None:
    second = EmbeddedPostgres(root)
    assert not await second.ensure_running()
    await second.stop()
    assert await answers(server)
    await server.stop()
    assert server.pid() is None


async def test_two_that_start_at_once_share_one_server(root: Path) -> None:
    servers = [EmbeddedPostgres(root) for _ in range(3)]
    started = await asyncio.gather(*(server.ensure_running() for server in servers))
    assert sorted(started) == [False, False, True]
    await asyncio.gather(*(server.stop() for server in servers))
    assert [server.pid() for server in servers] == [None] * 3


async def test_a_pid_file_that_names_a_stranger_is_no_server(
    server: EmbeddedPostgres, root: Path
) -> None:
    await server.stop()
    (root / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n/proc/self/cwd\n")
    assert server.pid() is None
    assert await server.ensure_running()
    assert await answers(server)


async def test_an_interrupted_creation_is_begun_again(root: Path) -> None:
    half = root / "making" / "cluster"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    async with EmbeddedPostgres(root) as server:
        assert await answers(server)


async def test_the_log_holds_no_value(server: EmbeddedPostgres, root: Path) -> None:
    await asked(server.dsn, "CREATE TABLE t (a text UNIQUE)")
    async with await AsyncConnection.connect(server.dsn, autocommit=True) as connection:
        await connection.execute("INSERT INTO t VALUES (%s)", ["SYNTHETIC^CANARY"])
        with pytest.raises(psycopg.errors.UniqueViolation):
            await connection.execute("INSERT INTO t VALUES (%s)", ["SYNTHETIC^CANARY"])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            await connection.execute("SELECT 'SYNTHETIC^CANARY'::int")
    await server.stop()
    logs = [*root.glob("cluster/log/*"), root / "start.log"]
    assert not any("CANARY" in log.read_text() for log in logs)
