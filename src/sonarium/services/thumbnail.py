"""Thumbnails (PS3.18 10.4.1.1.5): one small JPEG that stands for an object, and its cache."""

import asyncio
import hashlib
import os
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field

from sonarium.dicom.pixels.errors import NotDisplayable, PixelError
from sonarium.dicom.pixels.rendering import Rendering, StillMediaType, Viewport
from sonarium.domain.selection import Selection
from sonarium.services.render import RenderService
from sonarium.services.retrieve import InstanceRow, OpenedInstance, RetrieveService

_EDITION: Final = "1"
"""Part of every name: another number after a change of looks makes the cache anew."""

_REMEMBERED_FAILURES: Final = 10_000
_QUALITY: Final = 80
_TRIES: Final = 4
_KEPT_SHARE: Final = 0.9
_SCAN_SHARE: Final = 0.02


class ThumbnailSettings(BaseModel, frozen=True, extra="forbid"):
    """Small pictures of objects, kept on disk."""

    pixels: int = Field(default=256, ge=16, le=1024)
    """Length of the longer side, where the caller asks for no other."""
    cache_bytes: int = Field(default=1 * 2**30, ge=0)
    """How much disk the cache may take; the least recently seen go first."""


class ThumbnailService:
    """Makes thumbnails once and keeps them."""

    def __init__(
        self,
        retrieve: RetrieveService,
        render: RenderService,
        cache: Path,
        settings: ThumbnailSettings = ThumbnailSettings(),  # noqa: B008 - frozen
    ) -> None:
        self._retrieve = retrieve
        self._render = render
        self._settings = settings
        self._cache = _Cache(cache, settings.cache_bytes)
        self._failures: OrderedDict[str, PixelError] = OrderedDict()

    async def of(self, selection: Selection, viewport: Viewport | None = None) -> bytes:
        """Return the JPEG that stands for a study, a series or an instance.

        The middle one of the objects that can be shown stands for a study or series.

        Raises:
            NotHere: the archive holds nothing of that name.
            NotDisplayable: it holds no picture.
            PixelError: the picture cannot be made.
        """
        rows = await self._retrieve.instances(selection)
        shown = [row for row in rows if row.packed_frames is not None]
        if not shown:
            raise NotDisplayable("nothing in there is a picture")
        middle = len(shown) // 2
        *first_tries, last_try = [*shown[middle:], *shown[:middle]][:_TRIES]
        for row in first_tries:
            with suppress(PixelError):
                return await self.of_instance(row, viewport)
        return await self.of_instance(last_try, viewport)

    async def of_instance(self, row: InstanceRow, viewport: Viewport | None = None) -> bytes:
        """Return the JPEG that stands for one instance: its representative frame.

        Raises:
            NotHere, NotDisplayable, PixelError: as `of`.
        """
        size = viewport or Viewport(self._settings.pixels, self._settings.pixels)
        name = _name(row, size)
        kept = await self._cache.read(name)
        if kept is not None:
            return kept
        if name in self._failures:
            raise self._failures[name]
        try:
            thumbnail = await self._make(row, size)
        except PixelError as error:
            self._remember(name, error)
            raise
        await self._cache.write(name, thumbnail)
        return thumbnail

    async def _make(self, row: InstanceRow, size: Viewport) -> bytes:
        opened = await self._retrieve.open(
            Selection(row.study_instance_uid, row.series_instance_uid, row.sop_instance_uid)
        )
        frame = await self._representative_frame(opened)
        rendering = Rendering(quality=_QUALITY, viewport=size)
        return await self._render.picture(opened, frame, StillMediaType.JPEG, rendering)

    async def _representative_frame(self, opened: OpenedInstance) -> int:
        layout = await self._render.layout(opened, 0)
        count = opened.frames.count if opened.frames is not None else 0
        return layout.representative_frame if layout.representative_frame < count else count // 2

    def _remember(self, name: str, error: PixelError) -> None:
        """Keep a failure, so that one bad object does not busy a worker at every look."""
        self._failures[name] = error.with_traceback(None)
        if len(self._failures) > _REMEMBERED_FAILURES:
            self._failures.popitem(last=False)


def _name(row: InstanceRow, size: Viewport) -> str:
    """Name a thumbnail by what it is made of; nothing of the object's own text is in it."""
    described = f"{_EDITION} {row.blob_key} {row.sha256.hex()} {size}"
    return hashlib.sha256(described.encode()).hexdigest()


class _Cache:
    """Files in a folder, the least recently seen thrown away beyond a size.

    Several processes share the folder without knowing of each other: files appear
    whole, may vanish at any moment, and each process looks at the size of all of it
    after it has written its share.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._unchecked_bytes = most_bytes
        self._lock = asyncio.Lock()

    async def read(self, name: str) -> bytes | None:
        """Return a file; None when it is not (or no longer) there."""
        return await asyncio.to_thread(self._read, name)

    async def write(self, name: str, content: bytes) -> None:
        """Keep a file; where that fails, it is made again next time."""
        await asyncio.to_thread(self._write, name, content)
        self._unchecked_bytes += len(content)
        if self._unchecked_bytes > _SCAN_SHARE * self._most_bytes and not self._lock.locked():
            async with self._lock:
                self._unchecked_bytes = 0
                await asyncio.to_thread(self._shrink)

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name[2:]}.jpg"

    def _read(self, name: str) -> bytes | None:
        place = self._place(name)
        try:
            content = place.read_bytes()
            os.utime(place)
        except OSError:
            return None
        return content

    def _write(self, name: str, content: bytes) -> None:
        place = self._place(name)
        part = place.with_name(f"{place.name}.{os.getpid()}.part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(place)
        except OSError:
            part.unlink(missing_ok=True)

    def _shrink(self) -> None:
        """Delete what was seen longest ago until a tenth of the room is free."""
        files: list[tuple[float, int, Path]] = []
        for place in self._folder.glob("*/*"):
            try:
                status = place.stat()
            except OSError:
                continue
            files.append((status.st_mtime, status.st_size, place))
        excess = sum(size for _, size, _ in files)
        if excess <= self._most_bytes:
            return
        excess -= int(_KEPT_SHARE * self._most_bytes)
        for _, size, place in sorted(files):
            if excess <= 0:
                break
            place.unlink(missing_ok=True)
            excess -= size
