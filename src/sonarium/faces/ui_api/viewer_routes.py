"""With which viewers of others a study can be opened, and how."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from sonarium.base.identifiers import is_usable_uid
from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.ohif import OHIFShelf
from sonarium.faces.ui_api.viewer_model import OtherViewers, WeasisLink
from sonarium.faces.web_access import access, principal_of
from sonarium.services.other_viewers import NoSuchStudy, StudyTokenService


@get("/viewers", summary="List the viewers of others", sync_to_thread=False)
def list_viewers(
    ohif: NamedDependency[OHIFShelf], study_tokens: NamedDependency[StudyTokenService]
) -> OtherViewers:
    """Tell which viewers of others are offered here."""
    return OtherViewers(ohif=ohif.is_installed, weasis=study_tokens.offers_weasis)


@post(
    "/studies/{study_instance_uid:str}/weasis",
    summary="Open a study in Weasis",
    status_code=200,
    raises=[NotFoundException],
)
async def open_in_weasis(
    request: Request[Any, Any, State],
    study_tokens: NamedDependency[StudyTokenService],
    study_instance_uid: FromPath[str],
) -> Response[WeasisLink]:
    """Make a link that opens one study in Weasis; it holds for some minutes."""
    if not is_usable_uid(study_instance_uid):
        raise NotFoundException(detail="That is not the UID of a study.")
    dicomweb = f"{request.url.scheme}://{request.headers['host']}/dicom-web"
    principal = principal_of(request)
    try:
        link = await study_tokens.weasis_link(principal, study_instance_uid, dicomweb)
    except NoSuchStudy as error:
        raise NotFoundException(detail=str(error)) from error
    return Response(WeasisLink(address=link), headers={"Cache-Control": "no-store"})


def viewer_routes() -> Router:
    """Return the routes about viewers of others."""
    return Router(
        "/api",
        route_handlers=[list_viewers, open_in_weasis],
        tags=["browser"],
        opt=access(Permission.OPEN_STUDIES),
    )
