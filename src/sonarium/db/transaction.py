"""One open transaction: rows come back as the caller's own frozen values."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, TypeAlias, TypeVar

from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import AsyncRowFactory, RowMaker, class_row
from psycopg.sql import SQL, Composed

from sonarium.db.errors import RowMissing

Row = TypeVar("Row")
Statement: TypeAlias = bytes | SQL | Composed


class Transaction:
    """Runs statements on one connection between BEGIN and COMMIT.

    A statement that comes often is prepared by the driver, and PostgreSQL may then plan it
    without looking at its parameters. Where they decide the plan, ask for `planned_anew`.
    """

    __slots__ = ("_connection", "_row_key")

    def __init__(self, connection: AsyncConnection[Any], row_key: bytes) -> None:
        self._connection = connection
        self._row_key = row_key

    def authenticate(self, content: bytes) -> bytes:
        """Return a code that proves later that we wrote this content, and not the database's
        owner: HMAC-SHA-256 under a key that PostgreSQL does not hold."""
        return hmac.digest(self._row_key, content, "sha256")

    async def all(
        self, row_type: type[Row], statement: Statement, **parameters: object
    ) -> list[Row]:
        """Return every row, each made of `row_type` by column names."""
        async with self._connection.cursor(binary=True, row_factory=_rows_of(row_type)) as cursor:
            await self._execute(cursor, statement, parameters)
            return await cursor.fetchall()

    async def find(
        self, row_type: type[Row], statement: Statement, **parameters: object
    ) -> Row | None:
        """Return the first row, or None."""
        async with self._connection.cursor(binary=True, row_factory=class_row(row_type)) as cursor:
            await self._execute(cursor, statement, parameters)
            return await cursor.fetchone()

    async def one(self, row_type: type[Row], statement: Statement, **parameters: object) -> Row:
        """Return the first row.

        Raises:
            RowMissing: there is none.
        """
        row = await self.find(row_type, statement, **parameters)
        if row is None:
            raise RowMissing("the statement found no row")
        return row

    async def values(self, statement: Statement, **parameters: object) -> list[tuple[Any, ...]]:
        """Return every row as a tuple."""
        async with self._connection.cursor(binary=True) as cursor:
            await self._execute(cursor, statement, parameters)
            return await cursor.fetchall()

    async def planned_anew(
        self, statement: Statement, **parameters: object
    ) -> list[tuple[Any, ...]]:
        """Return every row as a tuple; the plan is made for these very parameters."""
        async with self._connection.cursor(binary=True) as cursor:
            await self._execute(cursor, statement, parameters, prepare=False)
            return await cursor.fetchall()

    async def execute(self, statement: Statement, **parameters: object) -> int:
        """Run a statement and return how many rows it touched."""
        async with self._connection.cursor(binary=True) as cursor:
            await self._execute(cursor, statement, parameters)
            return cursor.rowcount

    async def soon(self, statement: bytes, **parameters: object) -> None:
        """Run a statement whose answer nobody wants: before the next one, or before the end."""
        await self.execute(statement, **parameters)

    async def copy_in(
        self, statement: Statement, rows: Iterable[Sequence[object]], types: Sequence[str]
    ) -> None:
        """Feed rows to a `COPY … FROM STDIN (FORMAT BINARY)`, their columns of `types`."""
        async with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(types)
            for row in rows:
                await copy.write_row(row)

    async def _execute(
        self,
        cursor: AsyncCursor[Any],
        statement: Statement,
        parameters: Mapping[str, object],
        *,
        prepare: bool | None = None,
    ) -> None:
        await cursor.execute(statement, parameters or None, prepare=prepare)


def _rows_of(row_type: type[Row]) -> AsyncRowFactory[Row]:
    """Make values by column names; where those come in the order of the fields, without them.

    Names cost a third of the time that many rows of many columns take.
    """
    by_name = class_row(row_type)
    fields = tuple(row_type.__dataclass_fields__) if is_dataclass(row_type) else ()

    def maker_for(cursor: AsyncCursor[Any]) -> RowMaker[Row]:
        columns = cursor.description or ()
        if len(columns) < len(fields) or fields != tuple(column.name for column in columns):
            return by_name(cursor)
        return lambda values: row_type(*values)

    return maker_for
