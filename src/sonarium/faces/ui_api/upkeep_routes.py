"""What an administrator decides about: objects set aside, failed work, damage."""

from typing import Annotated

from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.upkeep_model import (
    CheckState,
    DeadLetterDetail,
    DeadLetterList,
    QuarantinedDetail,
    QuarantinePage,
)
from sonarium.faces.web_access import Connection, access, principal_of
from sonarium.services.dead_letters import DeadLetterService, UnknownJob
from sonarium.services.quarantine import QuarantineService
from sonarium.services.scrub import ScrubService

_MOST: int = 200

Before = Annotated[int | None, QueryParameter(ge=1, le=2**62, description="The last one seen.")]
Limit = Annotated[int, QueryParameter(ge=1, le=_MOST)]


@get("/quarantine", summary="List objects set aside")
async def list_quarantined(
    quarantine: NamedDependency[QuarantineService], before: Before = None, limit: Limit = 60
) -> QuarantinePage:
    """List what was accepted and is not served, newest first, with the reason."""
    found = await quarantine.list(limit=limit + 1, before=before)
    return QuarantinePage(
        objects=[QuarantinedDetail.of(one) for one in found[:limit]], has_more=len(found) > limit
    )


@post("/quarantine/{number:int}/discard", summary="Put an object away", status_code=204)
async def discard_quarantined(
    request: Connection, quarantine: NamedDependency[QuarantineService], number: FromPath[int]
) -> None:
    """Put an object away; for thirty days it can be brought back."""
    await quarantine.discard(number, principal_of(request).name)


@post("/quarantine/{number:int}/restore", summary="Bring an object back", status_code=204)
async def restore_quarantined(
    quarantine: NamedDependency[QuarantineService], number: FromPath[int]
) -> None:
    """Bring back what was put away."""
    await quarantine.restore(number)


@post("/quarantine/{number:int}/exchange", summary="Serve an object set aside", status_code=204)
async def exchange_quarantined(
    quarantine: NamedDependency[QuarantineService], number: FromPath[int]
) -> None:
    """Serve it in the place of the one kept under its UID, which is set aside in turn."""
    await quarantine.exchange(number)


@get("/jobs/failed", summary="List work that failed for good")
async def list_failed_jobs(dead_letters: NamedDependency[DeadLetterService]) -> DeadLetterList:
    """List jobs that were tried until nobody hoped any more, the latest first."""
    return DeadLetterList(jobs=[DeadLetterDetail.of(one) for one in await dead_letters.list()])


@post(
    "/jobs/failed/{number:int}/retry",
    summary="Try failed work again",
    status_code=204,
    raises=[NotFoundException],
)
async def retry_failed_job(
    dead_letters: NamedDependency[DeadLetterService], number: FromPath[int]
) -> None:
    """Have a job tried again at once."""
    try:
        await dead_letters.retry(number)
    except UnknownJob as error:
        raise NotFoundException(detail=str(error)) from error


@delete(
    "/jobs/failed/{number:int}",
    summary="Give failed work up",
    status_code=204,
    raises=[NotFoundException],
)
async def give_up_failed_job(
    dead_letters: NamedDependency[DeadLetterService], number: FromPath[int]
) -> None:
    """Forget a job for good."""
    try:
        await dead_letters.give_up(number)
    except UnknownJob as error:
        raise NotFoundException(detail=str(error)) from error


@get("/checks", summary="How sound the stored objects are")
async def show_checks(scrubbing: NamedDependency[ScrubService]) -> CheckState:
    """Tell how far reading all stored objects again has come, and what is damaged."""
    return CheckState.of(await scrubbing.status())


def upkeep_routes() -> Router:
    """Return every route about what waits for an administrator."""
    return Router(
        "/api",
        route_handlers=[
            list_quarantined,
            discard_quarantined,
            restore_quarantined,
            exchange_quarantined,
            list_failed_jobs,
            retry_failed_job,
            give_up_failed_job,
            show_checks,
        ],
        opt=access(Permission.MANAGE_ARCHIVE),
        tags=["administration"],
        request_max_body_size=16 * 1024,
    )
