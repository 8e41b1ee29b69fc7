"""Events in plain words."""

import pytest
from tests.dicom.test_audit_message import event

from sonarium.domain.audit import (
    Action,
    Actor,
    ActorKind,
    EventID,
    EventType,
    Outcome,
    Participant,
    Subject,
    SubjectKind,
)
from sonarium.services.audit.wording import act_of, what_of, who_of

TOLD_BY_TYPE = {
    EventID.APPLICATION_ACTIVITY,
    EventID.SECURITY_ALERT,
    EventID.USER_AUTHENTICATION,
}


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize(
    "kind", [kind for kind in EventID if kind not in {"110100", "110113", "110114"}]
)
def test_every_event_has_words(kind: EventID, action: Action) -> None:
    assert act_of(event(event=kind, action=action))


@pytest.mark.parametrize("kind", list(EventType))
def test_every_type_has_words(kind: EventType) -> None:
    assert act_of(event(event=EventID.SECURITY_ALERT, types=(kind,)))


@pytest.mark.parametrize(
    ("kind", "types", "words"),
    [
        (EventID.USER_AUTHENTICATION, (EventType.LOGIN,), "failed to sign in"),
        (EventID.SECURITY_ALERT, (EventType.RESTRICTED_FUNCTION,), "was refused"),
        (EventID.INSTANCES_TRANSFERRED, (), "sent objects"),
    ],
)
def test_what_did_not_succeed_is_said(
    kind: EventID, types: tuple[EventType, ...], words: str
) -> None:
    failed = event(event=kind, types=types, action=Action.CREATE, outcome=Outcome.MINOR_FAILURE)
    assert act_of(failed) == words


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        (Actor(ActorKind.UNKNOWN, "root"), "somebody who said “root”"),
        (Actor(ActorKind.UNKNOWN, ""), "somebody unknown"),
        (Actor(ActorKind.MACHINE, "root"), "root, at the command line"),
        (Actor(ActorKind.PERSON, "alice", "", "Alice Ash"), "Alice Ash"),
        (Actor(ActorKind.DEVICE, "ECHO1"), "ECHO1"),
    ],
)
def test_everybody_has_a_name(actor: Actor, words: str) -> None:
    assert who_of(event(participants=(Participant(actor),))) == words


def test_what_it_was_about_is_said_beyond_patient_and_study() -> None:
    study = Subject(SubjectKind.STUDY, "1.2", sop_classes=(("1.2.3", 1), ("1.2.4", 2)))
    person = Subject(SubjectKind.PERSON, "bob", details=(("roles", "auditor"), ("none", "")))
    asked = Subject(SubjectKind.QUERY, "1.2.5", query="PatientName=x")
    said = what_of(event(subjects=(study, person, asked), reason="why"))
    assert said == "3 objects; person bob; roles: auditor; PatientName=x; why"
    assert what_of(event(subjects=(Subject(SubjectKind.QUERY, "1.2.5"),))) == "the whole list"
