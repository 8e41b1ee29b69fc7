"""Measurements come back from the report that keeps them."""

from dataclasses import replace

from tests.ultrasound.measuring.examples import IMAGES, OBSERVER, STILL, one_of_each

from sonarium.dicom.sr.content import (
    Container,
    ContentItem,
    ImageReference,
    Number,
    SpatialCoordinates,
    same_code,
)
from sonarium.ultrasound.measuring import concepts
from sonarium.ultrasound.measuring.concepts import QUANTITIES
from sonarium.ultrasound.measuring.derived import derive, label_means
from sonarium.ultrasound.measuring.labels import LABELS
from sonarium.ultrasound.measuring.report import (
    MeasurementReport,
    read_report,
    report_content,
)

UNITS = {quantity: concept.unit for quantity, concept in QUANTITIES.items()}
MEANS = label_means(one_of_each(), UNITS)
REPORT = MeasurementReport(one_of_each(), MEANS, derive(MEANS, {}, None), IMAGES, OBSERVER)


def test_measurements_come_back_exactly() -> None:
    assert read_report(report_content(REPORT)) == one_of_each()


def test_a_report_without_measurements_comes_back_empty() -> None:
    empty = replace(REPORT, measurements=(), means=(), derived=(), images={})
    assert read_report(report_content(empty)) == ()


def test_a_label_gives_its_number_the_code_of_its_list() -> None:
    codes = {item.concept[:2] for item in report_content(REPORT).walk() if item.concept}
    assert LABELS["LVIDd"].code[:2] in codes
    assert LABELS["HC"].code[:2] in codes
    assert LABELS["Right ICA PSV"].code[:2] in codes


def test_coordinates_name_the_frame_of_a_loop_and_none_of_a_still() -> None:
    references = {
        item.value.sop_instance_uid: item.value.frames
        for drawn in report_content(REPORT).walk()
        if isinstance(drawn.value, SpatialCoordinates)
        for item in drawn.children
        if isinstance(item.value, ImageReference)
    }
    assert references == {uid: () if uid == STILL.sop_instance_uid else (12,) for uid in IMAGES}


def test_means_and_computed_values_are_there_for_other_readers() -> None:
    numbers = [
        item
        for item in report_content(REPORT).walk()
        if isinstance(item.value, Number) and item.find(concepts.DERIVATION) is not None
    ]
    named = {item.concept.value for item in numbers if item.concept is not None}
    assert {LABELS["LVIDd"].code.value, "77891-0"} <= named


def test_groups_of_others_are_left_out() -> None:
    content = report_content(REPORT)
    strange = ContentItem(concepts.MEASUREMENT_GROUP, Container("1410"))
    imaging = content.find(concepts.IMAGING_MEASUREMENTS)
    assert imaging is not None
    mixed = replace(imaging, children=(strange, *imaging.children))
    children = tuple(
        mixed if same_code(child.concept, imaging.concept) else child for child in content.children
    )
    assert read_report(replace(content, children=children)) == one_of_each()


def test_a_mark_without_words_comes_back_without_words() -> None:
    silent = tuple(replace(measurement, text="") for measurement in one_of_each())
    assert read_report(report_content(replace(REPORT, measurements=silent))) == silent
