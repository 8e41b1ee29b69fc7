"""The study list: one text box over everything that a person remembers of a study."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.index.folding import fold
from sonarium.index.matching import like_pattern

RECENT_STUDIES = sql_file("sonarium.index", "recent_studies")
STUDIES_WITH_WORDS = sql_file("sonarium.index", "studies_with_words")
STUDY_LINE = sql_file("sonarium.index", "study_line")
ARCHIVE_COUNTS = sql_file("sonarium.index", "archive_counts")
COMPACT_TALLY = sql_file("sonarium.index", "compact_tally")

_MOST_CANDIDATES = 5000


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One study; dates and times as DICOM writes them, empty where they are not known."""

    study_instance_uid: str
    patient_id: str
    study_date: str
    study_time: str
    birth_date: str
    sex: str
    description: str
    accession_number: str
    modalities: list[str]
    number_of_series: int
    number_of_instances: int
    received_at: datetime
    version: int
    patient_name: Any
    """The groups of the name (PS3.18 F.2.2), or None."""


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """How much the archive holds."""

    studies: int
    series: int
    instances: int
    stored_bytes: int
    """Data sets as they arrived."""
    quarantined: int
    damaged: int


async def studies_with_words(
    tx: Transaction, text: str, *, limit: int, offset: int
) -> list[StudyLine]:
    """List studies that hold every word of `text` anywhere, newest first."""
    patterns = [f"%{like_pattern(word)}%" for word in fold(text).replace("^", " ").split()]
    if not patterns:
        return await tx.all(StudyLine, RECENT_STUDIES, limit=limit, offset=offset)
    return await tx.all(
        StudyLine,
        STUDIES_WITH_WORDS,
        patterns=patterns,
        most=_MOST_CANDIDATES,
        limit=limit,
        offset=offset,
    )


async def find_study_line(tx: Transaction, study_instance_uid: str) -> StudyLine | None:
    """Return one study, if it is here."""
    return await tx.find(StudyLine, STUDY_LINE, study=study_instance_uid)


async def archive_counts(tx: Transaction) -> ArchiveCounts:
    """Count what the archive holds, as quickly in a large one as in a small one."""
    await tx.execute(COMPACT_TALLY)
    return await tx.one(ArchiveCounts, ARCHIVE_COUNTS)
