"""Writes attributes by their keywords, in the DICOM JSON Model."""

from collections.abc import Sequence
from typing import TypeAlias

from sonarium.dicom.dictionary import VR_BY_TAG, tag_of
from sonarium.domain.attributes import Attributes, Element, JSONValue, tag_key
from sonarium.ultrasound.synthetic.acquisition import Code

Plain: TypeAlias = str | int | float | Attributes | None
"""One value: text, number, item of a sequence; None for an empty element."""


def attribute_set(**values: Plain | Sequence[Plain]) -> Attributes:
    """Make attributes from keywords; a list gives several values, an empty one none."""
    attributes: Attributes = {}
    for keyword, value in values.items():
        tag = tag_of(keyword)
        if tag is None:
            raise KeyError(keyword)
        vr = VR_BY_TAG[tag]
        several = list(value) if isinstance(value, list | tuple) else [value]
        kept = [_value(one, vr) for one in several if one is not None]
        element: Element = {"vr": vr}
        if kept:
            element["Value"] = kept
        attributes[tag_key(tag)] = element
    return attributes


def code_item(code: Code) -> Attributes:
    """Make an item of a code sequence (PS3.3 8.8)."""
    return attribute_set(
        CodeValue=code.value, CodingSchemeDesignator=code.scheme, CodeMeaning=code.meaning
    )


def _value(value: object, vr: str) -> JSONValue:
    if vr == "PN":
        return {"Alphabetic": str(value)}
    if vr == "AT":
        return str(value)
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, dict):
        return value
    raise TypeError(f"no value for {vr}")
