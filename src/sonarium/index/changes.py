"""The change feed: what came, grew and went, for live pages and follow-up work."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction

CHANNEL = "sonarium_change"


class ChangeKind(StrEnum):
    """What happened to a study."""

    ADDED = "added"
    GREW = "grew"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the feed; everything committed later comes after it, whatever began first."""

    transaction: int
    number: int


START = Cursor(0, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """One study changed in one transaction; `instance_refs` are the instances it gained."""

    cursor: Cursor
    kind: ChangeKind
    study_instance_uid: str
    instance_refs: tuple[int, ...]
    changed_at: datetime


async def changes_after(tx: Transaction, cursor: Cursor, limit: int = 500) -> list[Change]:
    """List changes after a cursor, oldest first; never skips one that commits late."""
    raise NotImplementedError


async def latest_cursor(tx: Transaction) -> Cursor:
    """Return the place after everything that happened so far."""
    raise NotImplementedError


async def prune_changes(tx: Transaction, before: datetime) -> int:
    """Forget changes older than a moment; return how many."""
    raise NotImplementedError


async def watch_changes(database: Database) -> AsyncIterator[str | None]:
    """Stream the UID of each study that changes, from now on.

    Yields None at the start and whenever some may have been missed: look at everything again.
    """
    async for payload in database.listen(CHANNEL):
        yield payload
