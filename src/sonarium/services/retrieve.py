"""Retrieve Images [RAD-16] and the WADO services: stored objects, their frames and values.

Bytes leave as they were stored; what a caller wants in another syntax goes through
`services.transcoding`, pictures through `services.render`.
"""

import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sonarium.base.errors import RequestError, SonariumError
from sonarium.dicom.deflate import BoundedInflater
from sonarium.dicom.frames import Extent, FrameIndex, unpack_frames
from sonarium.dicom.header import Header, unpack_header
from sonarium.dicom.scanned_data_set import DEFAULT_LIMITS, Hole
from sonarium.dicom.uids import transfer_syntax
from sonarium.domain.access import Viewer
from sonarium.domain.audit import EventID
from sonarium.domain.selection import Selection
from sonarium.index.instances import InstanceRow, instances_of
from sonarium.index.opened_instance import OpenedInstanceRow, find_opened_instance
from sonarium.services.access import AccessService
from sonarium.storage.blob_store import BlobStore

__all__ = ["InstanceRow", "NotHere", "OpenedInstance", "RetrieveService", "StoredDamaged"]

_CHUNK: Final = 256 * 1024
"""How much of an object is read at once for frames that lie side by side."""


class NotHere(RequestError):
    """The archive does not hold what was asked for, or not for whoever asks."""


class StoredDamaged(SonariumError):
    """The stored bytes are no longer those that were received, so they are not served."""


@dataclass(frozen=True)
class OpenedInstance:
    """One instance with its header and frame index at hand."""

    row: OpenedInstanceRow
    frames: FrameIndex | None

    @cached_property
    def header(self) -> Header:
        """The header; a stored frame is sent without a look at it."""
        return unpack_header(self.row.packed_header)


class RetrieveService:
    """Gives stored objects back."""

    def __init__(self, access: AccessService, blobs: BlobStore) -> None:
        self._access = access
        self._blobs = blobs

    async def instances(
        self,
        viewer: Viewer,
        selection: Selection,
        noted_as: EventID = EventID.INSTANCES_ACCESSED,
    ) -> list[InstanceRow]:
        """List what a selection names, in reading order.

        `noted_as` tells the audit trail whether it is looked at, or sent away.

        Raises:
            NotHere: nothing of that name.
            StoredDamaged: one of them is.
        """
        rows = await self._access.look(
            viewer,
            lambda tx: instances_of(tx, selection),
            opens=[selection.study_instance_uid],
            noted_as=noted_as,
        )
        if not rows:
            raise NotHere("the archive holds no such study, series or instance")
        if any(row.is_damaged for row in rows):
            raise StoredDamaged("a stored object is damaged; the administrator knows")
        return rows

    async def open(self, viewer: Viewer, selection: Selection) -> OpenedInstance:
        """Return one instance with its header.

        Raises:
            NotHere, StoredDamaged: as `instances`.
        """
        row = await self._access.look(
            viewer,
            lambda tx: find_opened_instance(tx, selection),
            opens=[selection.study_instance_uid],
        )
        if row is None:
            raise NotHere("the archive holds no such instance")
        if row.is_damaged:
            raise StoredDamaged("the stored object is damaged; the administrator knows")
        frames = None if row.packed_frames is None else unpack_frames(row.packed_frames)
        return OpenedInstance(row, frames)

    async def note_copy(self, viewer: Viewer, selection: Selection, what: str) -> None:
        """Note that somebody takes a copy of an object with them, before it leaves.

        Raises:
            DatabaseUnavailable: it is not noted, so nothing may leave.
        """
        study = selection.study_instance_uid
        await self._access.note_copy(viewer, study, "download", what)

    def part10_length(self, row: InstanceRow) -> int:
        """Return the length of an object as a file (PS3.10), in bytes."""
        return row.data_set_offset + row.data_set_length

    async def part10(self, row: InstanceRow) -> memoryview:
        """Return a small object as a file; for large ones use `iter_part10`."""
        view = memoryview(bytearray(self.part10_length(row)))
        await self._fill(row, 0, view)
        return view

    def iter_part10(
        self, row: InstanceRow, start: int = 0, length: int | None = None
    ) -> AsyncIterator[bytes]:
        """Stream an object as a file, or a range of that file."""
        rest = self.part10_length(row) - start if length is None else length
        return self._blobs.iter_range(row.blob_key, start, rest)

    async def frame(self, opened: OpenedInstance, frame: int) -> tuple[bytes, int]:
        """Return a stored frame (the first is 0), and where in its first byte it begins, in bits.

        Raises:
            NotHere: the object has no such frame.
        """
        frames = opened.frames
        if frames is None or not 0 <= frame < frames.count:
            raise NotHere(f"the object has no frame {frame + 1}")
        extents = frames.extents(frame)
        pieces = [await self.value(opened.row, Hole(*extent)) for extent in extents]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces), frames.bit_offset(frame)

    def frame_lengths(self, opened: OpenedInstance, wanted: Sequence[int]) -> list[int]:
        """Return how long stored frames are, in bytes.

        Raises:
            NotHere: the object has not all of them.
        """
        return [sum(length for _, length in parts) for parts in _extents(opened, wanted)]

    async def iter_frames(
        self, opened: OpenedInstance, wanted: Sequence[int]
    ) -> AsyncIterator[bytes | memoryview]:
        """Stream stored frames; neighbours are fetched by one read, as far as that is short.

        Raises:
            NotHere: the object has not all of them.
        """
        # Of a deflated object each read costs the whole of it.
        is_deflated = transfer_syntax(opened.row.transfer_syntax_uid).is_deflated
        most = sys.maxsize if is_deflated else _CHUNK
        for group in _neighbours(_extents(opened, wanted), most):
            first = min(offset for parts in group for offset, _ in parts)
            last = max(offset + length for parts in group for offset, length in parts)
            view = await self._view(opened.row, Hole(first, last - first))
            for parts in group:
                pieces = [view[offset - first :][:length] for offset, length in parts]
                yield pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def value(self, row: InstanceRow, extent: Hole) -> bytes:
        """Return a range of the (inflated) data set."""
        if transfer_syntax(row.transfer_syntax_uid).is_deflated:
            inflated = await self._inflated(row)
            return inflated[extent.offset : extent.offset + extent.length]
        return await self._blobs.read(
            row.blob_key, row.data_set_offset + extent.offset, extent.length
        )

    def iter_value(self, row: InstanceRow, extent: Hole) -> AsyncIterator[bytes]:
        """Stream a range of the data set."""
        if transfer_syntax(row.transfer_syntax_uid).is_deflated:
            return self._iter_inflated(row, extent)
        return self._blobs.iter_range(
            row.blob_key, row.data_set_offset + extent.offset, extent.length
        )

    async def _view(self, row: InstanceRow, extent: Hole) -> memoryview:
        """Return what `value` does, without a copy."""
        if transfer_syntax(row.transfer_syntax_uid).is_deflated:
            return memoryview(await self.value(row, extent))
        view = memoryview(bytearray(extent.length))
        await self._fill(row, row.data_set_offset + extent.offset, view)
        return view

    async def _fill(self, row: InstanceRow, offset: int, buffer: memoryview) -> None:
        """Fill a buffer: most is at hand, and then a wait costs more than the rest."""
        if not self._blobs.try_fill(row.blob_key, offset, buffer):
            await self._blobs.fill(row.blob_key, offset, buffer)

    async def _iter_inflated(self, row: InstanceRow, extent: Hole) -> AsyncIterator[bytes]:
        yield await self.value(row, extent)

    async def _inflated(self, row: InstanceRow) -> bytes:
        stored = await self._blobs.read(row.blob_key, row.data_set_offset, row.data_set_length)
        inflater = BoundedInflater(DEFAULT_LIMITS.inflated_bytes)
        return b"".join(inflater.inflate(stored))


def _extents(opened: OpenedInstance, wanted: Sequence[int]) -> list[tuple[Extent, ...]]:
    """Return where frames lie.

    Raises:
        NotHere: the object has not all of them.
    """
    frames = opened.frames
    if frames is None or any(not 0 <= frame < frames.count for frame in wanted):
        raise NotHere("the object has not all of these frames")
    return [frames.extents(frame) for frame in wanted]


def _neighbours(
    frames: Sequence[tuple[Extent, ...]], most: int
) -> Iterator[list[tuple[Extent, ...]]]:
    """Group frames that follow one another, so that a group spans `most` bytes, or is one frame."""
    group: list[tuple[Extent, ...]] = []
    first = 0
    for parts in frames:
        end = parts[-1][0] + parts[-1][1]
        if group and not (first <= parts[0][0] and end - first <= most):
            yield group
            group = []
        if not group:
            first = parts[0][0]
        group.append(parts)
    if group:
        yield group
