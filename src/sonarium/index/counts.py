"""How much the archive holds."""

from dataclasses import dataclass

from sonarium.db.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """Totals; `stored_bytes` counts data sets as they arrived."""

    patients: int
    studies: int
    series: int
    instances: int
    stored_bytes: int
    quarantined: int


async def archive_counts(tx: Transaction) -> ArchiveCounts:
    """Count everything, in the same short time however large the archive is."""
    raise NotImplementedError
