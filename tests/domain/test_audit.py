"""Audit events as values."""

from datetime import UTC, datetime

from sonarium.domain.audit import (
    APPLICATION,
    MEANINGS,
    Action,
    Actor,
    ActorKind,
    AuditEvent,
    EventID,
    EventType,
    Participant,
    Subject,
    SubjectKind,
)


def test_every_code_has_its_meaning() -> None:
    assert set(MEANINGS) == {*EventID, *EventType}


def test_the_actor_is_who_asked_for_it() -> None:
    alice = Actor(ActorKind.PERSON, "alice")
    study = Subject(SubjectKind.STUDY, "1.2")
    event = AuditEvent(
        event=EventID.EXPORT,
        action=Action.READ,
        happened_at=datetime.now(UTC),
        participants=(Participant(APPLICATION, is_requestor=False), Participant(alice)),
        subjects=(study,),
    )
    assert event.actor is alice
    assert event.subject(SubjectKind.STUDY) is study
    assert event.subject(SubjectKind.PATIENT) is None
