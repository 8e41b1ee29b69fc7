"""Rendered frames and films for people (WADO-RS and WADO-URI rendered resources, PS3.18 8.7.4)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Final

from pydantic import BaseModel, Field

from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.pixels.errors import NotDisplayable, UnsupportedPixels, VideoUnavailable
from sonarium.dicom.pixels.film import FilmFrame, make_film
from sonarium.dicom.pixels.format import PixelFormat, lut_holes, pixel_format
from sonarium.dicom.pixels.geometry import place
from sonarium.dicom.pixels.render import render_frame, stored_picture
from sonarium.dicom.pixels.rendering import (
    AS_STORED,
    MovingMediaType,
    Rendering,
    StillMediaType,
    Viewport,
)
from sonarium.dicom.pixels.video_library import video_is_installed
from sonarium.services.decoding import DecodingPool
from sonarium.services.retrieve import NotHere, OpenedInstance, RetrieveService
from sonarium.ultrasound.cine_timing import (
    TIMING_TAGS,
    frame_durations_ms,
    frame_timing,
    playback_order,
)

__all__ = [
    "AS_STORED",
    "MovingMediaType",
    "NotDisplayable",
    "RenderService",
    "RenderSettings",
    "Rendering",
    "StillMediaType",
    "VideoUnavailable",
    "Viewport",
]

_GIF_VIEWPORT: Final = Viewport(512, 512)


class RenderSettings(BaseModel, frozen=True, extra="forbid"):
    """Pictures and films made on request."""

    gif_frames: int = Field(default=300, ge=1)
    """The most frames of an animated GIF; of a longer clip every second or third is taken."""
    film_frames: int = Field(default=20_000, ge=1)
    """The most frames of a video; a longer clip is cut there."""


class RenderService:
    """Shows stored objects."""

    def __init__(
        self,
        retrieve: RetrieveService,
        pool: DecodingPool,
        settings: RenderSettings = RenderSettings(),  # noqa: B008 - frozen
    ) -> None:
        self._retrieve = retrieve
        self._pool = pool
        self._settings = settings

    async def picture(
        self,
        opened: OpenedInstance,
        frame: int,
        media_type: StillMediaType = StillMediaType.JPEG,
        rendering: Rendering = AS_STORED,
    ) -> bytes:
        """Return one frame (the first is 0) as a picture.

        Raises:
            NotHere: the object has no such frame.
            NotDisplayable: it is a report, a document, a waveform.
            PixelError: the frame is damaged, too large, or of a kind that we cannot read.
        """
        layout = await self.layout(opened, frame)
        place(layout.rows, layout.columns, layout.pixel_aspect_ratio, rendering.viewport)
        stored, bit_offset = await self._retrieve.frame(opened, frame)
        picture = stored_picture(stored, layout, media_type, rendering)
        if picture is not None:
            return picture
        return await self._pool.run(render_frame, stored, layout, media_type, rendering, bit_offset)

    async def film(
        self,
        opened: OpenedInstance,
        media_type: MovingMediaType,
        rendering: Rendering = AS_STORED,
        frames: Sequence[int] | None = None,
    ) -> AsyncIterator[bytes]:
        """Return frames as a moving picture, as a stream that begins while the rest is made.

        Args:
            opened: the object.
            media_type: of the film.
            rendering: of every frame.
            frames: what to show (the first is 0); None: one pass as the object wants it.

        Raises:
            NotHere: the object has no such frames.
            VideoUnavailable: MP4, and the extra `video` is not installed.
            NotDisplayable, PixelError: as `picture`; for later frames with the stream.
        """
        if media_type is MovingMediaType.MP4 and not video_is_installed():
            raise VideoUnavailable("films need the optional extra 'video', which is not installed")
        if opened.frames is None:
            raise _shows_nothing(opened)
        timing = frame_timing(header_to_json(opened.header, None, TIMING_TAGS), opened.frames.count)
        shown = list(playback_order(timing) if frames is None else frames)
        if not shown or any(not 0 <= frame < opened.frames.count for frame in shown):
            raise NotHere("the object has not all of these frames")
        durations = frame_durations_ms(timing, shown)
        if media_type is MovingMediaType.GIF:
            shots = _thinned(shown, durations, self._settings.gif_frames)
            rendering = replace(rendering, viewport=rendering.viewport or _GIF_VIEWPORT)
        else:
            shots = list(zip(shown, durations, strict=True))[: self._settings.film_frames]
        layout = await self.layout(opened, shown[0])
        place(layout.rows, layout.columns, layout.pixel_aspect_ratio, rendering.viewport)
        pieces = self._pieces(opened, layout, media_type, rendering, shots)
        return _begun(await anext(pieces), pieces)

    async def layout(self, opened: OpenedInstance, frame: int) -> PixelFormat:
        """Return what the object's header says about a frame.

        Raises:
            NotDisplayable, UnsupportedPixels: see `pixel_format`.
        """
        if opened.frames is None:
            raise _shows_nothing(opened)
        bulk = {
            hole: await self._retrieve.value(opened.row, hole) for hole in lut_holes(opened.header)
        }
        return pixel_format(opened.header, bulk, frame=frame)

    async def _pieces(
        self,
        opened: OpenedInstance,
        layout: PixelFormat,
        media_type: MovingMediaType,
        rendering: Rendering,
        shots: Sequence[tuple[int, float]],
    ) -> AsyncIterator[bytes]:
        async with self._pool.converse(make_film, layout, media_type, rendering) as film:
            for frame, duration_ms in shots:
                stored, bit_offset = await self._retrieve.frame(opened, frame)
                piece = await film.send(FilmFrame(stored, duration_ms, bit_offset))
                if piece:
                    yield piece
            yield await film.send(None)


def _shows_nothing(opened: OpenedInstance) -> NotDisplayable | UnsupportedPixels:
    """Say why an object without a frame index cannot be shown."""
    try:
        pixel_format(opened.header)
    except (NotDisplayable, UnsupportedPixels) as error:
        return error
    return UnsupportedPixels("the frames of the object cannot be told apart")


def _thinned(
    frames: Sequence[int], durations_ms: Sequence[float], most: int
) -> list[tuple[int, float]]:
    """Leave frames out evenly, each frame lasting as long as those it stands for."""
    step = -(-len(frames) // most)
    return [(frames[at], sum(durations_ms[at : at + step])) for at in range(0, len(frames), step)]


async def _begun(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
