"""The DICOM JSON Model: headers out, data sets in (PS3.18 Annex F)."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, TypeAlias, cast

import orjson

from sonarium.dicom.character_set import (
    DEFAULT_CHARACTER_SET,
    UTF_8_TERM,
    CharacterSet,
    character_set,
    character_set_for,
)
from sonarium.dicom.data_set_writer import BulkSource, DataSetWriter
from sonarium.dicom.deflate import deflate
from sonarium.dicom.dictionary import VR_BY_TAG
from sonarium.dicom.element import PIXEL_DATA, ByteOrder, encoding_of
from sonarium.dicom.header import SPECIFIC_CHARACTER_SET, Header, HeaderElement, Path
from sonarium.dicom.json_input import check_attributes, iter_texts
from sonarium.dicom.uids import transfer_syntax
from sonarium.dicom.value import (
    parse_number,
    person_name_groups,
    to_little_endian,
    unpack_numbers,
    unpack_tags,
)
from sonarium.dicom.value_representation import BULK_VRS
from sonarium.domain.attributes import Attributes, Element, JSONValue, tag_key

BulkDataURI: TypeAlias = Callable[[Path], str]
"""Names the place where a bulk value can be fetched."""

_Write: TypeAlias = Callable[[bytes, str, CharacterSet, ByteOrder], Element]

CHARACTER_SET_KEY: Final = tag_key(SPECIFIC_CHARACTER_SET)
PIXEL_KEY: Final = tag_key(PIXEL_DATA)
_EXACT: Final = 2**53
_KEYS: Final = {tag: tag_key(tag) for tag in VR_BY_TAG}
_PADDING: Final = " \0"
_NO_ATTRIBUTES: Final = frozenset({0x0000, 0x0002, 0xFFFC})
"""Groups of command elements, file meta elements and padding."""


def header_to_json(
    header: Header,
    bulk_data_uri: BulkDataURI | None,
    tags: Collection[int] | None = None,
) -> Attributes:
    """Turn a header, or only its top-level `tags`, into the JSON model.

    Bulk values become a BulkDataURI; without `bulk_data_uri` they are left out. Group
    lengths, file meta elements and padding are left out. Texts are Unicode now, so
    Specific Character Set reads ISO_IR 192. Whole and decimal numbers that JSON
    cannot hold stay text, as PS3.18 F.2.3 allows.
    """
    return _Translation(bulk_data_uri, _WRITERS).level(header, (), header.elements(tags))


def value_to_json(header: Header, tag: int, raw: bytes) -> Element | None:
    """Turn one value of a header into its element; None where it is a sequence."""
    vr = header.vr(tag) or "UN"
    if vr == "SQ":
        return None
    return _WRITERS[vr](raw, vr, header.character_set, header.order) if raw else {"vr": vr}


def header_as_written(header: Header, bulk_data_uri: BulkDataURI | None) -> Attributes:
    """Do as `header_to_json`, but leave DS and IS the text that was written (for XML)."""
    return _Translation(bulk_data_uri, _TEXT_WRITERS).level(header, (), header.elements())


def header_to_json_bytes(header: Header, bulk_data_uri: BulkDataURI | None) -> bytes:
    """Turn a header into UTF-8 JSON."""
    return orjson.dumps(header_to_json(header, bulk_data_uri))


def json_to_data_set(
    document: object, transfer_syntax_uid: str, bulk: BulkSource | None = None
) -> bytes:
    """Check and encode a data set described in the JSON model (STOW-RS, PS3.18 10.5).

    File meta elements and group lengths are left out. Texts are written in the
    declared Specific Character Set when it can hold them all, else in UTF-8.

    Args:
        document: one parsed JSON data set.
        transfer_syntax_uid: how to encode. In an encapsulated syntax `bulk` answers
            for Pixel Data with its frames, or with its only one.
        bulk: where the values behind BulkDataURI come from.

    Raises:
        InvalidAttribute: names the attribute that cannot be encoded, and why.
    """
    attributes = check_attributes(document)
    syntax = transfer_syntax(transfer_syntax_uid)
    if syntax.is_encapsulated and PIXEL_KEY in attributes:
        bulk = _encapsulating(attributes, bulk)
    declared = attributes.get(CHARACTER_SET_KEY, {}).get("Value")
    terms = declared if isinstance(declared, list) else []
    preferred = "\\".join(term for term in terms if isinstance(term, str)) or UTF_8_TERM
    chosen = character_set_for(iter_texts(attributes), preferred) or (preferred if terms else "")
    writer = DataSetWriter(encoding_of(syntax), character_set(chosen), bulk)
    encoded = writer.data_set(attributes, chosen)
    return deflate(encoded) if syntax.is_deflated else encoded


def _encapsulating(attributes: Attributes, bulk: BulkSource | None) -> BulkSource:
    """Make Pixel Data come as frames; change `attributes` so that it is asked for."""
    element = attributes[PIXEL_KEY]
    inline, uri = element.get("InlineBinary"), element.get("BulkDataURI")
    if not isinstance(inline, str) and not isinstance(uri, str):
        return bulk or _no_bulk
    attributes[PIXEL_KEY] = {"vr": "OB", "BulkDataURI": PIXEL_KEY}

    def frames(wanted: str) -> bytes | Sequence[bytes]:
        if wanted != PIXEL_KEY:
            return (bulk or _no_bulk)(wanted)
        if isinstance(inline, str):
            return [b64decode(inline)]
        value = (bulk or _no_bulk)(str(uri))
        return [value] if isinstance(value, bytes) else value

    return frames


def _no_bulk(uri: str) -> bytes:
    raise KeyError(uri)


class _Translation:
    """Turns the levels of one header into the JSON model."""

    def __init__(self, bulk_data_uri: BulkDataURI | None, writers: dict[str, _Write]) -> None:
        self._bulk_data_uri = bulk_data_uri
        self._writers = writers

    def level(self, header: Header, prefix: Path, elements: Iterable[HeaderElement]) -> Attributes:
        attributes: Attributes = {}
        writers, texts, order = self._writers, header.character_set, header.order
        for tag, vr, raw, hole, items in elements:
            if not tag & 0xFFFF or tag >> 16 in _NO_ATTRIBUTES:
                continue
            key = _KEYS.get(tag) or tag_key(tag)
            if raw is not None:
                attributes[key] = writers[vr](raw, vr, texts, order) if raw else {"vr": vr}
            elif hole is None:
                attributes[key] = self._sequence(items or (), (*prefix, tag))
            elif self._bulk_data_uri is not None:
                uri = self._bulk_data_uri((*prefix, tag))
                attributes[key] = {"vr": vr, "BulkDataURI": uri}
        declared = attributes.get(CHARACTER_SET_KEY)
        if declared is not None and "Value" in declared:
            declared["Value"] = [UTF_8_TERM]
        return attributes

    def _sequence(self, items: tuple[Header, ...], path: Path) -> Element:
        values = [
            self.level(item, (*path, number), item.elements())
            for number, item in enumerate(items, 1)
        ]
        return {"vr": "SQ", "Value": cast(JSONValue, values)} if values else {"vr": "SQ"}


# One function for each kind of value; `raw` is never empty.


def _text(raw: bytes, vr: str, texts: CharacterSet, _order: ByteOrder) -> Element:
    text = texts.decode(raw, vr)
    if "\\" not in text:
        text = text.strip(_PADDING)
        return {"vr": vr, "Value": [text]} if text else {"vr": vr}
    return _values(vr, [part.strip(_PADDING) or None for part in text.split("\\")])


def _unlimited_text(raw: bytes, vr: str, texts: CharacterSet, _order: ByteOrder) -> Element:
    """Write UC, in which leading spaces count."""
    parts = texts.decode(raw, vr).split("\\")
    return _values(vr, [part.rstrip(_PADDING) or None for part in parts])


def _single_text(raw: bytes, vr: str, texts: CharacterSet, _order: ByteOrder) -> Element:
    text = texts.decode(raw, vr).rstrip(_PADDING)
    return {"vr": vr, "Value": [text]} if text else {"vr": vr}


def _code_text(raw: bytes, vr: str, _texts: CharacterSet, _order: ByteOrder) -> Element:
    """Write a text that Specific Character Set does not touch."""
    return _text(raw, vr, DEFAULT_CHARACTER_SET, "<")


def _person_name(raw: bytes, vr: str, texts: CharacterSet, _order: ByteOrder) -> Element:
    return _values(vr, [_name_groups(name) for name in texts.decode(raw, vr).split("\\")])


def _name_groups(name: str) -> JSONValue:
    if "=" not in name:
        name = name.strip(_PADDING)
        return {"Alphabetic": name} if name else None
    groups = zip(_GROUPS, person_name_groups(name), strict=True)
    return {group: text for group, text in groups if text} or None


def _number_text(raw: bytes, vr: str, _texts: CharacterSet, _order: ByteOrder) -> Element:
    values: list[JSONValue] = []
    for part in raw.decode("latin_1").split("\\"):
        number = parse_number(part)
        values.append(part.strip(_PADDING) or None if number is None else number)
    return _values(vr, values)


def _whole_numbers(raw: bytes, vr: str, _texts: CharacterSet, order: ByteOrder) -> Element:
    return _values(vr, list(unpack_numbers(raw, vr, order)))


def _long_numbers(raw: bytes, vr: str, _texts: CharacterSet, order: ByteOrder) -> Element:
    numbers = unpack_numbers(raw, vr, order)
    return _values(vr, [n if -_EXACT < n < _EXACT else str(n) for n in numbers])


def _floats(raw: bytes, vr: str, _texts: CharacterSet, order: ByteOrder) -> Element:
    numbers = unpack_numbers(raw, vr, order)
    return _values(vr, [n if n - n == 0 else _NOT_FINITE[str(n)] for n in numbers])


def _tags(raw: bytes, vr: str, _texts: CharacterSet, order: ByteOrder) -> Element:
    return _values(vr, [tag_key(tag) for tag in unpack_tags(raw, order)])


def _binary(raw: bytes, vr: str, _texts: CharacterSet, order: ByteOrder) -> Element:
    return {"vr": vr, "InlineBinary": b64encode(to_little_endian(raw, vr, order)).decode("ascii")}


def _values(vr: str, values: list[JSONValue]) -> Element:
    return {"vr": vr, "Value": values} if values != [None] * len(values) else {"vr": vr}


_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_NOT_FINITE: Final = {"nan": "NaN", "inf": "inf", "-inf": "-inf"}
_WRITERS: Final[dict[str, _Write]] = {
    **dict.fromkeys(("AE", "AS", "CS", "DA", "DT", "TM", "UI"), _code_text),
    **dict.fromkeys(("LO", "SH"), _text),
    **dict.fromkeys(("LT", "ST", "UR", "UT"), _single_text),
    **dict.fromkeys(("DS", "IS"), _number_text),
    **dict.fromkeys(("SL", "SS", "UL", "US"), _whole_numbers),
    **dict.fromkeys(("SV", "UV"), _long_numbers),
    **dict.fromkeys(("FD", "FL"), _floats),
    **dict.fromkeys(BULK_VRS, _binary),
    "AT": _tags,
    "PN": _person_name,
    "UC": _unlimited_text,
}
_TEXT_WRITERS: Final = {**_WRITERS, "DS": _code_text, "IS": _code_text}
