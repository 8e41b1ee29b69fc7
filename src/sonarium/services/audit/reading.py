"""Reading the trail, which is in the trail too."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sonarium.db.pool import Database
from sonarium.index.audit_search import (
    AuditPlace,
    AuditSearch,
    AuditStanding,
    FoundRecord,
    audit_standing,
    search_audit,
)
from sonarium.services.audit.trail import audit_log_used, note

__all__ = ["AuditPage", "AuditPlace", "AuditReader", "AuditSearch", "AuditStanding", "FoundRecord"]

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some records, the latest first."""

    records: Sequence[FoundRecord]
    next_place: AuditPlace | None
    """Where the list goes on; None at its end."""


class AuditReader:
    """Finds records for auditors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, search: AuditSearch, *, before: AuditPlace | None = None, limit: int = 100
    ) -> AuditPage:
        """Return records that fit; the first page notes that somebody looked, and for what."""
        async with self._database.transaction() as tx:
            found = await search_audit(tx, search, before, limit + 1)
            if before is None:
                await note(tx, audit_log_used(words_of(search)))
        records = found[:limit]
        return AuditPage(records, records[-1].place if len(found) > limit else None)

    async def iter_all(self, search: AuditSearch) -> AsyncIterator[FoundRecord]:
        """Stream every record that fits, the latest first."""
        before: AuditPlace | None = None
        while True:
            page = await self.page(search, before=before, limit=_PAGE)
            for record in page.records:
                yield record
            before = page.next_place
            if before is None:
                return

    async def standing(self) -> AuditStanding:
        """Tell how the trail stands."""
        async with self._database.transaction() as tx:
            return await audit_standing(tx)


def words_of(search: AuditSearch) -> str:
    """Say what was looked for."""
    parts = {
        "patient": search.patient,
        "study": search.study,
        "who": search.actor,
        "address": search.address,
        "kinds": " ".join(event.name.lower() for event in search.events) or None,
        "refused": "only" if search.refused else None,
        "since": search.since and search.since.isoformat(),
        "until": search.until and search.until.isoformat(),
    }
    said = [f"{name}={value}" for name, value in parts.items() if value is not None]
    return "; ".join(said) or "everything"
