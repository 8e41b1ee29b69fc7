"""From a content tree to the attributes of its data set (PS3.3 C.17.3, C.18)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, assert_never

from sonarium.dicom.sr.content import (
    Code,
    Container,
    ContentItem,
    ImageReference,
    Number,
    OtherValue,
    PersonName,
    SpatialCoordinates,
    Text,
    UIDReference,
    Value,
)
from sonarium.domain.attributes import Attributes, Element, JSONValue

_MAPPING_RESOURCE: Final = "DCMR"
_SHORT_CODE: Final = 16


def content_attributes(root: ContentItem) -> Attributes:
    """Write the root of a content tree, to be joined with the document's other modules."""
    written = _item(root)
    del written["0040A010"]
    return written


def code_sequence(code: Code) -> Element:
    """Write one code as a sequence of one item (PS3.3 8.8)."""
    # A value above 16 characters does not fit Code Value (0008,0100).
    tag = "00080100" if len(code.value) <= _SHORT_CODE else "00080119"
    return sequence(
        [
            {
                tag: element("SH" if tag == "00080100" else "UC", code.value),
                "00080102": element("SH", code.scheme),
                "00080104": element("LO", code.meaning[:64]),
            }
        ]
    )


def element(vr: str, *values: JSONValue) -> Element:
    """Write one attribute; without values it is present and empty."""
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}


def sequence(items: Sequence[Attributes]) -> Element:
    """Write a sequence."""
    return {"vr": "SQ", "Value": [dict(item) for item in items]} if items else {"vr": "SQ"}


def date_time(moment: datetime) -> str:
    """Write a DT with its offset from UTC (PS3.5 6.2)."""
    return moment.strftime("%Y%m%d%H%M%S.%f%z")


def _item(item: ContentItem) -> Attributes:
    written: Attributes = {"0040A010": element("CS", item.relationship.value)}
    if item.observed_at is not None:
        written["0040A032"] = element("DT", date_time(item.observed_at))
    if item.concept is not None:
        written["0040A043"] = code_sequence(item.concept)
    written |= _value(item.value)
    if item.children:
        written["0040A730"] = sequence([_item(child) for child in item.children])
    return written


def _value(value: Value) -> Attributes:
    match value:
        case Container(template):
            return _container(template)
        case Code():
            return {"0040A040": element("CS", "CODE"), "0040A168": code_sequence(value)}
        case Text(text):
            return {"0040A040": element("CS", "TEXT"), "0040A160": element("UT", text)}
        case Number(number, unit):
            return {"0040A040": element("CS", "NUM"), "0040A300": _measured(number, unit)}
        case UIDReference(uid):
            return {"0040A040": element("CS", "UIDREF"), "0040A124": element("UI", uid)}
        case PersonName(name):
            named = element("PN", {"Alphabetic": name})
            return {"0040A040": element("CS", "PNAME"), "0040A123": named}
        case ImageReference():
            return {"0040A040": element("CS", "IMAGE"), "00081199": sequence([_image(value)])}
        case SpatialCoordinates(graphic_type, points):
            places = [part for point in points for part in point]
            return {
                "0040A040": element("CS", "SCOORD"),
                "00700022": element("FL", *places),
                "00700023": element("CS", graphic_type.value),
            }
        case OtherValue(value_type):
            raise ValueError(f"no writer for the value type {value_type}")
        case _:
            assert_never(value)


def _container(template: str | None) -> Attributes:
    written: Attributes = {
        "0040A040": element("CS", "CONTAINER"),
        "0040A050": element("CS", "SEPARATE"),
    }
    if template is not None:
        written["0040A504"] = sequence(
            [
                {
                    "00080105": element("CS", _MAPPING_RESOURCE),
                    "0040DB00": element("CS", template),
                }
            ]
        )
    return written


def _measured(number: float | None, unit: Code | None) -> Element:
    if number is None or unit is None:
        return sequence([])
    return sequence(
        [
            {
                "0040A30A": element("DS", number),
                # A DS holds 16 characters; this keeps all that was computed.
                "0040A161": element("FD", number),
                "004008EA": code_sequence(unit),
            }
        ]
    )


def _image(image: ImageReference) -> Attributes:
    written: Attributes = {
        "00081150": element("UI", image.sop_class_uid),
        "00081155": element("UI", image.sop_instance_uid),
    }
    if image.frames:
        written["00081160"] = element("IS", *image.frames)
    return written
