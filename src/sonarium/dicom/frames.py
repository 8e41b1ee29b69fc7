"""Where each frame lies inside an encoded data set (PS3.5 8 and A.4)."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from struct import Struct
from typing import Final, TypeAlias

from sonarium.dicom.errors import MalformedDataSet

Extent: TypeAlias = tuple[int, int]
"""Offset and length in bytes, in (inflated) data-set coordinates."""

_ITEM_HEAD_BYTES: Final = 8
STARTS_CODESTREAM: Final = 1
ENDS_CODESTREAM: Final = 2


@dataclass(frozen=True, slots=True)
class NativeFrames:
    """Uncompressed frames, one after the other without padding between them."""

    count: int
    offset: int
    frame_bits: int

    is_encapsulated: bool = field(default=False, init=False)
    is_single_stream: bool = field(default=False, init=False)

    def extents(self, frame: int) -> tuple[Extent, ...]:
        """Return the byte range of `frame` (the first is 0)."""
        _check_frame(frame, self.count)
        first_bit = frame * self.frame_bits
        start = first_bit >> 3
        end = (first_bit + self.frame_bits + 7) >> 3
        return ((self.offset + start, end - start),)

    def bit_offset(self, frame: int) -> int:
        """Return how many low bits of the first byte belong to the frame before.

        Not zero only for 1-bit pixels, which PS3.5 8.1.1 packs without a gap.
        """
        _check_frame(frame, self.count)
        return frame * self.frame_bits & 7


@dataclass(frozen=True, slots=True)
class EncapsulatedFrames:
    """Frames in fragments; each fragment is an item (PS3.5 A.4)."""

    first_offset: int
    """Where the value of the first fragment lies."""
    lengths: "array[int]"
    """Length of each fragment, the pixel items following one another."""
    firsts: "array[int] | None"
    """Number of the fragment with which each frame begins; None: one fragment a frame."""
    is_single_stream: bool = False
    """Video: one stream holds all frames, and `count` is 1."""

    is_encapsulated: bool = field(default=True, init=False)
    _starts: "list[int]" = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def count(self) -> int:
        """How many frames can be read."""
        return len(self.lengths) if self.firsts is None else len(self.firsts)

    def extents(self, frame: int) -> tuple[Extent, ...]:
        """Return the byte ranges of `frame` (the first is 0), in order."""
        _check_frame(frame, self.count)
        if not self._starts:
            self._starts.extend(_fragment_starts(self.first_offset, self.lengths))
        if self.firsts is None:
            return ((self._starts[frame], self.lengths[frame]),)
        stop = self.firsts[frame + 1] if frame + 1 < len(self.firsts) else len(self.lengths)
        return tuple(
            (self._starts[fragment], self.lengths[fragment])
            for fragment in range(self.firsts[frame], stop)
        )

    def bit_offset(self, frame: int) -> int:
        """Return 0: encapsulated frames begin with a byte."""
        _check_frame(frame, self.count)
        return 0


FrameIndex: TypeAlias = NativeFrames | EncapsulatedFrames
"""`count`, `extents(frame)`, `bit_offset(frame)`, `is_encapsulated`, `is_single_stream`."""


def _check_frame(frame: int, count: int) -> None:
    if not 0 <= frame < count:
        raise IndexError(f"frame {frame} of {count}")


def _fragment_starts(first_offset: int, lengths: Sequence[int]) -> list[int]:
    starts = accumulate(lengths, lambda at, length: at + length + _ITEM_HEAD_BYTES, initial=0)
    return [first_offset + at for at in starts][: len(lengths)]


@dataclass(frozen=True, slots=True)
class NativePixels:
    """What decides the size of an uncompressed frame (PS3.3 C.7.6.3)."""

    rows: int
    columns: int
    samples_per_pixel: int
    bits_allocated: int
    photometric_interpretation: str
    number_of_frames: int


def native_frames(offset: int, length: int, pixels: NativePixels) -> NativeFrames | None:
    """Divide a Pixel Data value into frames; None when it does not hold one.

    YBR_FULL_422 stores two bytes a pixel (PS3.3 C.7.6.3.1.2) unless the value is
    long enough for three: some scanners write the label over whole samples.
    """
    pixel_bits = pixels.samples_per_pixel * pixels.bits_allocated
    frame_pixels = pixels.rows * pixels.columns
    declared = max(1, pixels.number_of_frames)
    if (
        pixels.photometric_interpretation in {"YBR_FULL_422", "YBR_PARTIAL_422"}
        and pixels.samples_per_pixel == 3
        and length * 8 < declared * frame_pixels * pixel_bits
    ):
        pixel_bits = 2 * pixels.bits_allocated
    frame_bits = frame_pixels * pixel_bits
    if frame_bits <= 0:
        return None
    count = min(declared, length * 8 // frame_bits)
    return NativeFrames(count, offset, frame_bits) if count else None


@dataclass(frozen=True, slots=True)
class Fragments:
    """What a scanner saw of an encapsulated Pixel Data."""

    first_offset: int
    lengths: "array[int]"
    marks: bytes
    """For each fragment, `STARTS_CODESTREAM` and `ENDS_CODESTREAM`."""
    basic_offset_table: bytes
    extended_offset_table: bytes


def encapsulated_frames(
    fragments: Fragments, number_of_frames: int | None, *, is_video: bool
) -> EncapsulatedFrames | None:
    """Group fragments into frames; None when nothing tells them apart.

    In this order: an offset table that agrees with Number of Frames; one fragment
    a frame; one frame; beginnings, then ends, of codestreams that agree with
    Number of Frames; an offset table that does not; fragments that each begin a
    codestream.
    """
    first, lengths = fragments.first_offset, fragments.lengths
    if not lengths:
        return None
    if is_video:
        return EncapsulatedFrames(first, lengths, array("I", [0]), is_single_stream=True)
    declared = number_of_frames if number_of_frames and number_of_frames > 0 else None
    table = _table_firsts(fragments)
    if table is not None and (declared is None or len(table) == declared):
        return EncapsulatedFrames(first, lengths, _unless_each(table, len(lengths)))
    if len(lengths) == declared:
        return EncapsulatedFrames(first, lengths, None)
    if declared is None or declared == 1:
        return EncapsulatedFrames(first, lengths, array("I", [0]))
    starts, after_ends = _marked_firsts(fragments.marks)
    for firsts in (starts, after_ends):
        if len(firsts) == declared and firsts[0] == 0:
            return EncapsulatedFrames(first, lengths, firsts)
    if table is not None:
        return EncapsulatedFrames(first, lengths, _unless_each(table, len(lengths)))
    if len(starts) == len(lengths) or len(lengths) < declared:
        return EncapsulatedFrames(first, lengths, None)
    return None


def _unless_each(firsts: "array[int]", fragments: int) -> "array[int] | None":
    return None if len(firsts) == fragments else firsts


def _table_firsts(fragments: Fragments) -> "array[int] | None":
    """Return the fragments that an offset table points at; None when it is absent or wrong.

    Offsets count from the first byte of the first item after the table (PS3.5 A.4).
    A Basic Offset Table of a value above 4 GiB wraps round, and so is found wrong.
    """
    for encoded, size, letter in (
        (fragments.extended_offset_table, 8, "Q"),
        (fragments.basic_offset_table, 4, "I"),
    ):
        if not encoded or len(encoded) % size:
            continue
        offsets = Struct(f"<{len(encoded) // size}{letter}").unpack(encoded)
        while len(offsets) > 1 and offsets[-1] == 0:
            offsets = offsets[:-1]  # padding
        firsts = _locate(offsets, fragments.lengths)
        if firsts is not None:
            return firsts
    return None


def _locate(offsets: Sequence[int], lengths: "array[int]") -> "array[int] | None":
    if offsets[0] != 0 or len(offsets) > len(lengths):
        return None
    starts = _fragment_starts(0, lengths)
    firsts = array("I")
    at = -1
    for offset in offsets:
        found = bisect_left(starts, offset, at + 1)
        if found == len(starts) or starts[found] != offset:
            return None
        firsts.append(found)
        at = found
    return firsts


def _marked_firsts(marks: bytes) -> "tuple[array[int], array[int]]":
    starts = array("I", [at for at, mark in enumerate(marks) if mark & STARTS_CODESTREAM])
    ends = [at for at, mark in enumerate(marks) if mark & ENDS_CODESTREAM]
    after_ends = array("I", [0, *(at + 1 for at in ends if at + 1 < len(marks))])
    return starts, after_ends


_NATIVE: Final = Struct("<BIQQ")
_ENCAPSULATED: Final = Struct("<BBQII")
_KIND_NATIVE: Final = 1
_KIND_ENCAPSULATED: Final = 2
_EACH: Final = 0xFFFFFFFF


def pack_frames(frames: FrameIndex) -> bytes:
    """Write a frame index compactly for its row: four bytes a fragment or less."""
    if isinstance(frames, NativeFrames):
        return _NATIVE.pack(_KIND_NATIVE, frames.count, frames.offset, frames.frame_bits)
    head = _ENCAPSULATED.pack(
        _KIND_ENCAPSULATED,
        frames.is_single_stream,
        frames.first_offset,
        len(frames.lengths),
        _EACH if frames.firsts is None else len(frames.firsts),
    )
    return head + _little(frames.lengths) + _little(frames.firsts or array("I"))


def unpack_frames(packed: bytes | memoryview) -> FrameIndex:
    """Read what `pack_frames` wrote."""
    packed = bytes(packed)
    if packed[:1] == bytes([_KIND_NATIVE]):
        _, count, offset, frame_bits = _NATIVE.unpack(packed)
        return NativeFrames(count, offset, frame_bits)
    if packed[:1] != bytes([_KIND_ENCAPSULATED]):
        raise MalformedDataSet("the frame index is of a kind unknown to this version")
    _, is_single_stream, first_offset, fragments, firsts = _ENCAPSULATED.unpack_from(packed)
    middle = _ENCAPSULATED.size + 4 * fragments
    return EncapsulatedFrames(
        first_offset,
        _from_little(packed[_ENCAPSULATED.size : middle]),
        None if firsts == _EACH else _from_little(packed[middle:]),
        is_single_stream=bool(is_single_stream),
    )


def _little(numbers: "array[int]") -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def _from_little(encoded: bytes) -> "array[int]":
    numbers = array("I", encoded)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
