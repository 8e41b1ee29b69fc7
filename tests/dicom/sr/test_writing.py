"""A content tree is written so that pydicom reads what was meant."""

from datetime import UTC, datetime

import pytest
from pydicom import Dataset

from sonarium.dicom.sr.content import (
    Code,
    Container,
    ContentItem,
    GraphicPoint,
    GraphicType,
    ImageReference,
    Number,
    OtherValue,
    Relationship,
    SpatialCoordinates,
)
from sonarium.dicom.sr.writing import code_sequence, content_attributes, date_time

CM = Code("cm", "UCUM", "centimeter")
LENGTH = Code("410668003", "SCT", "Length")


def test_a_number_carries_its_unit_and_what_it_was_inferred_from() -> None:
    image = ContentItem(
        None, ImageReference("1.2.3", "1.2.4", (7,)), (), Relationship.SELECTED_FROM
    )
    points = (GraphicPoint(1.5, 2.25), GraphicPoint(3, 4))
    drawn = ContentItem(
        None,
        SpatialCoordinates(GraphicType.POLYLINE, points),
        (image,),
        Relationship.INFERRED_FROM,
    )
    number = ContentItem(LENGTH, Number(1 / 3, CM), (drawn,))
    root = ContentItem(LENGTH, Container("1500"), (number,))
    written = Dataset.from_json(content_attributes(root))
    assert written.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    assert "RelationshipType" not in written
    item = written.ContentSequence[0]
    measured = item.MeasuredValueSequence[0]
    assert measured.FloatingPointValue == 1 / 3
    assert float(measured.NumericValue) == pytest.approx(1 / 3, abs=1e-12)
    assert measured.MeasurementUnitsCodeSequence[0].CodeValue == "cm"
    scoord = item.ContentSequence[0]
    assert scoord.GraphicData == [1.5, 2.25, 3, 4]
    reference = scoord.ContentSequence[0].ReferencedSOPSequence[0]
    assert reference.ReferencedFrameNumber == 7


def test_a_long_code_goes_where_long_codes_go() -> None:
    long = Dataset.from_json({"0040A043": code_sequence(Code("x" * 17, "99X", "m" * 80))})
    code = long.ConceptNameCodeSequence[0]
    assert code.LongCodeValue == "x" * 17
    assert len(code.CodeMeaning) == 64


def test_a_moment_names_its_offset() -> None:
    assert date_time(datetime(2026, 1, 2, 3, 4, 5, 6, UTC)) == "20260102030405.000006+0000"


def test_what_was_not_understood_is_not_written_back() -> None:
    with pytest.raises(ValueError, match="TCOORD"):
        content_attributes(ContentItem(None, OtherValue("TCOORD")))
