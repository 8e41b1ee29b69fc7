"""Connections to one PostgreSQL, shared by everything in a process."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from secrets import token_bytes
from time import monotonic
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection
from psycopg.sql import SQL, Identifier
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from sonarium.base.log import get_logger
from sonarium.db.errors import DatabaseUnavailable, ValueRefused
from sonarium.db.json_values import register_json
from sonarium.db.opening import BEGIN, OnlyStatement, OpenedTransaction, Opening
from sonarium.db.transaction import Transaction

log = get_logger(__name__)

_UNREACHABLE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed)
_NO_ROW_HOLDS = "a text with a NUL in it, or a number out of range, is in no row"
_DISTRUST_AFTER_S = 2.0
"""A connection unused for so long is asked whether it still lives before it is handed out."""
_LISTEN_AGAIN_S = 1.0


class _Connection(AsyncConnection[Any]):
    """Remembers when it last did something well; one that is new has yet to show that it works.

    Whoever used it notes that. The pool would do so by a task of its own for each return.
    """

    last_used_at = 0.0


class Database:
    """Hands out transactions; opened once per process.

    Args:
        dsn: connection string; never logged, it may hold a password.
        connections: most connections at once.
        wait: longest wait for a connection, and for a server that is starting again.
        row_key: authenticates rows (see `Transaction.authenticate`); it is kept outside
            PostgreSQL. Without one, a key of this object's own, which nobody can check later.
    """

    def __init__(
        self,
        dsn: str,
        connections: int = 8,
        wait: timedelta = timedelta(seconds=5),
        row_key: bytes = b"",
    ) -> None:
        self.dsn = dsn
        self._row_key = row_key or token_bytes(32)
        self._distrusted_at = 0.0
        self._pool: AsyncConnectionPool[_Connection] = AsyncConnectionPool(
            dsn,
            connection_class=_Connection,
            min_size=1,
            max_size=connections,
            timeout=wait.total_seconds(),
            open=False,
            configure=_configure,
            check=self._check,
            reconnect_timeout=wait.total_seconds(),
            kwargs={"autocommit": True, "application_name": "sonarium", "connect_timeout": 5},
        )

    async def __aenter__(self) -> Self:
        await self._pool.open(wait=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self, opening: Opening | None = None) -> AsyncIterator[Transaction]:
        """Open a transaction; commit at the end, roll back on an error.

        Args:
            opening: a statement that begins it; it goes with the BEGIN and the first statement.

        Raises:
            DatabaseUnavailable: no connection within the wait, or it broke: nothing, or
                (when it broke at the commit) everything may have been done.
            ValueRefused: a parameter is one that no row can hold.
        """
        try:
            async with self._pool.connection() as connection:
                if opening is None:
                    async with connection.transaction():
                        yield Transaction(connection, self._row_key)
                else:  # where this does not end well, the pool rolls back
                    tx = OpenedTransaction(connection, self._row_key, (BEGIN, opening))
                    yield tx
                    await tx.commit()
                connection.last_used_at = monotonic()
        except _UNREACHABLE as error:
            raise self._unavailable(error) from error
        except psycopg.DataError:
            raise ValueRefused(_NO_ROW_HOLDS) from None

    @asynccontextmanager
    async def only_statement(self, opening: Opening) -> AsyncIterator[Transaction]:
        """Open a transaction for one statement, by a single trip to the server.

        Args:
            opening: a statement that begins it, and holds for that one statement alone.

        Raises:
            DatabaseUnavailable, ValueRefused: as `transaction`.
        """
        try:
            async with self._pool.connection() as connection:
                yield OnlyStatement(connection, self._row_key, (opening,))
                connection.last_used_at = monotonic()
        except _UNREACHABLE as error:
            raise self._unavailable(error) from error
        except psycopg.DataError:
            raise ValueRefused(_NO_ROW_HOLDS) from None

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[Transaction]:
        """Run each statement as a transaction of its own: the cheap way for single reads.

        Raises:
            DatabaseUnavailable: as `transaction`.
        """
        try:
            async with self._pool.connection() as connection:
                yield Transaction(connection, self._row_key)
                connection.last_used_at = monotonic()
        except _UNREACHABLE as error:
            raise self._unavailable(error) from error
        except psycopg.DataError:
            raise ValueRefused(_NO_ROW_HOLDS) from None

    async def listen(self, channel: str) -> AsyncGenerator[str | None, None]:
        """Stream the payloads notified on a channel, on a connection of its own.

        Yields None whenever notifications may have been missed: at the start, and after the
        connection was lost and found again. Never ends by itself.
        """
        while True:
            try:
                connection = await AsyncConnection.connect(
                    self.dsn, autocommit=True, application_name="sonarium listener"
                )
                async with connection:
                    await connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
                    yield None
                    async with aclosing(connection.notifies()) as notifications:
                        async for notification in notifications:
                            yield notification.payload
            except _UNREACHABLE as error:
                log.warning("listening_interrupted", error_type=type(error).__name__)
            await asyncio.sleep(_LISTEN_AGAIN_S)

    def _unavailable(self, error: Exception) -> DatabaseUnavailable:
        """Turn a driver's error into ours; every connection is checked before its next use."""
        self._distrusted_at = monotonic()
        log.warning("database_unavailable", error_type=type(error).__name__)
        return DatabaseUnavailable("the database does not answer; it is tried again on its own")

    async def _check(self, connection: _Connection) -> None:
        idle_s = monotonic() - connection.last_used_at
        if idle_s > _DISTRUST_AFTER_S or connection.last_used_at < self._distrusted_at:
            await AsyncConnectionPool.check_connection(connection)
            connection.last_used_at = monotonic()


async def _configure(connection: _Connection) -> None:
    register_json(connection)
