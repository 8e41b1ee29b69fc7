"""Header layouts met before, so that a scanner need not read the same one again and again.

What a scanner makes of a header follows from its heads alone: tags, VRs, lengths, items. The
objects of one examination differ in their values and hardly ever in these. So all bytes that
are not plain values are picked out at once and compared with those of a layout met before; when
they are the same, the scanner goes on at Pixel Data with the table it would have arrived at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from sonarium.dicom.dictionary import VR_BY_TAG
from sonarium.dicom.element import LONG_HEADS, SHORT_HEADS, UNDEFINED_LENGTH
from sonarium.dicom.scanned_data_set import ElementTable

_PLAIN_HEADS: Final = (frozenset(SHORT_HEADS) | frozenset(LONG_HEADS)) - {b"SQ"}
_PIXEL_TAG_BYTES: Final = 4
_LONGEST_HEADER: Final = 64 * 1024
_MOST_ELEMENTS: Final = 4000
_MOST_TEMPLATES: Final = 16
_MOST_SEEN_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class Prefix:
    """Where a scanner stands when it meets Pixel Data in the first bytes it was given."""

    transfer_syntax_uid: str
    end: int
    """Where the head of Pixel Data begins."""
    table: ElementTable
    elements: int
    oddities: tuple[str, ...]
    last_tag: int


@dataclass(frozen=True, slots=True)
class ScanTemplate:
    """One layout: what all its headers have in common, and what a scanner makes of it."""

    prefix: Prefix
    structure: Struct
    """Picks out what lies between the values."""
    expected: tuple[bytes, ...]
    length: int

    def fits(self, chunk: bytes | memoryview) -> bool:
        """Tell whether a data set begins with this layout."""
        return len(chunk) >= self.length and self.structure.unpack_from(chunk) == self.expected


class ScanTemplates:
    """The layouts met most recently; for one thread.

    A layout is learned when a header of its size comes for the second time: what never
    recurs costs next to nothing.
    """

    def __init__(self) -> None:
        self._templates: list[ScanTemplate] = []
        self._seen_once: dict[tuple[str, int, int], None] = {}

    def find(self, transfer_syntax_uid: str, chunk: bytes | memoryview) -> Prefix | None:
        """Return where the scan of a data set that begins with `chunk` may go on."""
        for place, template in enumerate(self._templates):
            if template.prefix.transfer_syntax_uid == transfer_syntax_uid and template.fits(chunk):
                if place:
                    self._templates.insert(0, self._templates.pop(place))
                return template.prefix
        return None

    def learn(
        self, prefix: Prefix, buffer: bytes | memoryview, runs: Iterable[ElementTable]
    ) -> None:
        """Remember the layout of a header that begins `buffer`.

        Args:
            prefix: what a scanner found.
            buffer: from the first byte of the data set.
            runs: plain values within items.
        """
        if prefix.end > _LONGEST_HEADER or prefix.elements > _MOST_ELEMENTS:
            return
        size = (prefix.transfer_syntax_uid, prefix.end, prefix.elements)
        if size not in self._seen_once:
            self._seen_once[size] = None
            if len(self._seen_once) > _MOST_SEEN_ONCE:
                del self._seen_once[next(iter(self._seen_once))]
            return
        length = prefix.end + _PIXEL_TAG_BYTES
        structure = _between(sorted(_values(prefix.table, runs)), length)
        template = ScanTemplate(prefix, structure, structure.unpack_from(buffer), length)
        self._templates.insert(0, template)
        del self._templates[_MOST_TEMPLATES:]


def _values(table: ElementTable, runs: Iterable[ElementTable]) -> Iterator[tuple[int, int]]:
    """Find the values whose bytes decide nothing; what is not among them must stay the same."""
    for tag, (vr, start, length) in table.items():
        is_plain = vr in _PLAIN_HEADS or (not vr and VR_BY_TAG[tag] != "SQ")
        if is_plain and length != UNDEFINED_LENGTH:
            yield start, length
    for run in runs:
        for _, start, length in run.values():
            yield start, length


def _between(values: list[tuple[int, int]], end: int) -> Struct:
    layout = ["="]
    position = 0
    for start, length in values:
        if length:
            layout.append(f"{start - position}s{length}x")
            position = start + length
    layout.append(f"{end - position}s")
    return Struct("".join(layout))
