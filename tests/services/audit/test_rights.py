"""Whoever gives or takes rights is in the trail."""

from datetime import timedelta

import pytest
from tests.index.synthetic import instance
from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import ALICE

from sonarium.domain.access import SYSTEM, Confidentiality, Reason
from sonarium.domain.audit import Action, AuditEvent, EventType, SubjectKind
from sonarium.domain.principal import Role, Scope
from sonarium.index.audit import audit_chain, event_in
from sonarium.index.ingest import add_instances
from sonarium.services.access import AccessService
from sonarium.services.audit.acting import acting
from sonarium.services.audit.rights import note_grants, note_study_rights
from sonarium.services.clients import ClientService
from sonarium.services.grants import GrantService, Target
from sonarium.services.people import PeopleService

STUDY = "1.2.1"


@pytest.fixture
async def grants(trail: Trail) -> GrantService:
    await PeopleService(trail.database).add("bob", "Bob", [Role.SONOGRAPHER])
    async with trail.database.transaction() as tx:
        await add_instances(tx, [instance()])
    return GrantService(trail.database, AccessService(trail.database))


async def last(trail: Trail) -> AuditEvent:
    await trail.sealer.seal()
    async with trail.database.transaction() as tx:
        found = await audit_chain(tx, 0, 100)
    return event_in(found[-1].content or b"")


async def test_a_grant_names_who_gets_it_whose_study_and_why(
    trail: Trail, grants: GrantService
) -> None:
    with acting(ALICE):
        [grant] = await grants.add(
            SYSTEM, "bob", Target(study_instance_uid=STUDY), Reason.GRANT,
            why="teaches", lifetime=timedelta(days=1),
        )  # fmt: skip
    event = await last(trail)
    assert (event.actor, event.reason, event.action) == (ALICE, "teaches", Action.CREATE)
    assert [one.kind for one in event.subjects] == [
        SubjectKind.PERSON, SubjectKind.PATIENT, SubjectKind.STUDY,
    ]  # fmt: skip
    await grants.revoke(grant, "alice")
    assert (await last(trail)).action is Action.DELETE


async def test_an_emergency_is_told_as_one(trail: Trail, grants: GrantService) -> None:
    [grant] = await grants.add(
        SYSTEM, "bob", Target(study_instance_uid=STUDY), Reason.GRANT,
        why="teaches", lifetime=timedelta(days=1),
    )  # fmt: skip
    async with trail.database.transaction() as tx:
        await tx.execute(b"UPDATE access_grant SET reason = 'break_glass'")
        await note_grants(tx, [grant], Action.CREATE)
    assert (await last(trail)).types == (EventType.EMERGENCY_OVERRIDE_STARTED,)


async def test_confidentiality_and_reasons_are_told(trail: Trail, grants: GrantService) -> None:
    async with trail.database.transaction() as tx:
        ((patient,),) = await tx.values(b"SELECT patient_id FROM study")
    await grants.set_confidentiality(Target(patient_id=patient), Confidentiality.VIP, "A")
    assert (await last(trail)).reason == "their studies are now vip"
    by_study = Target(study_instance_uid=STUDY)
    await grants.set_confidentiality(by_study, Confidentiality.CONFIDENTIAL, "A")
    event = await last(trail)
    assert event.reason == "their studies are now confidential"
    assert event.subject(SubjectKind.STUDY) is not None
    await ClientService(trail.database).add("pacs2", "", [Scope.WRITE_STUDIES])
    await grants.set_departments_of_client("pacs2", None, "echo")
    assert (await last(trail)).reason == "departments: as before; stores for: echo"
    await grants.set_reasons_of_person("bob", ["echo"], None)
    assert (await last(trail)).reason == "departments: echo; physician ids: as before"


@pytest.mark.usefixtures("grants")
async def test_a_teaching_case_is_told(trail: Trail) -> None:
    async with trail.database.transaction() as tx:
        await note_study_rights(tx, STUDY, Action.UPDATE, "a teaching case")
    event = await last(trail)
    assert (event.types, event.reason) == (
        (EventType.OBJECT_SECURITY_CHANGED,), "a teaching case",
    )  # fmt: skip
