"""Who looks at a study is noted once in five minutes, in the transaction of the look."""

from datetime import timedelta

import pytest
from tests.index.synthetic import instance
from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import ALICE

from sonarium.domain.access import NOBODY, SYSTEM, program_viewer
from sonarium.domain.audit import Actor, ActorKind, AuditEvent, EventID, SubjectKind
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.index.audit import audit_chain, event_in
from sonarium.index.ingest import add_instances
from sonarium.index.instances import delete_study
from sonarium.services.access import AccessService
from sonarium.services.audit import looks
from sonarium.services.audit.acting import acting
from sonarium.services.audit.looks import RecentNotes, note_deletion, note_look, note_sending
from sonarium.services.audit.wording import what_of
from sonarium.services.query import QueryService, keys_of

STUDY = "1.2.1"
ROBOT = program_viewer("robot")


@pytest.fixture
async def access(trail: Trail) -> AccessService:
    async with trail.database.transaction() as tx:
        await add_instances(tx, [instance()])
    return AccessService(trail.database)


async def events(trail: Trail) -> list[AuditEvent]:
    await trail.sealer.seal()
    async with trail.database.transaction() as tx:
        return [event_in(one.content or b"") for one in await audit_chain(tx, 0, 100)]


async def look(access: AccessService, actor: Actor = ALICE, study: str = STUDY) -> None:
    with acting(actor):
        async with access.looking(ROBOT, opens=[study]):
            pass


async def test_a_thousand_looks_are_one_record_and_another_person_is_another(
    trail: Trail, access: AccessService
) -> None:
    for _ in range(20):
        await look(access)
    await look(access, Actor(ActorKind.PERSON, "bob"))
    first, second = await events(trail)
    assert (first.event, first.actor) == (EventID.INSTANCES_ACCESSED, ALICE)
    assert second.actor.name == "bob"
    patient = first.subject(SubjectKind.PATIENT)
    assert patient is not None
    assert patient.identifier


@pytest.mark.usefixtures("access")
@pytest.mark.parametrize("how", ["normal", "vip", "confidential"])
async def test_a_look_at_somebody_special_says_so(trail: Trail, how: str) -> None:
    async with trail.database.transaction() as tx:
        await tx.execute(b"UPDATE patient SET confidentiality = %(how)s", how=how)
        await note_look(tx, [STUDY], EventID.INSTANCES_ACCESSED)
    *_, last = await events(trail)
    patient = last.subject(SubjectKind.PATIENT)
    assert patient is not None
    assert patient.sensitivity == ("" if how == "normal" else how)
    assert ("patient" in what_of(last)) is (how != "normal")


async def test_after_five_minutes_it_is_noted_again(
    trail: Trail, access: AccessService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await look(access)
    monkeypatch.setattr(looks, "TOGETHER_S", 0.0)
    await look(access)
    assert len(await events(trail)) == 2


async def test_what_is_not_in_sight_was_not_opened(trail: Trail, access: AccessService) -> None:
    with acting(ALICE):
        async with access.looking(NOBODY, opens=[STUDY]):
            pass
        async with access.looking(ROBOT, opens=["9.9.9"]):
            pass
    assert await events(trail) == []


async def test_a_look_that_failed_is_noted_when_it_succeeds(
    trail: Trail, access: AccessService
) -> None:
    async def fail() -> None:
        with acting(ALICE):
            async with access.looking(ROBOT, opens=[STUDY]):
                raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await events(trail) == []
    await look(access)
    assert len(await events(trail)) == 1


async def test_the_archives_own_work_is_no_look(trail: Trail, access: AccessService) -> None:
    async with access.looking(SYSTEM, opens=[STUDY]):
        pass
    assert await events(trail) == []
    with acting(Actor(ActorKind.MACHINE, "root")):
        async with access.looking(SYSTEM, opens=[STUDY]):
            pass
    assert len(await events(trail)) == 1


async def test_typing_the_same_again_is_one_search(trail: Trail, access: AccessService) -> None:
    with acting(ALICE):
        for text in ("d", "do", "do", "doe", "doe"):
            async with access.looking(ROBOT, searches=text):
                pass
    assert [one.subjects[0].query for one in await events(trail)] == ["d", "do", "doe"]


async def test_a_query_is_one_record_with_its_keys(trail: Trail, access: AccessService) -> None:

    service = QueryService(access, timeout=timedelta(seconds=10), maximum_matches=10)
    query = Query(
        QueryLevel.STUDY, (MatchKey(0x00100020, "LO", ("P1",)), MatchKey(0x00100010, "PN"))
    )
    with acting(ALICE):
        await service.find(ROBOT, query)
        _ = [page async for page in service.iter_pages(ROBOT, query)]
    assert [one.subjects[0].query for one in await events(trail)] == ["STUDY; 00100020=P1"] * 2
    assert keys_of(query) == "STUDY; 00100020=P1"


async def test_what_is_sent_to_another_names_both(trail: Trail, access: AccessService) -> None:
    workstation = Actor(ActorKind.DEVICE, "WS1")
    with acting(Actor(ActorKind.DEVICE, "ECHO1", "192.0.2.9")):
        async with access.looking(ROBOT) as tx:
            await note_sending(tx, [STUDY], workstation)
    (event,) = await events(trail)
    assert event.event is EventID.BEGIN_TRANSFERRING
    assert [one.actor.name for one in event.participants] == ["sonarium", "WS1", "ECHO1"]
    assert event.actor.name == "ECHO1"


async def test_a_copy_is_noted_before_it_leaves(trail: Trail, access: AccessService) -> None:
    with acting(ALICE):
        await access.note_copy(ROBOT, STUDY, "download", "png, frames 1 to 1")
    (event,) = await events(trail)
    assert (event.event, event.reason) == (EventID.EXPORT, "png, frames 1 to 1")


@pytest.mark.usefixtures("access")
async def test_a_deletion_names_the_patient_who_is_gone_then(trail: Trail) -> None:
    async with trail.database.transaction() as tx:
        await note_deletion(tx, STUDY)
        await delete_study(tx, STUDY)
    (event,) = await events(trail)
    assert event.event is EventID.STUDY_DELETED
    assert event.subject(SubjectKind.PATIENT) is not None


def test_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "_MOST", 2)
    recent = RecentNotes()
    recent.remember(["a", "b", "c"])
    assert [recent.has(key) for key in "abc"] == [False, True, True]
