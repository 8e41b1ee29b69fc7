"""The audit trail as the browser application receives it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from sonarium.domain.audit import MEANINGS, AuditEvent, Outcome, SubjectKind
from sonarium.faces.ui_api.model import UIModel
from sonarium.services.audit.reading import AuditPage, AuditPlace, FoundRecord
from sonarium.services.audit.unusual import Sign, UnusualLook
from sonarium.services.audit.wording import act_of, what_of, who_of

_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class AuditRecord(UIModel, frozen=True):
    """One thing that happened, in plain words and in the standard's."""

    record_ref: int
    happened_at: str
    """A moment in UTC."""
    who: str
    user_name: str
    """User name, client id or AE title; a stranger's as they said it."""
    kind: str
    address: str
    act: str
    """The end of a sentence that begins with who did it."""
    what: str
    event: str
    """Code Meaning (PS3.16 CID 400)."""
    refused: bool
    patient_id: str = msgspec.field(name="patientID")
    patient_name: str
    study_instance_uid: str = msgspec.field(name="studyInstanceUID")


class AuditList(UIModel, frozen=True):
    """Some records, the latest first."""

    records: list[AuditRecord]
    next: str | None
    """Asks for the records after these, as `before`; null at the end."""


class AuditState(UIModel, frozen=True):
    """How the trail stands."""

    sealed: int
    waiting: int


def audit_record(found: FoundRecord) -> AuditRecord:
    """Write one record."""
    event = found.event
    patient = event.subject(SubjectKind.PATIENT)
    return AuditRecord(
        record_ref=found.record_ref,
        happened_at=event.happened_at.isoformat(),
        who=who_of(event),
        user_name=event.actor.name,
        kind=event.actor.kind,
        address=event.actor.address,
        act=act_of(event),
        what=what_of(event),
        event=MEANINGS[event.event],
        refused=event.outcome is not Outcome.SUCCESS,
        patient_id="" if patient is None else patient.identifier,
        patient_name="" if patient is None else patient.name,
        study_instance_uid=_study_of(event),
    )


def audit_list(page: AuditPage) -> AuditList:
    """Write a page."""
    place = page.next_place
    return AuditList(
        records=[audit_record(found) for found in page.records],
        next=None if place is None else f"{place.at.isoformat()}~{place.record_ref}",
    )


def place_in(text: str) -> AuditPlace:
    """Read what `next` was.

    Raises:
        ValueError: it never was.
    """
    at, _, record_ref = text.rpartition("~")
    place = AuditPlace(msgspec.convert(at, _Moment), int(record_ref))
    if not 0 < place.record_ref < 2**63:
        raise ValueError("no such record")
    return place


def _study_of(event: AuditEvent) -> str:
    study = event.subject(SubjectKind.STUDY)
    return "" if study is None else study.identifier


class UnusualRecord(UIModel, frozen=True):
    """A look that somebody should think about."""

    record_ref: int
    happened_at: str
    user_name: str
    who: str
    patient_id: str = msgspec.field(name="patientID")
    study_instance_uid: str = msgspec.field(name="studyInstanceUID")
    signs: list[Sign]


class UnusualList(UIModel, frozen=True):
    """Unusual looks, the latest first."""

    looks: list[UnusualRecord]


def unusual_list(found: Sequence[UnusualLook]) -> UnusualList:
    """Write unusual looks."""
    return UnusualList(
        looks=[
            UnusualRecord(
                record_ref=one.look.record_ref,
                happened_at=one.look.happened_at.isoformat(),
                user_name=one.look.actor,
                who=one.look.display_name,
                patient_id=one.look.patient_id,
                study_instance_uid=one.look.study_instance_uid,
                signs=list(one.signs),
            )
            for one in found
        ]
    )
