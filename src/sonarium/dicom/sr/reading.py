"""From the attributes of a structured report to its content tree.

Real reports break rules: what cannot be read becomes an `OtherValue` or is left out, so that
the rest of a document is still shown.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from sonarium.dicom.sr.content import (
    Code,
    Container,
    ContentItem,
    GraphicPoint,
    GraphicType,
    ImageReference,
    Number,
    OtherValue,
    PersonName,
    Relationship,
    SpatialCoordinates,
    Text,
    UIDReference,
    Value,
)
from sonarium.domain.attributes import Attributes, Element, JSONValue

_Item = Mapping[str, JSONValue] | Attributes
_DEEPEST: Final = 32
_DATE_TIME_SHAPES: Final = (
    "%Y%m%d%H%M%S.%f%z",
    "%Y%m%d%H%M%S%z",
    "%Y%m%d%H%M%S.%f",
    "%Y%m%d%H%M%S",
)


def read_content(attributes: Attributes) -> ContentItem | None:
    """Read the whole tree; None where the data set is no structured report."""
    if _text(attributes, "0040A040") != "CONTAINER":
        return None
    return _read_item(attributes, _DEEPEST)


def _read_item(item: _Item, levels: int) -> ContentItem:
    children = (
        tuple(_read_item(child, levels - 1) for child in _items(item, "0040A730"))
        if levels > 0
        else ()
    )
    return ContentItem(
        concept=_code(item, "0040A043"),
        value=_read_value(item),
        children=children,
        relationship=_relationship(_text(item, "0040A010")),
        observed_at=_moment(_text(item, "0040A032")),
    )


def _read_value(item: _Item) -> Value:
    kind = _text(item, "0040A040")
    match kind:
        case "CONTAINER":
            template = next(_items(item, "0040A504"), {})
            return Container(_text(template, "0040DB00") or None)
        case "CODE":
            return _code(item, "0040A168") or OtherValue(kind)
        case "TEXT":
            return Text(_text(item, "0040A160"))
        case "NUM":
            return _read_number(item)
        case "UIDREF":
            return UIDReference(_text(item, "0040A124"))
        case "PNAME":
            return PersonName(_person(item))
        case "IMAGE":
            return _read_image(item)
        case "SCOORD":
            return _read_coordinates(item)
        case _:
            return OtherValue(kind)


def _read_number(item: _Item) -> Number:
    measured = next(_items(item, "0040A300"), None)
    if measured is None:
        return Number(None, None)
    exact = _numbers(measured, "0040A161") or _numbers(measured, "0040A30A")
    return Number(exact[0] if exact else None, _code(measured, "004008EA"))


def _read_image(item: _Item) -> Value:
    reference = next(_items(item, "00081199"), None)
    if reference is None:
        return OtherValue("IMAGE")
    return ImageReference(
        sop_class_uid=_text(reference, "00081150"),
        sop_instance_uid=_text(reference, "00081155"),
        frames=tuple(int(frame) for frame in _numbers(reference, "00081160")),
    )


def _read_coordinates(item: _Item) -> Value:
    kind = _text(item, "00700023")
    places = _numbers(item, "00700022")
    if kind not in set(GraphicType) or not places or len(places) % 2:
        return OtherValue("SCOORD")
    points = zip(places[::2], places[1::2], strict=True)
    return SpatialCoordinates(GraphicType(kind), tuple(GraphicPoint(*point) for point in points))


def _relationship(text: str) -> Relationship:
    return Relationship(text) if text in set(Relationship) else Relationship.CONTAINS


def _moment(text: str) -> datetime | None:
    """Read a DT; one without an offset is taken as UTC, since nothing says more."""
    for shape in _DATE_TIME_SHAPES:
        with suppress(ValueError):
            moment = datetime.strptime(text, shape)  # noqa: DTZ007  # the zone is added below
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _code(item: _Item, tag: str) -> Code | None:
    code = next(_items(item, tag), None)
    if code is None:
        return None
    value = _text(code, "00080100") or _text(code, "00080119") or _text(code, "00080120")
    return Code(value, _text(code, "00080102"), _text(code, "00080104"))


def _items(item: _Item, tag: str) -> Iterator[Mapping[str, JSONValue]]:
    for value in _values(item, tag):
        if isinstance(value, dict):
            yield value


def _values(item: _Item, tag: str) -> list[JSONValue]:
    found: JSONValue | Element = item.get(tag)
    values = found.get("Value") if isinstance(found, dict) else None
    return values if isinstance(values, list) else []


def _text(item: _Item, tag: str) -> str:
    values = _values(item, tag)
    return str(values[0]) if values and values[0] is not None else ""


def _person(item: _Item) -> str:
    value = next(iter(_values(item, "0040A123")), None)
    return str(value.get("Alphabetic", "")) if isinstance(value, dict) else ""


def _numbers(item: _Item, tag: str) -> list[float]:
    found = []
    for value in _values(item, tag):
        try:
            number = float(value) if isinstance(value, int | float | str) else float("nan")
        except ValueError:
            return []
        if not abs(number) < float("inf"):
            return []
        found.append(number)
    return found
