"""Rows of the audit trail."""

from tests.services.audit.trail_events import opened

from sonarium.db.pool import Database
from sonarium.index.audit import (
    add_audit_record,
    add_audit_records,
    audit_forwarded,
    audit_head,
    audit_waiting,
    columns_of,
    content_of,
    event_in,
    put_audit_forwarded,
)


def test_an_event_is_read_as_it_was_written() -> None:
    event = opened()
    assert event_in(content_of(event)) == event
    assert content_of(event_in(content_of(event))) == content_of(event)


def test_events_that_say_the_same_differ() -> None:
    assert content_of(opened()) != content_of(opened())


def test_columns_repeat_what_is_searched_by() -> None:
    columns = columns_of(opened("1.2.9"))
    assert (columns.actor, columns.address) == ("alice", "192.0.2.7")
    assert (columns.patient_id, columns.study_instance_uid) == ("P1", "1.2.9")


async def test_a_new_trail_has_no_head_and_was_sent_nowhere(database: Database) -> None:
    async with database.transaction() as tx:
        assert await audit_head(tx) is None
        assert await audit_forwarded(tx, "syslog") == 0
        await put_audit_forwarded(tx, "syslog", 7)
        await put_audit_forwarded(tx, "syslog", 9)
        assert await audit_forwarded(tx, "syslog") == 9


async def test_a_record_alone_is_kept_as_one_among_others(database: Database) -> None:
    event = opened("1.2.9")
    async with database.transaction() as tx:
        await add_audit_record(tx, event)
        await add_audit_records(tx, [event, opened()])
        alone, among, _ = await tx.values(
            b"SELECT happened_at, event, action, outcome, actor_kind, actor, address, patient_id,"
            b" study_instance_uid, content, mac FROM audit_record ORDER BY record_ref"
        )
        assert alone == among
        assert alone[-2] == content_of(event)
        assert len(await audit_waiting(tx, 10)) == 3
