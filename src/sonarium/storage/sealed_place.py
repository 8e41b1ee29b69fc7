"""The keys of sealed blobs: those of the store below, and how long header and box are."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sonarium.storage.errors import BlobMissing
from sonarium.storage.sealing import (
    OVERHEAD_BYTES,
    PIECE_BYTES,
    SEALED_PIECE_BYTES,
    TAG_BYTES,
)

_SEALED: Final = "e"
_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class SealedPlace:
    """What the key of a sealed blob says."""

    below: str
    front_length: int
    """Of header and box, in bytes."""

    @property
    def key(self) -> str:
        """The key under which the blob is known."""
        return f"{_SEALED}{self.front_length:x}.{self.below}"

    @property
    def head_length(self) -> int:
        """How long the head in the box is, in bytes."""
        return self.front_length - OVERHEAD_BYTES

    def sealed_until(self, end: int) -> int:
        """Return how much of the sealed blob holds the plain blob up to `end`, in whole pieces."""
        pieces = -(-max(0, end - self.head_length) // PIECE_BYTES)
        return self.front_length + pieces * SEALED_PIECE_BYTES

    def sealed_range(self, start: int, end: int, body_length: int) -> tuple[int, int, int]:
        """Return first piece, offset and length in the store below that hold part of a body."""
        first = start // PIECE_BYTES
        last = (end - 1) // PIECE_BYTES
        offset = first * SEALED_PIECE_BYTES
        pieces_end = min((last + 1) * SEALED_PIECE_BYTES, body_length + (last + 1) * TAG_BYTES)
        return first, self.front_length + offset, pieces_end - offset


@lru_cache(_REMEMBERED)
def sealed_place_of(key: str) -> SealedPlace | None:
    """Read the key of a sealed blob; None: it lies open.

    Raises:
        BlobMissing: this store did not make it.
    """
    if not key.startswith(_SEALED):
        return None
    length, _, below = key.removeprefix(_SEALED).partition(".")
    try:
        return SealedPlace(below, int(length, 16))
    except ValueError as error:
        raise BlobMissing("the key was not made by this store") from error
