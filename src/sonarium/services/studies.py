"""The study list and an opened study, as the browser application needs them."""

from dataclasses import dataclass

from sonarium.dicom.header import Header, unpack_header
from sonarium.domain.access import Viewer
from sonarium.domain.selection import Selection
from sonarium.index.instances import headers_of
from sonarium.index.study_list import (
    Listed,
    StudyLine,
    TimelineLine,
    find_study_line,
    patient_timeline,
    studies_with_words,
)
from sonarium.services.access import AccessService
from sonarium.ultrasound.measuring.report_document import marks_series_uid, measurement_series_uid

__all__ = [
    "Listed",
    "OpenedInstance",
    "OpenedSeries",
    "OpenedStudy",
    "StudiesService",
    "StudyLine",
    "TimelineLine",
]


@dataclass(frozen=True, slots=True)
class OpenedInstance:
    """One object of an opened study."""

    sop_instance_uid: str
    header: Header


@dataclass(frozen=True, slots=True)
class OpenedSeries:
    """One series, its objects in reading order."""

    series_instance_uid: str
    instances: tuple[OpenedInstance, ...]


@dataclass(frozen=True, slots=True)
class OpenedStudy:
    """A study with everything in it."""

    line: StudyLine
    series: tuple[OpenedSeries, ...]


class StudiesService:
    """Finds and opens studies for people."""

    def __init__(self, access: AccessService) -> None:
        self._access = access

    async def search(
        self,
        viewer: Viewer,
        text: str,
        *,
        limit: int,
        offset: int,
        listed: Listed = Listed.ALL,
    ) -> list[StudyLine]:
        """List studies that hold every word of `text`, most recent first."""
        said = text if listed is Listed.ALL else f"{text} ({listed})".strip()
        async with self._access.looking(viewer, searches=said) as tx:
            return await studies_with_words(
                tx, viewer, text, limit=limit, offset=offset, listed=listed
            )

    async def timeline(
        self, viewer: Viewer, study_instance_uid: str, *, limit: int
    ) -> list[TimelineLine]:
        """List all studies in sight of a study's patient, newest first; none where it is not."""
        async with self._access.looking(viewer, opens=[study_instance_uid]) as tx:
            return await patient_timeline(tx, study_instance_uid, limit=limit)

    async def open(self, viewer: Viewer, study_instance_uid: str) -> OpenedStudy | None:
        """Return a study with the headers of all its instances; None when it is not here."""
        async with self._access.looking(viewer, opens=[study_instance_uid]) as tx:
            line = await find_study_line(tx, study_instance_uid)
            if line is None:
                return None
            rows = await headers_of(tx, Selection(study_instance_uid))
        series: dict[str, list[OpenedInstance]] = {}
        for row in rows:
            opened = OpenedInstance(row.sop_instance_uid, unpack_header(row.packed_header))
            series.setdefault(row.series_instance_uid, []).append(opened)
        # Of our measurements the newest document supersedes those before it.
        measured = measurement_series_uid(study_instance_uid)
        if measured in series:
            series[measured] = series[measured][-1:]
        # They are drawn from that document; as marks they are for other viewers.
        series.pop(marks_series_uid(study_instance_uid), None)
        return OpenedStudy(
            line, tuple(OpenedSeries(uid, tuple(shots)) for uid, shots in series.items())
        )
