"""Which element lies where in a stored header: one level of nesting at a time.

The bytes are those that a scanner has found sound; nothing here decodes a value.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from sonarium.dicom.dictionary import VR_BY_TAG, private_vr, vr_for
from sonarium.dicom.element import (
    HEAD_VRS,
    IMPLICIT_LITTLE,
    ITEM,
    ITEM_DELIMITATION,
    SEQUENCE_DELIMITATION,
    UNDEFINED_LENGTH,
    Encoding,
    begins_with_item,
    encoding_of,
    explicit_length_form,
    item_encoding,
)
from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.scanned_data_set import (
    DEFAULT_LIMITS,
    ElementTable,
    Hole,
    ScannedDataSet,
)
from sonarium.dicom.scanner import DataSetScanner
from sonarium.dicom.uids import IMPLICIT_VR_LITTLE_ENDIAN, transfer_syntax

PIXEL_REPRESENTATION: Final = 0x00280103

_CERTAIN_VRS: Final = {vr: text for vr, text in HEAD_VRS.items() if text != "UN"}
_CERTAIN_TAGS: Final = {tag: vr for tag, vr in VR_BY_TAG.items() if vr not in {"SQ", "US", "UN"}}
"""Tags whose VR needs no look at the data set; for values without a written VR."""

_PROBE_TAG: Final = 0x00081140


class Stored:
    """The bytes that all levels of a header share, and where values were taken out."""

    __slots__ = (
        "_before",
        "_offsets",
        "_places",
        "encoded",
        "hole_at",
        "origin",
        "quiet_until",
        "transfer_syntax_uid",
    )

    def __init__(
        self, transfer_syntax_uid: str, encoded: bytes, holes: Sequence[Hole], origin: int = 0
    ) -> None:
        self.transfer_syntax_uid = transfer_syntax_uid
        self.encoded = encoded
        self.origin = origin
        self._offsets = [hole.offset for hole in holes]
        self._before = list(accumulate((hole.length for hole in holes), initial=0))
        self._places = [offset - self._before[at] for at, offset in enumerate(self._offsets)]
        self.hole_at = dict(zip(self._places, holes, strict=True))
        self.quiet_until = self._places[0] if holes else len(encoded)
        """No value was taken out before this place."""

    def original(self, place: int) -> int:
        """Turn a place in the header into an offset in the stored data set."""
        return self.origin + place + self._before[bisect_left(self._places, place)]

    def end_of(self, place: int, length: int) -> int:
        """Return where a value of `length` that begins at `place` ends in the header."""
        if place + length <= self.quiet_until:
            return place + length
        end = place + self._before[bisect_left(self._places, place)] + length
        return end - self._before[bisect_left(self._offsets, end)]


class Level:
    """The elements of a data set or of one item."""

    __slots__ = ("depth", "encoding", "outer", "sequences", "stored", "table")

    def __init__(self, stored: Stored, encoding: Encoding, outer: "Level | None") -> None:
        self.stored = stored
        self.encoding = encoding
        self.outer = outer
        self.depth: int = 0 if outer is None else outer.depth + 1
        self.table: ElementTable = {}
        self.sequences: dict[int, tuple[Level, ...]] = {}
        """The sequences read so far."""

    def raw(self, tag: int) -> bytes | None:
        """Return the encoded value; None when absent, a sequence, or bulk."""
        entry = self.table.get(tag)
        if entry is None:
            return None
        vr, start, length = entry
        if length == UNDEFINED_LENGTH or vr == b"SQ" or (length and start in self.stored.hole_at):
            return None
        return self.stored.encoded[start : start + length]

    def encoded(self, tag: int) -> tuple[bytes, bytes] | None:
        """Return the VR as written and the value, unless something was taken out of it."""
        entry = self.table.get(tag)
        if entry is None or entry[2] == UNDEFINED_LENGTH:
            return None
        vr, start, length = entry
        end = start + length
        if end > self.stored.quiet_until:
            return None
        return vr, self.stored.encoded[start:end]

    def hole(self, tag: int) -> Hole | None:
        """Return where a bulk value lies in the stored data set."""
        entry = self.table.get(tag)
        return self.stored.hole_at.get(entry[1]) if entry is not None and entry[2] else None

    def extent(self, tag: int) -> Hole | None:
        """Return where any value lies in the stored data set, bulk or not."""
        hole = self.hole(tag)
        entry = self.table.get(tag)
        if hole is not None or entry is None:
            return hole
        if entry[2] == UNDEFINED_LENGTH:
            return None
        return Hole(self.stored.original(entry[1]), entry[2])

    def items(self, tag: int) -> "tuple[Level, ...]":
        """Return the items of a sequence; empty when absent or no sequence."""
        if self.vr(tag) != "SQ" or self.hole(tag) is not None:
            return ()
        if tag not in self.sequences:
            vr, start, length = self.table[tag]
            self._read_items(tag, vr, start, length)
        return self.sequences[tag]

    # Which VR a value has when its encoding does not say.

    def vr(self, tag: int) -> str | None:
        """Return the VR, from the dictionary where the encoding does not say."""
        entry = self.table.get(tag)
        if entry is None:
            return None
        vr, start, length = entry
        certain = _CERTAIN_VRS.get(vr)
        if certain is not None:
            return certain
        if length == UNDEFINED_LENGTH:
            return VR_BY_TAG[tag] if start in self.stored.hole_at else "SQ"
        return _CERTAIN_TAGS.get(tag) or self._find_vr(tag, vr, start, length)

    def _find_vr(self, tag: int, vr: bytes, start: int, length: int) -> str:
        known = VR_BY_TAG[tag]
        if (tag >> 16) & 1 and known == "UN":
            creator = self.raw((tag & 0xFFFF0000) | ((tag >> 8) & 0xFF)) or b""
            known = private_vr(tag, creator.decode("latin_1").strip(" \0")) or "UN"
        if length and start in self.stored.hole_at:
            return "UN" if known == "SQ" else known
        if known == "SQ":
            return "SQ" if self._holds_items(tag, vr, start, length) else "UN"
        if known == "US" and not (tag >> 16) & 1:
            return vr_for(tag, pixel_representation=self._pixel_representation())
        return known

    def _pixel_representation(self) -> int | None:
        level: Level | None = self
        while level is not None:
            value = level.raw(PIXEL_REPRESENTATION)
            if value is not None:
                return int.from_bytes(value, "big" if level.encoding.order == ">" else "little")
            level = level.outer
        return None

    def _holds_items(self, tag: int, vr: bytes, start: int, length: int) -> bool:
        """Tell whether a value that the dictionary calls a sequence is one.

        The scanner has not looked into it when it was written as UN; it does so
        here, as implicit VR little endian (PS3.5 6.2.2 note 2).
        """
        if tag in self.sequences or not length:
            return True
        stored = self.stored
        if not vr and not (tag >> 16) & 1:
            return length >= 8 and begins_with_item(stored.encoded, start, self.encoding)
        if self.depth >= DEFAULT_LIMITS.depth:
            return False
        scanner = DataSetScanner(IMPLICIT_VR_LITTLE_ENDIAN)
        head = IMPLICIT_LITTLE.implicit_head.pack(_PROBE_TAG >> 16, _PROBE_TAG & 0xFFFF, length)
        try:
            scanner.feed(head + stored.encoded[start : start + length])
            scanned = scanner.finish()
        except MalformedDataSet:
            return False
        probe = level_of(scanned, stored.original(start) - len(head), outer=self)
        if probe.vr(_PROBE_TAG) != "SQ":
            return False
        self.sequences[tag] = probe.items(_PROBE_TAG)
        return True

    # Reading.

    def read(self, pos: int, end: int, *, is_delimited: bool) -> int:
        """Fill the table from `pos` on; return where the level ends."""
        encoded, hole_at = self.stored.encoded, self.stored.hole_at
        encoding, table = self.encoding, self.table
        while pos + 8 <= end:
            group, number, length = encoding.implicit_head.unpack_from(encoded, pos)
            tag, vr, value = group << 16 | number, b"", pos + 8
            if group == 0xFFFE:
                pos += 8
                if is_delimited and tag == ITEM_DELIMITATION:
                    return pos
                continue
            if encoding.is_explicit:
                vr = encoded[pos + 4 : pos + 6]
                if explicit_length_form(vr) == 8:
                    length = encoding.explicit_head.unpack_from(encoded, pos)[3]
                else:
                    (length,) = encoding.length.unpack_from(encoded, pos + 8)
                    value = pos + 12
            table.setdefault(tag, (vr, value, length))
            if length and value in hole_at:
                pos = value
            elif length == UNDEFINED_LENGTH:
                pos = self._read_items(tag, vr, value, length)
            else:
                pos = self.stored.end_of(value, length)
        return end

    def _read_items(self, tag: int, vr: bytes, pos: int, length: int) -> int:
        """Read the items of a sequence; return where it ends."""
        stored, encoding = self.stored, self.encoding
        if encoding.is_explicit and vr != b"SQ":
            encoding = IMPLICIT_LITTLE  # PS3.5 6.2.2
        is_endless = length == UNDEFINED_LENGTH
        end = len(stored.encoded) if is_endless else stored.end_of(pos, length)
        items: list[Level] = []
        while pos + 8 <= end:
            group, number, size = encoding.implicit_head.unpack_from(stored.encoded, pos)
            inner = group << 16 | number
            pos += 8
            if inner == ITEM:
                own = item_encoding(encoding, stored.encoded[pos : pos + 8])
                item = Level(stored, own, self)
                is_delimited = size == UNDEFINED_LENGTH
                item_end = end if is_delimited else stored.end_of(pos, size)
                pos = item.read(pos, item_end, is_delimited=is_delimited)
                items.append(item)
            elif inner == SEQUENCE_DELIMITATION and is_endless:
                end = pos
        self.sequences.setdefault(tag, tuple(items))
        return end


def level_of(scanned: ScannedDataSet, origin: int = 0, outer: Level | None = None) -> Level:
    """Return the top level of a fresh scan; `origin` is where it lay in a larger data set."""
    uid = scanned.transfer_syntax_uid
    stored = Stored(uid, scanned.header, scanned.holes, origin)
    level = Level(stored, encoding_of(transfer_syntax(uid)), outer)
    level.table = scanned.table
    return level


def read_level(transfer_syntax_uid: str, header: bytes, holes: Sequence[Hole]) -> Level:
    """Return the top level of a header that was kept."""
    stored = Stored(transfer_syntax_uid, header, holes)
    level = Level(stored, encoding_of(transfer_syntax(transfer_syntax_uid)), None)
    level.read(0, len(header), is_delimited=False)
    return level
