"""The keys of a query, sorted by who answers them."""

import pytest

from sonarium.dicom.dictionary import VR_BY_TAG, tag_of
from sonarium.domain.access import SYSTEM
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.index.conditions import Conditions
from sonarium.index.errors import InvalidMatchKey


def conditions(**keys: str) -> Conditions:
    tags = {tag_of(name): value for name, value in keys.items()}
    return Conditions(
        Query(
            QueryLevel.STUDY,
            tuple(MatchKey(tag, VR_BY_TAG[tag], (value,)) for tag, value in tags.items() if tag),
        ),
        SYSTEM,
    )


def test_a_whole_number_or_name_is_narrow_and_a_part_of_it_is_not() -> None:
    assert conditions(PatientID="1").wanted.is_narrow
    assert conditions(PatientName="DOE^JANE").wanted.is_narrow
    assert conditions(AccessionNumber="A1", StudyDate="20240101").wanted.is_narrow
    assert not conditions(PatientID="1*").wanted.is_narrow
    assert not conditions(ModalitiesInStudy="US").wanted.is_narrow


def test_dates_alone_need_no_collecting() -> None:
    assert conditions(StudyDate="20240101-20241231").wanted.only_dates
    assert conditions().wanted.only_dates
    assert not conditions(StudyDate="20240101", PatientSex="F").wanted.only_dates


def test_what_no_column_and_no_json_knows_is_left_to_python() -> None:
    assert [key.tag for key in conditions(HighBit="7", PatientID="1").in_python] == [0x00280102]
    assert conditions(Manufacturer="X", Rows="5").in_python == []


def test_a_value_that_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidMatchKey):
        conditions(StudyDate="soon")
