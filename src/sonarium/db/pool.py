"""Connections to one PostgreSQL, shared by everything in a process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from sonarium.db.errors import DatabaseUnavailable
from sonarium.db.transaction import Transaction

_UNREACHABLE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)


class Database:
    """Hands out transactions; opened once per process.

    Args:
        dsn: connection string; never logged, it may hold a password.
        connections: most connections at once.
        wait: longest wait for a free connection.
    """

    def __init__(self, dsn: str, connections: int, wait: timedelta) -> None:
        self.dsn = dsn
        self._wait_s = wait.total_seconds()
        self._pool = AsyncConnectionPool(
            dsn,
            min_size=1,
            max_size=connections,
            timeout=self._wait_s,
            open=False,
            check=AsyncConnectionPool.check_connection,
            reconnect_timeout=2.0,
            kwargs={"autocommit": False, "application_name": "sonarium"},
        )

    async def __aenter__(self) -> Self:
        await self._pool.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction; commit at the end, roll back on an error.

        Raises:
            DatabaseUnavailable: no connection, or it broke.
        """
        try:
            async with self._pool.connection(timeout=self._wait_s) as connection:
                yield Transaction(connection)
        except _UNREACHABLE as error:
            raise DatabaseUnavailable("the database does not answer") from error
