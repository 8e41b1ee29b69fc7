import psycopg
import pytest
from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.domain.access import NOBODY, SYSTEM, program_viewer
from sonarium.domain.audit import Actor, ActorKind, EventID
from sonarium.index.ingest import add_instances
from sonarium.services.access import AccessService
from sonarium.services.audit.acting import acting

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


async def test_one_look_sees_what_several_in_a_transaction_see(access: AccessService) -> None:
    async def studies(tx: Transaction) -> list[str]:
        return [row[0] for row in await tx.values(b"SELECT study_instance_uid FROM study")]

    # The second look of somebody has nothing to note, and goes another way.
    for _ in range(2):
        for viewer, seen in ((EVERYONE, ["1.2.1"]), (NOBODY, []), (SYSTEM, ["1.2.1"])):
            assert await access.look(viewer, studies, opens=["1.2.1"]) == seen


async def test_one_look_is_noted_once(access: AccessService, database: Database) -> None:
    actor = Actor(ActorKind.PROGRAM, "X", "192.0.2.1")
    with acting(actor):
        for _ in range(3):
            await access.look(EVERYONE, lambda tx: tx.values(b"SELECT"), opens=["1.2.1"])
    async with database.transaction() as tx:
        noted = await tx.values(
            b"SELECT event, actor FROM audit_record WHERE study_instance_uid = '1.2.1'"
        )
    assert noted == [(EventID.INSTANCES_ACCESSED.value, "X")]


async def test_the_next_transaction_is_on_nobodys_behalf(
    access: AccessService, database: Database
) -> None:
    for end in ("", "fails"):
        assert await access.look(NOBODY, lambda tx: tx.values(b"SELECT FROM study")) == []
        try:
            async with access.looking(NOBODY) as tx:
                assert await tx.values(b"SELECT FROM study") == []
                if end:
                    raise LookupError
        except LookupError:
            pass
        async with database.transaction() as tx:
            assert await tx.values(b"SELECT current_user, count(*) FROM study") == [("sonarium", 1)]
