"""Who sees what in the JSON API: grants, emergencies, confidentiality, links."""

from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic
from typing import Any

from litestar import Request, Response, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, JSONBody
from litestar.response import ServerSentEvent, ServerSentEventMessage

from sonarium.base.errors import RequestError
from sonarium.domain.access import Reason
from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.access_model import (
    BrokenGlass,
    CareTeamMember,
    ColleagueDetail,
    ColleagueList,
    ConfidentialPatientDetail,
    ConfidentialPatientList,
    GrantDetail,
    GrantList,
    GrantRefs,
    NewGrant,
    OnlookerDetail,
    OnlookerList,
    PatientConfidentiality,
    PersonReasons,
    ProgramDepartments,
    Review,
    Teaching,
)
from sonarium.faces.ui_api.link_routes import LINK_ROUTES
from sonarium.faces.ui_api.model import Problem
from sonarium.faces.ui_api.problem import MEDIA_TYPE
from sonarium.faces.ui_api.routes import HEARTBEAT, LONGEST_WATCH
from sonarium.faces.web_access import access, principal_of, viewer_of
from sonarium.services.change_feed import ChangeFeed
from sonarium.services.grants import GrantService, NotAllowed, NothingThere
from sonarium.services.onlookers import NoSuchStudy, OnlookerService
from sonarium.services.study_links import LinkRefused, NoSuchLink


@post(
    "/grants",
    summary="Let somebody see a study or patient",
    raises=[NotFoundException],
    opt=access(Permission.MANAGE_PEOPLE, step_up=True),
)
async def add_grant(
    request: Request[Any, Any, State],
    grants: NamedDependency[GrantService],
    data: JSONBody[NewGrant],
) -> GrantRefs:
    """Write down for whom, why and how long; nobody does so for themselves."""
    refs = await grants.add(
        viewer_of(request),
        data.user_name,
        data.target.target(),
        Reason(data.reason),
        why=data.why,
        lifetime=timedelta(days=data.days),
    )
    return GrantRefs(grant_refs=list(refs))


@get("/grants", summary="List what was granted")
async def list_grants(grants: NamedDependency[GrantService]) -> GrantList:
    """List every grant, emergency and care team that holds, newest first."""
    return GrantList(grants=[GrantDetail.of(one) for one in await grants.all()])


@delete(
    "/grants/{grant_ref:int}",
    summary="Take back a grant",
    status_code=204,
    raises=[NotFoundException],
)
async def revoke_grant(
    request: Request[Any, Any, State],
    grants: NamedDependency[GrantService],
    grant_ref: FromPath[int],
) -> None:
    """End it at once; what it was stays written."""
    await grants.revoke(grant_ref, principal_of(request).name)


@post(
    "/studies/{study_instance_uid:str}/care-team",
    summary="Let somebody else look after a study's patient",
    raises=[NotFoundException],
    opt=access(Permission.WRITE_STUDIES),
)
async def add_to_care_team(
    request: Request[Any, Any, State],
    grants: NamedDependency[GrantService],
    study_instance_uid: FromPath[str],
    data: JSONBody[CareTeamMember],
) -> GrantRefs:
    """Let a colleague see a study that one sees oneself."""
    refs = await grants.add_to_care_team(
        viewer_of(request),
        data.user_name,
        study_instance_uid,
        lifetime=timedelta(days=data.days),
    )
    return GrantRefs(grant_refs=list(refs))


@delete(
    "/care-team/{grant_ref:int}",
    summary="Take somebody out of a care team again",
    status_code=204,
    raises=[NotFoundException],
    opt=access(Permission.WRITE_STUDIES),
)
async def take_from_care_team(
    request: Request[Any, Any, State],
    grants: NamedDependency[GrantService],
    grant_ref: FromPath[int],
) -> None:
    """Take back what one gave oneself."""
    await grants.take_from_care_team(grant_ref, principal_of(request).name)


@get("/colleagues", summary="Who can join a care team", opt=access(Permission.WRITE_STUDIES))
async def list_colleagues(onlookers: NamedDependency[OnlookerService]) -> ColleagueList:
    """List by name who can be let into a care team."""
    return ColleagueList(
        people=[
            ColleagueDetail(
                user_name=one.user_name, display_name=one.display_name, roles=list(one.roles)
            )
            for one in await onlookers.colleagues()
        ]
    )


@get(
    "/studies/{study_instance_uid:str}/access",
    summary="Who may see a study, and why",
    raises=[NotFoundException],
    opt=access(Permission.OPEN_STUDIES),
)
async def list_onlookers(
    request: Request[Any, Any, State],
    onlookers: NamedDependency[OnlookerService],
    study_instance_uid: FromPath[str],
) -> OnlookerList:
    """List everybody for those who care for the patient; others find their own reasons."""
    found = await onlookers.of_study(viewer_of(request), study_instance_uid)
    return OnlookerList(people=[OnlookerDetail.of(one) for one in found])


@post(
    "/break-glass",
    summary="Open a patient or study in an emergency",
    raises=[NotFoundException, PermissionDeniedException],
    opt=access(Permission.OPEN_STUDIES, step_up=True),
)
async def break_glass(
    request: Request[Any, Any, State],
    grants: NamedDependency[GrantService],
    data: JSONBody[BrokenGlass],
) -> GrantRefs:
    """Open what has exactly this number, for four hours; auditors hear of it at once."""
    refs = await grants.break_glass(viewer_of(request), data.target.target(), data.why)
    return GrantRefs(grant_refs=list(refs))


@get(
    "/break-glass/mine",
    summary="What I have open in an emergency",
    opt=access(Permission.OPEN_STUDIES),
)
async def list_my_emergencies(
    request: Request[Any, Any, State], grants: NamedDependency[GrantService]
) -> GrantList:
    """List one's own emergencies that still hold, for the banner."""
    mine = await grants.all(user_name=principal_of(request).name, reason=Reason.BREAK_GLASS)
    return GrantList(grants=[GrantDetail.of(one) for one in mine])


@delete(
    "/break-glass/{grant_ref:int}",
    summary="End my emergency",
    status_code=204,
    raises=[NotFoundException],
    opt=access(Permission.OPEN_STUDIES),
)
async def end_my_emergency(
    request: Request[Any, Any, State],
    grants: NamedDependency[GrantService],
    grant_ref: FromPath[int],
) -> None:
    """End it before its four hours; it is reviewed all the same."""
    await grants.end_emergency(grant_ref, principal_of(request).name)


@get(
    "/break-glass/judged",
    summary="Emergencies that were reviewed",
    opt=access(Permission.READ_AUDIT),
)
async def list_judged(grants: NamedDependency[GrantService]) -> GrantList:
    """List emergencies with their verdicts, latest verdict first."""
    return GrantList(grants=[GrantDetail.of(one) for one in await grants.judged()])


@get(
    "/break-glass",
    summary="Emergencies that wait for a review",
    opt=access(Permission.READ_AUDIT),
)
async def list_unreviewed(grants: NamedDependency[GrantService]) -> GrantList:
    """List emergencies that nobody has judged, oldest first."""
    return GrantList(grants=[GrantDetail.of(one) for one in await grants.unreviewed()])


@get(
    "/break-glass/watch",
    summary="Hear of emergencies",
    include_in_schema=False,
    opt=access(Permission.READ_AUDIT),
)
async def watch_emergencies(feed: NamedDependency[ChangeFeed]) -> ServerSentEvent:
    """Stream an event `break-glass` whenever somebody broke the glass, or may have."""

    async def events() -> AsyncIterator[ServerSentEventMessage]:
        yield ServerSentEventMessage(comment="open", retry=2000)
        end = monotonic() + LONGEST_WATCH.total_seconds()
        async for is_emergency in feed.watch_emergencies(HEARTBEAT):
            if is_emergency:
                yield ServerSentEventMessage(event="break-glass", data="look")
            else:
                yield ServerSentEventMessage(comment="still here")
            if monotonic() > end:
                return

    return ServerSentEvent(events())


@post(
    "/break-glass/{grant_ref:int}/review",
    summary="Judge an emergency",
    status_code=204,
    raises=[NotFoundException],
    opt=access(Permission.READ_AUDIT),
)
async def review_break_glass(
    request: Request[Any, Any, State],
    grants: NamedDependency[GrantService],
    grant_ref: FromPath[int],
    data: JSONBody[Review],
) -> None:
    """Say whether it was justified; nobody judges their own."""
    await grants.review(grant_ref, data.verdict, data.remark, principal_of(request).name)


@get("/patient-confidentiality", summary="Who is VIP or confidential")
async def list_confidential(grants: NamedDependency[GrantService]) -> ConfidentialPatientList:
    """List them by number and alias; no name is told."""
    found = await grants.confidential()
    return ConfidentialPatientList(patients=[ConfidentialPatientDetail.of(one) for one in found])


@put(
    "/patient-confidentiality",
    summary="Say how confidential a patient is",
    status_code=204,
    raises=[NotFoundException],
    opt=access(Permission.MANAGE_PEOPLE, step_up=True),
)
async def set_confidentiality(
    grants: NamedDependency[GrantService], data: JSONBody[PatientConfidentiality]
) -> None:
    """Set it and the alias that lists show."""
    await grants.set_confidentiality(data.target(), data.confidentiality, data.alias)


@put(
    "/studies/{study_instance_uid:str}/teaching",
    summary="Make a study a teaching case",
    status_code=204,
    raises=[NotFoundException],
    opt=access(Permission.MANAGE_PEOPLE, step_up=True),
)
async def set_teaching(
    grants: NamedDependency[GrantService],
    study_instance_uid: FromPath[str],
    data: JSONBody[Teaching],
) -> None:
    """Only a study that tells nobody whose it is can be one."""
    await grants.put_teaching(study_instance_uid, is_teaching=data.is_teaching)


@put(
    "/people/{user_name:str}/reasons",
    summary="Set departments and codes of a person",
    status_code=204,
    raises=[NotFoundException],
    opt=access(Permission.MANAGE_PEOPLE, step_up=True),
)
async def set_reasons_of_person(
    request: Request[Any, Any, State],
    grants: NamedDependency[GrantService],
    user_name: FromPath[str],
    data: JSONBody[PersonReasons],
) -> None:
    """Set in which departments somebody works, and by which codes studies name them."""
    by = principal_of(request).name
    await grants.set_reasons_of_person(user_name, data.departments, data.physician_ids, by)


@put(
    "/clients/{client_id:str}/departments",
    summary="Set whose studies a program sees, and for whom it stores",
    status_code=204,
    raises=[NotFoundException],
    opt=access(Permission.MANAGE_DEVICES, step_up=True),
)
async def set_departments_of_client(
    grants: NamedDependency[GrantService],
    client_id: FromPath[str],
    data: JSONBody[ProgramDepartments],
) -> None:
    """Set the departments that it sees, `*` being every one, and the one that it stores for."""
    own = None if data.department is None else data.department.strip()
    await grants.set_departments_of_client(client_id, data.departments, own)


def access_routes() -> Router:
    """Return every route about who sees what."""
    return Router(
        "/api",
        route_handlers=[
            add_grant,
            list_grants,
            revoke_grant,
            add_to_care_team,
            take_from_care_team,
            list_colleagues,
            list_onlookers,
            break_glass,
            end_my_emergency,
            list_judged,
            list_my_emergencies,
            list_unreviewed,
            watch_emergencies,
            review_break_glass,
            list_confidential,
            set_confidentiality,
            set_teaching,
            set_reasons_of_person,
            set_departments_of_client,
            *LINK_ROUTES,
        ],
        opt=access(Permission.MANAGE_PEOPLE),
        exception_handlers={
            NothingThere: _not_found,
            NoSuchLink: _not_found,
            NoSuchStudy: _not_found,
            NotAllowed: _forbidden,
            LinkRefused: _forbidden,
        },
        tags=["access"],
        request_max_body_size=64 * 1024,
    )


def _not_found(_request: Request[Any, Any, State], error: RequestError) -> Response[Problem]:
    return _problem(404, "Not found", str(error))


def _forbidden(_request: Request[Any, Any, State], error: RequestError) -> Response[Problem]:
    return _problem(403, "Permission denied", str(error))


def _problem(status: int, title: str, detail: str) -> Response[Problem]:
    return Response(
        Problem(status=status, title=title, detail=detail),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store"},
    )
