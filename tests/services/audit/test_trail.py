"""Noting events."""

from tests.services.audit.trail_events import ALICE

from sonarium.db.pool import Database
from sonarium.domain.audit import EventID, EventType, Outcome, Subject, SubjectKind
from sonarium.index.audit import audit_waiting
from sonarium.services.audit import trail
from sonarium.services.audit.acting import acting


async def test_nothing_to_note_is_no_statement(database: Database) -> None:
    async with database.transaction() as tx:
        await trail.note(tx)
        assert await audit_waiting(tx, 1) == []


def test_who_acts_is_the_requestor() -> None:
    with acting(ALICE):
        event = trail.query("1.2", "PatientName=x")
    assert event.actor == ALICE
    assert event.event is EventID.QUERY
    assert event.subjects[0].query == "PatientName=x"


def test_a_strangers_text_is_cut_and_cleaned() -> None:
    said = trail.clean("a\0b\ud800" + "x" * 5000)
    assert said.startswith("ab?x")
    assert len(said) < 2001


def test_a_refusal_says_why() -> None:
    event = trail.security_alert(
        EventType.RESTRICTED_FUNCTION,
        Subject(SubjectKind.RESOURCE, "/x"),
        outcome=Outcome.SERIOUS_FAILURE,
        reason="no",
    )
    assert (event.outcome, event.reason) == (Outcome.SERIOUS_FAILURE, "no")
