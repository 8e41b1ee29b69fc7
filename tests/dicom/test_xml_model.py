"""The Native DICOM Model."""

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dicom.building import element, iter_objects, scan

from sonarium.dicom.errors import InvalidAttribute, MalformedDataSet
from sonarium.dicom.header import header_of
from sonarium.dicom.json_input import check_attributes
from sonarium.dicom.json_model import header_as_written
from sonarium.dicom.xml_model import (
    NAMESPACE,
    attributes_to_xml,
    header_to_xml,
    xml_to_attributes,
)
from sonarium.domain.attributes import Attributes

PLACE = f"{{{NAMESPACE}}}"


def document(inner: str) -> bytes:
    return f'<NativeDicomModel xmlns="{NAMESPACE}">{inner}</NativeDicomModel>'.encode()


def inner(attributes: Attributes) -> str:
    text = attributes_to_xml(attributes).decode()
    return text[text.index('preserve">') + 10 : text.index("</NativeDicomModel>")]


@pytest.mark.parametrize(
    ("attributes", "written"),
    [
        (
            {"00081030": {"vr": "LO", "Value": ["A&B", None, "<C>"]}},
            '<DicomAttribute tag="00081030" vr="LO" keyword="StudyDescription">'
            '<Value number="1">A&amp;B</Value><Value number="3">&lt;C&gt;</Value></DicomAttribute>',
        ),
        (
            {"00080050": {"vr": "SH"}},
            '<DicomAttribute tag="00080050" vr="SH" keyword="AccessionNumber"/>',
        ),
        (
            {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "A^B^^D", "Phonetic": "C"}]}},
            '<DicomAttribute tag="00100010" vr="PN" keyword="PatientName"><PersonName number="1">'
            "<Alphabetic><FamilyName>A</FamilyName><GivenName>B</GivenName>"
            "<NamePrefix>D</NamePrefix></Alphabetic>"
            "<Phonetic><FamilyName>C</FamilyName></Phonetic></PersonName></DicomAttribute>",
        ),
        (
            {
                "00290011": {"vr": "LO", "Value": ['MAKER "1"']},
                "00291102": {"vr": "US", "Value": [1]},
            },
            '<DicomAttribute tag="00290002" vr="US" privateCreator="MAKER &quot;1&quot;">'
            '<Value number="1">1</Value></DicomAttribute>',
        ),
        (
            {"00291102": {"vr": "OB", "InlineBinary": "QQ=="}},
            '<DicomAttribute tag="00291102" vr="OB"><InlineBinary>QQ==</InlineBinary>'
            "</DicomAttribute>",
        ),
        (
            {"7FE00010": {"vr": "OW", "BulkDataURI": "http://x/?a=1&b=2"}},
            '<DicomAttribute tag="7FE00010" vr="OW" keyword="PixelData">'
            '<BulkData uri="http://x/?a=1&amp;b=2"/></DicomAttribute>',
        ),
        (
            {"00081140": {"vr": "SQ", "Value": [{}, {"00080100": {"vr": "SH", "Value": ["A"]}}]}},
            '<DicomAttribute tag="00081140" vr="SQ" keyword="ReferencedImageSequence">'
            '<Item number="1"></Item><Item number="2">'
            '<DicomAttribute tag="00080100" vr="SH" keyword="CodeValue">'
            '<Value number="1">A</Value></DicomAttribute></Item></DicomAttribute>',
        ),
    ],
)
def test_each_form_is_written(attributes: Attributes, written: str) -> None:
    assert inner(attributes) == written


@given(text=st.text())
def test_no_text_breaks_the_document(text: str) -> None:
    attributes: Attributes = {
        "00091001": {"vr": "UT", "Value": [text]},
        "00090010": {"vr": "LO", "Value": [text]},
    }
    root = ET.fromstring(attributes_to_xml(attributes))
    value = root.find(f"{PLACE}DicomAttribute/{PLACE}Value")
    assert value is not None
    if text.isprintable() and "\ufffe" not in text:
        assert (value.text or "") == text


def test_carriage_returns_survive() -> None:
    attributes: Attributes = {"00204000": {"vr": "LT", "Value": ["one\r\ntwo\x00"]}}
    assert xml_to_attributes(attributes_to_xml(attributes)) == {
        "00204000": {"vr": "LT", "Value": ["one\r\ntwo\ufffd"]}
    }


def test_real_objects_survive_the_way_through_xml(testdata: Path) -> None:
    for path, start, encoded in iter_objects(testdata):
        try:
            header = header_of(scan(encoded, start.transfer_syntax_uid))
        except MalformedDataSet:
            continue
        if "cat08_string_encoding" in path.parts:
            continue
        ours = header_as_written(header, str)
        again = xml_to_attributes(header_to_xml(header, str))
        assert check_attributes(again).keys() == again.keys()
        for key, attribute in ours.items():
            if int(key[:4], 16) & 1 == 0 and attribute["vr"] not in {"SQ", "PN"}:
                values = attribute.get("Value")
                while isinstance(values, list) and values and values[-1] is None:
                    values.pop()
                assert again[key] == attribute, f"{path.name} {key}"


def test_decimals_are_written_as_they_were() -> None:
    header = header_of(scan(element(0x00280030, "DS", b"0.500\\1.0 ")))
    assert b'<Value number="1">0.500</Value><Value number="2">1.0</Value>' in header_to_xml(
        header, None
    )


@pytest.mark.skipif(shutil.which("dcm2xml") is None, reason="DCMTK is not installed")
@pytest.mark.peers
def test_real_objects_agree_with_dcmtk(testdata: Path) -> None:
    compared = 0
    for path, start, encoded in iter_objects(testdata):
        answer = subprocess.run(
            ["dcm2xml", "-nat", "+Xn", "-q", str(path)], capture_output=True, check=False
        )
        try:
            header = header_of(scan(encoded, start.transfer_syntax_uid))
            theirs = flat(answer.stdout)
        except (MalformedDataSet, ET.ParseError):
            continue  # it writes several character sets as they come
        if path.name in {"chrX1.dcm", "chrX2.dcm"}:
            continue  # it writes a name with an empty phonetic group twice
        ours = flat(header_to_xml(header, str))
        assert ours.keys() >= theirs.keys(), path.name
        for tag in theirs:
            if ours[tag] and theirs[tag] and ours[tag][0][0] != "InlineBinary":
                assert ours[tag] == theirs[tag], f"{path.name} {tag}"
        compared += 1
    assert compared > 100


def flat(xml: bytes) -> dict[str, list[tuple[str, ...]]]:
    """List the plain values of the top level, without private and numeric ones."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for attribute in ET.fromstring(xml):
        tag, vr = attribute.get("tag", ""), attribute.get("vr", "")
        is_private = bool(int(tag[:4], 16) & 1)
        if is_private or vr in {"SQ", "FD", "FL"} or tag.startswith("FFFC") or tag == "00080005":
            continue
        found[tag] = [
            (node.tag.removeprefix(PLACE), (node.text or "").strip())
            for node in attribute.iter()
            if node is not attribute and (node.text or "").strip()
        ]
    return found


# Documents in.


def test_private_attributes_are_put_into_blocks_of_their_creators() -> None:
    private = (
        '<DicomAttribute tag="00290002" vr="US" privateCreator="{}">'
        "<Value>{}</Value></DicomAttribute>"
    )
    read = xml_to_attributes(document(private.format("A", 1) + private.format("B", 2)))
    assert read == {
        "00290010": {"vr": "LO", "Value": ["A"]},
        "00290011": {"vr": "LO", "Value": ["B"]},
        "00291002": {"vr": "US", "Value": [1]},
        "00291102": {"vr": "US", "Value": [2]},
    }


def test_creators_that_are_written_out_keep_their_block() -> None:
    read = xml_to_attributes(
        document(
            '<DicomAttribute tag="00290020" vr="LO"><Value number="1">A</Value></DicomAttribute>'
            '<DicomAttribute tag="00290002" vr="LO" privateCreator="A"/>'
        )
    )
    assert read == {"00290020": {"vr": "LO", "Value": ["A"]}, "00292002": {"vr": "LO"}}


def test_values_stand_where_their_numbers_say() -> None:
    read = xml_to_attributes(
        document(
            '<DicomAttribute tag="00080008" vr="CS"><Value number="3">C</Value></DicomAttribute>'
        )
    )
    assert read == {"00080008": {"vr": "CS", "Value": [None, None, "C"]}}


@pytest.mark.parametrize(
    ("given_document", "message"),
    [
        (b"<NativeDicomModel", "not well-formed"),
        (b"<other/>", "its root"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (document("<Value/>"), "Value stands for an attribute"),
        (document('<DicomAttribute tag="PatientName"/>'), "eight hexadecimal digits"),
        (document('<DicomAttribute tag="00100010"/>' * 2), "twice"),
        (
            document('<DicomAttribute tag="00100020"><Value number="0"/></DicomAttribute>'),
            "no number",
        ),
        (
            document('<DicomAttribute tag="00100020"><Value number="99999"/></DicomAttribute>'),
            "no number",
        ),
        (document("<a>" * 300 + "</a>" * 300), "nested too deeply"),
    ],
)
def test_what_is_wrong_is_told(given_document: bytes, message: str) -> None:
    with pytest.raises(InvalidAttribute, match=message):
        xml_to_attributes(given_document)


def test_deep_items_are_read_without_exhausting_the_stack() -> None:
    text = ""
    for _ in range(100):
        text = f'<DicomAttribute tag="00081140" vr="SQ"><Item>{text}</Item></DicomAttribute>'
    attributes = xml_to_attributes(document(text))
    with pytest.raises(InvalidAttribute, match="nested too deeply"):
        check_attributes(attributes)


@given(noise=st.binary(max_size=100))
def test_no_bytes_break_the_reading(noise: bytes) -> None:
    with pytest.raises(InvalidAttribute):
        xml_to_attributes(noise)
