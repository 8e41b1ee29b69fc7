"""WADO-RS rendered resources and thumbnails (PS3.18 10.4.1.1.3, 10.4.1.1.5)."""

from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from math import isfinite
from typing import Final

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Stream

from sonarium.dicom.pixels.errors import VideoUnavailable
from sonarium.dicom.pixels.format import VOIFunction, Window
from sonarium.dicom.pixels.rendering import (
    MovingMediaType,
    Rendering,
    StillMediaType,
    Viewport,
)
from sonarium.dicom.scanned_data_set import Hole
from sonarium.dicom.uids import transfer_syntax
from sonarium.domain.selection import Selection
from sonarium.faces.dicomweb.answers import (
    Answer,
    Body,
    HTTPRequest,
    Part,
    at_hand,
    content,
    multipart,
    not_modified,
    single,
)
from sonarium.faces.dicomweb.errors import NotAcceptable
from sonarium.faces.dicomweb.frame_types import frame_media_type
from sonarium.faces.dicomweb.media_types import MediaRange, parse_accept
from sonarium.faces.dicomweb.retrieve import frame_numbers
from sonarium.faces.dicomweb.search import InvalidQuery
from sonarium.faces.dicomweb.urls import named_by
from sonarium.services.render import NotDisplayable, RenderService
from sonarium.services.retrieve import OpenedInstance, RetrieveService
from sonarium.services.thumbnail import ThumbnailService

STILL_TYPES: Final = (StillMediaType.JPEG, StillMediaType.PNG, StillMediaType.GIF)
MOST_RENDERED: Final = 500
"""Pictures in one answer."""

_VOI_FUNCTIONS: Final = {
    "linear": VOIFunction.LINEAR,
    "linear-exact": VOIFunction.LINEAR_EXACT,
    "sigmoid": VOIFunction.SIGMOID,
}
_INSTANCE: Final = "/studies/{study:str}/series/{series:str}/instances/{instance:str}"


@get(f"{_INSTANCE}/frames/{{frames:str}}/rendered")
async def render_frames(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    rendering: NamedDependency[RenderService],
) -> Answer:
    """Return frames by number (the first is 1) as pictures."""
    selection = named_by(request)
    wanted = frame_numbers(str(request.path_params["frames"]))
    return await _pictures(request, retrieve, rendering, [(selection, wanted)])


@get(f"{_INSTANCE}/rendered")
async def render_instance(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    rendering: NamedDependency[RenderService],
) -> Answer:
    """Return an instance as a picture or a film (PS3.18 8.7.4).

    Of several frames, `image/gif` and `video/mp4` show all; the still types show the
    representative one. The type may also be named by the parameter `accept` (8.3.3.1).
    """
    selection = named_by(request)
    named = request.query_params.get("accept") or request.headers.get("accept")
    moving = _moving_type(parse_accept(str(named or "")))
    if moving is not None:
        opened = await retrieve.open(selection)
        if (
            moving is MovingMediaType.MP4
            and transfer_syntax(opened.row.transfer_syntax_uid).is_video
        ):
            return await _stored_video(request, retrieve, opened)
        if opened.row.number_of_frames > 1:
            return await _film(request, rendering, opened, moving)
        if moving is MovingMediaType.MP4:
            raise NotAcceptable("the object has one frame, which is no video")
    return await _pictures(request, retrieve, rendering, [(selection, None)])


@get(["/studies/{study:str}/rendered", "/studies/{study:str}/series/{series:str}/rendered"])
async def render_all(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    rendering: NamedDependency[RenderService],
) -> Answer:
    """Return every picture of a series or study."""
    rows = await retrieve.instances(named_by(request))
    wanted = [
        (Selection(row.study_instance_uid, row.series_instance_uid, row.sop_instance_uid), None)
        for row in rows
        if row.packed_frames is not None
    ]
    if not wanted:
        raise NotDisplayable("nothing of it is a picture")
    return await _pictures(request, retrieve, rendering, wanted[:MOST_RENDERED])


@get(
    [
        "/studies/{study:str}/thumbnail",
        "/studies/{study:str}/series/{series:str}/thumbnail",
        f"{_INSTANCE}/thumbnail",
        f"{_INSTANCE}/frames/{{frames:str}}/thumbnail",
    ]
)
async def show_thumbnail(
    request: HTTPRequest, thumbnails: NamedDependency[ThumbnailService]
) -> Answer:
    """Return a small picture that stands for a study, series or instance."""
    picture, entity_tag = await thumbnails.of(named_by(request))
    unchanged = not_modified(request, entity_tag)
    if unchanged is not None:
        return unchanged
    return content(picture, StillMediaType.JPEG, entity_tag)


def _moving_type(accept: Sequence[MediaRange]) -> MovingMediaType | None:
    """Return the moving type that is asked for by its own name, before every other."""
    first = accept[0].media_type if accept else ""
    return MovingMediaType(first) if first in set(MovingMediaType) else None


async def _film(
    request: HTTPRequest, rendering: RenderService, opened: OpenedInstance, moving: MovingMediaType
) -> Answer:
    """Stream a film; what is wrong with its beginning is told instead of it."""
    asked = rendering_of(dict(request.query_params))
    film = rendering.film(opened, moving, asked)
    try:
        opening = [await anext(film)]
    except VideoUnavailable as error:
        raise NotAcceptable(f"{error}; available: {', '.join(STILL_TYPES)}") from error

    async def stream() -> AsyncIterator[bytes]:
        yield opening.pop()
        async for piece in film:
            if piece:
                yield piece

    return Stream(stream(), media_type=moving, headers={"Cache-Control": "no-store"})


async def _stored_video(
    request: HTTPRequest, retrieve: RetrieveService, opened: OpenedInstance
) -> Answer:
    """Return a video as it is stored, or the range of it that a player asks for.

    Raises:
        NotAcceptable: the video is of another type, or cannot be told from the object.
    """
    row = opened.row
    stored = frame_media_type(row.transfer_syntax_uid)
    if opened.frames is None or stored != MovingMediaType.MP4:
        raise NotAcceptable(f"the object is stored as {stored}, which no player takes for MP4")
    extents = opened.frames.extents(0)

    async def stream(start: int, length: int) -> AsyncIterator[bytes]:
        for offset, size in extents:
            inside = min(max(0, size - start), length)
            if inside:
                async for piece in retrieve.iter_value(row, Hole(offset + start, inside)):
                    yield piece
            start, length = max(0, start - size), length - inside

    whole = sum(size for _, size in extents)
    return await single(
        request, Body(MovingMediaType.MP4, whole, stream, f'"{row.sha256.hex()[:32]}-video"')
    )


async def _pictures(
    request: HTTPRequest,
    retrieve: RetrieveService,
    rendering: RenderService,
    wanted: Sequence[tuple[Selection, list[int] | None]],
) -> Answer:
    accept = parse_accept(request.headers.get("accept", ""))
    asked = rendering_of(dict(request.query_params))
    chosen = _still_type(accept)
    pictures: list[bytes] = []
    tag = ""
    for selection, frames in wanted:
        opened = await retrieve.open(selection)
        shown = [await rendering.representative_frame(opened)] if frames is None else frames
        pictures += [await rendering.frame(opened, frame, chosen, asked) for frame in shown]
        drawn = f"{opened.row.sha256.hex()} {chosen} {asked} {shown}"
        tag = f'"{sha256(drawn.encode()).hexdigest()[:32]}"'
    if len(pictures) == 1 and not (accept and accept[0].is_multipart):
        return content(pictures[0], chosen, tag)
    parts: list[Part] = [at_hand(picture, chosen) for picture in pictures]
    return await multipart(parts, chosen, tag)


def _still_type(accept: Sequence[MediaRange]) -> StillMediaType:
    for one in accept:
        for media_type in STILL_TYPES:
            if one.takes(media_type):
                return media_type
    raise NotAcceptable(f"available: {', '.join(STILL_TYPES)}")


def rendering_of(parameters: dict[str, str]) -> Rendering:
    """Read `quality`, `viewport` and `window` (PS3.18 8.3.5.1).

    Raises:
        InvalidQuery: one of them makes no sense.
    """
    quality = parameters.get("quality")
    if quality is not None and not (quality.isdigit() and 1 <= int(quality) <= 100):
        raise InvalidQuery("quality takes a whole number from 1 to 100")
    return Rendering(
        quality=None if quality is None else int(quality),
        viewport=_viewport(parameters.get("viewport")),
        window=_window(parameters.get("window")),
    )


def _viewport(text: str | None) -> Viewport | None:
    if text is None:
        return None
    parts = text.split(",")
    try:
        width, height = int(parts[0]), int(parts[1])
        x, y, source_width, source_height = (
            _finite(parts[at]) if at < len(parts) and parts[at] else None for at in range(2, 6)
        )
    except (ValueError, IndexError):
        raise InvalidQuery("viewport takes width,height or width,height,x,y,width,height") from None
    return Viewport(width, height, x or 0.0, y or 0.0, source_width, source_height)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("not a finite number")
    return number


def _window(text: str | None) -> Window | None:
    if text is None:
        return None
    try:
        centre, width, *shape = text.split(",")
        function = _VOI_FUNCTIONS[shape[0].lower() if shape else "linear"]
        return Window(_finite(centre), _finite(width), function)
    except (ValueError, KeyError):
        raise InvalidQuery(
            "window takes centre,width and perhaps linear, linear-exact or sigmoid"
        ) from None
