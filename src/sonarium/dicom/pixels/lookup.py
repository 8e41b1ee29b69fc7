"""Lookup tables opened: plain ones, segmented ones, and what vendors make of them."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from sonarium.dicom.pixels.arrays import Picture, StoredValues
from sonarium.dicom.pixels.errors import UnsupportedPixels
from sonarium.dicom.pixels.format import LookupTable, Palette

_DISCRETE: Final = 0
_LINEAR: Final = 1
_INDIRECT: Final = 2

Entries = npt.NDArray[np.uint16]


def table_entries(table: LookupTable) -> Entries:
    """Return the entries of a table as numbers, padded with the last one where it is short.

    Entries of 8 bits come one or two a word, and descriptors are wrong about them: what
    is there decides. A table longer than its descriptor says is cut.

    Raises:
        UnsupportedPixels: nothing can be made of the table.
    """
    if table.is_segmented:
        numbers = _expand(table)
    elif len(table.encoded) >= 2 * table.entries or table.bits > 8:
        numbers = np.frombuffer(table.encoded, "<u2", len(table.encoded) // 2)
    else:
        numbers = np.frombuffer(table.encoded, np.uint8).astype(np.uint16)
    if not len(numbers):
        raise UnsupportedPixels("a lookup table is empty")
    missing = max(0, table.entries - len(numbers))
    return np.pad(numbers[: table.entries].astype(np.uint16), (0, missing), mode="edge")


def palette_table(palette: Palette) -> Picture:
    """Return the palette as `uint8[entries, 3]`."""
    columns = [_eight_bits(table) for table in (palette.red, palette.green, palette.blue)]
    length = max(len(column) for column in columns)
    padded = [np.pad(column, (0, length - len(column)), mode="edge") for column in columns]
    return np.stack(padded, axis=1)


def apply_palette(indexes: StoredValues, palette: Palette) -> Picture:
    """Give each index its colour; indexes beyond the ends take the colour there (C.7.6.3.1.5)."""
    table = palette_table(palette)
    first = _signed_like(palette.red.first_mapped, indexes)
    if first == 0 and indexes.dtype == np.uint8 and len(table) == 256:
        return table.take(indexes.astype(np.uint8, copy=False), axis=0)
    places = np.clip(indexes.astype(np.int64) - first, 0, len(table) - 1)
    return table.take(places, axis=0)


def _signed_like(first: int, indexes: StoredValues) -> int:
    """Read a first value mapped as signed when the pixels are."""
    is_signed = np.issubdtype(indexes.dtype, np.signedinteger)
    return first - 0x10000 if is_signed and first >= 0x8000 else first


def _eight_bits(table: LookupTable) -> Picture:
    """Scale entries to a screen's 8 bits; 16-bit tables that only use 8 are taken at their word."""
    entries = table_entries(table)
    is_wide = table.bits > 8 and bool(entries.max() > 0xFF)
    return (entries >> 8 if is_wide else entries & 0xFF).astype(np.uint8)


def _expand(table: LookupTable) -> Entries:
    """Expand a segmented table (PS3.3 C.7.9.2), no further than its descriptor says."""
    is_wide = table.bits > 8
    codes = np.frombuffer(table.encoded, "<u2" if is_wide else np.uint8).astype(np.int64)
    pieces: list[npt.NDArray[np.int64]] = []
    length = last = 0
    for kind, count, at in _segments(codes, bytes_each=2 if is_wide else 1):
        if kind == _DISCRETE:
            piece = codes[at : at + count]
        elif pieces:
            steps = np.arange(1, count + 1)
            piece = np.rint(last + (codes[at] - last) * steps / count).astype(np.int64)
        else:
            raise UnsupportedPixels("a segmented palette begins with a line")
        if len(piece):
            pieces.append(piece)
            length, last = length + len(piece), int(piece[-1])
        if length >= table.entries:
            break
    return np.concatenate(pieces or [codes[:0]]).astype(np.uint16)


def _segments(codes: npt.NDArray[np.int64], bytes_each: int) -> Iterator[tuple[int, int, int]]:
    """Iterate over segments as (kind, count, place of values); copied ones are followed once."""
    at, remaining = 0, len(codes)
    way_back: tuple[int, int] | None = None
    while remaining and at + 2 < len(codes):
        kind, count = int(codes[at]), int(codes[at + 1])
        if not count:
            return  # padding, or a trap: segments of nothing can be copied for ever
        if kind == _INDIRECT and way_back is None and at + 3 < len(codes):
            # `count` earlier segments again, from a byte offset given in two halves.
            way_back = (at + 4, remaining - 1)
            offset = int(codes[at + 3]) << 8 * bytes_each | int(codes[at + 2])
            at, remaining = offset // bytes_each, count
        elif kind in {_DISCRETE, _LINEAR}:
            yield kind, count, at + 2
            at += 2 + (count if kind == _DISCRETE else 1)
            remaining -= 1
        else:
            raise UnsupportedPixels("a segmented palette is damaged")
        if not remaining and way_back is not None:
            at, remaining = way_back
            way_back = None
