"""Trees come back as they were written, and real reports are read without stumbling."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sonarium.dicom.header import header_of
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.part10 import split_part10
from sonarium.dicom.scanner import DataSetScanner
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
from sonarium.dicom.sr.reading import read_content
from sonarium.dicom.sr.writing import content_attributes

NAME = Code("121106", "DCM", "Comment")
AT = datetime(2026, 5, 6, 7, 8, 9, 10, UTC)


@pytest.mark.parametrize(
    "value",
    [
        Container("1501"),
        Code("en", "RFC5646", "English"),
        Text("Näher ansehen"),
        Number(-1.25e-7, Code("cm", "UCUM", "centimeter")),
        UIDReference("1.2.3"),
        PersonName("SYNTHETIC^Reader"),
        ImageReference("1.2", "1.3", (1, 2)),
        SpatialCoordinates(GraphicType.POINT, (GraphicPoint(1.5, 2.5),)),
    ],
)
def test_every_value_comes_back(value: Value) -> None:
    child = ContentItem(NAME, value, (), Relationship.HAS_PROPERTIES, AT)
    root = ContentItem(NAME, Container(), (child,))
    assert read_content(content_attributes(root)) == root


def test_a_number_that_was_not_measured_is_none() -> None:
    root = ContentItem(NAME, Container(), (ContentItem(NAME, Number(None, None)),))
    assert read_content(content_attributes(root)) == root


@pytest.mark.parametrize(
    "graphic",
    [
        {"00700023": {"vr": "CS", "Value": ["POLYLINE"]}},
        {"00700022": {"vr": "FL", "Value": [1, 2, 3]}},
        {"00700022": {"vr": "FL", "Value": ["NaN", 2]}},
    ],
)
def test_coordinates_that_make_no_sense_are_other_values(graphic: dict[str, object]) -> None:
    item = {"0040A040": {"vr": "CS", "Value": ["SCOORD"]}, **graphic}
    root = read_content(
        {
            "0040A040": {"vr": "CS", "Value": ["CONTAINER"]},
            "0040A730": {"vr": "SQ", "Value": [item]},  # type: ignore[list-item]
        }
    )
    assert root is not None
    assert root.children[0].value == OtherValue("SCOORD")


def test_a_picture_is_no_report() -> None:
    assert read_content({"00080060": {"vr": "CS", "Value": ["US"]}}) is None


def test_real_reports_are_read_whole(testdata: Path) -> None:
    files = sorted((testdata / "dicom" / "sr").glob("*.dcm"))
    assert files
    for file in files:
        content = file.read_bytes()
        start = split_part10(content)
        scanner = DataSetScanner(start.transfer_syntax_uid)
        scanner.feed(content[start.data_set_offset :])
        attributes = header_to_json(header_of(scanner.finish()), None)
        root = read_content(attributes)
        if "0040A730" in attributes:
            assert root is not None
            assert len(list(root.walk())) > len(root.children) > 0
