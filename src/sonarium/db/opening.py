"""Transactions on somebody's behalf: statements whose answers nobody waits for travel with others.

Each trip to the server and back costs more than most of the statements that somebody's look
consists of, so what opens a transaction, or can wait, does not get a trip of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg import AsyncConnection, AsyncCursor

from sonarium.db.transaction import Statement, Transaction


@dataclass(frozen=True, slots=True)
class Opening:
    """A statement that begins a transaction, and its parameters."""

    statement: bytes
    parameters: Mapping[str, object]


BEGIN: Final = Opening(b"BEGIN", {})
COMMIT: Final = Opening(b"COMMIT", {})


class OpenedTransaction(Transaction):
    """Sends what opens it with the first statement, and what can wait with the next or the last."""

    __slots__ = ("_before", "_waiting")

    def __init__(
        self, connection: AsyncConnection[Any], row_key: bytes, before: Sequence[Opening]
    ) -> None:
        super().__init__(connection, row_key)
        self._before = before
        self._waiting: tuple[Opening, ...] = ()

    async def soon(self, statement: bytes, **parameters: object) -> None:
        """Let a statement go with the next one, or with the end."""
        self._waiting = (*self._waiting, Opening(statement, parameters))

    async def commit(self) -> None:
        """End the transaction; what waits goes first, by the same trip."""
        if self._waiting:
            async with self._connection.pipeline():
                for one in (*self._taken(), COMMIT):
                    await self._connection.execute(one.statement, one.parameters or None)
        elif not self._before:
            await self._connection.commit()

    async def copy_in(
        self, statement: Statement, rows: Iterable[Sequence[object]], types: Sequence[str]
    ) -> None:
        """Feed rows in; what opens the transaction goes first."""
        await self.values(b"SELECT")
        await super().copy_in(statement, rows, types)

    async def _execute(
        self,
        cursor: AsyncCursor[Any],
        statement: Statement,
        parameters: Mapping[str, object],
        *,
        prepare: bool | None = None,
    ) -> None:
        before = self._taken()
        if not before:
            await super()._execute(cursor, statement, parameters, prepare=prepare)
            return
        async with self._connection.pipeline():
            for one in before:
                await self._connection.execute(one.statement, one.parameters or None)
            await super()._execute(cursor, statement, parameters, prepare=prepare)

    def _taken(self) -> tuple[Opening, ...]:
        """Return what goes first, which is then no longer to be done."""
        taken = (*self._before, *self._waiting)
        self._before = self._waiting = ()
        return taken


class OnlyStatement(OpenedTransaction):
    """Runs one statement and no other: the server ends the transaction by itself.

    What opens it holds for that statement alone. A second one would run without, so it is refused.
    """

    __slots__ = ()

    async def soon(self, statement: bytes, **parameters: object) -> None:  # noqa: ARG002
        """Refuse: there is one statement, and no end of ours."""
        raise ValueError("the transaction is for one statement")

    async def _execute(
        self,
        cursor: AsyncCursor[Any],
        statement: Statement,
        parameters: Mapping[str, object],
        *,
        prepare: bool | None = None,
    ) -> None:
        if not self._before:
            raise ValueError("the transaction was for one statement, and that has run")
        await super()._execute(cursor, statement, parameters, prepare=prepare)
