"""Attributes by level."""

import contextlib
from itertools import combinations
from pathlib import Path

import pytest
from tests.dicom.building import iter_objects, scan

from sonarium.dicom.dictionary import keyword_of
from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.header import header_of
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.level_attributes import (
    INSTANCE_TAGS,
    PATIENT_TAGS,
    SERIES_TAGS,
    STUDY_TAGS,
    InstanceAttributes,
    find_query_level,
    patient_attributes,
    series_attributes,
    study_attributes,
)
from sonarium.domain.query import QueryLevel


def test_no_attribute_describes_two_levels_but_the_number_of_stages() -> None:
    levels = (PATIENT_TAGS, STUDY_TAGS, SERIES_TAGS, INSTANCE_TAGS)
    shared = {keyword_of(tag) for one, other in combinations(levels, 2) for tag in one & other}
    assert shared <= {"NumberOfStages"}


@pytest.mark.parametrize(
    ("level", "keys"),
    [
        (PATIENT_TAGS, {"PatientName", "PatientID", "PatientBirthDate", "PatientSex"}),
        (
            STUDY_TAGS,
            {"StudyDate", "StudyTime", "AccessionNumber", "StudyID", "StudyInstanceUID"}
            | {"ReferringPhysicianName", "StudyDescription"},
        ),
        (SERIES_TAGS, {"Modality", "SeriesNumber", "SeriesInstanceUID", "SeriesDescription"}),
        (
            INSTANCE_TAGS,
            {"SOPClassUID", "SOPInstanceUID", "InstanceNumber", "Rows", "Columns"}
            | {"BitsAllocated", "NumberOfFrames"},
        ),
    ],
)
def test_the_keys_of_the_standard_are_there(level: frozenset[int], keys: set[str]) -> None:
    assert keys <= {keyword_of(tag) for tag in level}


def test_a_stress_echo_is_described_on_every_level(testdata: Path) -> None:
    for path, start, encoded in iter_objects(testdata):
        if path.name != "acuson-stress-baseline-v1.dcm":
            continue
        header = header_of(scan(encoded, start.transfer_syntax_uid))
        assert patient_attributes(header).keys() >= {"00100010", "00100020"}
        assert study_attributes(header).keys() >= {"00080020", "0020000D"}
        assert series_attributes(header)["00080060"] == {"vr": "CS", "Value": ["US"]}
        instance = InstanceAttributes().of(header)
        assert instance["00082120"]["Value"] == ["Baseline"]
        assert instance["00280008"]["Value"] == [10]


def test_values_that_were_seen_before_read_the_same(testdata: Path) -> None:
    attributes = InstanceAttributes()
    read = 0
    for _, start, encoded in [*iter_objects(testdata)] * 2:
        with contextlib.suppress(MalformedDataSet):
            header = header_of(scan(encoded, start.transfer_syntax_uid))
            read += 1
        assert attributes.of(header) == header_to_json(header, None, INSTANCE_TAGS)
    assert read > 40


def test_a_tag_has_a_level() -> None:
    assert find_query_level(0x00100010) is QueryLevel.PATIENT
    assert find_query_level(0x00080060) is QueryLevel.SERIES
    assert find_query_level(0x00280010) is QueryLevel.IMAGE
    assert find_query_level(0x7FE00010) is None
