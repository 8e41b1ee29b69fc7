"""Finding records."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.services.audit.trail_events import note_some

from sonarium.db.pool import Database
from sonarium.domain.audit import EventID
from sonarium.index.audit_search import AuditSearch, search_audit

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("search", "count"),
    [
        (AuditSearch(), 3),
        (AuditSearch(patient="P1"), 3),
        (AuditSearch(patient="p1"), 0),
        (AuditSearch(study="1.2"), 1),
        (AuditSearch(actor="alice", address="192.0.2.7"), 3),
        (AuditSearch(address="192.0.2.8"), 0),
        (AuditSearch(events=[EventID.QUERY]), 0),
        (AuditSearch(events=[EventID.QUERY, EventID.INSTANCES_ACCESSED]), 3),
        (AuditSearch(refused=True), 0),
        (AuditSearch(since=NOW - HOUR), 3),
        (AuditSearch(until=NOW - HOUR), 0),
    ],
)
async def test_every_condition_narrows(database: Database, search: AuditSearch, count: int) -> None:
    await note_some(database, 3)
    async with database.transaction() as tx:
        assert len(await search_audit(tx, search, None, 10)) == count


async def test_a_list_goes_on_before_a_place(database: Database) -> None:
    await note_some(database, 3)
    async with database.transaction() as tx:
        first, second, third = await search_audit(tx, AuditSearch(), None, 10)
        assert await search_audit(tx, AuditSearch(), first.place, 10) == [second, third]
        assert await search_audit(tx, AuditSearch(), second.place, 1) == [third]
