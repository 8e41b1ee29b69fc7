"""Rendered pictures of stored frames: decoded in workers, or handed on where that is exact."""

from sonarium.dicom.pixels.errors import NotDisplayable
from sonarium.dicom.pixels.format import PixelFormat, lut_holes, pixel_format
from sonarium.dicom.pixels.render import render_frame, stored_picture
from sonarium.dicom.pixels.rendering import AS_STORED, Rendering, StillMediaType
from sonarium.services.decoding import DecodingPool
from sonarium.services.retrieve import OpenedInstance, RetrieveService

__all__ = ["NotDisplayable", "RenderService", "Rendering", "StillMediaType"]


class RenderService:
    """Makes pictures for people."""

    def __init__(self, retrieve: RetrieveService, decoding: DecodingPool) -> None:
        self._retrieve = retrieve
        self._decoding = decoding

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
        layout = await self.layout(opened, frame)
        stored, bit_offset = await self._retrieve.frame(opened, frame)
        picture = stored_picture(stored, layout, media_type, rendering)
        if picture is not None:
            return picture
        return await self._decoding.run(
            render_frame, stored, layout, media_type, rendering, bit_offset
        )

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
