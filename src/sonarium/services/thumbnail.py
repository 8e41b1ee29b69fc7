"""Small pictures that stand for an instance, a series or a study."""

import asyncio
import hashlib
import os
from pathlib import Path

from pydantic import BaseModel, Field

from sonarium.dicom.pixels.rendering import Rendering, StillMediaType, Viewport
from sonarium.domain.access import Viewer
from sonarium.domain.selection import Selection
from sonarium.services.render import NotDisplayable, RenderService
from sonarium.services.retrieve import InstanceRow, RetrieveService
from sonarium.storage.errors import KeysDamaged
from sonarium.storage.root_key import RootKey

_MOST_TRIED = 12


class ThumbnailSettings(BaseModel, frozen=True, extra="forbid"):
    """Small pictures, kept in a cache that may be thrown away at any time."""

    side: int = Field(default=256, ge=32, le=1024)
    """Length of the longer side, in pixels."""
    quality: int = Field(default=80, ge=1, le=100)
    """JPEG quality."""
    cache_bytes: int = Field(default=512 * 2**20, ge=0)
    """What the cache may take on disk."""


class ThumbnailService:
    """Makes small pictures once, and remembers them, sealed as what they show."""

    def __init__(
        self,
        retrieve: RetrieveService,
        render: RenderService,
        folder: Path,
        root: RootKey,
        settings: ThumbnailSettings,
    ) -> None:
        self._retrieve = retrieve
        self._render = render
        self._folder = folder
        self._root = root
        self._settings = settings

    async def of(self, viewer: Viewer, selection: Selection) -> tuple[bytes, str]:
        """Return a JPEG of a selection and its entity tag.

        A study is shown by the middle one of its pictures: the first is often a title or a
        report page.

        Raises:
            NotDisplayable: nothing of it is a picture.
            NotHere, PixelError: as `RenderService.frame`.
        """
        rows = await self._retrieve.instances(viewer, selection)
        pictured = [row for row in rows if row.packed_frames is not None]
        middle = len(pictured) // 2
        for row in [*pictured[middle:], *reversed(pictured[:middle])][:_MOST_TRIED]:
            try:
                return await self._of_instance(viewer, row), f'"thumb-{row.sha256.hex()[:32]}"'
            except NotDisplayable:
                continue
        raise NotDisplayable("nothing of it is a picture")

    async def _of_instance(self, viewer: Viewer, row: InstanceRow) -> bytes:
        kept = self._place(row)
        found = await asyncio.to_thread(_read, kept, self._root)
        if found is not None:
            return found
        opened = await self._retrieve.open(
            viewer, Selection(row.study_instance_uid, row.series_instance_uid, row.sop_instance_uid)
        )
        side = self._settings.side
        picture = await self._render.frame(
            opened,
            await self._render.representative_frame(opened),
            StillMediaType.JPEG,
            Rendering(quality=self._settings.quality, viewport=Viewport(side, side)),
        )
        await asyncio.to_thread(_keep, kept, self._root, picture, self._settings.cache_bytes)
        return picture

    def _place(self, row: InstanceRow) -> Path:
        """Return where a picture is kept: named by its content, so it never goes stale."""
        settings = f"{self._settings.side}-{self._settings.quality}".encode()
        name = hashlib.sha256(row.sha256 + settings).hexdigest()
        return self._folder / name[:2] / f"{name[2:40]}.sealed"


def _read(place: Path, root: RootKey) -> bytes | None:
    """Return a picture; None where there is none, or an older root key sealed it."""
    try:
        content = place.read_bytes()
        os.utime(place)
        return root.unwrap(content, place.name.encode())
    except (OSError, KeysDamaged):
        return None


def _keep(place: Path, root: RootKey, picture: bytes, most_bytes: int) -> None:
    """Keep a picture; a cache that cannot be written is no cache, and nothing is lost."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(root.wrap(picture, place.name.encode()))
        fresh.replace(place)
        if place.name[0] == "0":  # now and then
            _shrink(place.parent.parent, most_bytes)
    except OSError:
        return


def _shrink(folder: Path, most_bytes: int) -> None:
    """Remove what was not looked at for longest, down to nine tenths of the limit.

    Pictures that an earlier release kept open go too.
    """
    found = sorted(
        ((status.st_mtime, status.st_size, path) for path, status in _files(folder)), reverse=True
    )
    total = 0
    for _, size, path in found:
        total += size
        if total > most_bytes * 0.9 or path.suffix == ".jpg":
            path.unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    return [(path, path.stat()) for path in folder.glob("*/*.*")]
