"""The JSON API of the browser application, under `/api`."""

from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic
from typing import Annotated, Any

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.model import StudyDetail, StudyPage, SystemStatus
from sonarium.faces.ui_api.present import listed_study, study_detail, system_status
from sonarium.faces.web_access import access, viewer_of
from sonarium.services.change_feed import ChangeFeed
from sonarium.services.studies import Listed, StudiesService
from sonarium.services.system_status import SystemStatusService

MOST_STUDIES = 200
HEARTBEAT = timedelta(seconds=15)
LONGEST_WATCH = timedelta(minutes=5)
"""Then the browser asks anew, and who is signed in no longer hears nothing more."""

SearchText = Annotated[
    str,
    QueryParameter(description="Words of name, patient ID, accession, description or a date."),
]
WhichStudies = Annotated[
    Listed, QueryParameter(description="All, or those that nobody has read as they are now.")
]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_STUDIES)]
Offset = Annotated[int, QueryParameter(ge=0, le=100_000)]


@get("/studies", summary="Search studies")
async def find_studies(
    request: Request[Any, Any, State],
    studies: NamedDependency[StudiesService],
    q: SearchText = "",
    limit: Limit = 60,
    offset: Offset = 0,
    listed: WhichStudies = Listed.ALL,
) -> StudyPage:
    """Find studies whose text holds every word of `q`, most recent first."""
    found = await studies.search(
        viewer_of(request), q[:200], limit=limit + 1, offset=offset, listed=listed
    )
    return StudyPage(
        studies=[listed_study(line) for line in found[:limit]], has_more=len(found) > limit
    )


@get("/studies/{study_instance_uid:str}", summary="Open a study", raises=[NotFoundException])
async def open_study(
    request: Request[Any, Any, State],
    studies: NamedDependency[StudiesService],
    study_instance_uid: FromPath[str],
) -> StudyDetail:
    """Describe a study's series and instances, with what a player needs."""
    opened = await studies.open(viewer_of(request), study_instance_uid)
    if opened is None:
        raise NotFoundException(detail="This archive does not hold that study.")
    return study_detail(opened)


@get("/changes", summary="Watch for changes", include_in_schema=False)
async def watch_changes(
    request: Request[Any, Any, State], feed: NamedDependency[ChangeFeed]
) -> ServerSentEvent:
    """Stream an event `study` whenever a study came, grew or went; empty: any may have."""

    async def events() -> AsyncIterator[ServerSentEventMessage]:
        yield ServerSentEventMessage(comment="open", retry=2000)
        end = monotonic() + LONGEST_WATCH.total_seconds()
        async for changed in feed.watch(viewer_of(request), HEARTBEAT):
            if changed is None:
                yield ServerSentEventMessage(comment="still here")
            else:
                yield ServerSentEventMessage(event="study", data=changed)
            if monotonic() > end:
                return

    return ServerSentEvent(events())


@get("/status", summary="What this archive is", opt=access(Permission.SEE_SYSTEM))
async def show_status(system: NamedDependency[SystemStatusService]) -> SystemStatus:
    """Name the version, how a scanner reaches it, and how much it holds."""
    return system_status(await system.counts(), system.reachability)


def ui_routes() -> Router:
    """Return every route of the JSON API."""
    return Router(
        "/api",
        route_handlers=[find_studies, open_study, watch_changes, show_status],
        tags=["browser"],
        opt=access(Permission.OPEN_STUDIES),
    )
