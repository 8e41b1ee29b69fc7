"""Who sees what: the one way in which a service looks at studies.

Every look goes through `AccessService.looking`: it opens a transaction in which PostgreSQL shows
the rows that its viewer may see, and no others (`index.visibility`). What they may not see is
not there for them. Acts that need no reason, to store above all, open transactions of their own.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.domain.access import Viewer
from sonarium.index.visibility import opening, visible_studies


class AccessService:
    """Opens transactions on somebody's behalf."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def looking(self, viewer: Viewer) -> AsyncIterator[Transaction]:
        """Open a transaction that shows what somebody may see, to read and not to write.

        Raises:
            DatabaseUnavailable: as `Database.transaction`.
        """
        async with self._database.transaction(opening(viewer)) as tx:
            yield tx

    async def seen(self, viewer: Viewer, study_instance_uids: Sequence[str]) -> set[str]:
        """Return those of some studies that are here and that somebody may see."""
        async with self.looking(viewer) as tx:
            return await visible_studies(tx, study_instance_uids)
