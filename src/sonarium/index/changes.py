"""The change feed: which study came, grew or went.

Who only wants to know that something changed listens to the channel. Who must see every
change, even one made while it was away, reads the feed from where it stopped.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

STUDY_CHANGED = "sonarium_change"
"""The channel; a payload is a Study Instance UID, told as the change commits."""

CHANGES_AFTER = sql_file("sonarium.index", "changes_after")
LATEST_CHANGE = sql_file("sonarium.index", "latest_change")
PRUNE_CHANGES = sql_file("sonarium.index", "prune_changes")


class ChangeKind(StrEnum):
    """What happened to a study."""

    ADDED = "added"
    GREW = "grew"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class FeedPlace:
    """A place in the feed: what commits later comes after it, whatever began first."""

    transaction: int
    change_ref: int


BEGINNING = FeedPlace(0, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """One study in one transaction; `instances` counts those it gained or lost."""

    transaction: int
    change_ref: int
    kind: str
    study_instance_uid: str
    instances: int
    changed_at: datetime

    @property
    def place(self) -> FeedPlace:
        """Where to go on after this change."""
        return FeedPlace(self.transaction, self.change_ref)


async def changes_after(tx: Transaction, place: FeedPlace, limit: int = 500) -> list[Change]:
    """List changes after a place, oldest first; one that commits late is never passed by."""
    return await tx.all(
        Change,
        CHANGES_AFTER,
        transaction=str(place.transaction),
        change_ref=place.change_ref,
        limit=limit,
    )


async def latest_place(tx: Transaction) -> FeedPlace:
    """Return the place after every change that can be read now."""
    return await tx.find(FeedPlace, LATEST_CHANGE) or BEGINNING


async def prune_changes(tx: Transaction, before: datetime) -> int:
    """Forget changes older than a moment; return how many."""
    return await tx.execute(PRUNE_CHANGES, before=before)
