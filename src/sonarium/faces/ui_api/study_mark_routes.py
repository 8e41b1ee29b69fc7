"""Marks of studies in the JSON API: urgent, read, for one or for many at once."""

from typing import Annotated, Any

from litestar import Request, Router, get, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, field

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.model import StudyPage, UIModel
from sonarium.faces.ui_api.present import listed_study
from sonarium.faces.web_access import access, principal_of, viewer_of
from sonarium.services.study_marks import StudyMark, StudyMarkService

MOST_MARKED = 200
MOST_URGENT = 50
_LONGEST_UID = 64

StudyUID = Annotated[str, Meta(max_length=_LONGEST_UID)]
Studies = Annotated[
    list[str],
    QueryParameter(name="study", max_items=MOST_MARKED, description="Study Instance UIDs."),
]


class StudyMarkDetail(UIModel, frozen=True):
    """What people say of a study; moments are in UTC.

    `has_grown`: more came since it was read, so that it is not read as it is now.
    """

    study_instance_uid: str = field(name="studyInstanceUID")
    urgent_at: str | None
    urgent_by: str
    read_at: str | None
    read_by: str
    has_grown: bool


class StudyMarks(UIModel, frozen=True):
    """The marks of studies; those without any are left out."""

    marks: list[StudyMarkDetail]


class MarksToSet(UIModel, frozen=True):
    """Marks to set (true) or take back (false); what is absent stays."""

    study_instance_uids: Annotated[list[StudyUID], Meta(max_length=MOST_MARKED)] = field(
        name="studyInstanceUIDs"
    )
    is_read: bool | None = None
    is_urgent: bool | None = None


@get("/study-marks", summary="Marks of studies")
async def show_marks(
    request: Request[Any, Any, State],
    study_marks: NamedDependency[StudyMarkService],
    named: Studies,
) -> StudyMarks:
    """List what people say of some studies."""
    return _presented(await study_marks.of(viewer_of(request), named))


@put("/study-marks", summary="Mark studies", opt=access(Permission.WRITE_STUDIES))
async def set_marks(
    request: Request[Any, Any, State],
    study_marks: NamedDependency[StudyMarkService],
    data: JSONBody[MarksToSet],
) -> StudyMarks:
    """Set or take back marks; studies that are not here for the caller are passed over."""
    marks = await study_marks.change(
        viewer_of(request),
        data.study_instance_uids,
        principal_of(request).display_name,
        is_read=data.is_read,
        is_urgent=data.is_urgent,
    )
    return _presented(marks)


@get("/urgent-studies", summary="Urgent studies that nobody has read")
async def list_urgent(
    request: Request[Any, Any, State], study_marks: NamedDependency[StudyMarkService]
) -> StudyPage:
    """List them, the longest waiting first."""
    found = await study_marks.urgent(viewer_of(request), MOST_URGENT + 1)
    return StudyPage(
        studies=[listed_study(line) for line in found[:MOST_URGENT]],
        has_more=len(found) > MOST_URGENT,
    )


def study_mark(mark: StudyMark) -> StudyMarkDetail:
    """Present the marks of one study."""
    return StudyMarkDetail(
        study_instance_uid=mark.study_instance_uid,
        urgent_at=None if mark.urgent_at is None else mark.urgent_at.isoformat(),
        urgent_by=mark.urgent_by,
        read_at=None if mark.read_at is None else mark.read_at.isoformat(),
        read_by=mark.read_by,
        has_grown=mark.has_grown,
    )


def study_mark_routes() -> Router:
    """Return the routes of marks."""
    return Router(
        "/api",
        route_handlers=[show_marks, set_marks, list_urgent],
        tags=["browser"],
        opt=access(Permission.OPEN_STUDIES),
    )


def _presented(marks: list[StudyMark]) -> StudyMarks:
    return StudyMarks(marks=[study_mark(mark) for mark in marks])
