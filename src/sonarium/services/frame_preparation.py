"""Draws the frames of a loop ahead of whoever will play it."""

from collections.abc import AsyncIterator

from sonarium.base.log import get_logger
from sonarium.dicom.pixels.errors import NotDisplayable, PixelError
from sonarium.dicom.pixels.rendering import StillMediaType
from sonarium.domain.access import SYSTEM
from sonarium.index.blobs import selection_of_blob
from sonarium.services.access import AccessService
from sonarium.services.prepared_frames import FrameShelf
from sonarium.services.render import RenderService
from sonarium.services.retrieve import NotHere, OpenedInstance, RetrieveService

log = get_logger(__name__)


class FramePreparation:
    """Fills the shelf from which loops are played."""

    def __init__(
        self,
        access: AccessService,
        retrieve: RetrieveService,
        render: RenderService,
        shelf: FrameShelf,
    ) -> None:
        self._access = access
        self._retrieve = retrieve
        self._render = render
        self._shelf = shelf

    async def prepare(self, blob_key: str) -> None:
        """Draw every frame of the object in a blob; what is gone or ready needs no work.

        Raises:
            UnavailableError: the same may work later.
        """
        if not self._shelf.is_open:
            return
        async with self._access.looking(SYSTEM) as tx:
            selection = await selection_of_blob(tx, blob_key)
        if selection is None:
            return
        try:
            opened = await self._retrieve.open(SYSTEM, selection)
            if opened.frames is None or self._shelf.holds(opened.row.sha256):
                return
            await self._shelf.keep(
                opened.row.sha256, opened.frames.count, self._drawn(opened, opened.frames.count)
            )
        except (NotHere, NotDisplayable, PixelError) as error:
            # It shows frame by frame what can be shown; another try would change nothing.
            log.warning("frames_not_prepared", error_type=type(error).__name__)

    async def _drawn(self, opened: OpenedInstance, count: int) -> AsyncIterator[bytes]:
        for frame in range(count):
            yield await self._render.frame(opened, frame, StillMediaType.JPEG)
