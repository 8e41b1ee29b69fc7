"""The pieces of which a transcoded data set is put together, and who carries them out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from sonarium.dicom.frames import Extent


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


Part: TypeAlias = bytes | StoredRange | RecodedFrame
"""A piece of the new data set, in order."""

Reader: TypeAlias = Callable[[int, int], bytes]
"""Reads (offset, length) of the stored, inflated data set."""

_PIECE_BYTES = 1024 * 1024  # a multiple of every word size


def turn_words(words: bytes, word_size: int) -> bytes:
    """Reverse the bytes of each word."""
    if word_size == 1:
        return words
    turned = bytearray(len(words))
    for at in range(word_size):
        turned[at::word_size] = words[word_size - 1 - at :: word_size]
    return bytes(turned)


def iter_range(part: StoredRange, read: Reader) -> Iterator[bytes]:
    """Read a range in bounded pieces."""
    end = part.offset + part.length
    for offset in range(part.offset, end, _PIECE_BYTES):
        yield turn_words(read(offset, min(_PIECE_BYTES, end - offset)), part.word_size)
