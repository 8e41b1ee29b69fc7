"""Events in plain words, for the people who read the trail."""

from collections.abc import Mapping
from typing import Final

from sonarium.domain.audit import (
    Action,
    ActorKind,
    AuditEvent,
    EventID,
    EventType,
    Outcome,
    SubjectKind,
)

_ACTS: Final[Mapping[EventID, str]] = {
    EventID.AUDIT_LOG_USED: "read the audit trail",
    EventID.BEGIN_TRANSFERRING: "was sent a study",
    EventID.INSTANCES_ACCESSED: "opened a study",
    EventID.INSTANCES_TRANSFERRED: "sent objects",
    EventID.STUDY_DELETED: "deleted a study",
    EventID.EXPORT: "took a copy",
    EventID.IMPORT: "imported objects",
    EventID.PATIENT_RECORD: "changed a patient's record",
    EventID.QUERY: "searched",
}
_CHANGES: Final[Mapping[tuple[EventID, Action], str]] = {
    (EventID.INSTANCES_ACCESSED, Action.CREATE): "added to a study",
    (EventID.INSTANCES_ACCESSED, Action.UPDATE): "changed a study",
    (EventID.INSTANCES_TRANSFERRED, Action.READ): "sent objects that were here already",
}
_TYPES: Final[Mapping[EventType, str]] = {
    EventType.APPLICATION_START: "started",
    EventType.APPLICATION_STOP: "stopped",
    EventType.LOGIN: "signed in",
    EventType.LOGOUT: "signed out",
    EventType.NODE_AUTHENTICATION: "called",
    EventType.EMERGENCY_OVERRIDE_STARTED: "opened in an emergency",
    EventType.EMERGENCY_OVERRIDE_STOPPED: "ended an emergency opening",
    EventType.NETWORK_CONFIGURATION: "changed a device",
    EventType.SECURITY_CONFIGURATION: "changed who may come in",
    EventType.RESTRICTED_FUNCTION: "asked for something",
    EventType.OBJECT_SECURITY_CHANGED: "changed who may see",
    EventType.SECURITY_ROLES_CHANGED: "changed somebody's roles",
    EventType.USER_SECURITY_CHANGED: "changed somebody's sign-in",
}
_SUBJECTS: Final[Mapping[SubjectKind, str]] = {
    SubjectKind.PERSON: "person",
    SubjectKind.PROGRAM: "program",
    SubjectKind.DEVICE: "device",
    SubjectKind.RESOURCE: "address",
}
_SENSITIVITY: Final[Mapping[str, str]] = {"vip": "VIP", "confidential": "confidential"}
_FAILED: Final = "failed to sign in"
_REFUSED: Final = "was refused"
_EVERYTHING: Final = "the whole list"


def act_of(event: AuditEvent) -> str:
    """Say what was done, as the end of a sentence that begins with who did it."""
    if event.outcome is not Outcome.SUCCESS and event.event is not EventID.INSTANCES_TRANSFERRED:
        return _FAILED if EventType.LOGIN in event.types else _REFUSED
    for kind in event.types:
        return _TYPES[kind]
    return _CHANGES.get((event.event, event.action)) or _ACTS[event.event]


def who_of(event: AuditEvent) -> str:
    """Name who did it."""
    actor = event.actor
    name = actor.display_name or actor.name
    match actor.kind:
        case ActorKind.UNKNOWN:
            return f"somebody who said “{name}”" if name else "somebody unknown"
        case ActorKind.MACHINE:
            return f"{name}, at the command line"
        case _:
            return name


def what_of(event: AuditEvent) -> str:
    """Say what it was about, beyond patient and study, and why."""
    parts: list[str] = []
    for subject in event.subjects:
        if subject.query or subject.kind is SubjectKind.QUERY:
            parts.append(subject.query or _EVERYTHING)
        if subject.kind in _SUBJECTS and subject.identifier:
            parts.append(f"{_SUBJECTS[subject.kind]} {subject.identifier}")
        if subject.sensitivity:
            parts.append(f"{_SENSITIVITY[subject.sensitivity]} patient")
        if subject.sop_classes:
            count = sum(number for _, number in subject.sop_classes)
            parts.append(f"{count} object" if count == 1 else f"{count} objects")
        parts += (f"{name}: {value}" for name, value in subject.details if value)
    if event.reason:
        parts.append(event.reason)
    return "; ".join(parts)
