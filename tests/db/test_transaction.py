from dataclasses import dataclass

import pytest

from sonarium.db.errors import RowMissing
from sonarium.db.pool import Database


@dataclass(frozen=True, slots=True)
class Pair:
    a: int
    b: str


PAIRS = b"SELECT a, b FROM (VALUES (1, 'x'), (2, 'y')) AS pair (a, b) WHERE a <= %(most)s"


async def test_rows_come_back_as_values_by_column_name(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.all(Pair, PAIRS, most=2) == [Pair(1, "x"), Pair(2, "y")]
        assert await tx.one(Pair, PAIRS, most=1) == Pair(1, "x")
        assert await tx.find(Pair, PAIRS, most=0) is None


@pytest.mark.parametrize("columns", ["a, b", "b, a", "b, 7 AS a"])
async def test_the_order_of_columns_does_not_matter(database: Database, columns: str) -> None:
    statement = f"SELECT {columns} FROM (VALUES (7, 'x')) AS pair (a, b)".encode()
    async with database.transaction() as tx:
        assert await tx.all(Pair, statement) == [Pair(7, "x")]


async def test_a_row_that_must_be_there_is_missed(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(RowMissing):
            await tx.one(Pair, PAIRS, most=0)


async def test_percent_signs_are_text_where_there_are_no_parameters(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.values(b"SELECT 'abc' LIKE '%b%'") == [(True,)]
        assert await tx.planned_anew(b"SELECT 'abc' LIKE 'a%s'") == [(False,)]


async def test_bytes_json_and_arrays_survive_the_way(database: Database) -> None:
    async with database.transaction() as tx:
        rows = await tx.values(
            b"SELECT %(raw)s::bytea, %(json)s::jsonb, %(list)s::text[]",
            raw=b"\x00\xff",
            json='{"a": [1, null, "\u00fc"]}',
            list=["a", "b,c"],
        )
    assert rows == [(b"\x00\xff", {"a": [1, None, "ü"]}, ["a", "b,c"])]


async def test_rows_are_copied_in(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(b"CREATE TABLE t (a int8, b text)")
        rows = [(n, f"row {n}") for n in range(1000)]
        await tx.copy_in(b"COPY t (a, b) FROM STDIN (FORMAT BINARY)", rows, ("int8", "text"))
        assert await tx.values(b"SELECT count(*), max(b) FROM t") == [(1000, "row 999")]
        assert await tx.execute(b"DELETE FROM t WHERE a < 10") == 10
