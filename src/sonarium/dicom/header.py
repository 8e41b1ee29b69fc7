"""A data set without its bulk values, decoded only where asked."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from struct import Struct
from typing import Final, NamedTuple, TypeAlias

from zstandard import ZstdCompressor, ZstdDecompressor, ZstdError, frame_content_size

from sonarium.dicom.character_set import CharacterSet, character_set
from sonarium.dicom.date_time import index_date, index_time
from sonarium.dicom.element import ByteOrder
from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.level import Level, level_of, read_level
from sonarium.dicom.scanned_data_set import Hole, ScannedDataSet
from sonarium.dicom.value import parse_number, unpack_numbers
from sonarium.dicom.value_representation import (
    NUMBER_FORMATS,
    SINGLE_TEXT_VRS,
)

Path: TypeAlias = tuple[int, ...]
"""Tag, then item number (from 1) and tag for each level below: `(0x00081140, 1, 0x00081155)`."""

SPECIFIC_CHARACTER_SET: Final = 0x00080005
_TRAILING: Final = " \0"
_KEPT_LEADING: Final = frozenset({"LT", "ST", "UT"})


class HeaderElement(NamedTuple):
    """One element of a header."""

    tag: int
    vr: str
    raw: bytes | None
    """The encoded value; None for a sequence and for a bulk value."""
    hole: Hole | None
    items: "tuple[Header, ...] | None"


class Header:
    """A data set, or an item of a sequence, without bulk values."""

    __slots__ = ("_character_set", "_level", "_outer")

    def __init__(self, level: Level, outer: "Header | None" = None) -> None:
        self._level = level
        self._outer = outer
        self._character_set: CharacterSet | None = None

    @property
    def transfer_syntax_uid(self) -> str:
        """The encoding of the stored data set."""
        return self._level.stored.transfer_syntax_uid

    @property
    def order(self) -> ByteOrder:
        """The byte order of binary values."""
        return self._level.encoding.order

    @property
    def character_set(self) -> CharacterSet:
        """What (0008,0005) of this level, or of the one around it, declares."""
        if self._character_set is None:
            declared = self._level.raw(SPECIFIC_CHARACTER_SET)
            if declared is None and self._outer is not None:
                self._character_set = self._outer.character_set
            else:
                text = (declared or b"").decode("latin_1")
                self._character_set = character_set(text.strip(_TRAILING))
        return self._character_set

    def __contains__(self, tag: int) -> bool:
        return tag in self._level.table

    def tags(self) -> tuple[int, ...]:
        """Return the tags of this level, ascending."""
        return tuple(sorted(self._level.table))

    def vr(self, tag: int) -> str | None:
        """Return the VR, from the dictionary where the encoding does not say."""
        return self._level.vr(tag)

    def raw(self, tag: int) -> bytes | None:
        """Return the encoded value; None when absent, a sequence, or bulk."""
        return self._level.raw(tag)

    def text(self, tag: int) -> str | None:
        """Return the first value as text without padding; None when absent or empty."""
        values = self.texts(tag)
        return values[0] or None if values else None

    def texts(self, tag: int) -> list[str]:
        """Return all values as text without padding; empty when there is no value."""
        raw = self.raw(tag)
        if not raw:
            return []
        vr = self.vr(tag) or "UN"
        if vr in NUMBER_FORMATS:
            return [str(number) for number in unpack_numbers(raw, vr, self.order)]
        decoded = self.character_set.decode(raw, vr)
        if vr in SINGLE_TEXT_VRS:
            stripped = decoded.rstrip(_TRAILING)
            return [stripped if vr in _KEPT_LEADING else stripped.lstrip()] if stripped else []
        values = [value.strip(_TRAILING) for value in decoded.split("\\")]
        return values if any(values) else []

    def integer(self, tag: int) -> int | None:
        """Return the first value as a whole number; None when it is none."""
        numbers = self._numbers(tag)
        return int(numbers[0]) if numbers and numbers[0] == int(numbers[0]) else None

    def decimal(self, tag: int) -> float | None:
        """Return the first value as a finite number; None when it is none."""
        numbers = self._numbers(tag)
        return float(numbers[0]) if numbers else None

    def decimals(self, tag: int) -> list[float]:
        """Return all values as numbers; empty when any is none."""
        numbers = self._numbers(tag)
        return [float(number) for number in numbers] if numbers else []

    def _numbers(self, tag: int) -> "Sequence[int | float] | None":
        raw = self.raw(tag)
        if not raw:
            return None
        vr = self.vr(tag) or "UN"
        if vr in NUMBER_FORMATS:
            return [n for n in unpack_numbers(raw, vr, self.order) if n - n == 0]
        numbers = [parse_number(text) for text in raw.decode("latin_1").split("\\")]
        found = [number for number in numbers if number is not None]
        return found if len(found) == len(numbers) else None

    def date(self, tag: int) -> str | None:
        """Return a DA (or the date of a DT) as YYYYMMDD, mended where clear, for the index."""
        text = self.text(tag)
        return index_date(text) if text else None

    def time(self, tag: int) -> str | None:
        """Return a TM as HHMMSS[.FFFFFF], mended where clear, for the index."""
        text = self.text(tag)
        return index_time(text) if text else None

    def items(self, tag: int) -> "tuple[Header, ...]":
        """Return the items of a sequence; empty when absent or no sequence."""
        return tuple(Header(level, self) for level in self._level.items(tag))

    def encoded(self, tag: int) -> tuple[bytes, bytes] | None:
        """Return the VR as written and the encoded value, be it a sequence.

        None when it is absent, bulk, or of undefined length.
        """
        return self._level.encoded(tag)

    def iter_encoded(self, tags: Iterable[int]) -> Iterator[tuple[int, tuple[bytes, bytes] | None]]:
        """Iterate over those of `tags` that are present, with what `encoded` says of each."""
        table, stored = self._level.table, self._level.stored
        encoded, quiet_until = stored.encoded, stored.quiet_until
        for tag in tags:
            entry = table.get(tag)
            if entry is None:
                continue
            vr, start, length = entry
            end = start + length  # of undefined length: far behind
            yield tag, (vr, encoded[start:end]) if end <= quiet_until else None

    def hole(self, tag: int) -> Hole | None:
        """Return where a bulk value lies in the stored data set."""
        return self._level.hole(tag)

    def extent(self, path: Path) -> Hole | None:
        """Return where any value lies in the stored (inflated) data set, bulk or not."""
        level = self._level
        for tag, number in zip(path[:-1:2], path[1::2], strict=True):
            items = level.items(tag)
            if not 1 <= number <= len(items):
                return None
            level = items[number - 1]
        return level.extent(path[-1])

    def elements(self, tags: Collection[int] | None = None) -> Iterator[HeaderElement]:
        """Iterate over this level, or over those of `tags` that it has, in tag order."""
        level = self._level
        table, encoded, hole_at = level.table, level.stored.encoded, level.stored.hole_at
        for tag in sorted(table if tags is None else table.keys() & tags):
            _, start, length = table[tag]
            vr = level.vr(tag) or "UN"
            if length and start in hole_at:
                yield HeaderElement(tag, vr, None, hole_at[start], None)
            elif vr == "SQ":
                yield HeaderElement(tag, vr, None, None, self.items(tag))
            else:
                yield HeaderElement(tag, vr, encoded[start : start + length], None, None)

    def walk(self) -> Iterator[tuple[Path, HeaderElement]]:
        """Iterate over all levels, depth first."""
        for element in self.elements():
            yield (element.tag,), element
            for number, item in enumerate(element.items or (), 1):
                for path, inner in item.walk():
                    yield (element.tag, number, *path), inner


def read_header(transfer_syntax_uid: str, header: bytes, holes: Sequence[Hole]) -> Header:
    """Open the header bytes of a scan that were kept."""
    return Header(read_level(transfer_syntax_uid, header, holes))


def header_of(scanned: ScannedDataSet) -> Header:
    """Open what a scanner has just read, without parsing it again."""
    return Header(level_of(scanned))


_RAW: Final = 0x01
_ZSTD: Final = 0x02
_COMPRESS_FROM_BYTES: Final = 256
_PACKED_HEAD: Final = Struct("<BBI")
_MAX_HEADER_BYTES: Final = 64 * 2**20
_compressors: list[ZstdCompressor] = []
_decompressors: list[ZstdDecompressor] = []
"""Idle codecs; each is in one hand at a time, since they are not safe to share."""


def pack_header(scanned: ScannedDataSet) -> bytes:
    """Write a scanned header compactly for its row.

    Layout: kind, length of the transfer syntax UID, number of holes; the UID; offset
    and length of each hole; the header, compressed unless it is short.
    """
    uid = scanned.transfer_syntax_uid.encode("ascii")
    places = [number for hole in scanned.holes for number in (hole.offset, hole.length)]
    kind, body = _RAW, scanned.header
    if len(body) >= _COMPRESS_FROM_BYTES:
        try:
            compressor = _compressors.pop()
        except IndexError:
            compressor = ZstdCompressor(level=1)
        kind, body = _ZSTD, compressor.compress(body)
        _compressors.append(compressor)
    return b"".join(
        (
            _PACKED_HEAD.pack(kind, len(uid), len(scanned.holes)),
            uid,
            Struct(f"<{len(places)}Q").pack(*places),
            body,
        )
    )


def unpack_header(packed: bytes | memoryview) -> Header:
    """Open what `pack_header` wrote.

    Raises:
        MalformedDataSet: it was written by a later version, or is damaged.
    """
    packed = bytes(packed)
    kind, uid_length, hole_count = _PACKED_HEAD.unpack_from(packed)
    uid_end = _PACKED_HEAD.size + uid_length
    holes_end = uid_end + 16 * hole_count
    places = Struct(f"<{2 * hole_count}Q").unpack_from(packed, uid_end)
    body = packed[holes_end:]
    if kind == _ZSTD:
        body = _decompress(body)
    elif kind != _RAW:
        raise MalformedDataSet("the stored header is of a kind unknown to this version")
    holes = [Hole(*place) for place in zip(places[::2], places[1::2], strict=True)]
    return read_header(packed[_PACKED_HEAD.size : uid_end].decode("ascii"), body, holes)


def _decompress(body: bytes) -> bytes:
    if frame_content_size(body) > _MAX_HEADER_BYTES:
        raise MalformedDataSet("the stored header is too long")
    try:
        decompressor = _decompressors.pop()
    except IndexError:
        decompressor = ZstdDecompressor()
    try:
        return decompressor.decompress(body)
    except ZstdError as error:
        raise MalformedDataSet("the stored header is damaged") from error
    finally:
        _decompressors.append(decompressor)
