"""The same object in another transfer syntax, frame by frame (PS3.5 Annex A and 8.2)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from sonarium.dicom.frames import Extent, FrameIndex
from sonarium.dicom.header import Header
from sonarium.dicom.pixels.format import NO_BULK, BulkValues, PixelFormat


@dataclass(frozen=True, slots=True)
class StoredRange:
    """Bytes to copy from the stored (inflated) data set, words of `word_size` turned round."""

    offset: int
    length: int
    word_size: int = 1


@dataclass(frozen=True, slots=True)
class RecodedFrame:
    """One frame to read, and to pass with `recoding` to `recode_frame` in a worker."""

    extents: tuple[Extent, ...]
    bit_offset: int = 0


@dataclass(frozen=True, slots=True)
class Recoding:
    """How each frame changes."""

    source: PixelFormat
    target_transfer_syntax_uid: str
    quality: int = 90


Part: TypeAlias = bytes | StoredRange | RecodedFrame
"""A piece of the new data set, in order."""


@dataclass(frozen=True, slots=True)
class TranscodePlan:
    """A new data set, described before any pixel is read."""

    transfer_syntax_uid: str
    sop_instance_uid: str
    """Another than the stored one when the target loses information (PS3.3 C.7.6.1.1.5)."""
    recoding: Recoding | None
    parts: Callable[[], Iterator[Part]] = field(repr=False)


def can_transcode(header: Header, target_transfer_syntax_uid: str, *, allow_lossy: bool) -> bool:
    """Tell whether `plan_transcode` would succeed, without planning."""
    raise NotImplementedError


def plan_transcode(
    header: Header,
    frames: FrameIndex | None,
    target_transfer_syntax_uid: str,
    bulk: BulkValues = NO_BULK,
    *,
    allow_lossy: bool = False,
) -> TranscodePlan:
    """Plan an object's data set in another transfer syntax.

    `bulk` holds the values of `lut_holes(header)`.

    Raises:
        TranscodeRefused: the target cannot hold these pixels, or only with a loss.
    """
    raise NotImplementedError


def recode_frame(stored: bytes, recoding: Recoding, bit_offset: int = 0) -> bytes:
    """Return one frame (without item head) in the target syntax. Runs in a decoding worker."""
    raise NotImplementedError


Reader: TypeAlias = Callable[[int, int], bytes]
"""Reads (offset, length) of the stored, inflated data set."""


def iter_transcoded(plan: TranscodePlan, read: Reader) -> Iterator[bytes]:
    """Carry a plan out in this process: for tests and tools that trust their input."""
    raise NotImplementedError
