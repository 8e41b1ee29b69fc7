"""WADO-RS rendered resources and thumbnails (PS3.18 10.4.1.1.3, 10.4.1.1.5)."""

from collections.abc import AsyncIterator, Callable, Sequence
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
from sonarium.domain.access import Viewer
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
    weak,
)
from sonarium.faces.dicomweb.errors import NotAcceptable
from sonarium.faces.dicomweb.frame_types import frame_media_type
from sonarium.faces.dicomweb.media_types import MediaRange, parse_accept
from sonarium.faces.dicomweb.retrieve import frame_numbers
from sonarium.faces.dicomweb.search import InvalidQuery
from sonarium.faces.dicomweb.urls import named_by
from sonarium.faces.web_access import viewer_of
from sonarium.services.render import NotDisplayable, RenderService
from sonarium.services.retrieve import NotHere, OpenedInstance, RetrieveService
from sonarium.services.thumbnail import ThumbnailService

STILL_TYPES: Final = (StillMediaType.JPEG, StillMediaType.PNG, StillMediaType.GIF)
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
    representative one. What is stored as video is handed on as such.
    """
    selection = named_by(request)
    opened = await retrieve.open(viewer_of(request), selection)
    if transfer_syntax(opened.row.transfer_syntax_uid).is_video:
        return await _stored_video(request, retrieve, rendering, opened)
    if opened.row.number_of_frames == 1:
        return await _pictures(request, retrieve, rendering, [(selection, None)])
    offered: list[str] = [*STILL_TYPES, MovingMediaType.MP4]
    chosen = _choose(request, offered)
    if chosen == MovingMediaType.MP4:
        try:
            return await _film(request, rendering, opened, MovingMediaType.MP4)
        except VideoUnavailable as error:
            offered.remove(MovingMediaType.MP4)
            chosen = _choose(request, offered, because=f"{error}; ")
    if chosen == MovingMediaType.GIF and not accepted(request)[0].is_multipart:
        return await _film(request, rendering, opened, MovingMediaType.GIF)
    return await _pictures(request, retrieve, rendering, [(selection, None)])


@get(["/studies/{study:str}/rendered", "/studies/{study:str}/series/{series:str}/rendered"])
async def render_all(
    request: HTTPRequest,
    retrieve: NamedDependency[RetrieveService],
    rendering: NamedDependency[RenderService],
) -> Answer:
    """Return every picture of a series or study, each drawn when its turn comes."""
    rows = await retrieve.instances(viewer_of(request), named_by(request))
    wanted = [
        (Selection(row.study_instance_uid, row.series_instance_uid, row.sop_instance_uid), None)
        for row in rows
        if row.packed_frames is not None and not transfer_syntax(row.transfer_syntax_uid).is_video
    ]
    if not wanted:
        raise NotDisplayable("nothing of it is a picture")
    return await _pictures(request, retrieve, rendering, wanted)


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
    picture, entity_tag = await thumbnails.of(viewer_of(request), named_by(request))
    unchanged = not_modified(request, entity_tag)
    if unchanged is not None:
        return unchanged
    return content(picture, StillMediaType.JPEG, entity_tag)


def accepted(request: HTTPRequest) -> list[MediaRange]:
    """Return what the caller takes; the parameter `accept` wins over the header (8.3.3.1)."""
    named = request.query_params.get("accept") or request.headers.get("accept")
    return parse_accept(str(named or ""))


def _choose(request: HTTPRequest, offered: Sequence[str], because: str = "") -> str:
    """Return the offered type that is most wanted, in a multipart message or by itself.

    Raises:
        NotAcceptable: none is wanted.
    """
    for one in accepted(request):
        for media_type in offered:
            if one.takes(media_type):
                return media_type
    raise NotAcceptable(f"{because}available: {', '.join(offered)}")


async def _film(
    request: HTTPRequest, rendering: RenderService, opened: OpenedInstance, moving: MovingMediaType
) -> Answer:
    """Stream a film; what is wrong with its beginning is told instead of it."""
    asked = rendering_of(dict(request.query_params))
    return await _streamed(rendering.film(opened, moving, asked), moving)


async def _streamed(film: AsyncIterator[bytes], moving: MovingMediaType) -> Answer:
    opening = [await anext(film)]

    async def stream() -> AsyncIterator[bytes]:
        yield opening.pop()
        async for piece in film:
            if piece:
                yield piece

    return Stream(stream(), media_type=moving, headers={"Cache-Control": "no-store"})


async def _stored_video(
    request: HTTPRequest,
    retrieve: RetrieveService,
    rendering: RenderService,
    opened: OpenedInstance,
) -> Answer:
    """Return a video as it is stored, or the range of it that a player asks for.

    What browsers do not play (MPEG-2, HEVC, a transport stream) is converted as it is sent.

    Raises:
        NotAcceptable: the video cannot be told from the object, cannot be converted here, or is
            not what the caller takes.
    """
    row = opened.row
    _choose(request, [MovingMediaType.MP4])
    if opened.frames is None:
        raise NotAcceptable("the object holds no video")
    stored = frame_media_type(row.transfer_syntax_uid)
    if stored != MovingMediaType.MP4 or not await rendering.is_played_as_stored(opened):
        try:
            return await _streamed(rendering.video(opened), MovingMediaType.MP4)
        except VideoUnavailable as error:
            raise NotAcceptable(f"the object is stored as {stored}, and {error}") from error
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
    asked = rendering_of(dict(request.query_params))
    chosen = StillMediaType(_choose(request, STILL_TYPES))
    opening = await retrieve.open(viewer_of(request), wanted[0][0])
    for frame in wanted[0][1] or ():
        if opening.frames is not None and frame >= opening.frames.count:
            raise NotHere(f"the object has {opening.frames.count} frames")
    drawn = f"{opening.row.sha256.hex()} {chosen} {asked} {wanted}"
    tag = f'"{sha256(drawn.encode()).hexdigest()[:32]}"'
    is_single = not accepted(request)[0].is_multipart
    tag = tag if is_single else weak(tag)
    # Of several instances the tag knows the first one's bytes alone.
    unchanged = not_modified(request, tag) if len(wanted) == 1 else None
    if unchanged is not None:
        return unchanged
    draw = [
        _drawn(
            viewer_of(request),
            retrieve,
            rendering,
            opening if one is wanted[0][0] else one,
            frame,
            chosen,
            asked,
        )
        for one, frames in wanted
        for frame in (frames if frames is not None else (None,))
    ]
    # What is wrong with the first is told instead of it; the others wait for their turn.
    first = b"".join([piece async for piece in draw[0]()])
    if len(draw) == 1 and is_single:
        return content(first, chosen, tag)
    others = [Part({"Content-Type": chosen}, None, stream) for stream in draw[1:]]
    return await multipart([at_hand(first, chosen), *others], chosen, tag)


def _drawn(
    viewer: Viewer,
    retrieve: RetrieveService,
    rendering: RenderService,
    instance: Selection | OpenedInstance,
    frame: int | None,
    chosen: StillMediaType,
    asked: Rendering,
) -> Callable[[], AsyncIterator[bytes]]:
    """Draw one frame, the representative one where none is named, when its turn comes."""

    async def stream() -> AsyncIterator[bytes]:
        opened = instance
        if not isinstance(opened, OpenedInstance):
            opened = await retrieve.open(viewer, opened)
        shown = await rendering.representative_frame(opened) if frame is None else frame
        yield await rendering.frame(opened, shown, chosen, asked)

    return stream


def rendering_of(parameters: dict[str, str]) -> Rendering:
    """Read `quality`, `viewport` and `window` (PS3.18 8.3.5.1).

    Raises:
        InvalidQuery: one of them makes no sense, or `annotation` is asked for: nothing is
            written into pictures here.
    """
    if parameters.get("annotation"):
        raise InvalidQuery("annotation is not supported: pictures come as the scanner made them")
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
        return _checked(Window(_finite(centre), _finite(width), function))
    except (ValueError, KeyError):
        raise InvalidQuery(
            "window takes centre,width and perhaps linear, linear-exact or sigmoid"
        ) from None


def _checked(window: Window) -> Window:
    """Refuse a width that shows nothing (PS3.3 C.11.2.1.2, C.11.2.1.3)."""
    if window.width < (1 if window.function is VOIFunction.LINEAR else 0) or not window.width:
        raise InvalidQuery("a window is at least 1 wide (linear), or wider than 0")
    return window
