"""Sharing in the JSON API: a preview of what would leave, and the file.

Everything is asked for in bodies: no picture of anybody is named in a query string.
"""

from typing import Any

from litestar import Request, Response, Router, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.sharing_model import (
    FileToShare,
    FrameToPreview,
    PictureToShare,
    SharePreview,
)
from sonarium.faces.ui_api.sharing_present import share_preview, share_request
from sonarium.faces.web_access import access, viewer_of
from sonarium.services.retrieve import NotHere
from sonarium.services.sharing import ShareFormat, ShareRefused, SharingService

_NOT_KEPT = {"Cache-Control": "no-store"}


@post(
    "/studies/{study_instance_uid:str}/share-previews",
    summary="What would leave of a still or loop",
    status_code=200,
    raises=[NotFoundException],
)
async def preview_share(
    request: Request[Any, Any, State],
    sharing: NamedDependency[SharingService],
    study_instance_uid: FromPath[str],
    data: JSONBody[PictureToShare],
) -> SharePreview:
    """Tell what stays visible, which attributes remain and which files can be made."""
    try:
        wanted = share_request(study_instance_uid, data)
        return share_preview(await sharing.preview(viewer_of(request), wanted))
    except NotHere as error:
        raise NotFoundException(detail=str(error)) from error


@post(
    "/studies/{study_instance_uid:str}/share-pictures",
    summary="A masked frame as it would leave",
    status_code=200,
    raises=[NotFoundException],
    media_type="image/png",
)
async def preview_frame(
    request: Request[Any, Any, State],
    sharing: NamedDependency[SharingService],
    study_instance_uid: FromPath[str],
    data: JSONBody[FrameToPreview],
) -> Response[bytes]:
    """Return one frame as PNG, black where nothing leaves."""
    try:
        picture = await sharing.picture(
            viewer_of(request), share_request(study_instance_uid, data), data.frame
        )
    except NotHere as error:
        raise NotFoundException(detail=str(error)) from error
    return Response(picture, media_type="image/png", headers=_NOT_KEPT)


@post(
    "/studies/{study_instance_uid:str}/shares",
    summary="Make a file without identity",
    opt=access(Permission.OPEN_STUDIES, step_up=True),
    status_code=200,
    raises=[NotFoundException],
)
async def share(
    request: Request[Any, Any, State],
    sharing: NamedDependency[SharingService],
    study_instance_uid: FromPath[str],
    data: JSONBody[FileToShare],
) -> Stream:
    """Stream the file; only after somebody has looked at the preview."""
    if not data.has_looked:
        raise ShareRefused("Look at the preview first: nothing leaves unseen.")
    try:
        wanted = share_request(study_instance_uid, data)
        file = await sharing.share(viewer_of(request), wanted, ShareFormat(data.format))
    except NotHere as error:
        raise NotFoundException(detail=str(error)) from error
    headers = {**_NOT_KEPT, "Content-Disposition": f'attachment; filename="{file.name}"'}
    return Stream(file.pieces, media_type=file.media_type, headers=headers)


def sharing_routes() -> Router:
    """Return every route of sharing."""
    return Router(
        "/api",
        route_handlers=[preview_share, preview_frame, share],
        tags=["sharing"],
        opt=access(Permission.OPEN_STUDIES),
    )
