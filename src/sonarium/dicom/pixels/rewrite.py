"""A stored header in another byte order or VR style (PS3.5 7.1, 7.3 and 7.5).

Values go over as they are, private ones too; only the words of binary VRs turn
round. Sequences get undefined length, so that bulk values within them can stream.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sonarium.dicom.element import (
    ITEM,
    ITEM_DELIMITATION,
    PIXEL_DATA,
    SEQUENCE_DELIMITATION,
    UNDEFINED_LENGTH,
    Encoding,
)
from sonarium.dicom.header import Header, HeaderElement
from sonarium.dicom.pixels.parts import Part, StoredRange, turn_words
from sonarium.dicom.value_representation import ALL_VRS, BULK_VRS, SHORT_VRS

_WORD_SIZES: Final = {
    **dict.fromkeys(("AT", "OW", "SS", "US"), 2),
    **dict.fromkeys(("FL", "OF", "OL", "SL", "UL"), 4),
    **dict.fromkeys(("FD", "OD", "OV", "SV", "UV"), 8),
}
_LONGEST_SHORT_VALUE: Final = 0xFFFE
_TRAILING_PADDING: Final = 0xFFFCFFFC
_ROWS: Final = 0x00280010
_COLUMNS: Final = 0x00280011
_SAMPLES_PER_PIXEL: Final = 0x00280002
_BITS_ALLOCATED: Final = 0x00280100


@dataclass(frozen=True, slots=True)
class NewElement:
    """An element to put in, in place of a stored one or anew."""

    tag: int
    vr: str
    value: bytes = b""
    """Little endian; padded here."""
    items: tuple[tuple["NewElement", ...], ...] = ()
    """Of a sequence."""


Changes = Mapping[int, NewElement | None]
"""Top-level elements that differ; None leaves one out."""


class DataSetRewriter:
    """Writes stored elements in one encoding."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding

    def parts(
        self, header: Header, changes: Changes, pixel_data: Iterable[Part] | None
    ) -> Iterator[Part]:
        """Write a whole data set.

        Args:
            header: what is stored.
            changes: what differs.
            pixel_data: instead of Pixel Data (7FE0,0010) with its head; None where it
                is written as every other element.
        """
        kept = {element.tag: element for element in header.elements() if _is_kept(element.tag)}
        for tag in sorted(kept.keys() | changes.keys()):
            if tag == PIXEL_DATA and pixel_data is not None:
                yield from pixel_data
            elif tag in changes:
                change = changes[tag]
                yield b"" if change is None else self._new(change)
            else:
                yield from self._element(kept[tag], header)

    def head(self, tag: int, vr: str, length: int) -> bytes:
        """Write the head of an element; too long a value of a short VR becomes UN (PS3.5 6.2.2)."""
        group, number = tag >> 16, tag & 0xFFFF
        encoding = self._encoding
        if not encoding.is_explicit:
            return encoding.implicit_head.pack(group, number, length)
        if vr in SHORT_VRS and length <= _LONGEST_SHORT_VALUE:
            return encoding.explicit_head.pack(group, number, vr.encode("ascii"), length)
        written = "UN" if vr in SHORT_VRS or vr not in ALL_VRS else vr
        head = encoding.explicit_head.pack(group, number, written.encode("ascii"), 0)
        return head + encoding.length.pack(length)

    def item_head(self, tag: int, length: int) -> bytes:
        """Write the head of an item, or a delimitation item."""
        return self._encoding.implicit_head.pack(tag >> 16, tag & 0xFFFF, length)

    def _new(self, element: NewElement) -> bytes:
        if element.vr == "SQ":
            content = b"".join(self._new_item(item) for item in element.items)
            return self.head(element.tag, "SQ", len(content)) + content
        size = self._turned_word_size(element.vr, "<")
        value = _padded(turn_words(element.value, size), element.vr)
        return self.head(element.tag, element.vr, len(value)) + value

    def _new_item(self, elements: Iterable[NewElement]) -> bytes:
        content = b"".join(map(self._new, elements))
        return self.item_head(ITEM, len(content)) + content

    def _element(self, element: HeaderElement, level: Header) -> Iterator[Part]:
        if element.items is not None:
            yield from self._sequence(element.tag, element.items)
        elif element.hole is not None:
            yield from self._hole(element, level)
        elif element.raw is not None:
            size = self._turned_word_size(element.vr, level.order)
            value = _padded(element.raw, element.vr)
            if len(value) % size == 0:
                value = turn_words(value, size)
            yield self.head(element.tag, element.vr, len(value)) + value

    def _hole(self, element: HeaderElement, level: Header) -> Iterator[Part]:
        assert element.hole is not None  # noqa: S101 - narrows the type for its one caller
        offset, length = element.hole.offset, element.hole.length
        size = self._turned_word_size(element.vr, level.order)
        yield self.head(element.tag, element.vr, length + (length & 1))
        whole = length - length % size
        yield StoredRange(offset, whole, size)
        if length > whole:
            yield StoredRange(offset + whole, length - whole)
        if length & 1:
            yield b"\0" if element.vr in BULK_VRS else b" "

    def _sequence(self, tag: int, items: tuple[Header, ...]) -> Iterator[Part]:
        if any(holds_encapsulated_pixels(item) for item in items):
            return  # an icon in the old compression, which nothing requires (PS3.3 F.7)
        yield self.head(tag, "SQ", UNDEFINED_LENGTH)
        for item in items:
            yield self.item_head(ITEM, UNDEFINED_LENGTH)
            for element in item.elements():
                if _is_kept(element.tag):
                    yield from self._element(element, item)
            yield self.item_head(ITEM_DELIMITATION, 0)
        yield self.item_head(SEQUENCE_DELIMITATION, 0)

    def _turned_word_size(self, vr: str, order: str) -> int:
        return 1 if order == self._encoding.order else _WORD_SIZES.get(vr, 1)


def holds_encapsulated_pixels(item: Header) -> bool:
    """Tell whether the Pixel Data of an item is not as long as native pixels would be."""
    hole = item.hole(PIXEL_DATA)
    if hole is None:
        return False
    rows, columns = item.integer(_ROWS) or 0, item.integer(_COLUMNS) or 0
    samples, bits = item.integer(_SAMPLES_PER_PIXEL) or 1, item.integer(_BITS_ALLOCATED) or 8
    native = (rows * columns * samples * bits + 7) // 8
    return hole.length not in {native, native + (native & 1)}


def joined(parts: Iterable[Part]) -> Iterator[Part]:
    """Join neighbouring bytes, so that a data set is few pieces."""
    waiting: list[bytes] = []
    for part in parts:
        if isinstance(part, bytes):
            waiting.append(part)
            continue
        if waiting:
            yield b"".join(waiting)
            waiting = []
        yield part
    if waiting:
        yield b"".join(waiting)


def _is_kept(tag: int) -> bool:
    """Leave out what would not be true any more: group lengths, padding, stray file meta."""
    return tag & 0xFFFF != 0 and tag != _TRAILING_PADDING and tag >= 0x00080000


def _padded(value: bytes, vr: str) -> bytes:
    if not len(value) & 1:
        return value
    return value + (b"\0" if vr in BULK_VRS or vr == "UI" else b" ")
