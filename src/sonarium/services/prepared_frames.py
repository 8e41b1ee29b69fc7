"""Frames made ready for playing: a job draws long loops that no browser reads, once.

A loop that is stored without loss, or in a syntax that browsers lack, is drawn frame by frame,
which for hundreds of frames takes longer than anybody waits. What the job drew lies in a cache
that may be thrown away at any time; who asks for a frame that is not there has it drawn. Exact
frames, those of PNG, are never taken from here.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from struct import Struct
from typing import Final

from pydantic import BaseModel, Field

from sonarium.dicom.uids import JPEG_BASELINE, transfer_syntax
from sonarium.storage.errors import KeysDamaged
from sonarium.storage.root_key import RootKey

__all__ = ["FrameShelf", "PreparedFrameSettings", "is_drawn_ahead"]

_LONGEST_UNPREPARED: Final = 40
"""Shorter loops are sent without loss, drawn when they are asked for (`frameCache.ts`)."""

_EXTENT: Final = Struct("<QQ")
_START: Final = Struct("<Q")
_LAYOUT: Final = b"2"
"""Part of each name: another layout of the file never finds these."""


def is_drawn_ahead(transfer_syntax_uid: str, number_of_frames: int) -> bool:
    """Tell whether a loop is long, and stored as no browser reads it."""
    syntax = transfer_syntax(transfer_syntax_uid)
    return (
        number_of_frames > _LONGEST_UNPREPARED
        and transfer_syntax_uid != JPEG_BASELINE
        and not syntax.is_video
    )


class PreparedFrameSettings(BaseModel, frozen=True, extra="forbid"):
    """Frames of long loops, drawn ahead and kept in a cache."""

    cache_bytes: int = Field(default=8 * 2**30, ge=0)
    """What the cache may take on disk; 0 switches it off."""


class FrameShelf:
    """Keeps the drawn frames of an object in one file, named by the object's content.

    The file holds where each frame begins and where the last one ends, as 64-bit numbers, then
    the frames, each sealed as what it shows.
    """

    def __init__(self, folder: Path, root: RootKey, settings: PreparedFrameSettings) -> None:
        self._folder = folder
        self._root = root
        self._settings = settings

    async def find(self, sha256: bytes, frame: int) -> bytes | None:
        """Return a frame (the first is 0) of an object, if it is ready."""
        return await asyncio.to_thread(_read, self._place(sha256), self._root, frame)

    def holds(self, sha256: bytes) -> bool:
        """Tell whether an object's frames are ready."""
        return self._place(sha256).exists()

    @property
    def is_open(self) -> bool:
        """Whether anything is kept at all."""
        return self._settings.cache_bytes > 0

    async def keep(self, sha256: bytes, count: int, frames: AsyncIterator[bytes]) -> None:
        """Write an object's frames as they are drawn; they are found once all are there."""
        place = self._place(sha256)
        fresh = place.with_suffix(f".{os.getpid()}")
        await asyncio.to_thread(place.parent.mkdir, parents=True, exist_ok=True)
        try:
            with fresh.open("wb") as file:
                starts = [(count + 1) * _START.size]
                file.seek(starts[0])
                async for frame in frames:
                    sealed = self._root.wrap(frame, _purpose(place, len(starts) - 1))
                    await asyncio.to_thread(file.write, sealed)
                    starts.append(starts[-1] + len(sealed))
                file.seek(0)
                file.write(b"".join(map(_START.pack, starts)))
            fresh.replace(place)
        finally:
            fresh.unlink(missing_ok=True)
        await asyncio.to_thread(_shrink, self._folder, self._settings.cache_bytes)

    def _place(self, sha256: bytes) -> Path:
        name = hashlib.sha256(sha256 + _LAYOUT).hexdigest()
        return self._folder / name[:2] / f"{name[2:40]}.frames"


def _purpose(place: Path, frame: int) -> bytes:
    """Name what is sealed, so that no frame passes for another."""
    return f"{place.name} {frame}".encode()


def _read(place: Path, root: RootKey, frame: int) -> bytes | None:
    """Return a frame; None where there is none, or an older root key sealed it."""
    try:
        with place.open("rb") as file:
            extent = os.pread(file.fileno(), _EXTENT.size, frame * _START.size)
            start, end = _EXTENT.unpack(extent)
            sealed = os.pread(file.fileno(), end - start, start)
            return root.unwrap(sealed, _purpose(place, frame))
    except (OSError, KeysDamaged):
        return None


def _shrink(folder: Path, most_bytes: int) -> None:
    """Remove what was made longest ago, down to nine tenths of the limit."""
    found = sorted(
        ((path.stat().st_mtime, path.stat().st_size, path) for path in folder.glob("*/*.frames")),
        reverse=True,
    )
    total = 0
    for _, size, path in found:
        total += size
        if total > most_bytes * 0.9:
            path.unlink(missing_ok=True)
