"""Notes events in the transaction of the act: when it commits they happened, else they did not."""

from collections.abc import Sequence

from sonarium.base.clock import utc_now
from sonarium.db.transaction import Transaction
from sonarium.domain.audit import (
    Action,
    Actor,
    AuditEvent,
    EventID,
    EventType,
    Outcome,
    Participant,
    Subject,
    SubjectKind,
)
from sonarium.index.audit import add_audit_record, add_audit_records
from sonarium.services.audit.acting import who_acts

LONGEST_TEXT = 2000
"""Characters of what strangers send that a record keeps."""


async def note(tx: Transaction, *events: AuditEvent) -> None:
    """Add events to the trail."""
    if len(events) == 1:
        await add_audit_record(tx, events[0])
    elif events:
        await add_audit_records(tx, events)


def clean(text: str) -> str:
    """Return a stranger's text as a row can hold it, and no longer than we want."""
    return text[:LONGEST_TEXT].replace("\0", "").encode(errors="replace").decode()


def application_activity(kind: EventType, *, reason: str = "") -> AuditEvent:
    """Say that Sonarium starts or stops (PS3.15 A.5.3.1)."""
    return _event(EventID.APPLICATION_ACTIVITY, Action.EXECUTE, types=(kind,), reason=reason)


def audit_log_used(what: str) -> AuditEvent:
    """Say that somebody read the trail (PS3.15 A.5.3.2)."""
    log = Subject(SubjectKind.AUDIT_LOG, "audit trail", "Security Audit Log", query=clean(what))
    return _event(EventID.AUDIT_LOG_USED, Action.READ, subjects=(log,))


def user_authentication(
    kind: EventType, actor: Actor, *, outcome: Outcome = Outcome.SUCCESS, reason: str = ""
) -> AuditEvent:
    """Say that somebody came or went, or failed to come in (PS3.15 A.5.3.12)."""
    return _event(
        EventID.USER_AUTHENTICATION,
        Action.EXECUTE,
        actor=actor,
        types=(kind,),
        outcome=outcome,
        reason=reason,
    )


def security_alert(
    kind: EventType,
    subject: Subject,
    *,
    actor: Actor | None = None,
    action: Action = Action.EXECUTE,
    outcome: Outcome = Outcome.SUCCESS,
    reason: str = "",
) -> AuditEvent:
    """Say that who may do what was changed, or that something was refused (PS3.15 A.5.3.11)."""
    return _event(
        EventID.SECURITY_ALERT,
        action,
        actor=actor,
        types=(kind,),
        outcome=outcome,
        reason=reason,
        subjects=(subject,),
    )


def query(sop_class_uid: str, keys: str, *, actor: Actor | None = None) -> AuditEvent:
    """Say that somebody searched (PS3.15 A.5.3.10)."""
    asked = Subject(SubjectKind.QUERY, sop_class_uid, query=clean(keys))
    return _event(EventID.QUERY, Action.EXECUTE, actor=actor, subjects=(asked,))


def about_study(
    event: EventID,
    action: Action,
    subjects: Sequence[Subject],
    *,
    participants: Sequence[Participant] = (),
    reason: str = "",
) -> AuditEvent:
    """Say what happened to a study and its patient (PS3.15 A.5.3.3 to A.5.3.8)."""
    return AuditEvent(
        event=event,
        action=action,
        happened_at=utc_now(),
        participants=tuple(participants) or (Participant(who_acts()),),
        subjects=tuple(subjects),
        reason=reason,
    )


def study_subjects(
    study_instance_uid: str,
    patient_id: str,
    patient_name: str,
    sop_classes: Sequence[tuple[str, int]] = (),
    sensitivity: str = "",
) -> tuple[Subject, ...]:
    """Return a study and its patient as subjects."""
    return (
        Subject(SubjectKind.STUDY, study_instance_uid, sop_classes=tuple(sop_classes)),
        Subject(SubjectKind.PATIENT, patient_id, patient_name, sensitivity=sensitivity),
    )


def _event(
    event: EventID,
    action: Action,
    *,
    actor: Actor | None = None,
    types: tuple[EventType, ...] = (),
    outcome: Outcome = Outcome.SUCCESS,
    reason: str = "",
    subjects: tuple[Subject, ...] = (),
) -> AuditEvent:
    return AuditEvent(
        event=event,
        action=action,
        happened_at=utc_now(),
        participants=(Participant(actor or who_acts()),),
        types=types,
        outcome=outcome,
        reason=clean(reason),
        subjects=subjects,
    )
