import psycopg
import pytest
from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.domain.access import NOBODY, SYSTEM, program_viewer
from sonarium.index.ingest import add_instances
from sonarium.services.access import AccessService

EVERYONE = program_viewer("X")


@pytest.fixture
async def access(database: Database) -> AccessService:
    async with database.transaction() as tx:
        await add_instances(tx, [instance("1.2.1")])
    return AccessService(database)


async def test_what_is_not_seen_is_not_there(access: AccessService) -> None:
    wanted = ["1.2.1", "1.2.2"]
    assert await access.seen(EVERYONE, wanted) == await access.seen(SYSTEM, wanted) == {"1.2.1"}
    assert await access.seen(NOBODY, wanted) == set()


async def test_whoever_looks_changes_nothing(access: AccessService) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with access.looking(EVERYONE) as tx:
            await tx.execute(b"DELETE FROM study")


async def test_the_next_transaction_is_on_nobodys_behalf(
    access: AccessService, database: Database
) -> None:
    for end in ("", "fails"):
        try:
            async with access.looking(NOBODY) as tx:
                assert await tx.values(b"SELECT FROM study") == []
                if end:
                    raise LookupError
        except LookupError:
            pass
        async with database.transaction() as tx:
            assert await tx.values(b"SELECT current_user, count(*) FROM study") == [("sonarium", 1)]
