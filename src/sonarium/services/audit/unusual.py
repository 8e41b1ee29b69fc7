"""Looks that an auditor should think about: each may be right, and somebody should know why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sonarium.db.pool import Database
from sonarium.domain.access import Confidentiality
from sonarium.index.audit_search import AuditedDay, AuditedLook, audited_days, audited_looks
from sonarium.index.folding import fold
from sonarium.services.audit.trail import audit_log_used, note

HABIT: Final = timedelta(days=30)
"""The days before, by which somebody's habit is known."""
_TIMES_HABIT: Final = 3
_NEVER_MANY: Final = 20
"""Studies a day that are not many, whatever the habit."""


class Sign(StrEnum):
    """Why a look is unusual."""

    OWN_RECORD = "own record"
    """Who looked is linked to the patient as the same person."""
    SAME_SURNAME = "same surname"
    VIP = "vip"
    CONFIDENTIAL = "confidential"
    EMERGENCY = "emergency"
    """They opened it by breaking the glass."""
    MANY = "many"
    """That day they looked at many more studies than they use to."""


@dataclass(frozen=True, slots=True)
class UnusualLook:
    """A look, and why it is unusual."""

    look: AuditedLook
    signs: tuple[Sign, ...]


class UnusualAccess:
    """Finds unusual looks for auditors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, since: datetime, until: datetime) -> list[UnusualLook]:
        """List unusual looks within a period, the latest first; that is noted too."""
        async with self._database.transaction() as tx:
            looks = await audited_looks(tx, since, until)
            days = await audited_days(tx, since - HABIT, until)
            await note(tx, audit_log_used(f"unusual access since {since:%Y-%m-%d %H:%M}"))
        many = busy_days(days)
        signs = ((look, signs_of(look, many)) for look in looks)
        return [UnusualLook(look, found) for look, found in signs if found]


def signs_of(look: AuditedLook, many: Mapping[str, set[date]]) -> tuple[Sign, ...]:
    """Say why a look is unusual; nothing where it is not."""
    signs = {
        Sign.OWN_RECORD: look.is_own,
        Sign.SAME_SURNAME: _share_surname(look),
        Sign.VIP: look.confidentiality == Confidentiality.VIP,
        Sign.CONFIDENTIAL: look.confidentiality == Confidentiality.CONFIDENTIAL,
        Sign.EMERGENCY: look.is_emergency,
        Sign.MANY: look.happened_at.astimezone(UTC).date() in many.get(look.actor, ()),
    }
    return tuple(sign for sign, holds in signs.items() if holds)


def busy_days(days: Sequence[AuditedDay]) -> dict[str, set[date]]:
    """Return the days on which people looked at far more than on their own days before."""
    by_actor: dict[str, dict[date, int]] = defaultdict(dict)
    for one in days:
        by_actor[one.actor][one.day] = one.studies
    found: dict[str, set[date]] = {}
    for actor, counts in by_actor.items():
        for day, studies in counts.items():
            before = [n for other, n in counts.items() if day - HABIT <= other < day]
            habit = sum(before) / len(before) if before else 0.0
            if before and studies > max(_NEVER_MANY, _TIMES_HABIT * habit):
                found.setdefault(actor, set()).add(day)
    return found


def _share_surname(look: AuditedLook) -> bool:
    """Compare the last word of a person's name with the family name of the patient."""
    words = fold(look.display_name).split()
    family = look.patient_name.partition("^")[0].strip()
    return bool(words and family) and words[-1] == family
