"""The audit trail's rows: records as they are noted, and the chain that keeps their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.access import Confidentiality
from sonarium.domain.audit import AuditEvent, SubjectKind

ADD_AUDIT_RECORD = sql_file("sonarium.index", "add_audit_record")
ADD_AUDIT_RECORDS = sql_file("sonarium.index", "add_audit_records")
LOCK_AUDIT_CHAIN = sql_file("sonarium.index", "lock_audit_chain")
AUDIT_HEAD = sql_file("sonarium.index", "audit_head")
AUDIT_WAITING = sql_file("sonarium.index", "audit_waiting")
ADD_AUDIT_LINKS = sql_file("sonarium.index", "add_audit_links")
AUDIT_CHAIN = sql_file("sonarium.index", "audit_chain")
AUDIT_STRAYS = sql_file("sonarium.index", "audit_strays")
AUDIT_COPIES = sql_file("sonarium.index", "audit_copies")
AUDIT_FORWARDED = sql_file("sonarium.index", "audit_forwarded")
AUDITED_STUDIES = sql_file("sonarium.index", "audited_studies")
AUDITED_GRANTS = sql_file("sonarium.index", "audited_grants")
AUDITED_PERSON = sql_file("sonarium.index", "audited_person")
PUT_AUDIT_FORWARDED = sql_file("sonarium.index", "put_audit_forwarded")

_CHAIN_LOCK: Final = 0x41554449

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(AuditEvent)


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain."""

    sequence: int
    record_ref: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """A record without a place yet; `mac` is None where somebody took the record away."""

    record_ref: int
    mac: bytes | None


@dataclass(frozen=True, slots=True)
class SearchColumns:
    """What is searched by: it repeats parts of the content."""

    happened_at: datetime
    event: str
    action: str
    outcome: int
    actor_kind: str
    actor: str
    address: str
    patient_id: str
    study_instance_uid: str


@dataclass(frozen=True, slots=True)
class ChainedRecord:
    """A link with its record; all but the link is None where the record was taken away."""

    sequence: int
    record_ref: int
    hash: bytes
    happened_at: datetime | None
    event: str | None
    action: str | None
    outcome: int | None
    actor_kind: str | None
    actor: str | None
    address: str | None
    patient_id: str | None
    study_instance_uid: str | None
    content: bytes | None
    mac: bytes | None

    @property
    def columns(self) -> tuple[object, ...]:
        """Return the search columns as they stand in the row."""
        return (
            self.happened_at, self.event, self.action, self.outcome, self.actor_kind, self.actor,
            self.address, self.patient_id, self.study_instance_uid,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class AuditedStudy:
    """A study and its patient, as the trail names them."""

    study_instance_uid: str
    patient_id: str
    patient_name: str
    confidentiality: str

    @property
    def sensitivity(self) -> str:
        """What is special about the patient; empty: nothing."""
        return "" if self.confidentiality == Confidentiality.NORMAL else self.confidentiality


@dataclass(frozen=True, slots=True)
class AuditedGrant:
    """A grant, as the trail names it; of a patient, there is no study."""

    user_name: str
    display_name: str
    reason: str
    why: str
    study_instance_uid: str
    patient_id: str
    patient_name: str


@dataclass(frozen=True, slots=True)
class AuditedPerson:
    """What the trail calls somebody."""

    user_name: str
    display_name: str


@dataclass(frozen=True, slots=True)
class _Found:
    record_ref: int


def content_of(event: AuditEvent) -> bytes:
    """Write an event as the bytes that are kept and hashed."""
    return _encoder.encode(event)


def event_in(content: bytes) -> AuditEvent:
    """Read what `content_of` wrote.

    Raises:
        ValueError: it did not.
    """
    return _decoder.decode(content)


def columns_of(event: AuditEvent) -> SearchColumns:
    """Return what an event is searched by."""
    actor = event.actor
    patient = event.subject(SubjectKind.PATIENT)
    study = event.subject(SubjectKind.STUDY)
    return SearchColumns(
        event.happened_at, event.event.value, event.action.value, event.outcome.value,
        actor.kind.value, actor.name, actor.address,
        "" if patient is None else patient.identifier,
        "" if study is None else study.identifier,
    )  # fmt: skip


async def add_audit_record(tx: Transaction, event: AuditEvent) -> None:
    """Add a record; it counts when the caller's transaction commits, and not before."""
    columns = columns_of(event)
    content = content_of(event)
    await tx.soon(
        ADD_AUDIT_RECORD,
        happened_at=columns.happened_at,
        event=columns.event,
        action=columns.action,
        outcome=columns.outcome,
        actor_kind=columns.actor_kind,
        actor=columns.actor,
        address=columns.address,
        patient_id=columns.patient_id,
        study=columns.study_instance_uid,
        content=content,
        mac=tx.authenticate(content),
    )


async def add_audit_records(tx: Transaction, events: Sequence[AuditEvent]) -> None:
    """Add records; they count when the caller's transaction commits, and not before."""
    columns = [columns_of(event) for event in events]
    contents = [content_of(event) for event in events]
    await tx.soon(
        ADD_AUDIT_RECORDS,
        happened_at=[one.happened_at for one in columns],
        events=[one.event for one in columns],
        actions=[one.action for one in columns],
        outcomes=[one.outcome for one in columns],
        actor_kinds=[one.actor_kind for one in columns],
        actors=[one.actor for one in columns],
        addresses=[one.address for one in columns],
        patient_ids=[one.patient_id for one in columns],
        studies=[one.study_instance_uid for one in columns],
        contents=contents,
        macs=[tx.authenticate(content) for content in contents],
    )


async def lock_audit_chain(tx: Transaction) -> bool:
    """Take the chain for this transaction alone; False where somebody else has it."""
    ((is_ours,),) = await tx.values(LOCK_AUDIT_CHAIN, key=_CHAIN_LOCK)
    return bool(is_ours)


async def audit_head(tx: Transaction) -> Link | None:
    """Return the last link; None before the first."""
    return await tx.find(Link, AUDIT_HEAD)


async def audit_waiting(tx: Transaction, limit: int) -> list[WaitingRecord]:
    """List records that wait for their place, however late they committed."""
    return await tx.all(WaitingRecord, AUDIT_WAITING, limit=limit)


async def add_audit_links(tx: Transaction, links: Sequence[Link]) -> None:
    """Lengthen the chain."""
    await tx.execute(
        ADD_AUDIT_LINKS,
        sequences=[link.sequence for link in links],
        records=[link.record_ref for link in links],
        hashes=[link.hash for link in links],
    )


async def audit_chain(tx: Transaction, after: int, limit: int) -> list[ChainedRecord]:
    """List links and records after a sequence number, in order."""
    return await tx.all(ChainedRecord, AUDIT_CHAIN, after=after, limit=limit)


async def audit_strays(tx: Transaction, limit: int) -> list[int]:
    """List records that neither have a place nor wait for one."""
    return [one.record_ref for one in await tx.all(_Found, AUDIT_STRAYS, limit=limit)]


async def audit_copies(tx: Transaction, limit: int) -> list[int]:
    """List records that repeat another."""
    return [one.record_ref for one in await tx.all(_Found, AUDIT_COPIES, limit=limit)]


async def audit_forwarded(tx: Transaction, target: str) -> int:
    """Return the sequence number up to which a target has everything; 0 for nothing."""
    found = await tx.values(AUDIT_FORWARDED, target=target)
    return int(found[0][0]) if found else 0


async def put_audit_forwarded(tx: Transaction, target: str, sequence: int) -> None:
    """Note that a target has everything up to a sequence number."""
    await tx.execute(PUT_AUDIT_FORWARDED, target=target, sequence=sequence)


async def audited_person(tx: Transaction, person_ref: int) -> AuditedPerson:
    """Return what the trail calls somebody."""
    return await tx.one(AuditedPerson, AUDITED_PERSON, person=person_ref)


async def audited_studies(tx: Transaction, studies: Sequence[str]) -> list[AuditedStudy]:
    """Return those of some studies that the transaction shows."""
    return await tx.all(AuditedStudy, AUDITED_STUDIES, studies=list(studies))


async def audited_grants(tx: Transaction, grants: Sequence[int]) -> list[AuditedGrant]:
    """Return grants by their keys."""
    return await tx.all(AuditedGrant, AUDITED_GRANTS, grants=list(grants))
