"""Reasons that are written down for one person and one study or patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.access import Confidentiality, Reason
from sonarium.index.locks import lock_for_deletion

BREAK_GLASS: Final = "sonarium_break_glass"
"""The channel; told as an emergency commits, its payload is the key of the grant."""

FIND_TARGETS = sql_file("sonarium.index", "find_targets")
ADD_GRANT = sql_file("sonarium.index", "add_grant")
GRANTS = sql_file("sonarium.index", "grants")
UNREVIEWED_BREAK_GLASS = sql_file("sonarium.index", "unreviewed_break_glass")
REVOKE_GRANT = sql_file("sonarium.index", "revoke_grant")
REVOKE_GIVEN = sql_file("sonarium.index", "revoke_given")
JUDGED_BREAK_GLASS = sql_file("sonarium.index", "judged_break_glass")
REASONS_OF_STUDY = sql_file("sonarium.index", "reasons_of_study")
GRANTS_OF_STUDY = sql_file("sonarium.index", "grants_of_study")
REVIEW_BREAK_GLASS = sql_file("sonarium.index", "review_break_glass")
CONFIDENTIAL_PATIENTS = sql_file("sonarium.index", "confidential_patients")
SET_CONFIDENTIALITY = sql_file("sonarium.index", "set_confidentiality")
PUT_TEACHING = sql_file("sonarium.index", "put_teaching")
SET_REASONS_OF_PERSON = sql_file("sonarium.index", "set_reasons_of_person")
SET_DEPARTMENTS_OF_CLIENT = sql_file("sonarium.index", "set_departments_of_client")
TELL_BREAK_GLASS = sql_file("sonarium.index", "tell_break_glass")

_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """What is meant: one of its numbers, exactly as the archive has it."""

    study_instance_uid: str = ""
    patient_id: str = ""
    accession_number: str = ""


@dataclass(frozen=True, slots=True)
class ConfidentialPatient:
    """A patient who is VIP or confidential, by number."""

    patient_id: str
    lone_study_uid: str
    """The study of a patient without Patient ID; else empty."""
    confidentiality: str
    alias: str
    studies: int


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A study, or a patient, by key."""

    study_ref: int | None
    patient_ref: int | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What was granted to whom, why, by whom and until when; an emergency has its review."""

    grant_ref: int
    user_name: str
    study_instance_uid: str | None
    patient_id: str | None
    reason: str
    why: str
    granted_by: str
    granted_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    verdict: str | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class StudyReasons:
    """What of a study gives reasons to see it; the department is folded."""

    department: str
    physician_ids: list[str]
    confidentiality: str
    is_teaching: bool


async def find_targets(tx: Transaction, target: Target) -> list[TargetRow]:
    """List the studies and patients that are meant, of those that the transaction shows."""
    return await tx.all(
        TargetRow,
        FIND_TARGETS,
        study=target.study_instance_uid,
        patient=target.patient_id,
        accession=target.accession_number,
    )


async def add_grant(
    tx: Transaction,
    user_name: str,
    target: TargetRow,
    reason: Reason,
    *,
    why: str,
    by: str,
    lifetime: timedelta,
) -> int | None:
    """Let somebody see something; None where there is nobody by that name."""
    rows = await tx.values(
        ADD_GRANT,
        user_name=user_name,
        study=target.study_ref,
        patient=target.patient_ref,
        reason=reason.value,
        why=why,
        by=by,
        lifetime=lifetime,
    )
    return int(rows[0][0]) if rows else None


async def grants(
    tx: Transaction, *, user_name: str | None, reason: Reason | None, only_valid: bool
) -> list[Grant]:
    """List what was granted, newest first."""
    return await tx.all(
        Grant,
        GRANTS,
        user_name=user_name,
        reason=None if reason is None else reason.value,
        only_valid=only_valid,
        limit=_MOST,
    )


async def unreviewed_break_glass(tx: Transaction) -> list[Grant]:
    """List emergencies that nobody has judged yet, oldest first."""
    return await tx.all(Grant, UNREVIEWED_BREAK_GLASS, limit=_MOST)


async def revoke_grant(tx: Transaction, grant_ref: int, by: str) -> bool:
    """Take back what was granted; False where nothing is left to take back."""
    return await tx.execute(REVOKE_GRANT, grant_ref=grant_ref, by=by) > 0


async def revoke_given(tx: Transaction, grant_ref: int, by: str, reason: Reason) -> bool:
    """Take back what somebody gave themselves for a reason; False where there is none."""
    return await tx.execute(REVOKE_GIVEN, grant_ref=grant_ref, by=by, reason=reason.value) > 0


async def judged_break_glass(tx: Transaction) -> list[Grant]:
    """List emergencies that were judged, latest verdict first."""
    return await tx.all(Grant, JUDGED_BREAK_GLASS, limit=_MOST)


async def find_reasons_of_study(tx: Transaction, study_instance_uid: str) -> StudyReasons | None:
    """Return what of a study gives reasons, where the transaction shows it."""
    return await tx.find(StudyReasons, REASONS_OF_STUDY, study=study_instance_uid)


async def grants_of_study(tx: Transaction, study_instance_uid: str) -> list[Grant]:
    """List what was granted of a study or of its patient and holds, newest first."""
    return await tx.all(Grant, GRANTS_OF_STUDY, study=study_instance_uid, limit=_MOST)


async def review_break_glass(
    tx: Transaction, grant_ref: int, *, by: str, verdict: str, remark: str
) -> bool:
    """Judge an emergency; False where it is judged, is one's own, or is none."""
    return (
        await tx.execute(
            REVIEW_BREAK_GLASS, grant_ref=grant_ref, by=by, verdict=verdict, remark=remark
        )
        > 0
    )


async def tell_break_glass(tx: Transaction, grant_ref: int) -> None:
    """Let auditors hear of an emergency once this commits."""
    await tx.execute(TELL_BREAK_GLASS, channel=BREAK_GLASS, grant_ref=grant_ref)


async def set_confidentiality(
    tx: Transaction, target: Target, confidentiality: Confidentiality, alias: str
) -> bool:
    """Say how confidential a patient is, named by Patient ID or a study; False: nobody is."""
    await lock_for_deletion(tx)
    return (
        await tx.execute(
            SET_CONFIDENTIALITY,
            patient=target.patient_id,
            study=target.study_instance_uid,
            confidentiality=confidentiality.value,
            alias=alias,
        )
        > 0
    )


async def confidential_patients(tx: Transaction, limit: int) -> list[ConfidentialPatient]:
    """List who is VIP or confidential."""
    return await tx.all(ConfidentialPatient, CONFIDENTIAL_PATIENTS, limit=limit)


async def put_teaching(tx: Transaction, study_instance_uid: str, *, is_teaching: bool) -> bool:
    """Make a study a teaching case or none; False where it tells whose it is, or is not here."""
    return await tx.execute(PUT_TEACHING, study=study_instance_uid, is_teaching=is_teaching) > 0


async def set_reasons_of_person(
    tx: Transaction,
    user_name: str,
    departments: Sequence[str] | None,
    physician_ids: Sequence[str] | None,
) -> bool:
    """Set departments and codes of a person, unless None; False where nobody has this name."""
    return (
        await tx.execute(
            SET_REASONS_OF_PERSON,
            user_name=user_name,
            departments=None if departments is None else list(departments),
            physician_ids=None if physician_ids is None else list(physician_ids),
        )
        > 0
    )


async def set_departments_of_client(
    tx: Transaction, client_id: str, departments: Sequence[str] | None, department: str | None
) -> bool:
    """Set whose studies a program sees and for whom it stores, unless None; False: no such."""
    return (
        await tx.execute(
            SET_DEPARTMENTS_OF_CLIENT,
            client_id=client_id,
            departments=None if departments is None else list(departments),
            department=department,
        )
        > 0
    )
