"""All studies of one patient in the JSON API, each with what a glance should tell."""

from typing import Any, Final

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.model import StudySummary, UIModel
from sonarium.faces.ui_api.present import listed_study
from sonarium.faces.ui_api.study_mark_routes import StudyMarkDetail, study_mark
from sonarium.faces.web_access import access, viewer_of
from sonarium.services.studies import StudiesService, TimelineLine
from sonarium.services.study_marks import StudyMark, StudyMarkService

MOST_STUDIES = 200

_KEY_OBJECTS: Final = frozenset({"1.2.840.10008.5.1.4.1.1.88.59"})
_MEASUREMENTS: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.88.22",  # Enhanced SR
        "1.2.840.10008.5.1.4.1.1.88.33",  # Comprehensive SR
        "1.2.840.10008.5.1.4.1.1.88.34",  # Comprehensive 3D SR
        "1.2.840.10008.5.1.4.1.1.88.72",  # Simplified Adult Echo SR
    }
)
_DOCUMENTS: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.1.88.11",  # Basic Text SR
        "1.2.840.10008.5.1.4.1.1.104.1",  # Encapsulated PDF
        "1.2.840.10008.5.1.4.1.1.104.2",  # Encapsulated CDA
    }
)
"""SOP classes (PS3.4 B.5): what is measured comes as one of the structured reports."""


class TimelineStudy(UIModel, frozen=True):
    """One study of a patient; `mark` is null where nobody marked it."""

    study: StudySummary
    number_of_images: int
    mark: StudyMarkDetail | None
    has_measurements: bool
    has_key_images: bool
    has_document: bool
    is_teaching: bool


class PatientTimeline(UIModel, frozen=True):
    """The studies of one patient that the caller may see, most recent first."""

    studies: list[TimelineStudy]
    has_more: bool


@get(
    "/studies/{study_instance_uid:str}/timeline",
    summary="List all studies of a study's patient",
    raises=[NotFoundException],
)
async def show_timeline(
    request: Request[Any, Any, State],
    studies: NamedDependency[StudiesService],
    study_marks: NamedDependency[StudyMarkService],
    study_instance_uid: FromPath[str],
) -> PatientTimeline:
    """List them, the study itself among them; those out of sight do not exist."""
    viewer = viewer_of(request)
    found = await studies.timeline(viewer, study_instance_uid, limit=MOST_STUDIES + 1)
    if not found:
        raise NotFoundException(detail="This archive does not hold that study.")
    marks = await study_marks.of(viewer, [line.study_instance_uid for line in found])
    marked = {mark.study_instance_uid: mark for mark in marks}
    return PatientTimeline(
        studies=[
            _presented(line, marked.get(line.study_instance_uid)) for line in found[:MOST_STUDIES]
        ],
        has_more=len(found) > MOST_STUDIES,
    )


def timeline_routes() -> Router:
    """Return the route of the timeline."""
    return Router(
        "/api",
        route_handlers=[show_timeline],
        tags=["browser"],
        opt=access(Permission.OPEN_STUDIES),
    )


def _presented(line: TimelineLine, mark: StudyMark | None) -> TimelineStudy:
    holds = frozenset(line.sop_classes)
    return TimelineStudy(
        study=listed_study(line),
        number_of_images=line.number_of_images,
        mark=None if mark is None else study_mark(mark),
        has_measurements=not holds.isdisjoint(_MEASUREMENTS),
        has_key_images=not holds.isdisjoint(_KEY_OBJECTS),
        has_document=not holds.isdisjoint(_DOCUMENTS),
        is_teaching=line.is_teaching,
    )
