"""Every SQL file runs against the migrated schema, and the schema is what `schema.sql` shows."""

import re
import subprocess
from collections.abc import AsyncIterator
from importlib import resources
from pathlib import Path

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from sonarium.db.embedded import EmbeddedPostgres
from sonarium.db.migrate import migrate, migrations_of
from sonarium.db.postgres_binaries import find_binaries

SOURCE = Path(__file__).resolve().parents[2] / "src" / "sonarium"
FILES = sorted(SOURCE.rglob("sql/*.sql"))
PARAMETER = re.compile(rb"%\((\w+)\)[sbt](?:::([a-z0-9_]+(?:\[\])?))?")


def explainable(statement: bytes) -> bytes:
    """Turn every parameter into a NULL of the type it is cast to."""
    return PARAMETER.sub(
        lambda found: b"NULL" + (b"::" + found[2] if found[2] else b""), statement
    ).replace(b"%%", b"%")


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[AsyncConnection]:
    async with await AsyncConnection.connect(dsn, autocommit=True) as opened:
        yield opened


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
async def test_the_statement_fits_the_schema(path: Path, connection: AsyncConnection) -> None:
    statement = path.read_bytes()
    if re.search(rb"^COPY ", statement, re.MULTILINE):
        found = re.search(rb"COPY (\w+) \(([^)]*)\)", statement)
        assert found is not None
        statement = b"SELECT %s FROM %s" % (found[2], found[1])
    await connection.execute(b"EXPLAIN " + explainable(statement))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_the_file_says_what_it_is_for_and_holds_one_statement(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("-- ")
    assert text.rstrip().endswith(";")
    assert re.sub(r"--.*", "", text).count(";") == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_the_file_is_used(path: Path) -> None:
    room = path.parents[1]
    package = ".".join(("sonarium", *room.relative_to(SOURCE).parts))
    wanted = f'sql_file("{package}", "{path.stem}")'
    assert any(wanted in module.read_text() for module in room.glob("*.py"))


async def test_schema_sql_shows_what_the_migrations_make(
    postgres: EmbeddedPostgres, dsn: str
) -> None:
    shown = (resources.files("sonarium.index") / "schema.sql").read_bytes()
    async with await AsyncConnection.connect(postgres.superuser_dsn, autocommit=True) as connection:
        made: dict[str, str] = {}
        for name in ("by_migrations", "by_schema"):
            database = Identifier(name)
            await connection.execute(
                SQL("CREATE DATABASE {} TEMPLATE template0 OWNER sonarium").format(database)
            )
            own = make_conninfo(dsn, dbname=name)
            try:
                if name == "by_migrations":
                    await migrate(own, migrations_of("sonarium.index"))
                else:
                    async with await AsyncConnection.connect(own) as fresh:
                        await fresh.execute(shown)
                made[name] = dumped(own)
            finally:
                await connection.execute(SQL("DROP DATABASE {}").format(database))
    assert made["by_schema"] == made["by_migrations"]


def dumped(dsn: str) -> str:
    """Return a database's schema as pg_dump writes it, without the migrations' own table."""
    parts = conninfo_to_dict(dsn)
    done = subprocess.run(
        [
            str(find_binaries().folder / "pg_dump"),
            *("--schema-only", "--exclude-table=migration", "--no-owner", "-h", str(parts["host"])),
            *("-p", str(parts["port"]), "-U", str(parts["user"]), str(parts["dbname"])),
        ],
        env={"PGPASSWORD": str(parts["password"])},
        check=True,
        capture_output=True,
        text=True,
    )
    return re.sub(r"^\\(un)?restrict .*$", "", done.stdout, flags=re.MULTILINE)


async def test_the_role_of_the_archive_is_no_superuser(connection: AsyncConnection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await connection.execute(b"COPY (SELECT 1) TO PROGRAM 'true'")
