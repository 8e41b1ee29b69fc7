"""Push scanner over an encoded data set: keeps the header, skips the bulk.

What is refused: bytes that end early, lengths that leave their item, items where
none can be, values without an end, and anything beyond `ScanLimits`. What is taken
although PS3.5 forbids it, because nothing is lost, is named in `Oddity`.
"""

from enum import IntEnum
from typing import Final

from sonarium.dicom.chunk_reader import TAIL_BYTES, ChunkReader
from sonarium.dicom.deflate import BoundedInflater
from sonarium.dicom.dictionary import VR_BY_TAG
from sonarium.dicom.element import (
    DOUBLE_FLOAT_PIXEL_DATA,
    EXTENDED_OFFSET_TABLE,
    FLOAT_PIXEL_DATA,
    IMPLICIT_LITTLE,
    ITEM,
    ITEM_DELIMITATION,
    LONG_HEADS,
    PIXEL_DATA,
    SEQUENCE_DELIMITATION,
    SHORT_HEADS,
    UNDEFINED_LENGTH,
    Encoding,
    begins_with_item,
    encoding_of,
    explicit_length_form,
    item_encoding,
    vr_text,
)
from sonarium.dicom.errors import MalformedDataSet, TruncatedDataSet
from sonarium.dicom.fragments import FragmentRecorder
from sonarium.dicom.frames import FrameIndex
from sonarium.dicom.pixel_layout import (
    NUMBER_OF_FRAMES,
    TopLevel,
    frames_in_fragments,
    frames_in_value,
)
from sonarium.dicom.scan_template import Prefix, ScanTemplates
from sonarium.dicom.scanned_data_set import (
    DEFAULT_LIMITS,
    ElementTable,
    Hole,
    Oddity,
    ScanLimits,
    ScannedDataSet,
)
from sonarium.dicom.uids import transfer_syntax
from sonarium.dicom.value_representation import BULK_VRS

__all__ = ["DataSetScanner", "Hole", "MalformedDataSet", "Oddity", "ScanLimits", "ScannedDataSet"]

BULK_BYTES: Final = 1024
"""Uninterpreted values beyond this are left out of the header."""

LARGE_VALUE_BYTES: Final = 64 * 1024
"""Values of any VR beyond this are left out of the header."""

PIXEL_TAGS: Final = frozenset({PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA})
_PIXEL_GROUP: Final = 0x7FE00000
_NO_TAG: Final = -1
_ENDLESS: Final = 1 << 63
_SEQUENCE_TAGS: Final = frozenset(tag for tag, vr in VR_BY_TAG.items() if vr == "SQ")
_SHORT: Final = frozenset(SHORT_HEADS)
_LONG: Final = frozenset(LONG_HEADS) - {b"SQ"}
_IDENTITY: Final = frozenset(
    {0x00080016, 0x00080018, 0x00100010, 0x00100020, 0x0020000D, 0x0020000E}
)
"""What files an object; two values of one of these cannot both be right."""


class _Kind(IntEnum):
    ELEMENTS = 0
    SEQUENCE = 1
    ENCAPSULATED = 2
    PADDING = 3


class DataSetScanner(ChunkReader):
    """Reads a data set chunk by chunk; never holds a bulk value.

    Args:
        transfer_syntax_uid: how it is written.
        limits: what it may cost.
        templates: layouts met by other scanners with the same limits; they spare most of the
            work and change nothing in what is found.
    """

    def __init__(
        self,
        transfer_syntax_uid: str,
        limits: ScanLimits = DEFAULT_LIMITS,
        templates: ScanTemplates | None = None,
    ) -> None:
        super().__init__(limits.header_bytes)
        self._syntax = transfer_syntax(transfer_syntax_uid)
        self._limits = limits
        self._inflater = (
            BoundedInflater(limits.inflated_bytes) if self._syntax.is_deflated else None
        )
        self._templates = templates if self._inflater is None else None
        self._runs: list[ElementTable] | None = None
        self._elements = 0
        self._oddities: dict[str, None] = {}
        self._table: ElementTable = {}
        self._stack: list[tuple[_Kind, int, int, Encoding, int]] = []
        self._kind = _Kind.ELEMENTS
        self._end = _ENDLESS
        self._bound = _ENDLESS
        self._encoding = encoding_of(self._syntax)
        self._last_tag = _NO_TAG
        self._fragments: FragmentRecorder | None = None
        self._pixel_fragments: FragmentRecorder | None = None
        self._extended_offset_table = bytearray()
        self._pixels: Hole | None = None

    def feed(self, chunk: bytes | memoryview) -> None:
        """Take the next bytes; they are not kept beyond this call.

        Raises:
            MalformedDataSet: no data set begins like this.
        """
        if self._inflater is None:
            if self._templates is not None and self._runs is None:
                self._recognize(self._templates, chunk)
            self._read(chunk)
            return
        for piece in self._inflater.inflate(chunk):
            self._read(piece)

    def _recognize(self, templates: ScanTemplates, chunk: bytes | memoryview) -> None:
        """Pass over a header whose layout is known; otherwise get ready to learn it."""
        self._runs = []
        prefix = templates.find(self._syntax.uid, chunk)
        if prefix is not None:
            self._templates = None
            self._known = prefix.end
            self._table = dict(prefix.table)
            self._elements = prefix.elements
            self._oddities = dict.fromkeys(prefix.oddities)
            self._last_tag = prefix.last_tag

    def _learn(self, templates: ScanTemplates) -> None:
        """Remember what lay before Pixel Data, if all of it is at hand."""
        self._templates = None
        if self._runs is not None and not (self._base or self._kept or self._holes):
            prefix = Prefix(
                self._syntax.uid,
                self._pos,
                dict(self._table),
                self._elements,
                tuple(map(str, self._oddities)),
                self._last_tag,
            )
            templates.learn(prefix, self._buffer, self._runs)

    def finish(self) -> ScannedDataSet:
        """Say that all bytes were fed.

        Raises:
            TruncatedDataSet: an element, item or sequence is not complete.
        """
        if self._inflater is not None:
            self._inflater.finish()
        self._close()
        top = self._top_level()
        frames = self._frames(top)
        return ScannedDataSet(
            self._syntax.uid,
            self._base,
            top.header,
            tuple(self._holes),
            frames,
            tuple(map(str, self._oddities)),
            self._table,
        )

    def _top_level(self) -> TopLevel:
        header = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        return TopLevel(header, self._table, encoding_of(self._syntax).order)

    def _advance(self) -> bool:
        kind = self._kind
        if kind is _Kind.ELEMENTS:
            if self._encoding.is_explicit:
                self._pass_explicit()
            else:
                self._pass_implicit()
            return self._take_element()
        if kind is _Kind.SEQUENCE:
            return self._take_item()
        if kind is _Kind.ENCAPSULATED:
            return self._take_fragment()
        return self._take_padding()

    def _skipped(self) -> None:
        if self._capture is None and self._fragments is not None:
            self._fragments.end_item(self._tail)
        self._capture = None

    # Elements.

    def _run_limit(self) -> int:
        """Return how far a run of plain elements may reach without another check."""
        pos, limits = self._pos, self._limits
        elements = limits.elements - self._elements
        if not self._stack:
            elements = min(elements, limits.top_level_elements - len(self._table))
        return min(
            len(self._buffer),
            self._bound - self._base,
            pos + 8 * elements,
            self._keep_from + limits.header_bytes - self._kept,
        )

    def _begin_run(self) -> ElementTable:
        """Return where plain elements within an item are noted, for a template."""
        table: ElementTable = {}
        if self._runs is not None:
            self._runs.append(table)
        return table

    def _pass_explicit(self) -> None:
        """Pass over plain elements at full speed; stop before anything that needs care."""
        buffer, pos, limit = self._buffer, self._pos, self._run_limit()
        head, long_length = self._encoding.explicit_head.unpack_from, self._encoding.length
        table = self._begin_run() if self._stack else self._table
        last, shift, count, lengths = self._last_tag, self._shift, 0, 0
        while pos + 12 <= limit:
            group, number, vr, length = head(buffer, pos)
            tag = group << 16 | number
            if not last < tag < _PIXEL_GROUP or group < 3:
                break
            if vr in _SHORT:
                value = pos + 8
            elif vr in _LONG:
                (length,) = long_length.unpack_from(buffer, pos + 8)
                if length > BULK_BYTES:
                    break
                value = pos + 12
            else:
                break
            if value + length > limit:
                break
            table[tag] = (vr, value + shift, length)
            last = tag
            lengths |= length
            count += 1
            pos = value + length
        self._pos, self._last_tag = pos, last
        self._elements += count
        if lengths & 1:
            self._note(Oddity.ODD_LENGTH)

    def _pass_implicit(self) -> None:
        """Do for implicit VR what `_pass_explicit` does."""
        buffer, pos, limit = self._buffer, self._pos, self._run_limit()
        head = self._encoding.implicit_head.unpack_from
        table = self._begin_run() if self._stack else self._table
        last, shift, count, lengths = self._last_tag, self._shift, 0, 0
        while pos + 8 <= limit:
            group, number, length = head(buffer, pos)
            tag = group << 16 | number
            if (
                not last < tag < _PIXEL_GROUP
                or group < 3
                or length > BULK_BYTES
                or pos + 8 + length > limit
                or tag in _SEQUENCE_TAGS
            ):
                break
            table[tag] = (b"", pos + 8 + shift, length)
            last = tag
            lengths |= length
            count += 1
            pos += 8 + length
        self._pos, self._last_tag = pos, last
        self._elements += count
        if lengths & 1:
            self._note(Oddity.ODD_LENGTH)

    def _take_element(self) -> bool:
        """Read one element of any form, or the end of the item; False when bytes lack."""
        pos, at, have = self._pos, self._base + self._pos, len(self._buffer) - self._pos
        if at == self._end:
            return self._pop()
        if at + 8 > self._bound:
            raise MalformedDataSet("an item ends within an element")
        if have < 8:
            return self._starve(8)
        if self._last_tag == _NO_TAG and self._stack:
            self._check_item_encoding()
        encoding = self._encoding
        group, number, length = encoding.implicit_head.unpack_from(self._buffer, pos)
        tag = group << 16 | number
        if group == 0xFFFE:
            return self._take_delimitation(tag, length)
        if group == 0:
            return self._begin_padding()
        if group == 2:
            self._note(Oddity.META_IN_DATA_SET)
        if tag >= _PIXEL_GROUP and not self._stack and self._templates is not None:
            self._learn(self._templates)
        vr, value, kind = b"", pos + 8, VR_BY_TAG[tag]
        if encoding.is_explicit:
            vr = bytes(self._buffer[pos + 4 : pos + 6])
            if explicit_length_form(vr) == 8:
                length = encoding.explicit_head.unpack_from(self._buffer, pos)[3]
            else:
                if have < 12:
                    return self._starve(12)
                length = encoding.length.unpack_from(self._buffer, pos + 8)[0]
                value = pos + 12
            kind = vr_text(vr)
            if kind == "UN" and vr != b"UN":
                self._note(Oddity.UNKNOWN_VR)
        return self._take_value(tag, vr, kind, value, length)

    def _take_value(self, tag: int, vr: bytes, kind: str, value: int, length: int) -> bool:
        if length == UNDEFINED_LENGTH:
            self._record(tag, vr, value, length)
            self._enter_undefined(tag, kind, value)
            return True
        end = value + length
        if self._base + end > self._bound:
            raise MalformedDataSet("a value reaches beyond its item")
        if kind == "SQ" and not vr and length:
            if len(self._buffer) < value + min(8, length):
                return self._starve(value + min(8, length) - self._pos)
            kind = self._implicit_kind(value, length)
        if kind == "SQ":
            self._record(tag, vr, value, length)
            self._pos = value
            self._push(_Kind.SEQUENCE, self._base + end, self._encoding)
            return True
        is_pixels = tag in PIXEL_TAGS and not self._stack
        if length and (is_pixels or _is_bulk(tag, kind, length)):
            self._record(tag, vr, value, length)
            if is_pixels:
                self._note_native_pixels(Hole(self._base + value, length))
            self._begin_hole(value)
            self._end_hole(end)
            if tag == EXTENDED_OFFSET_TABLE and length <= 8 * self._limits.fragments:
                self._extended_offset_table = bytearray(self._buffer[value : self._pos])
                self._capture = self._extended_offset_table if self._skip else None
            return not self._skip
        if end > len(self._buffer):
            return self._starve(end - self._pos)
        self._record(tag, vr, value, length)
        self._pos = end
        return True

    def _implicit_kind(self, value: int, length: int) -> str:
        """Return SQ when items follow, else UN: some tags were no sequence once (0040,A170)."""
        if length < 8:
            return "UN"
        return "SQ" if begins_with_item(self._buffer, value, self._encoding) else "UN"

    def _note_native_pixels(self, pixels: Hole) -> None:
        self._pixels = pixels
        if self._syntax.is_encapsulated and self._syntax.is_known:
            self._note(Oddity.NATIVE_PIXELS)

    def _record(self, tag: int, vr: bytes, value: int, length: int) -> None:
        """Count an element and note it in the table of its level."""
        self._elements += 1
        if self._elements > self._limits.elements:
            raise MalformedDataSet("the data set has too many elements")
        if length & 1 and length != UNDEFINED_LENGTH:
            self._note(Oddity.ODD_LENGTH)
        if tag <= self._last_tag:
            self._note(Oddity.OUT_OF_ORDER)
        else:
            self._last_tag = tag
        if self._stack:
            return
        if len(self._table) >= self._limits.top_level_elements:
            raise MalformedDataSet("the data set has too many elements")
        if tag in self._table:
            if tag in _IDENTITY:
                raise MalformedDataSet("an identifying element occurs twice")
            self._note(Oddity.DUPLICATE)
            return
        self._table[tag] = (vr, value + self._shift, length)

    def _note(self, oddity: Oddity) -> None:
        self._oddities[oddity] = None

    # Sequences, items and delimitations.

    def _enter_undefined(self, tag: int, kind: str, value: int) -> None:
        self._pos = value
        if tag == PIXEL_DATA and not self._stack and not self._syntax.is_encapsulated:
            raise MalformedDataSet("Pixel Data is encapsulated, the transfer syntax is not")
        if tag == PIXEL_DATA or (kind in {"OB", "OW"} and self._encoding.is_explicit):
            self._begin_hole(value)
            self._fragments = FragmentRecorder(self._limits.fragments)
            if tag == PIXEL_DATA and not self._stack:
                self._pixel_fragments = self._fragments
            self._push(_Kind.ENCAPSULATED, _ENDLESS, self._encoding)
        elif kind == "SQ" or not self._encoding.is_explicit:
            self._push(_Kind.SEQUENCE, _ENDLESS, self._encoding)
        elif kind == "UN":  # implicit VR within, PS3.5 6.2.2
            self._push(_Kind.SEQUENCE, _ENDLESS, IMPLICIT_LITTLE)
        else:
            raise MalformedDataSet("a value that is no sequence has no length")

    def _push(self, kind: _Kind, end: int, encoding: Encoding) -> None:
        if len(self._stack) >= 2 * self._limits.depth:
            raise MalformedDataSet("sequences are nested too deeply")
        self._stack.append((self._kind, self._end, self._bound, self._encoding, self._last_tag))
        self._kind, self._end, self._encoding = kind, end, encoding
        self._bound = min(self._bound, end)
        self._last_tag = _NO_TAG

    def _pop(self) -> bool:
        self._kind, self._end, self._bound, self._encoding, self._last_tag = self._stack.pop()
        return True

    def _take_delimitation(self, tag: int, length: int) -> bool:
        """Read a delimitation item where elements stand."""
        if tag == ITEM:
            raise MalformedDataSet("an item lies outside a sequence")
        if length or tag not in {ITEM_DELIMITATION, SEQUENCE_DELIMITATION}:
            raise MalformedDataSet("a delimitation item has a length")
        self._pos += 8
        if self._stack and self._end == _ENDLESS:
            if tag != ITEM_DELIMITATION:
                raise MalformedDataSet("a sequence ends within its item")
            return self._pop()
        self._count_structure()
        self._note(Oddity.STRAY_DELIMITATION)
        return True

    def _take_item(self) -> bool:
        """Read the head of an item, or the end of the sequence."""
        pos, at = self._pos, self._base + self._pos
        if at == self._end:
            return self._pop()
        if at + 8 > self._bound:
            raise MalformedDataSet("a sequence ends within an item")
        if len(self._buffer) - pos < 8:
            return self._starve(8)
        group, number, length = self._encoding.implicit_head.unpack_from(self._buffer, pos)
        tag = group << 16 | number
        self._count_structure()
        if tag == ITEM:
            end = _ENDLESS if length == UNDEFINED_LENGTH else at + 8 + length
            if end != _ENDLESS and end > self._bound:
                raise MalformedDataSet("an item reaches beyond its sequence")
            self._pos += 8
            self._push(_Kind.ELEMENTS, end, self._encoding)
            return True
        if tag not in {ITEM_DELIMITATION, SEQUENCE_DELIMITATION} or length:
            raise MalformedDataSet("a sequence holds something other than items")
        self._pos += 8
        if tag == SEQUENCE_DELIMITATION and self._end == _ENDLESS:
            return self._pop()
        self._note(Oddity.STRAY_DELIMITATION)
        return True

    def _count_structure(self) -> None:
        self._elements += 1
        if self._elements > self._limits.elements:
            raise MalformedDataSet("the data set has too many items")

    def _check_item_encoding(self) -> None:
        head = bytes(self._buffer[self._pos : self._pos + 8])
        encoding = item_encoding(self._encoding, head)
        if encoding is not self._encoding:
            self._encoding = encoding
            self._note(Oddity.IMPLICIT_ITEM)

    def _begin_padding(self) -> bool:
        """Take zero bytes for padding when data elements came before them."""
        if self._stack or not self._table:
            raise MalformedDataSet("a command element lies in the data set")
        self._note(Oddity.TRAILING_ZEROS)
        self._begin_hole(self._pos)
        self._kind = _Kind.PADDING
        return True

    def _take_padding(self) -> bool:
        if bytes(self._buffer[self._pos :]).strip(b"\0"):
            raise MalformedDataSet("a command element lies in the data set")
        self._pos = len(self._buffer)
        return False

    # Encapsulated values.

    def _take_fragment(self) -> bool:
        """Read the head of a fragment and skip it, or read the end of the value."""
        pos, have = self._pos, len(self._buffer) - self._pos
        if self._base + pos + 8 > self._bound:
            raise MalformedDataSet("an encapsulated value reaches beyond its item")
        if have < 8:
            return self._starve(8)
        group, number, length = self._encoding.implicit_head.unpack_from(self._buffer, pos)
        tag = group << 16 | number
        if tag == SEQUENCE_DELIMITATION and length == 0:
            self._fragments = None
            self._pop()
            self._end_hole(pos + 8)
            return True
        value, end = pos + 8, pos + 8 + length
        if tag != ITEM or length == UNDEFINED_LENGTH or self._base + end > self._bound:
            raise MalformedDataSet("an encapsulated value holds something other than fragments")
        peek = min(length, TAIL_BYTES)
        if have < 8 + peek:
            return self._starve(8 + peek)
        if length & 1:
            self._note(Oddity.ODD_LENGTH)
        if self._fragments is not None:
            head = bytes(self._buffer[value : value + peek])
            self._take_fragment_value(self._fragments, value, end, head)
        return not self._skip

    def _take_fragment_value(
        self, fragments: FragmentRecorder, value: int, end: int, head: bytes
    ) -> None:
        self._capture = fragments.begin_item(self._base + value, end - value, head)
        self._move_to(end)
        if self._capture is not None:
            self._capture += self._buffer[value : self._pos]
            if not self._skip:
                self._capture = None
            return
        self._tail = bytes(self._buffer[max(value, self._pos - TAIL_BYTES) : self._pos])
        if not self._skip:
            fragments.end_item(self._tail)

    # The end.

    def _close(self) -> None:
        """Accept or refuse the place where the bytes end.

        An encapsulated Pixel Data may lack its delimitation item when its frames
        are all there. A sequence may not: nothing would tell it from a truncated one.
        """
        if self._kind is _Kind.PADDING:
            return
        while self._stack and self._base == self._end:
            self._pop()
        if self._pending and not self._stack and not any(self._pending):
            self._note(Oddity.TRAILING_ZEROS)
            self._base += len(self._pending)
            return
        if self._skip or self._pending:
            raise TruncatedDataSet("the data set ends within an element")
        if not self._stack:
            return
        frames = self._top_level().number(NUMBER_OF_FRAMES) or 1
        fragments = self._pixel_fragments
        if (
            fragments is None
            or fragments is not self._fragments
            or not fragments.ends_complete(frames)
        ):
            raise TruncatedDataSet("the data set ends within a sequence")
        self._note(Oddity.NO_PIXEL_DELIMITATION)
        self._holes.append(Hole(self._hole_start, self._base - self._hole_start))

    def _frames(self, top: TopLevel) -> FrameIndex | None:
        if self._pixel_fragments is not None:
            if self._pixel_fragments.lacks_offset_table:
                self._note(Oddity.NO_OFFSET_TABLE)
            frames = frames_in_fragments(
                top,
                self._pixel_fragments,
                bytes(self._extended_offset_table),
                is_video=self._syntax.is_video,
            )
        elif self._pixels is not None:
            frames = frames_in_value(top, self._pixels)
        else:
            return None
        declared = top.number(NUMBER_OF_FRAMES) or 1
        if frames is None or (frames.count != declared and not frames.is_single_stream):
            self._note(Oddity.FRAMES_UNCLEAR)
        return frames


def _is_bulk(tag: int, kind: str, length: int) -> bool:
    """Tell whether a value is left out of the header.

    An `UN` for a tag that the dictionary knows as no bulk is kept up to 64 KiB:
    an archive in between may have lost the VR of a sequence that we need.
    """
    if length > LARGE_VALUE_BYTES:
        return True
    if length <= BULK_BYTES or kind not in BULK_VRS:
        return False
    return kind != "UN" or VR_BY_TAG[tag] in BULK_VRS
