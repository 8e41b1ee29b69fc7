"""Links by which somebody outside looks at one study, in the JSON API."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, JSONBody

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.access_model import (
    LinkVisit,
    NewStudyLink,
    StudyLinkDetail,
    StudyLinkList,
    StudyLinkSecret,
    VisitedStudy,
)
from sonarium.faces.web_access import ANYONE, VISIT_COOKIE, access, principal_of, viewer_of
from sonarium.services.study_links import StudyLinkService

SHARED_PATH = "/shared#"
"""The secret follows as the fragment, which browsers send to nobody."""


@post(
    "/studies/{study_instance_uid:str}/links",
    summary="Make a link to a study",
    raises=[NotFoundException],
    opt=access(Permission.OPEN_STUDIES, step_up=True),
)
async def make_link(
    request: Request[Any, Any, State],
    study_links: NamedDependency[StudyLinkService],
    study_instance_uid: FromPath[str],
    data: JSONBody[NewStudyLink],
) -> Response[StudyLinkSecret]:
    """Return a path to send, and a code to tell the recipient by another way."""
    made = await study_links.make(
        viewer_of(request), study_instance_uid, data.recipient, timedelta(days=data.days)
    )
    shown = StudyLinkSecret(link_ref=made.link_ref, path=SHARED_PATH + made.secret, code=made.code)
    return Response(shown, headers={"Cache-Control": "no-store"})


@get(
    "/studies/{study_instance_uid:str}/links",
    summary="List the links to a study",
    raises=[NotFoundException],
    opt=access(Permission.OPEN_STUDIES),
)
async def list_links_of_study(
    request: Request[Any, Any, State],
    study_links: NamedDependency[StudyLinkService],
    study_instance_uid: FromPath[str],
) -> StudyLinkList:
    """List links, how often each was opened, and until when it holds."""
    links = await study_links.of_study(viewer_of(request), study_instance_uid)
    return StudyLinkList(links=[StudyLinkDetail.of(one) for one in links])


@get("/links", summary="List my links", opt=access(Permission.OPEN_STUDIES))
async def list_my_links(
    request: Request[Any, Any, State], study_links: NamedDependency[StudyLinkService]
) -> StudyLinkList:
    """List the links that one has made."""
    links = await study_links.all(principal_of(request).name)
    return StudyLinkList(links=[StudyLinkDetail.of(one) for one in links])


@get("/links/all", summary="List everybody's links")
async def list_every_link(study_links: NamedDependency[StudyLinkService]) -> StudyLinkList:
    """List the links of everybody, newest first, for whoever manages people."""
    links = await study_links.all()
    return StudyLinkList(links=[StudyLinkDetail.of(one) for one in links])


@delete(
    "/links/{link_ref:int}",
    summary="Take back a link",
    status_code=204,
    raises=[NotFoundException],
    opt=access(Permission.OPEN_STUDIES),
)
async def revoke_link(
    request: Request[Any, Any, State],
    study_links: NamedDependency[StudyLinkService],
    link_ref: FromPath[int],
) -> None:
    """End it at once; whoever manages people takes back any."""
    principal = principal_of(request)
    may_any = Permission.MANAGE_PEOPLE in principal.permissions
    await study_links.revoke(link_ref, None if may_any else principal.name)


@post(
    "/visits",
    summary="Open a link with its code",
    status_code=200,
    raises=[PermissionDeniedException],
    opt=access(ANYONE),
)
async def open_link(
    study_links: NamedDependency[StudyLinkService], data: JSONBody[LinkVisit]
) -> Response[VisitedStudy]:
    """Let the visitor look at one study from this browser, as long as the link holds."""
    visit = await study_links.open(data.secret, data.code)
    cookie = Cookie(
        key=VISIT_COOKIE,
        value=visit.secret,
        secure=True,
        httponly=True,
        samesite="strict",
        path="/",
    )
    return Response(
        VisitedStudy(study_instance_uid=visit.study_instance_uid),
        cookies=[cookie],
        headers={"Cache-Control": "no-store"},
    )


LINK_ROUTES = (
    make_link,
    list_links_of_study,
    list_my_links,
    list_every_link,
    revoke_link,
    open_link,
)
