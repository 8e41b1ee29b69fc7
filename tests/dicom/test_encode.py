"""Identifiers."""

from io import BytesIO

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.filereader import read_dataset
from tests.dicom.building import BIG_ENDIAN, DEFLATED, EXPLICIT, IMPLICIT, element, item

from sonarium.dicom.encode import decode_identifier, encode_attributes
from sonarium.dicom.errors import MalformedDataSet
from sonarium.domain.attributes import Attributes

SYNTAXES = [IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED]
ANSWER: Attributes = {
    "00080020": {"vr": "DA", "Value": ["20240131"]},
    "00080050": {"vr": "SH", "Value": ["A-1"]},
    "00080052": {"vr": "CS", "Value": ["STUDY"]},
    "00080061": {"vr": "CS", "Value": ["US", "SR"]},
    "00081110": {"vr": "SQ"},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Müller^Änne", "Ideographic": "山"}]},
    "00100020": {"vr": "LO"},
    "00201208": {"vr": "IS", "Value": [12]},
}


@pytest.mark.parametrize("uid", SYNTAXES)
def test_an_answer_reads_back(uid: str) -> None:
    decoded = decode_identifier(encode_attributes(ANSWER, uid), uid)
    assert decoded.pop("00080005") == {"vr": "CS", "Value": ["ISO_IR 192"]}
    assert decoded == ANSWER


def test_pydicom_reads_our_answer() -> None:
    encoded = encode_attributes(ANSWER, IMPLICIT)
    found = read_dataset(BytesIO(encoded), is_implicit_VR=True, is_little_endian=True)
    found = pydicom.Dataset(found)
    assert found.PatientName.ideographic == "山"
    assert list(found.ModalitiesInStudy) == ["US", "SR"]
    assert found.NumberOfStudyRelatedInstances == 12


def test_a_request_keeps_the_character_set_that_the_peer_declared() -> None:
    request = element(0x00080005, "CS", b"\\ISO 2022 IR 87 ") + element(
        0x00100010, "PN", b"\x1b$B;3\x1b(B* "
    )
    decoded = decode_identifier(request, EXPLICIT)
    assert decoded["00080005"]["Value"] == ["", "ISO 2022 IR 87"]
    assert decoded["00100010"]["Value"] == [{"Alphabetic": "山*"}]


def test_ranges_wildcards_and_empty_keys_stay_what_they_are() -> None:
    request = (
        element(0x00080020, "DA", b"20240101-20240131 ")
        + element(0x00081140, "SQ", item(b""))
        + element(0x00201206, "IS")
        + element(0x00201208, "IS", b"1?")
        + element(0x0020000D, "UI", b"1.2\\1.3\0")
    )
    assert decode_identifier(memoryview(request), EXPLICIT) == {
        "00080020": {"vr": "DA", "Value": ["20240101-20240131"]},
        "00081140": {"vr": "SQ", "Value": [{}]},
        "00201206": {"vr": "IS"},
        "00201208": {"vr": "IS", "Value": ["1?"]},
        "0020000D": {"vr": "UI", "Value": ["1.2", "1.3"]},
    }


def test_an_identifier_beyond_bounds_is_refused() -> None:
    with pytest.raises(MalformedDataSet):
        decode_identifier(element(0x00081140, "SQ", item(b"") * 20_001), EXPLICIT)
    with pytest.raises(MalformedDataSet):
        decode_identifier(b"\x08\0\x50", EXPLICIT)


@given(
    name=st.text(
        st.characters(codec="utf-8", exclude_characters="\\=\0", exclude_categories=["Cc"])
    ),
    number=st.integers(-(2**31), 2**31 - 1),
    weight=st.floats(-1e6, 1e6, width=32),
)
@pytest.mark.parametrize("uid", SYNTAXES)
def test_every_answer_reads_back(uid: str, name: str, number: int, weight: float) -> None:
    name = name.strip(" ")
    attributes: Attributes = {
        "00081030": {"vr": "LO", "Value": [name]} if name else {"vr": "LO"},
        "00200013": {"vr": "IS", "Value": [number]},
        "00091010": {"vr": "FL", "Value": [weight]},
        "00091011": {"vr": "SL", "Value": [number]},
    }
    decoded = decode_identifier(encode_attributes(attributes, uid), uid)
    decoded.pop("00080005", None)
    if uid == IMPLICIT:
        del attributes["00091010"], attributes["00091011"]
        del decoded["00091010"], decoded["00091011"]
    assert decoded == attributes
