"""Rendered pictures of stored frames: decoded in workers, or handed on where that is exact."""

from collections.abc import AsyncIterator

from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.pixels.errors import NotDisplayable
from sonarium.dicom.pixels.film import FilmFrame, make_film
from sonarium.dicom.pixels.format import PixelFormat, lut_holes, pixel_format
from sonarium.dicom.pixels.playable import PLAYED_HEAD_BYTES, is_played, make_playable
from sonarium.dicom.pixels.render import render_frame, stored_picture
from sonarium.dicom.pixels.rendering import (
    AS_STORED,
    MovingMediaType,
    Rendering,
    StillMediaType,
)
from sonarium.dicom.scanned_data_set import Hole
from sonarium.services.decoding import DecodingPool
from sonarium.services.prepared_frames import FrameShelf
from sonarium.services.retrieve import OpenedInstance, RetrieveService
from sonarium.ultrasound.cine_timing import TIMING_TAGS, frame_timing

__all__ = ["NotDisplayable", "RenderService", "Rendering", "StillMediaType"]


class RenderService:
    """Makes pictures for people."""

    def __init__(
        self, retrieve: RetrieveService, decoding: DecodingPool, shelf: FrameShelf | None = None
    ) -> None:
        self._retrieve = retrieve
        self._decoding = decoding
        self._shelf = shelf

    async def frame(
        self,
        opened: OpenedInstance,
        frame: int,
        media_type: StillMediaType,
        rendering: Rendering = AS_STORED,
    ) -> bytes:
        """Return one frame (the first is 0) as a picture.

        Raises:
            NotDisplayable: the object holds no picture.
            NotHere: it has no such frame.
            PixelError: its pixels cannot be decoded, or not shown as asked.
        """
        if self._shelf is not None and media_type is StillMediaType.JPEG and rendering == AS_STORED:
            ready = await self._shelf.find(opened.row.sha256, frame)
            if ready is not None:
                return ready
        layout = await self.layout(opened, frame)
        stored, bit_offset = await self._retrieve.frame(opened, frame)
        picture = stored_picture(stored, layout, media_type, rendering)
        if picture is not None:
            return picture
        return await self._decoding.run(
            render_frame, stored, layout, media_type, rendering, bit_offset
        )

    async def film(
        self,
        opened: OpenedInstance,
        media_type: MovingMediaType,
        rendering: Rendering = AS_STORED,
        frames: range | None = None,
    ) -> AsyncIterator[bytes]:
        """Stream frames as a moving picture, each shown as long as it was on the scanner.

        Args:
            opened: the object.
            media_type: of the film.
            rendering: how each frame is shown.
            frames: a run of them (the first is 0); None: all.

        Raises:
            NotDisplayable, PixelError: as `frame`; before the first bytes, as far as they show.
            VideoUnavailable: MP4, and the extra `video` is not installed.
        """
        layout = await self.layout(opened, 0)
        count = opened.frames.count if opened.frames is not None else 0
        timing = frame_timing(header_to_json(opened.header, None, TIMING_TAGS), count)
        ends = (*timing.starts_ms[1:], timing.length_ms)
        async with self._decoding.converse(make_film, layout, media_type, rendering) as worker:
            for frame in range(count) if frames is None else frames:
                start, end = timing.starts_ms[frame], ends[frame]
                stored, bit_offset = await self._retrieve.frame(opened, frame)
                yield await worker.send(FilmFrame(stored, end - start, bit_offset))
            yield await worker.send(None)

    async def video(self, opened: OpenedInstance) -> AsyncIterator[bytes]:
        """Stream a stored video as H.264 in MP4, whatever it is stored as.

        Raises:
            NotDisplayable: the object holds no video.
            PixelError: it cannot be read, or is too large to be converted.
            VideoUnavailable: the extra `video` is not installed.
        """
        if opened.frames is None:
            raise NotDisplayable("the object holds no video")
        async with self._decoding.converse(make_playable) as worker:
            for extent in opened.frames.extents(0):
                async for piece in self._retrieve.iter_value(opened.row, Hole(*extent)):
                    await worker.send(bytes(piece))
            while ready := await worker.send(None):
                yield ready

    async def is_played_as_stored(self, opened: OpenedInstance) -> bool:
        """Tell whether a stored video is one that browsers open."""
        if opened.frames is None:
            return False
        offset, length = opened.frames.extents(0)[0]
        head = Hole(offset, min(length, PLAYED_HEAD_BYTES))
        return is_played(await self._retrieve.value(opened.row, head))

    async def representative_frame(self, opened: OpenedInstance) -> int:
        """Return the frame that stands for an object: the declared one, or the middle."""
        return (await self.layout(opened, 0)).representative_frame

    async def layout(self, opened: OpenedInstance, frame: int) -> PixelFormat:
        """Return how a frame is stored and wants to be seen.

        Raises:
            NotDisplayable: the object holds no picture.
        """
        bulk = {
            hole: await self._retrieve.value(opened.row, hole) for hole in lut_holes(opened.header)
        }
        return pixel_format(opened.header, bulk, frame=frame)
