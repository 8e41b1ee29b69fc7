"""WADO-URI (PS3.18 9): one object named by the query part of an address."""

from typing import Final

from litestar import get
from litestar.di import NamedDependency

from sonarium.base.identifiers import is_usable_uid
from sonarium.domain.selection import Selection
from sonarium.faces.dicomweb.answers import Answer, Body, HTTPRequest, content, single
from sonarium.faces.dicomweb.errors import NotAcceptable
from sonarium.faces.dicomweb.media_types import DICOM, parse_accept
from sonarium.faces.dicomweb.render import STILL_TYPES, rendering_of
from sonarium.faces.dicomweb.retrieve import transcoded
from sonarium.faces.dicomweb.search import InvalidQuery
from sonarium.faces.web_access import viewer_of
from sonarium.services.render import RenderService, StillMediaType
from sonarium.services.retrieve import NotHere, OpenedInstance, RetrieveService
from sonarium.services.transcoding import Transcoder

_NAMES: Final = ("studyUID", "seriesUID", "objectUID")


@get("/wado")
async def retrieve_by_uri(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    rendering: NamedDependency[RenderService],
    transcoder: NamedDependency[Transcoder],
) -> Answer:
    """Return an object as a file, or a frame of it as a picture."""
    asked = {name: str(value) for name, value in request.query_params.items()}
    if asked.get("requestType") != "WADO":
        raise InvalidQuery("requestType must be WADO")
    missing = [name for name in _NAMES if not is_usable_uid(asked.get(name, ""))]
    if missing:
        raise InvalidQuery(f"{', '.join(missing)} must be a UID")
    opened = await retrieve.open(viewer_of(request), Selection(*(asked[name] for name in _NAMES)))
    wanted = parse_accept(asked.get("contentType", ""))
    is_picture = opened.row.packed_frames is not None
    for one in wanted:
        if one.media_type == DICOM or (one.takes(DICOM) and not is_picture):
            return await _file(request, retrieve, transcoder, opened, asked)
        for media_type in STILL_TYPES:
            if one.takes(media_type) and is_picture:
                return await _picture(rendering, opened, media_type, asked)
    raise NotAcceptable(f"available: {', '.join((DICOM, *STILL_TYPES))}")


async def _file(
    request: HTTPRequest,
    retrieve: RetrieveService,
    transcoder: Transcoder,
    opened: OpenedInstance,
    asked: dict[str, str],
) -> Answer:
    row = opened.row
    syntax = asked.get("transferSyntax", row.transfer_syntax_uid)
    if syntax != row.transfer_syntax_uid:
        return content(await transcoded(transcoder, row, syntax), DICOM)
    return await single(
        request,
        Body(
            DICOM,
            retrieve.part10_length(row),
            lambda start, length: retrieve.iter_part10(row, start, length),
            f'"{row.sha256.hex()}"',
            f"{row.sop_instance_uid}.dcm",
        ),
    )


async def _picture(
    rendering: RenderService,
    opened: OpenedInstance,
    media_type: StillMediaType,
    asked: dict[str, str],
) -> Answer:
    """Return a frame; the older names of the parameters are put into the newer ones."""
    number = asked.get("frameNumber", "")
    if number and not (number.isdigit() and 0 < int(number) < 2**31):
        raise NotHere("frameNumber takes a number from 1")
    frame = int(number) - 1 if number else await rendering.representative_frame(opened)
    parameters = {}
    if "imageQuality" in asked:
        parameters["quality"] = asked["imageQuality"]
    if "windowCenter" in asked and "windowWidth" in asked:
        parameters["window"] = f"{asked['windowCenter']},{asked['windowWidth']}"
    rows, columns = asked.get("rows"), asked.get("columns")
    if rows or columns or "region" in asked:
        layout = await rendering.layout(opened, frame)
        parameters["viewport"] = f"{columns or layout.columns},{rows or layout.rows}"
        if "region" in asked:
            parameters["viewport"] += _region(asked["region"], layout.columns, layout.rows)
    picture = await rendering.frame(opened, frame, media_type, rendering_of(parameters))
    return content(picture, media_type)


def _region(text: str, columns: int, rows: int) -> str:
    """Turn fractions of the picture into pixels (PS3.18 9.1.2.2.6)."""
    try:
        left, top, right, bottom = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidQuery("region takes left,top,right,bottom from 0.0 to 1.0") from None
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise InvalidQuery("region takes left,top,right,bottom from 0.0 to 1.0")
    return f",{left * columns},{top * rows},{(right - left) * columns},{(bottom - top) * rows}"
