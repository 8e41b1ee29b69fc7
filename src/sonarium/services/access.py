"""Who sees what: the one way in which a service looks at studies.

Every look goes through `AccessService.looking`: it opens a transaction in which PostgreSQL shows
the rows that its viewer may see, and no others (`index.visibility`). What they may not see is
not there for them. Acts that need no reason, to store above all, open transactions of their own.

What somebody opens, takes or searches for is noted in the audit trail within that transaction.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final, TypeAlias, TypeVar

from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.domain.access import Viewer
from sonarium.domain.audit import APPLICATION, Actor, EventID
from sonarium.index.visibility import opening, visible_studies
from sonarium.services.audit.acting import who_acts
from sonarium.services.audit.looks import RecentNotes, note_copy, note_look
from sonarium.services.audit.trail import note, query

STUDY_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
"""Study Root Query/Retrieve Information Model – FIND: what QIDO-RS and our own search ask."""

_Found = TypeVar("_Found")
_Look: TypeAlias = tuple[Actor, EventID, str]


class AccessService:
    """Opens transactions on somebody's behalf."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted = RecentNotes()

    @asynccontextmanager
    async def looking(
        self,
        viewer: Viewer,
        *,
        opens: Sequence[str] = (),
        noted_as: EventID = EventID.INSTANCES_ACCESSED,
        searches: str | None = None,
    ) -> AsyncIterator[Transaction]:
        """Open a transaction that shows what somebody may see, to read and not to write.

        Args:
            viewer: who looks.
            opens: Study Instance UIDs that are looked into; noted where they are in sight.
            noted_as: what that look is to the trail.
            searches: what a person types to find studies; noted unless they just asked the same.

        Raises:
            DatabaseUnavailable: as `Database.transaction`.
        """
        asked = [(noted_as, study) for study in opens]
        asked += [] if searches is None else [(EventID.QUERY, searches)]
        fresh = self._unnoted(viewer, asked)
        async with self._database.transaction(opening(viewer)) as tx:
            yield tx
            for _, event, what in fresh:
                if event is EventID.QUERY:
                    await note(tx, query(STUDY_ROOT_FIND, what))
                else:
                    await note_look(tx, [what], event)
        self._noted.remember(fresh)

    async def look(
        self,
        viewer: Viewer,
        find: Callable[[Transaction], Awaitable[_Found]],
        *,
        opens: Sequence[str] = (),
        noted_as: EventID = EventID.INSTANCES_ACCESSED,
    ) -> _Found:
        """Find something by one statement, as within `looking`.

        Where nothing has to be noted, because it was of late, that is one trip to the server.

        Args:
            viewer: who looks.
            find: runs the one statement.
            opens: as `looking`.
            noted_as: as `looking`.

        Raises:
            DatabaseUnavailable: as `Database.transaction`.
        """
        begins = opening(viewer)
        if begins is None or self._unnoted(viewer, [(noted_as, study) for study in opens]):
            async with self.looking(viewer, opens=opens, noted_as=noted_as) as tx:
                return await find(tx)
        async with self._database.only_statement(begins) as tx:
            return await find(tx)

    async def note_copy(
        self, viewer: Viewer, study_instance_uid: str, target: str, what: str
    ) -> None:
        """Note that somebody takes a copy with them, before its first byte leaves.

        Raises:
            DatabaseUnavailable: it is not noted, so nothing may leave.
        """
        async with self.looking(viewer) as tx:
            await note_copy(tx, study_instance_uid, target, what)

    async def seen(self, viewer: Viewer, study_instance_uids: Sequence[str]) -> set[str]:
        """Return those of some studies that are here and that somebody may see."""
        async with self.looking(viewer) as tx:
            return await visible_studies(tx, study_instance_uids)

    def _unnoted(self, viewer: Viewer, asked: Sequence[tuple[EventID, str]]) -> list[_Look]:
        """Return what of it has to be noted now, for whoever acts."""
        actor = who_acts()
        if viewer.is_system and actor == APPLICATION:
            return []
        keys = [(actor, event, what) for event, what in asked]
        return [key for key in keys if not self._noted.has(key)]
