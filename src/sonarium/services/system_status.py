"""What this archive is, how it is reached and how much it holds."""

from dataclasses import dataclass

from sonarium.db.pool import Database
from sonarium.index.study_list import ArchiveCounts, archive_counts

__all__ = ["ArchiveCounts", "Reachability", "SystemStatusService"]


@dataclass(frozen=True, slots=True)
class Reachability:
    """How a scanner reaches us."""

    ae_title: str
    dimse_port: int
    is_demo: bool


class SystemStatusService:
    """Answers what a person or a monitor asks of the archive as a whole."""

    def __init__(self, database: Database, reachability: Reachability) -> None:
        self._database = database
        self.reachability = reachability

    async def counts(self) -> ArchiveCounts:
        """Count what the archive holds."""
        async with self._database.transaction() as tx:
            return await archive_counts(tx)
