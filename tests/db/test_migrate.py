import asyncio

import psycopg
import pytest
from psycopg import AsyncConnection

from sonarium.db import migrate as migrate_module
from sonarium.db.errors import (
    DatabaseUnavailable,
    MigrationBlocked,
    MigrationRefused,
    SchemaTooNew,
)
from sonarium.db.migrate import (
    Migration,
    Phase,
    can_read_on_behalf,
    migrate,
    migrations_of,
    missing_migrations,
)

STEPS = [
    Migration(9001, "one", b"-- pre: a table\nCREATE TABLE one (a int)"),
    Migration(9002, "two", b"-- post: a column\nALTER TABLE one ADD b int"),
]


async def all_steps(dsn: str) -> list[Migration]:
    """Return what ran when the database was made, and our own steps behind."""
    async with await AsyncConnection.connect(dsn) as connection:
        cursor = await connection.execute("SELECT number, name FROM migration ORDER BY number")
        return [Migration(number, name, b"") for number, name in await cursor.fetchall()] + STEPS


async def test_missing_steps_run_once_and_in_order(dsn: str) -> None:
    steps = await all_steps(dsn)
    assert await missing_migrations(dsn, steps) == ["one", "two"]
    assert await migrate(dsn, steps) == ["one", "two"]
    assert await migrate(dsn, steps) == []


async def test_post_steps_wait_for_their_phase(dsn: str) -> None:
    steps = await all_steps(dsn)
    assert await migrate(dsn, steps, [Phase.PRE]) == ["one"]
    assert await migrate(dsn, steps, [Phase.POST]) == ["two"]


async def test_several_processes_may_migrate_at_once(dsn: str) -> None:
    steps = await all_steps(dsn)
    ran = await asyncio.gather(*(migrate(dsn, steps) for _ in range(4)))
    assert sorted(map(len, ran)) == [0, 0, 0, 2]


async def test_a_failed_step_leaves_nothing_behind(dsn: str) -> None:
    broken = Migration(9001, "broken", b"CREATE TABLE half (a int); SELECT 1/0")
    steps = [*(await all_steps(dsn))[:-2], broken]
    with pytest.raises(psycopg.errors.DivisionByZero):
        await migrate(dsn, steps)
    assert await missing_migrations(dsn, steps) == ["broken"]
    async with await AsyncConnection.connect(dsn) as connection:
        cursor = await connection.execute("SELECT to_regclass('half')")
        assert await cursor.fetchone() == (None,)


async def test_a_newer_schema_is_refused_with_what_to_do(dsn: str) -> None:
    steps = await all_steps(dsn)
    await migrate(dsn, steps)
    with pytest.raises(SchemaTooNew, match="start the newer release"):
        await migrate(dsn, steps[:-1])


async def test_a_table_in_use_elsewhere_blocks_a_step_and_harms_nothing(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate_module, "_LOCK_TIMEOUT", b"SET LOCAL lock_timeout = '20ms'")
    monkeypatch.setattr(migrate_module, "_PAUSE_S", 0.001)
    steps = await all_steps(dsn)
    await migrate(dsn, steps, [Phase.PRE])
    async with await AsyncConnection.connect(dsn) as other:
        await other.execute("LOCK TABLE one")
        with pytest.raises(MigrationBlocked):
            await migrate(dsn, steps)
    assert await migrate(dsn, steps) == ["two"]


async def test_no_database_is_said_so() -> None:
    with pytest.raises(DatabaseUnavailable):
        await migrate("host=/nowhere dbname=x", STEPS)


def test_the_steps_of_a_package_are_numbered_and_say_their_phase() -> None:
    steps = migrations_of("sonarium.index")
    numbers = [step.number for step in steps]
    assert numbers == sorted(set(numbers))
    assert all(step.statements.startswith((b"-- pre:", b"-- post:")) for step in steps)


async def test_our_role_may_read_on_behalf_of_others(dsn: str) -> None:
    assert await can_read_on_behalf(dsn)


async def test_a_role_that_may_not_make_the_reader_is_told_what_to_have_done(dsn: str) -> None:
    steps = await all_steps(dsn)
    refused = Migration(9003, "refused", b"-- pre: a role\nCREATE ROLE somebody NOLOGIN")
    with pytest.raises(MigrationRefused, match="permission denied"):
        await migrate(dsn, [*steps, refused])
