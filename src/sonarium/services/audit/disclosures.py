"""An accounting of disclosures for a patient, as PDF/A-2b: who got what of them, and when."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from importlib import resources
from typing import Final

import msgspec
import typst

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import RequestError
from sonarium.domain.audit import (
    Action,
    AuditEvent,
    EventID,
    Outcome,
    ParticipantRole,
    SubjectKind,
)
from sonarium.services.audit.reading import AuditReader, AuditSearch, FoundRecord
from sonarium.services.audit.wording import what_of, who_of

_LEFT: Final = (EventID.EXPORT, EventID.BEGIN_TRANSFERRING)
_OPENED: Final = (EventID.INSTANCES_ACCESSED,)
_RECEIVERS: Final = (ParticipantRole.DESTINATION, ParticipantRole.DESTINATION_MEDIA)
_TEMPLATE: Final = resources.files("sonarium.services.audit") / "disclosures.typ"


class NothingKnown(RequestError):
    """The trail knows nothing of such a patient."""


@dataclass(frozen=True, slots=True)
class _Line:
    when: str
    who: str
    to: str
    what: str


class DisclosureService:
    """Writes what a patient may ask for."""

    def __init__(self, reader: AuditReader, archive: str, clock: Clock = utc_now) -> None:
        self._reader = reader
        self._archive = archive
        self._clock = clock

    async def accounting(self, patient_id: str, zone: timezone) -> bytes:
        """Return the accounting of one patient as PDF, times in a zone.

        Raises:
            NothingKnown: the trail names no patient of this ID.
        """
        found = [
            record
            async for record in self._reader.iter_all(AuditSearch(patient=patient_id))
            if record.event.outcome is Outcome.SUCCESS
        ]
        if not found:
            raise NothingKnown("nothing is known of a patient of this ID")
        made = self._clock().astimezone(zone)
        told = {
            "patient": patient_id,
            "name": _name_in(found),
            "archive": self._archive,
            "made": f"{made:%Y-%m-%d %H:%M}",
            "zone": f"UTC{made:%z}" if made.utcoffset() != timedelta(0) else "UTC",
            "left": _lines(found, _LEFT, zone),
            "opened": _lines(found, _OPENED, zone),
        }
        return await asyncio.to_thread(_pdf, msgspec.json.encode(told).decode())


def _lines(found: Sequence[FoundRecord], events: Sequence[EventID], zone: timezone) -> list[_Line]:
    return [
        _line(record.event, zone)
        for record in found
        if record.event.event in events and record.event.action is not Action.CREATE
    ]


def _line(event: AuditEvent, zone: timezone) -> _Line:
    receivers = [
        one.actor.display_name or one.actor.name
        for one in event.participants
        if one.role in _RECEIVERS
    ]
    study = event.subject(SubjectKind.STUDY)
    parts = (what_of(event), "" if study is None else f"study {study.identifier}")
    return _Line(
        when=f"{event.happened_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        who=who_of(event),
        to=", ".join(receivers),
        what="; ".join(part for part in parts if part),
    )


def _name_in(found: Sequence[FoundRecord]) -> str:
    """Return the patient's name as it was last noted."""
    for record in found:
        patient = record.event.subject(SubjectKind.PATIENT)
        if patient is not None and patient.name:
            return patient.name.replace("^", " ").strip()
    return ""


def _pdf(told: str) -> bytes:
    return typst.compile(
        _TEMPLATE.read_bytes(), format="pdf", sys_inputs={"told": told}, pdf_standards=["a-2b"]
    )
