"""AuditEvent resources are valid R4."""

from typing import Any

import pytest
from fhir.resources.R4B.auditevent import AuditEvent as FHIRAuditEvent
from tests.dicom.test_audit_message import event

from sonarium.domain.audit import (
    Action,
    Actor,
    ActorKind,
    EventID,
    EventType,
    Outcome,
    Participant,
    ParticipantRole,
    Subject,
    SubjectKind,
)
from sonarium.faces.fhir.audit_event import audit_event
from sonarium.index.audit_search import FoundRecord


def valid(**given: object) -> Any:  # noqa: ANN401  # everything in it is optional by its types
    return FHIRAuditEvent.model_validate(audit_event(FoundRecord(7, event(**given)), "sonarium"))


@pytest.mark.parametrize("kind", list(EventID))
def test_every_event_is_valid(kind: EventID) -> None:
    resource = valid(
        event=kind, types=tuple(EventType), outcome=Outcome.SERIOUS_FAILURE, action=Action.EXECUTE
    )
    assert (resource.type.code, resource.outcome, resource.id) == (kind, "8", "7")


@pytest.mark.parametrize("kind", list(SubjectKind))
def test_every_subject_is_valid(kind: SubjectKind) -> None:
    subjects = (
        Subject(kind, "1.2", "name", "q=1", (("times", "3"), ("none", "")), (("1.2.840", 4),)),
        Subject(kind, ""),
    )
    entity, bare = valid(event=EventID.QUERY, subjects=subjects).entity or []
    assert entity.query == b"q=1"
    assert bare.what is None


@pytest.mark.parametrize("how", ["vip", "confidential"])
def test_what_is_special_about_a_patient_is_a_label(how: str) -> None:
    subjects = (Subject(SubjectKind.PATIENT, "SYN1", sensitivity=how),)
    [entity] = valid(subjects=subjects).entity or []
    assert entity.securityLabel[0].code == {"vip": "CEL", "confidential": "V"}[how]


@pytest.mark.parametrize("kind", list(ActorKind))
def test_every_participant_is_valid(kind: ActorKind) -> None:
    actor = Actor(kind, "x", "::1", "X")
    (agent,) = valid(participants=(Participant(actor, role=ParticipantRole.SOURCE),)).agent
    assert (agent.altId, agent.network and agent.network.address, agent.requestor) == (
        "x",
        "::1",
        True,
    )
