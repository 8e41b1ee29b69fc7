"""Writes JSON-model attributes as an encoded data set (PS3.5 7.1)."""

import struct
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias, cast

from sonarium.dicom.character_set import CharacterSet
from sonarium.dicom.dictionary import VR_BY_TAG, attribute_name
from sonarium.dicom.element import (
    ITEM,
    SEQUENCE_DELIMITATION,
    UNDEFINED_LENGTH,
    ByteOrder,
    Encoding,
)
from sonarium.dicom.errors import InvalidAttribute
from sonarium.dicom.value import decimal_text, pack_number, to_little_endian
from sonarium.dicom.value_representation import BULK_VRS, LONG_VRS, NUMBER_FORMATS, SHORT_VRS
from sonarium.domain.attributes import Attributes, Element, JSONValue, tag_key

BulkSource: TypeAlias = Callable[[str], bytes | Sequence[bytes]]
"""Fetches what a BulkDataURI of an incoming document stands for: a value, or the frames
of a compressed Pixel Data. Raises KeyError when it was not sent."""

_VR_BYTES: Final = {vr: vr.encode("ascii") for vr in SHORT_VRS | LONG_VRS}
_PLACES: Final = {tag_key(tag): (tag >> 16, tag & 0xFFFF) for tag in VR_BY_TAG}
_NUL_PADDED_VRS: Final = BULK_VRS | {"UI"}
_CHARACTER_SET_KEY: Final = "00080005"


class DataSetWriter:
    """Writes one data set; holds what every level of it has in common."""

    def __init__(
        self, encoding: Encoding, texts: CharacterSet, bulk: BulkSource | None = None
    ) -> None:
        self.order: ByteOrder = encoding.order
        self.texts = texts
        self.needs_character_set = False
        """Some text was not ASCII."""
        self._encoding = encoding
        self._bulk = bulk

    def data_set(self, attributes: Attributes, character_set: str) -> bytes:
        """Write a whole data set.

        Specific Character Set takes the value `character_set` where texts need it
        or `attributes` has it; other values of it are left out.

        Raises:
            InvalidAttribute: a value does not fit its VR.
        """
        before: Attributes = {}
        after: Attributes = {}
        wants_character_set = False
        for key, element in attributes.items():
            if key > _CHARACTER_SET_KEY:
                after[key] = element
            elif key < _CHARACTER_SET_KEY:
                before[key] = element
            else:
                wants_character_set = True
        tail = self.level(after)
        head = self.level(before) if before else []
        if character_set and (wants_character_set or self.needs_character_set):
            value = character_set.encode("ascii")
            value += b" " * (len(value) & 1)
            head += (self.head(0x0008, 0x0005, "CS", len(value)), value)
        return b"".join(head + tail)

    def level(self, attributes: Mapping[str, Element]) -> list[bytes]:
        """Write the elements of one level in tag order."""
        parts: list[bytes] = []
        for key in sorted(attributes):
            group, number = _PLACES.get(key) or _place(key)
            element = attributes[key]
            vr = cast(str, element["vr"])
            try:
                values = element.get("Value")
                value = _WRITERS[vr](cast(list[JSONValue], values), vr, self) if values else b""
                if not values and len(element) > 1:
                    parts += self._binary(group, number, vr, element)
                    continue
                if len(value) & 1:
                    value += b"\0" if vr in _NUL_PADDED_VRS else b" "
                parts += (self.head(group, number, vr, len(value)), value)
            except (AttributeError, KeyError, TypeError, ValueError, struct.error) as error:
                name = attribute_name(int(key, 16))
                raise InvalidAttribute(name, f"its value cannot be written as {vr}") from error
        return parts

    def head(self, group: int, number: int, vr: str, length: int) -> bytes:
        """Write the head of an element."""
        encoding = self._encoding
        if not encoding.is_explicit:
            return encoding.implicit_head.pack(group, number, length)
        if vr in SHORT_VRS:
            return encoding.explicit_head.pack(group, number, _VR_BYTES[vr], length)
        head = encoding.explicit_head.pack(group, number, _VR_BYTES[vr], 0)
        return head + encoding.length.pack(length)

    def text(self, text: str, vr: str) -> bytes:
        """Write a text in the character set of the data set."""
        if text.isascii():
            return text.encode("ascii")
        self.needs_character_set = True
        return self.texts.encode(text, vr)

    def item(self, attributes: Mapping[str, Element]) -> bytes:
        """Write an item of defined length; the data set's character set holds in it too."""
        content = b"".join(
            self.level(
                {key: value for key, value in attributes.items() if key != _CHARACTER_SET_KEY}
            )
        )
        return self._item_head(ITEM, len(content)) + content

    def _item_head(self, tag: int, length: int) -> bytes:
        return self._encoding.implicit_head.pack(tag >> 16, tag & 0xFFFF, length)

    def _binary(self, group: int, number: int, vr: str, element: Element) -> tuple[bytes, ...]:
        """Write an element whose value is InlineBinary or lies behind a BulkDataURI."""
        inline, uri = element.get("InlineBinary"), element.get("BulkDataURI")
        value: bytes | Sequence[bytes] = b""
        if isinstance(inline, str):
            value = b64decode(inline, validate=True)
        elif isinstance(uri, str) and self._bulk is not None:
            try:
                value = self._bulk(uri)
            except KeyError as error:
                name = attribute_name(group << 16 | number)
                raise InvalidAttribute(name, "what its BulkDataURI names was not sent") from error
        if not isinstance(value, bytes):
            return (self.head(group, number, vr, UNDEFINED_LENGTH), *self._fragments(value))
        if self.order == ">":
            value = to_little_endian(value, vr, self.order)  # the same turn, either way
        padding = b"\0" * (len(value) & 1)
        return (self.head(group, number, vr, len(value) + len(padding)), value, padding)

    def _fragments(self, frames: Sequence[bytes]) -> list[bytes]:
        """Encapsulate frames, one fragment each, with a Basic Offset Table (PS3.5 A.4)."""
        offsets: list[int] = []
        items: list[bytes] = []
        at = 0
        for frame in frames:
            padding = b"\0" * (len(frame) & 1)
            offsets.append(at)
            items += (self._item_head(ITEM, len(frame) + len(padding)), frame, padding)
            at += 8 + len(frame) + len(padding)
        table = b"".join(self._encoding.length.pack(offset) for offset in offsets)
        if at > UNDEFINED_LENGTH:
            table = b""
        return [
            self._item_head(ITEM, len(table)),
            table,
            *items,
            self._item_head(SEQUENCE_DELIMITATION, 0),
        ]


def _place(key: str) -> tuple[int, int]:
    return int(key[:4], 16), int(key[4:], 16)


# One function for each kind of value; `values` is never empty.

_Values: TypeAlias = list[JSONValue]


def _codes(values: _Values, _vr: str, _writer: DataSetWriter) -> bytes:
    if len(values) == 1 and isinstance(values[0], str):
        return values[0].encode("ascii", "replace")
    texts = ["" if value is None else cast(str, value) for value in values]
    return "\\".join(texts).encode("ascii", "replace")


def _texts(values: _Values, vr: str, writer: DataSetWriter) -> bytes:
    if len(values) == 1 and isinstance(values[0], str):
        return writer.text(values[0], vr)
    return writer.text("\\".join("" if v is None else cast(str, v) for v in values), vr)


def _person_names(values: _Values, vr: str, writer: DataSetWriter) -> bytes:
    return writer.text("\\".join(person_name_text(value) for value in values), vr)


def person_name_text(name: JSONValue) -> str:
    """Write the groups of a name as PN does; a plain text stays as it is."""
    if isinstance(name, dict):
        groups = [name.get(group, "") for group in ("Alphabetic", "Ideographic", "Phonetic")]
        return "=".join(cast(list[str], groups)).rstrip("=")
    return "" if name is None else cast(str, name)


def _number_texts(values: _Values, vr: str, _writer: DataSetWriter) -> bytes:
    texts = (_number_text(value, vr) for value in values)
    return "\\".join(texts).encode("ascii", "replace")


def _number_text(value: JSONValue, vr: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, int):
        return str(value)
    number = float(cast(float, value))
    return str(int(number)) if vr == "IS" and number == int(number) else decimal_text(number)


def _numbers(values: _Values, vr: str, writer: DataSetWriter) -> bytes:
    kind = float if vr in {"FD", "FL"} else int
    order = writer.order
    return b"".join(pack_number(kind(cast(float, v)), vr, order) for v in values)


def _tags(values: _Values, _vr: str, writer: DataSetWriter) -> bytes:
    halves = (half for value in values for half in _place(cast(str, value)))
    return b"".join(pack_number(half, "US", writer.order) for half in halves)


def _items(values: _Values, _vr: str, writer: DataSetWriter) -> bytes:
    return b"".join(writer.item(cast(dict[str, Element], value or {})) for value in values)


_WRITERS: Final[dict[str, Callable[[_Values, str, DataSetWriter], bytes]]] = {
    **dict.fromkeys(("AE", "AS", "CS", "DA", "DT", "TM", "UI"), _codes),
    **dict.fromkeys(("LO", "LT", "SH", "ST", "UC", "UR", "UT"), _texts),
    **dict.fromkeys(("DS", "IS"), _number_texts),
    **dict.fromkeys(NUMBER_FORMATS, _numbers),
    "AT": _tags,
    "PN": _person_names,
    "SQ": _items,
}
