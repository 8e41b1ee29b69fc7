"""Who may see what: grants, emergencies, confidentiality and links, as they change."""

from collections.abc import Sequence

from sonarium.base.clock import utc_now
from sonarium.db.transaction import Transaction
from sonarium.domain.access import Reason
from sonarium.domain.audit import (
    Action,
    AuditEvent,
    EventID,
    EventType,
    Participant,
    Subject,
    SubjectKind,
)
from sonarium.index.audit import AuditedGrant, audited_grants, audited_studies
from sonarium.services.audit.acting import who_acts
from sonarium.services.audit.trail import clean, note, study_subjects


async def note_grants(
    tx: Transaction, grants: Sequence[int], action: Action, reason: str = ""
) -> None:
    """Say that somebody may see something, or may no more; an emergency is told as one."""
    await note(
        tx, *(_granted(one, action, reason) for one in await audited_grants(tx, list(grants)))
    )


async def note_study_rights(
    tx: Transaction, study_instance_uid: str, action: Action, reason: str
) -> None:
    """Say that who sees a study changed for all, or for whoever has a link."""
    for study in await audited_studies(tx, [study_instance_uid]):
        subjects = study_subjects(
            study_instance_uid,
            study.patient_id,
            study.patient_name,
            sensitivity=study.sensitivity,
        )
        await note(tx, _changed(EventType.OBJECT_SECURITY_CHANGED, action, subjects, reason))


async def note_patient_rights(tx: Transaction, patient_id: str, reason: str) -> None:
    """Say that who sees a patient's studies changed."""
    subject = Subject(SubjectKind.PATIENT, clean(patient_id))
    await note(tx, _changed(EventType.OBJECT_SECURITY_CHANGED, Action.UPDATE, [subject], reason))


async def note_reasons(tx: Transaction, kind: SubjectKind, name: str, reason: str) -> None:
    """Say that the studies which a person or a program sees changed."""
    subject = Subject(kind, clean(name))
    await note(tx, _changed(EventType.USER_SECURITY_CHANGED, Action.UPDATE, [subject], reason))


async def note_study_change(tx: Transaction, studies: Sequence[str], reason: str) -> None:
    """Say that something was written about studies, beside their objects."""
    for study in await audited_studies(tx, studies):
        await note(
            tx,
            AuditEvent(
                event=EventID.INSTANCES_ACCESSED,
                action=Action.UPDATE,
                happened_at=utc_now(),
                participants=(Participant(who_acts()),),
                subjects=study_subjects(
                    study.study_instance_uid,
                    study.patient_id,
                    study.patient_name,
                    sensitivity=study.sensitivity,
                ),
                reason=reason,
            ),
        )


def _granted(grant: AuditedGrant, action: Action, reason: str) -> AuditEvent:
    is_emergency = grant.reason == Reason.BREAK_GLASS
    kind = EventType.OBJECT_SECURITY_CHANGED
    if is_emergency and action is Action.CREATE:
        kind = EventType.EMERGENCY_OVERRIDE_STARTED
    elif is_emergency and action is Action.DELETE:
        kind = EventType.EMERGENCY_OVERRIDE_STOPPED
    subjects = [
        Subject(
            SubjectKind.PERSON,
            grant.user_name,
            grant.display_name,
            details=(("reason", grant.reason),),
        ),
        Subject(SubjectKind.PATIENT, grant.patient_id, grant.patient_name),
    ]
    if grant.study_instance_uid:
        subjects.append(Subject(SubjectKind.STUDY, grant.study_instance_uid))
    return _changed(kind, action, subjects, reason or grant.why)


def _changed(
    kind: EventType,
    action: Action,
    subjects: Sequence[Subject],
    reason: str,
) -> AuditEvent:
    return AuditEvent(
        event=EventID.SECURITY_ALERT,
        action=action,
        happened_at=utc_now(),
        participants=(Participant(who_acts()),),
        types=(kind,),
        subjects=tuple(subjects),
        reason=clean(reason),
    )
