"""Where each frame lies inside an encoded data set (PS3.5 8 and A.4)."""

from dataclasses import dataclass

Extent = tuple[int, int]
"""Offset and length in bytes, in (inflated) data-set coordinates."""


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """The extents of every frame; in data-set coordinates, inflated if deflated."""

    count: int
    is_encapsulated: bool
    is_single_stream: bool
    """Video: one stream holds all frames, and `count` is 1."""

    def extents(self, frame: int) -> tuple[Extent, ...]:
        """Return the byte ranges of `frame` (the first is 0), in order."""
        raise NotImplementedError

    def bit_offset(self, frame: int) -> int:
        """Return how many bits of the first byte belong to the frame before (1-bit pixels)."""
        raise NotImplementedError


def pack_frames(frames: FrameIndex) -> bytes:
    """Write a frame index compactly for its row."""
    raise NotImplementedError


def unpack_frames(packed: bytes) -> FrameIndex:
    """Read what `pack_frames` wrote."""
    raise NotImplementedError
