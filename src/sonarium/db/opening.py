"""Transactions that begin with a statement of ours, which travels with the caller's first one.

Each trip to the server and back costs more than most of the statements that somebody's look
consists of, so what opens a transaction does not get a trip of its own.
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


class OpenedTransaction(Transaction):
    """Sends what opens it with the first statement."""

    __slots__ = ("_before",)

    def __init__(
        self, connection: AsyncConnection[Any], row_key: bytes, before: Sequence[Opening]
    ) -> None:
        super().__init__(connection, row_key)
        self._before = before

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
        if not self._before:
            await super()._execute(cursor, statement, parameters, prepare=prepare)
            return
        before, self._before = self._before, ()
        async with self._connection.pipeline():
            for one in before:
                await self._connection.execute(one.statement, one.parameters or None)
            await super()._execute(cursor, statement, parameters, prepare=prepare)


class OnlyStatement(OpenedTransaction):
    """Runs one statement and no other: the server ends the transaction by itself.

    What opens it holds for that statement alone. A second one would run without, so it is refused.
    """

    __slots__ = ()

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
