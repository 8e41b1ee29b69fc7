"""Runs the PostgreSQL that comes with us, private to one data folder.

The server listens on a Unix socket alone, in a folder that only its own user may enter, and
asks for a password even there (scram). Several of our processes may use one server: whoever
needs it first starts it, and whoever leaves last stops it.
"""

import asyncio
import fcntl
import os
import select
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self

import psycopg
from psycopg import sql

from sonarium.base.log import get_logger
from sonarium.db.cluster import (
    DATABASE,
    HERE,
    READER,
    ROLE,
    SUPERUSER,
    Cluster,
    last_words,
)
from sonarium.db.errors import DatabaseUnavailable, PostgreSQLRefused
from sonarium.db.postgres_binaries import PostgresBinaries, find_binaries
from sonarium.db.server_account import ServerAccount, choose_account

log = get_logger(__name__)

_POLL_S: Final = 0.02
_REFUSALS: Final = 20
"""Backends that outlive a killed server keep its memory for a moment: starts are refused."""
_PAUSE_AFTER_REFUSAL_S: Final = 0.25
_STOP_FAST: Final = signal.SIGINT
_STOP_AT_ONCE: Final = signal.SIGQUIT


class EmbeddedPostgres:
    """Starts, shares and stops the server of one data folder.

    Args:
        root: folder of ours inside the data folder.
        start_within: how long recovery after a crash may take.
        stop_within: how long a clean stop may take; after that the next start recovers.
    """

    def __init__(
        self,
        root: Path,
        start_within: timedelta = timedelta(minutes=5),
        stop_within: timedelta = timedelta(seconds=30),
    ) -> None:
        self._cluster = Cluster(root.absolute())
        self._start_within = start_within
        self._stop_within = stop_within
        self._users: int | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """The connection string of our role; it holds the password."""
        return self._cluster.dsn()

    @property
    def superuser_dsn(self) -> str:
        """The connection string of the role that may do everything, for backups and tests."""
        return self._cluster.dsn(SUPERUSER, "postgres")

    async def __aenter__(self) -> Self:
        await self.ensure_running()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def ensure_running(self) -> bool:
        """Start the server unless it runs, and keep it running until `stop`.

        Returns:
            True when this call started it.

        Raises:
            PostgreSQLMissing, PostgreSQLRefused: it cannot run here; the message helps.
            DatabaseUnavailable: it does not come up in time.
        """
        self._cluster.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        async with self._alone():
            if self._users is None:
                self._users = _open_lock(self._cluster.root / "users.lock")
                fcntl.flock(self._users, fcntl.LOCK_SH)
            if await self._answers_already():
                return False
            await self._start()
        log.info("postgresql_started", pid=self.pid())
        return True

    async def keep_running(self) -> None:
        """Start the server again whenever it dies, until cancelled."""
        while True:
            pid = self.pid()
            if pid is not None:
                await _end_of(pid)
            log.error("postgresql_ended")
            try:
                await self.ensure_running()
            except (DatabaseUnavailable, PostgreSQLRefused) as error:
                log.error("postgresql_not_ready", reason=str(error))
                await asyncio.sleep(1)

    def pid(self) -> int | None:
        """Return the process id of the server, if it runs."""
        if self._child is not None:
            self._child.poll()
        return self._cluster.server_pid()

    async def stop(self) -> None:
        """Leave the server; stop it when nobody else uses it."""
        if self._users is None:
            return
        async with self._alone():
            users, self._users = self._users, None
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(users)
            pid = self.pid()
            if pid is not None:
                await self._end(pid)
                log.info("postgresql_stopped", pid=pid)

    async def _end(self, pid: int) -> None:
        os.kill(pid, _STOP_FAST)
        try:
            async with asyncio.timeout(self._stop_within.total_seconds()):
                await _end_of(pid)
        except TimeoutError:
            os.kill(pid, _STOP_AT_ONCE)
            await _end_of(pid)
        if self._child is not None:
            await asyncio.to_thread(self._child.wait)

    async def _start(self) -> None:
        cluster = self._cluster
        binaries = await asyncio.to_thread(find_binaries, cluster.major())
        account = await asyncio.to_thread(choose_account, binaries.folder)
        if cluster.major() is None:
            await asyncio.to_thread(cluster.create, binaries, account)
        cluster.configure()
        cluster.password_of(ROLE)
        for _ in range(_REFUSALS):
            if self._child is not None:
                # One that is dying still counts as alive for the lock of the socket.
                await asyncio.to_thread(self._child.wait)
            self._child = self._spawn(binaries, account)
            if await self._comes_up(self._child):
                await self._prepare()
                return
            await asyncio.sleep(_PAUSE_AFTER_REFUSAL_S)
        raise PostgreSQLRefused(f"PostgreSQL does not start: {last_words(cluster)}")

    def _spawn(self, binaries: PostgresBinaries, account: ServerAccount) -> subprocess.Popen[bytes]:
        cluster = self._cluster
        cluster.forget_stale_pid()
        with cluster.first_words.open("wb") as said:
            return subprocess.Popen(
                account.as_server([str(binaries.folder / "postgres"), "-D", HERE], cluster.folder),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                cwd=cluster.folder,
                umask=0o077,
                **account.server_identity(),
            )

    async def _comes_up(self, child: subprocess.Popen[bytes]) -> bool:
        """Wait through recovery; False when the server ended instead."""
        deadline = monotonic() + self._start_within.total_seconds()
        while child.poll() is None:
            if await _answers(self.superuser_dsn):
                return True
            if monotonic() > deadline:
                raise DatabaseUnavailable("PostgreSQL is still recovering; try again later")
            await asyncio.sleep(_POLL_S)
        return False

    async def _answers_already(self) -> bool:
        """Wait for a server that somebody else started; False when there is none, or it ended."""
        deadline = monotonic() + self._start_within.total_seconds()
        while self.pid() is not None:
            if await _answers(self.dsn):
                return True
            if monotonic() > deadline:
                raise DatabaseUnavailable("PostgreSQL runs and does not answer")
            await asyncio.sleep(_POLL_S)
        return False

    async def _prepare(self) -> None:
        """Make our roles and the database, which own nothing outside it, when they are missing."""
        connection = await psycopg.AsyncConnection.connect(self.superuser_dsn, autocommit=True)
        async with connection:
            role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
            found = await connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
            word = sql.SQL("ALTER" if found.rowcount else "CREATE")
            await connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    word, role, sql.Literal(self._cluster.password_of(ROLE))
                )
            )
            reader = sql.Identifier(READER)
            found = await connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [READER])
            if not found.rowcount:
                await connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(reader))
            await connection.execute(sql.SQL("GRANT {} TO {}").format(reader, role))
            found = await connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
            )
            if not found.rowcount:
                await connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role)
                )

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Let one of our processes at a time start or stop the server."""
        lock = _open_lock(self._cluster.root / "start.lock")
        try:
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


async def _answers(dsn: str) -> bool:
    try:
        connection = await psycopg.AsyncConnection.connect(dsn, connect_timeout=5)
    except psycopg.OperationalError:
        return False
    await connection.close()
    return True


async def _end_of(pid: int) -> None:
    """Return when a process, ours or not, has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(descriptor, ended.set)
    try:
        if not select.select([descriptor], [], [], 0)[0]:
            await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
