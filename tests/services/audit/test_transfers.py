"""What came in is told by study, sender and fate."""

from dataclasses import replace

from tests.index.synthetic import instance
from tests.services.audit.trail_events import ALICE

from sonarium.db.pool import Database
from sonarium.domain.arrival import Door, Source
from sonarium.domain.audit import Action, ActorKind, EventID, Outcome, SubjectKind
from sonarium.index.audit import audit_waiting
from sonarium.index.ingest import Placement
from sonarium.services.audit.acting import acting
from sonarium.services.audit.transfers import transfers
from sonarium.services.indexing import PostgresIndex

SCANNER = Source(Door.DIMSE, "ECHO1", "SONARIUM", "192.0.2.9")


def test_a_batch_of_one_study_is_one_event() -> None:
    arrivals = [
        replace(instance(sop_uid=f"1.2.1.1.{number}"), source=SCANNER) for number in range(3)
    ]
    (event,) = transfers(arrivals, [Placement.STORED] * 3)
    assert (event.event, event.action) == (EventID.INSTANCES_TRANSFERRED, Action.CREATE)
    assert (event.actor.kind, event.actor.name, event.actor.address) == (
        ActorKind.DEVICE, "ECHO1", "192.0.2.9",
    )  # fmt: skip
    study = event.subject(SubjectKind.STUDY)
    assert study is not None
    assert study.identifier == "1.2.1"
    assert [count for _, count in study.sop_classes] == [3]


def test_what_was_there_and_what_is_set_aside_are_told_apart() -> None:
    arrivals = [replace(instance(), source=SCANNER) for _ in range(3)]
    placed = [Placement.STORED, Placement.ALREADY_PRESENT, Placement.CONFLICT]
    stored, present, conflict = transfers(arrivals, placed)
    assert (stored.action, present.action) == (Action.CREATE, Action.READ)
    assert conflict.outcome is Outcome.MINOR_FAILURE
    assert "set aside" in conflict.reason


def test_senders_over_http_and_at_the_machine_are_named() -> None:
    stow = Source(Door.STOW, address="192.0.2.7", sender="alice", sender_kind=ActorKind.PERSON)
    local = Source(Door.IMPORT)
    arrivals = [replace(instance(), source=source) for source in (stow, local)]
    with acting(ALICE):
        sent, imported = transfers(arrivals, [Placement.STORED] * 2)
    assert (sent.actor.kind, sent.actor.name) == (ActorKind.PERSON, "alice")
    assert imported.event is EventID.IMPORT
    assert imported.actor == ALICE


async def test_rows_and_record_are_one_transaction(database: Database) -> None:
    await PostgresIndex(database).add([instance()])
    async with database.transaction() as tx:
        assert len(await audit_waiting(tx, 10)) == 1
