"""Events for tests of the trail."""

from sonarium.db.pool import Database
from sonarium.domain.audit import Action, Actor, ActorKind, AuditEvent, EventID, Participant
from sonarium.services.audit.trail import about_study, note, study_subjects

ALICE = Actor(ActorKind.PERSON, "alice", "192.0.2.7", "Alice Ash")


def opened(study: str = "1.2.3", actor: Actor = ALICE) -> AuditEvent:
    """A person opened a study."""
    return about_study(
        EventID.INSTANCES_ACCESSED,
        Action.READ,
        study_subjects(study, "P1", "Doe^Jane"),
        participants=[Participant(actor)],
    )


async def note_some(database: Database, count: int = 3) -> None:
    """Note studies 1.1, 1.2, … being opened, each in a transaction of its own."""
    for number in range(1, count + 1):
        async with database.transaction() as tx:
            await note(tx, opened(f"1.{number}"))
