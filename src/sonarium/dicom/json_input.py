"""Checks a data set that a peer described in the JSON model (PS3.18 Annex F).

What is wrong is named with its attribute and the items around it, never with its
value: the text goes back over the wire and into logs.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Final, cast

from sonarium.dicom.dictionary import VR_BY_TAG, attribute_name
from sonarium.dicom.errors import InvalidAttribute
from sonarium.dicom.scanned_data_set import DEFAULT_LIMITS
from sonarium.dicom.value_representation import (
    ALL_VRS,
    NUMBER_FORMATS,
    SINGLE_TEXT_VRS,
    TEXT_VRS,
)
from sonarium.domain.attributes import Attributes, Element, JSONValue

_KEY: Final = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)
_LEFT_OUT: Final = frozenset({0x0000, 0x0002})
_FORBIDDEN: Final = frozenset({0xFFFE, 0xFFFF})
_CONTENTS: Final = ("Value", "InlineBinary", "BulkDataURI")
_GROUPS: Final = frozenset({"Alphabetic", "Ideographic", "Phonetic"})
_NOT_FINITE: Final = frozenset({"NaN", "inf", "-inf", "Infinity", "-Infinity"})


class _Checker:
    """Checks one document; counts its attributes."""

    def __init__(self) -> None:
        self._count = 0

    def level(self, document: object, prefix: str, depth: int) -> Attributes:
        if not isinstance(document, dict):
            raise InvalidAttribute(prefix or "the data set", "it is not a JSON object")
        if depth > DEFAULT_LIMITS.depth:
            raise InvalidAttribute(prefix, "sequences are nested too deeply")
        attributes: Attributes = {}
        for key, element in document.items():
            if not isinstance(key, str) or _KEY.fullmatch(key) is None:
                raise InvalidAttribute(prefix + "a name", "it is not eight hexadecimal digits")
            tag = int(key, 16)
            if tag >> 16 in _LEFT_OUT or not tag & 0xFFFF:
                continue
            name = prefix + attribute_name(tag)
            if tag >> 16 in _FORBIDDEN or key.upper() in attributes:
                raise InvalidAttribute(name, "it cannot stand here, or not twice")
            self._count += 1
            if self._count > DEFAULT_LIMITS.elements:
                raise InvalidAttribute(name, "there are too many attributes")
            attributes[key.upper()] = self._element(tag, element, name, depth)
        return attributes

    def _element(self, tag: int, element: object, name: str, depth: int) -> Element:
        if not isinstance(element, dict):
            raise InvalidAttribute(name, "it is not a JSON object")
        vr = element.get("vr", VR_BY_TAG[tag])
        if not isinstance(vr, str) or vr not in ALL_VRS:
            raise InvalidAttribute(name, "its vr is unknown")
        given = [content for content in _CONTENTS if element.get(content) is not None]
        if len(given) > 1:
            raise InvalidAttribute(name, "it has more than one of Value, InlineBinary, BulkDataURI")
        if not given:
            return {"vr": vr}
        content = element[given[0]]
        if given[0] == "Value":
            if not isinstance(content, list):
                raise InvalidAttribute(name, "its Value is not an array")
            values = content
            if vr == "SQ":
                values = [
                    self.level({} if item is None else item, f"{name} item {number}: ", depth + 1)
                    for number, item in enumerate(content, 1)
                ]
            else:
                _check_values(values, vr, name)
            return {"vr": vr, "Value": cast(JSONValue, values)} if values else {"vr": vr}
        if vr == "SQ" or not isinstance(content, str):
            raise InvalidAttribute(name, f"its {given[0]} cannot be used")
        if given[0] == "InlineBinary":
            _check_base64(content, name)
        return {"vr": vr, given[0]: content}


def check_attributes(document: object) -> Attributes:
    """Return a parsed JSON data set as attributes that can be encoded.

    File meta elements and group lengths are left out, keys become upper case, and a
    missing `vr` is looked up.

    Raises:
        InvalidAttribute: names what is wrong, and where.
    """
    return _Checker().level(document, "", 0)


def iter_texts(attributes: Attributes) -> Iterator[str]:
    """Yield every text that depends on Specific Character Set, on all levels."""
    for element in attributes.values():
        values = element.get("Value")
        if not isinstance(values, list):
            continue
        if element["vr"] == "SQ":
            for item in values:
                yield from iter_texts(cast(Attributes, item))
        elif element["vr"] in TEXT_VRS:
            for value in values:
                if isinstance(value, str):
                    yield value
                elif isinstance(value, dict):
                    yield from (text for text in value.values() if isinstance(text, str))


def _check_values(values: list[object], vr: str, name: str) -> None:
    is_fitting = _CHECKS.get(vr)
    if is_fitting is None:
        raise InvalidAttribute(name, f"a {vr} has InlineBinary or BulkDataURI, not Value")
    for number, value in enumerate(values, 1):
        if not is_fitting(value):
            raise InvalidAttribute(name, f"its value {number} is not a {vr}")


def _check_base64(text: str, name: str) -> None:
    try:
        b64decode(text, validate=True)
    except ValueError as error:
        raise InvalidAttribute(name, "its InlineBinary is not base64") from error


def _is_text(value: object) -> bool:
    return value is None or (isinstance(value, str) and "\\" not in value)


def _is_single_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_number_or_text(value: object) -> bool:
    return _is_text(value) or _is_float(value)


def _is_float(value: object) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or (
        isinstance(value, str) and value in _NOT_FINITE
    )


def _is_whole(value: object) -> bool:
    if isinstance(value, str):
        return value.lstrip("-").isdecimal() and value.isascii()
    return isinstance(value, int) and not isinstance(value, bool)


def _is_tag(value: object) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _is_name(value: object) -> bool:
    if not isinstance(value, dict):
        return _is_text(value)
    return value.keys() <= _GROUPS and all(
        isinstance(text, str) and "\\" not in text and "=" not in text for text in value.values()
    )


_CHECKS: Final[dict[str, Callable[[object], bool]]] = {
    **dict.fromkeys(TEXT_VRS, _is_text),
    **dict.fromkeys(SINGLE_TEXT_VRS, _is_single_text),
    **dict.fromkeys(NUMBER_FORMATS, _is_whole),
    "AT": _is_tag,
    "DS": _is_number_or_text,
    "FD": _is_float,
    "FL": _is_float,
    "IS": _is_number_or_text,
    "PN": _is_name,
}
