"""What opens a transaction holds for its statements, and for nothing after them."""

import asyncio

import pytest

from sonarium.db.errors import ValueRefused
from sonarium.db.opening import Opening
from sonarium.db.pool import Database

SETTING = b"SELECT current_setting('sonarium.trial', true)"


def opened(value: str) -> Opening:
    return Opening(b"SELECT set_config('sonarium.trial', %(value)s, true)", {"value": value})


async def setting(database: Database) -> str:
    async with database.statement() as tx:
        return str((await tx.values(SETTING))[0][0] or "")


async def undo(database: Database, statement: bytes, *, waits: bool = False) -> None:
    async with database.transaction(opened("x")) as tx:
        await (tx.soon if waits else tx.execute)(statement)
        raise ZeroDivisionError


async def wait_for_the_end(database: Database, *statements: bytes) -> None:
    async with database.transaction(opened("x")) as tx:
        for statement in statements:
            await tx.soon(statement)


async def test_every_statement_of_a_transaction_comes_after_what_opens_it(
    database: Database,
) -> None:
    for value in ("one", "a 'quoted' two", "three") * 4:  # often enough to be prepared
        async with database.transaction(opened(value)) as tx:
            assert await tx.values(SETTING) == [(value,)]
            assert await tx.values(SETTING) == [(value,)]
        assert await setting(database) == ""


async def test_rows_that_are_fed_in_come_after_what_opens_it(database: Database) -> None:
    async with database.statement() as tx:
        await tx.execute(b"CREATE TABLE t (a text DEFAULT current_setting('sonarium.trial'))")
        await tx.execute(b"ALTER TABLE t ADD b int8")
    async with database.transaction(opened("fed")) as tx:
        await tx.copy_in(b"COPY t (b) FROM STDIN (FORMAT BINARY)", [(1,)], ("int8",))
    async with database.statement() as tx:
        assert await tx.values(b"SELECT a, b FROM t") == [("fed", 1)]


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async with database.statement() as tx:
        await tx.execute(b"CREATE TABLE t (a int)")
    with pytest.raises(ZeroDivisionError):
        await undo(database, b"INSERT INTO t VALUES (1)")
    async with database.statement() as tx:
        assert await tx.values(b"SELECT count(*) FROM t") == [(0,)]


async def test_what_can_wait_is_done_before_the_next_statement_and_before_the_end(
    database: Database,
) -> None:
    async with database.statement() as tx:
        await tx.execute(b"CREATE TABLE t (a text DEFAULT current_setting('sonarium.trial'))")
    insert = b"INSERT INTO t VALUES (DEFAULT), (%(value)s)"
    for value in ("one", "two") * 4:
        async with database.transaction(opened("of " + value)) as tx:
            await tx.soon(insert, value=value)
            assert await tx.values(b"SELECT a FROM t") == [("of " + value,), (value,)]
            await tx.soon(b"DELETE FROM t WHERE a = %(value)s", value=value)
        async with database.transaction(opened("alone")) as tx:
            await tx.soon(insert, value=value)
        async with database.statement() as tx:
            found = await tx.values(b"DELETE FROM t RETURNING a")
            assert found == [("of " + value,), ("alone",), (value,)]
        assert await setting(database) == ""


async def test_what_waits_is_not_done_where_the_transaction_fails(database: Database) -> None:
    async with database.statement() as tx:
        await tx.execute(b"CREATE TABLE t (a int)")
    with pytest.raises(ZeroDivisionError):
        await undo(database, b"INSERT INTO t VALUES (1)", waits=True)
    with pytest.raises(ValueRefused):
        await wait_for_the_end(database, b"INSERT INTO t VALUES (1)", b"SELECT 'x'::int")
    async with database.only_statement(opened("x")) as tx:
        with pytest.raises(ValueError, match="one statement"):
            await tx.soon(b"INSERT INTO t VALUES (1)")
    async with database.statement() as tx:
        assert await tx.values(b"SELECT count(*) FROM t") == [(0,)]
    assert await setting(database) == ""


async def test_one_statement_is_opened_and_ended_by_the_same_trip(database: Database) -> None:
    for value in ("one", "two") * 4:
        async with database.only_statement(opened(value)) as tx:
            assert await tx.values(SETTING) == [(value,)]
        assert await setting(database) == ""


async def test_a_second_statement_is_refused_rather_than_run_without_what_opened_the_first(
    database: Database,
) -> None:
    async with database.only_statement(opened("one")) as tx:
        assert await tx.values(SETTING) == [("one",)]
        with pytest.raises(ValueError, match="one statement"):
            await tx.values(SETTING)
        with pytest.raises(ValueError, match="one statement"):
            await tx.copy_in(b"COPY t FROM STDIN", [], ())


@pytest.mark.parametrize("statement", [b"SELECT %(value)s::text", b"SELECT %(value)s::int4"])
async def test_a_value_that_no_row_holds_is_the_askers_fault(
    database: Database, statement: bytes
) -> None:
    value = "a\x00b" if b"text" in statement else "9" * 20
    for way in (database.transaction, database.only_statement):
        with pytest.raises(ValueRefused):
            async with way(opened("x")) as tx:
                await tx.values(statement, value=value)
        assert await setting(database) == ""


async def test_a_look_that_is_given_up_leaves_the_connection_as_it_was(database: Database) -> None:
    for way in (database.transaction, database.only_statement):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), way(opened("x")) as tx:
                await tx.values(b"SELECT pg_sleep(20)")
        assert await setting(database) == ""
