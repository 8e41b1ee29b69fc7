"""What people say of studies beside what is in them: urgent, read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

STUDY_MARKS = sql_file("sonarium.index", "study_marks")
MARK_STUDIES_READ = sql_file("sonarium.index", "mark_studies_read")
MARK_STUDIES_URGENT = sql_file("sonarium.index", "mark_studies_urgent")
URGENT_STUDIES = sql_file("sonarium.index", "urgent_studies")


@dataclass(frozen=True, slots=True)
class StudyMark:
    """The marks of one study; a moment is None where the mark is not set."""

    study_instance_uid: str
    urgent_at: datetime | None
    urgent_by: str
    read_at: datetime | None
    read_by: str
    has_grown: bool
    """More came since it was read."""


async def study_marks(tx: Transaction, studies: Sequence[str]) -> list[StudyMark]:
    """List the marks of some studies; those that nobody marked are left out."""
    return await tx.all(StudyMark, STUDY_MARKS, studies=list(studies))


async def mark_studies_read(
    tx: Transaction, studies: Sequence[str], by: str, *, is_read: bool
) -> None:
    """Set or take back that studies were read as they are now."""
    await tx.execute(MARK_STUDIES_READ, studies=list(studies), by=by, is_read=is_read)


async def mark_studies_urgent(
    tx: Transaction, studies: Sequence[str], by: str, *, is_urgent: bool
) -> None:
    """Set or take back that studies are urgent."""
    await tx.execute(MARK_STUDIES_URGENT, studies=list(studies), by=by, is_urgent=is_urgent)


async def urgent_studies(tx: Transaction, limit: int) -> list[str]:
    """List urgent studies that nobody has read, the longest waiting first."""
    return [uid for (uid,) in await tx.values(URGENT_STUDIES, limit=limit)]
