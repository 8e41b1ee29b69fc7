"""Finding records of the audit trail."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.audit import AuditEvent, EventID
from sonarium.index.audit import event_in

SEARCH_AUDIT = sql_file("sonarium.index", "search_audit")
AUDIT_STANDING = sql_file("sonarium.index", "audit_standing")
AUDITED_LOOKS = sql_file("sonarium.index", "audited_looks")
AUDITED_DAYS = sql_file("sonarium.index", "audited_days")


@dataclass(frozen=True, slots=True)
class AuditPlace:
    """A place in a list that runs from the latest back."""

    at: datetime
    record_ref: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSearch:
    """What is looked for; what is None does not matter."""

    patient: str | None = None
    """Patient ID, exactly."""
    study: str | None = None
    actor: str | None = None
    """User name, client id or AE title, exactly."""
    address: str | None = None
    events: Sequence[EventID] = ()
    """Any of these kinds; none: any."""
    refused: bool = False
    """Only what failed or was refused."""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record, and its own number."""

    record_ref: int
    event: AuditEvent

    @property
    def place(self) -> AuditPlace:
        """Where a list goes on after it."""
        return AuditPlace(self.event.happened_at, self.record_ref)


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """How the trail stands."""

    waiting: int
    """Records without a place in the chain yet."""
    sealed: int


async def search_audit(
    tx: Transaction, search: AuditSearch, before: AuditPlace | None, limit: int
) -> list[FoundRecord]:
    """List records, the latest first."""
    wanted = asdict(search)
    wanted["events"] = [event.value for event in search.events] or None
    rows = await tx.planned_anew(
        SEARCH_AUDIT,
        **wanted,
        before_at=None if before is None else before.at,
        before_ref=None if before is None else before.record_ref,
        limit=limit,
    )
    return [FoundRecord(record_ref, event_in(content)) for record_ref, content in rows]


async def audit_standing(tx: Transaction) -> AuditStanding:
    """Tell how the trail stands."""
    return await tx.one(AuditStanding, AUDIT_STANDING)


@dataclass(frozen=True, slots=True)
class AuditedLook:
    """A person's look at a study, with what may make it unusual."""

    record_ref: int
    happened_at: datetime
    actor: str
    display_name: str
    patient_id: str
    study_instance_uid: str
    patient_name: str
    """Alphabetic, folded; empty where the study is gone."""
    confidentiality: str
    is_own: bool
    is_emergency: bool


@dataclass(frozen=True, slots=True)
class AuditedDay:
    """How many studies a person looked at on one day."""

    actor: str
    day: date
    studies: int


async def audited_looks(tx: Transaction, since: datetime, until: datetime) -> list[AuditedLook]:
    """List looks of people within a period, the latest first."""
    return await tx.all(AuditedLook, AUDITED_LOOKS, since=since, until=until)


async def audited_days(tx: Transaction, since: datetime, until: datetime) -> list[AuditedDay]:
    """Count the studies that people looked at, day by day."""
    return await tx.all(AuditedDay, AUDITED_DAYS, since=since, until=until)
