"""Sealing: every record gets one place, however late it commits."""

import psycopg
import pytest
from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import note_some, opened

from sonarium.index.audit import audit_chain, audit_waiting, event_in
from sonarium.services.audit.trail import note


async def chained(trail: Trail) -> list[str]:
    async with trail.database.transaction() as tx:
        found = await audit_chain(tx, 0, 100)
    return [event_in(one.content or b"").subjects[0].identifier for one in found]


async def test_a_record_that_commits_late_is_never_passed_by(trail: Trail) -> None:
    async with trail.database.transaction() as late:
        await note(late, opened("9.9"))
        await note_some(trail.database, 2)
        assert await trail.sealer.seal() == 2
    assert await trail.sealer.seal() == 1
    assert await chained(trail) == ["1.1", "1.2", "9.9"]
    assert (await trail.verifier.verify()).is_whole


async def test_what_is_rolled_back_never_happened(trail: Trail) -> None:
    async def fail() -> None:
        async with trail.database.transaction() as tx:
            await note(tx, opened())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await trail.sealer.seal() == 0


async def test_of_two_sealers_one_works(trail: Trail) -> None:
    await note_some(trail.database, 1)
    async with await psycopg.AsyncConnection.connect(trail.database.dsn) as other:
        await other.execute("SELECT pg_advisory_xact_lock(%s)", [0x41554449])
        assert await trail.sealer.seal() == 0
    assert await trail.sealer.seal() == 1


async def test_the_head_is_anchored_once(trail: Trail) -> None:
    assert not await trail.sealer.anchor()
    await note_some(trail.database, 3)
    await trail.sealer.finish()
    assert not await trail.sealer.anchor()
    (anchor,) = trail.anchors.all()
    assert anchor is not None
    assert anchor.sequence == 3
    async with trail.database.transaction() as tx:
        assert await audit_waiting(tx, 10) == []


async def test_the_trail_is_only_added_to(trail: Trail) -> None:
    await note_some(trail.database, 1)
    await trail.sealer.seal()
    async with await psycopg.AsyncConnection.connect(trail.database.dsn, autocommit=True) as other:
        for statement in (
            b"UPDATE audit_record SET actor = 'x'",
            b"DELETE FROM audit_record",
            b"TRUNCATE audit_link",
            b"DELETE FROM audit_link",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="only added to"):
                await other.execute(statement)
