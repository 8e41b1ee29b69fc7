"""Objects that came in: an event for each study, sender and fate in a batch (PS3.15 A.5.3.7)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sonarium.base.clock import utc_now
from sonarium.domain.arrival import Door, Source
from sonarium.domain.attributes import Attributes
from sonarium.domain.audit import (
    APPLICATION,
    Action,
    Actor,
    ActorKind,
    AuditEvent,
    EventID,
    Outcome,
    Participant,
    ParticipantRole,
)
from sonarium.index.ingest import NewInstance, Placement
from sonarium.index.rows import text_of
from sonarium.services.audit.acting import who_acts
from sonarium.services.audit.trail import clean, study_subjects

_ACTIONS: Final[Mapping[Placement, Action]] = {
    Placement.STORED: Action.CREATE,
    Placement.ALREADY_PRESENT: Action.READ,
    Placement.CONFLICT: Action.CREATE,
}
"""PS3.15 Table A.5.3.7-1: what was held already and did not change is R."""
_EVENTS: Final[Mapping[Door, EventID]] = {
    Door.IMPORT: EventID.IMPORT,
    Door.WORKSTATION: EventID.INSTANCES_ACCESSED,
}
_SET_ASIDE: Final = "set aside: it cannot be taken as it is"
_LONGEST_NAME: Final = 300
_NAME: Final = "00100010"


@dataclass(slots=True)
class _Group:
    first: NewInstance
    sop_classes: Counter[str] = field(default_factory=Counter)


def transfers(arrivals: Sequence[NewInstance], placements: Sequence[Placement]) -> list[AuditEvent]:
    """Say what came in, from whom, and what became of it."""
    groups: dict[tuple[str, Source, Placement], _Group] = {}
    for arrival, placement in zip(arrivals, placements, strict=True):
        key = (arrival.study_instance_uid, arrival.source, placement)
        group = groups.setdefault(key, _Group(arrival))
        group.sop_classes[arrival.sop_class_uid] += 1
    return [_event(group, placement) for (_, _, placement), group in groups.items()]


def patient_of(attributes: Attributes) -> tuple[str, str]:
    """Return Patient ID and Patient's Name as they stand in attributes, as the trail keeps them."""
    values = attributes.get(_NAME, {}).get("Value")
    name = values[0] if isinstance(values, list) and values else {}
    alphabetic = str(name.get("Alphabetic", "")) if isinstance(name, dict) else ""
    return clean(text_of(attributes, "00100020"))[:_LONGEST_NAME], clean(alphabetic)[:_LONGEST_NAME]


def _event(group: _Group, placement: Placement) -> AuditEvent:
    arrival = group.first
    is_conflict = placement is Placement.CONFLICT
    return AuditEvent(
        event=_EVENTS.get(arrival.source.door, EventID.INSTANCES_TRANSFERRED),
        action=_ACTIONS[placement],
        happened_at=utc_now(),
        participants=(
            Participant(_sender(arrival.source), role=ParticipantRole.SOURCE),
            Participant(APPLICATION, is_requestor=False, role=ParticipantRole.DESTINATION),
        ),
        outcome=Outcome.MINOR_FAILURE if is_conflict else Outcome.SUCCESS,
        reason=_SET_ASIDE if is_conflict else "",
        subjects=study_subjects(
            clean(arrival.study_instance_uid),
            *patient_of(arrival.patient),
            sop_classes=sorted(group.sop_classes.items()),
        ),
    )


def _sender(source: Source) -> Actor:
    """Return who sent an object: a device, whoever uses HTTP, or whoever imports here."""
    match source.door:
        case Door.DIMSE:
            return Actor(ActorKind.DEVICE, clean(source.calling_ae_title), source.address)
        case Door.STOW | Door.WORKSTATION:
            return Actor(source.sender_kind, clean(source.sender), source.address)
        case Door.IMPORT:
            return who_acts()
