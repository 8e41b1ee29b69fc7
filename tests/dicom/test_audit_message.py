"""Audit messages are what the schema of PS3.15 A.5.1.1 says."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from sonarium.dicom.audit_message import AuditSource, audit_message
from sonarium.domain.audit import (
    APPLICATION,
    Action,
    Actor,
    ActorKind,
    AuditEvent,
    EventID,
    EventType,
    Outcome,
    Participant,
    ParticipantRole,
    Subject,
    SubjectKind,
)

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("audit_message.rng")))
SOURCE = AuditSource("sonarium", "Site 1")
AT = datetime(2030, 1, 2, 3, 4, 5, 678900, UTC)
ALICE = Actor(ActorKind.PERSON, "alice", "192.0.2.7", "Alice Ash")


def written(event: AuditEvent) -> etree._Element:
    """Return the message, after the schema has taken it."""
    root = etree.fromstring(audit_message(event, SOURCE))
    SCHEMA.assertValid(root)
    return root


def event(**given: object) -> AuditEvent:
    return AuditEvent(
        **{
            "event": EventID.INSTANCES_ACCESSED,
            "action": Action.READ,
            "happened_at": AT,
            "participants": (Participant(ALICE),),
            **given,
        }  # type: ignore[arg-type]
    )


def test_the_schema_refuses_what_is_none() -> None:
    assert not SCHEMA.validate(etree.fromstring("<AuditMessage/>"))


@pytest.mark.parametrize("kind", list(EventID))
def test_every_event_fits_the_schema(kind: EventID) -> None:
    root = written(
        event(event=kind, types=tuple(EventType), reason="why", outcome=Outcome.MAJOR_FAILURE)
    )
    assert root.find("EventIdentification/EventID").get("csd-code") == kind
    assert root.find("EventIdentification").get("EventOutcomeIndicator") == "12"


@pytest.mark.parametrize("kind", list(SubjectKind))
def test_every_subject_fits_the_schema(kind: SubjectKind) -> None:
    subject = Subject(kind, "1.2", "name", "q=1", (("times", "3"),), (("1.2.840", 4),), "vip")
    root = written(event(subjects=(subject,)))
    found = root.find("ParticipantObjectIdentification")
    assert found.get("ParticipantObjectID") == "1.2"
    assert found.get("ParticipantObjectSensitivity") == "vip"
    detail = found.find("ParticipantObjectDetail")
    assert base64.b64decode(detail.get("value")) == b"3"


@pytest.mark.parametrize("role", [None, *ParticipantRole])
@pytest.mark.parametrize("kind", list(ActorKind))
def test_every_participant_fits_the_schema(kind: ActorKind, role: ParticipantRole | None) -> None:
    actor = Actor(kind, "", "" if kind is ActorKind.APPLICATION else "::1")
    written(event(participants=(Participant(actor, role=role), Participant(APPLICATION))))


def test_a_device_is_named_by_its_ae_title() -> None:
    root = written(event(participants=(Participant(Actor(ActorKind.DEVICE, "ECHO1")),)))
    assert root.find("ActiveParticipant").get("AlternativeUserID") == "AETITLES=ECHO1"


@given(text=st.text())
def test_any_text_makes_a_message_that_is_xml(text: str) -> None:
    text = text.encode(errors="replace").decode()
    subject = Subject(SubjectKind.PATIENT, text, text, details=((text, text),))
    actor = Actor(ActorKind.PERSON, text, text, text)
    written(event(participants=(Participant(actor),), subjects=(subject,), reason=text))
