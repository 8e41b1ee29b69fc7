"""The study list: one text box over everything that a person remembers of a study."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from psycopg.sql import SQL, Literal

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.access import Viewer
from sonarium.domain.query import QueryLevel
from sonarium.index.asked import ENDLESS
from sonarium.index.finding import InOrder, Wanted, find_keys
from sonarium.index.folding import fold
from sonarium.index.matching import all_of

STUDY_LINES = sql_file("sonarium.index", "study_lines")
STUDY_LINE = sql_file("sonarium.index", "study_line")
PATIENT_TIMELINE = sql_file("sonarium.index", "patient_timeline")
ARCHIVE_COUNTS = sql_file("sonarium.index", "archive_counts")
COMPACT_TALLY = sql_file("sonarium.index", "compact_tally")

_SHORTEST_INSIDE: Final = 3
_UNREAD: Final = SQL("NOT study.is_read")
_IS_UNREAD: Final = ((SQL("study.is_read"), SQL("false")),)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_DAY: Final = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"|(?P<day2>\d\d?)\.(?P<month2>\d\d?)\.(?P<year2>\d{4})"
)


class Listed(StrEnum):
    """Every study, or those that nobody has read as they are now."""

    ALL = "all"
    UNREAD = "unread"


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
    confidentiality: str
    alias: str
    """What lists call a patient who is not to be named there."""
    patient_name: Any
    """The groups of the name (PS3.18 F.2.2), or None."""


@dataclass(frozen=True, slots=True)
class TimelineLine(StudyLine):
    """One study among all of its patient, with what a glance should tell."""

    number_of_images: int
    """Objects of series that are pictures."""
    sop_classes: list[str]
    is_teaching: bool


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
    tx: Transaction,
    viewer: Viewer,
    text: str,
    *,
    limit: int,
    offset: int,
    listed: Listed = Listed.ALL,
) -> list[StudyLine]:
    """List studies in sight that hold every word of `text`, newest first; without words, all.

    A word is found at the beginning of any word, from three characters on also inside; case
    and accents do not count. A date may be written `2024-01-31`, `31.01.2024` or `20240131`;
    a year alone means the studies of that year.
    """
    words = fold(text).replace("^", " ").split()
    years = [word for word in words if _YEAR.fullmatch(word)]
    dates = all_of(
        [
            SQL("study.study_date >= {} AND study.study_date < {}").format(
                Literal(max(years)), Literal(min(years) + ENDLESS)
            )
        ]
        if years
        else []
    )
    # An index serves a condition of its own for each word, and none for a list of words.
    patterns = sorted({_pattern(word) for word in words if word not in years}, key=len)
    holds = [SQL("study.words LIKE {}").format(Literal(it)) for it in reversed(patterns)]
    is_unread = listed is Listed.UNREAD
    wanted = Wanted(
        level=QueryLevel.STUDY,
        where=all_of([dates, *holds, *([_UNREAD] if is_unread else [])]),
        dates=dates,
        is_narrow=False,
        only_dates=not holds and not is_unread,
        is_indexed=any(len(word) >= _SHORTEST_INSIDE for word in words if word not in years),
        in_order=InOrder(_IS_UNREAD, dates) if is_unread and not holds else None,
    )
    refs = await find_keys(tx, viewer, wanted, offset, limit)
    return await tx.all(StudyLine, STUDY_LINES, refs=refs) if refs else []


def _pattern(word: str) -> str:
    day = _DAY.fullmatch(word)
    if day is not None:
        word = (
            f"{day['year']}{day['month']}{day['day']}"
            if day["year"]
            else f"{day['year2']}{day['month2']:0>2}{day['day2']:0>2}"
        )
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%" if len(word) >= _SHORTEST_INSIDE else f"% {escaped}%"


async def find_study_line(tx: Transaction, study_instance_uid: str) -> StudyLine | None:
    """Return one study, if it is here."""
    return await tx.find(StudyLine, STUDY_LINE, study=study_instance_uid)


async def patient_timeline(
    tx: Transaction, study_instance_uid: str, *, limit: int
) -> list[TimelineLine]:
    """List all studies of a study's patient, that one among them, newest first."""
    return await tx.all(TimelineLine, PATIENT_TIMELINE, study=study_instance_uid, limit=limit)


async def archive_counts(tx: Transaction) -> ArchiveCounts:
    """Count what the archive holds, as quickly in a large one as in a small one."""
    await tx.execute(COMPACT_TALLY)
    return await tx.one(ArchiveCounts, ARCHIVE_COUNTS)
