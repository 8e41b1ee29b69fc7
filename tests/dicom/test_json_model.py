"""The DICOM JSON Model."""

import json
import shutil
import subprocess
import warnings
from pathlib import Path

import orjson
import pydicom
import pytest
from tests.dicom.building import (
    BIG_ENDIAN,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    JPEG,
    element,
    encapsulated,
    item,
    iter_objects,
    scan,
)

from sonarium.dicom.errors import InvalidAttribute, MalformedDataSet
from sonarium.dicom.header import header_of
from sonarium.dicom.json_model import (
    header_as_written,
    header_to_json,
    header_to_json_bytes,
    json_to_data_set,
)
from sonarium.dicom.scanned_data_set import Oddity
from sonarium.domain.attributes import Attributes, Element

NAME = element(0x00100010, "PN", b"A^B ")


def path_text(path: tuple[int, ...]) -> str:
    return "/".join(str(part) for part in path)


def model(encoded: bytes, uid: str = EXPLICIT) -> Attributes:
    return header_to_json(header_of(scan(encoded, uid)), path_text)


@pytest.mark.parametrize(
    ("vr", "value", "content"),
    [
        ("LO", b" one \\ two ", {"Value": ["one", "two"]}),
        ("CS", b"A\\\\B ", {"Value": ["A", None, "B"]}),
        ("CS", b"\\ ", {}),
        ("LO", b"", {}),
        ("LT", b" a\\b\r\n ", {"Value": [" a\\b\r\n"]}),
        ("UC", b" a \\ b", {"Value": [" a", " b"]}),
        ("UR", b"http://x ", {"Value": ["http://x"]}),
        (
            "PN",
            b"A^B=C=D ",
            {"Value": [{"Alphabetic": "A^B", "Ideographic": "C", "Phonetic": "D"}]},
        ),
        ("PN", b"A\\=C", {"Value": [{"Alphabetic": "A"}, {"Ideographic": "C"}]}),
        ("PN", b"A\\\\B", {"Value": [{"Alphabetic": "A"}, None, {"Alphabetic": "B"}]}),
        ("PN", b"= ", {}),
        ("IS", b"12\\ 13 ", {"Value": [12, 13]}),
        ("IS", b"1A\\2", {"Value": ["1A", 2]}),
        ("DS", b"1.50\\\\3", {"Value": [1.5, None, 3]}),
        ("DA", b"1994.01.30", {"Value": ["1994.01.30"]}),
        ("TM", b"12:30 ", {"Value": ["12:30"]}),
        ("AT", b"\x20\0\x0d\0", {"Value": ["0020000D"]}),
        ("US", b"\1\0\2\0", {"Value": [1, 2]}),
        ("SV", b"\xff" * 8, {"Value": [-1]}),
        ("UV", b"\xff" * 8, {"Value": ["18446744073709551615"]}),
        ("FD", b"\0\0\0\0\0\0\xf8\x3f", {"Value": [1.5]}),
        ("FL", b"\0\0\xc0\x7f\0\0\x80\x7f\0\0\x80\xff", {"Value": ["NaN", "inf", "-inf"]}),
        ("OB", b"ABC\0", {"InlineBinary": "QUJDAA=="}),
        ("OW", b"\1\2", {"InlineBinary": "AQI="}),
        ("UN", b"ABC\0", {"InlineBinary": "QUJDAA=="}),
        ("SQ", b"", {}),
        ("SQ", item(b""), {"Value": [{}]}),
    ],
)
def test_each_vr_has_its_form(vr: str, value: bytes, content: Element) -> None:
    assert model(element(0x00091010, vr, value)) == {"00091010": {"vr": vr, **content}}


def test_words_of_big_endian_values_are_turned() -> None:
    encoded = element(0x00091010, "OW", b"\1\2", order=">")
    assert model(encoded, BIG_ENDIAN)["00091010"]["InlineBinary"] == "AgE="


def test_bulk_values_get_the_uri_of_their_path() -> None:
    encoded = (
        element(0x00081140, "SQ", item(b"") + item(element(0x00091010, "OB", bytes(2000))))
        + element(0x00204000, "LT", bytes(60_000))
        + element(0x00204001, "UT", b"A" * 70_000)
        + element(0x7FE00010, "OW", bytes(4))
    )
    found = model(encoded)
    assert found["00081140"]["Value"] == [
        {},
        {"00091010": {"vr": "OB", "BulkDataURI": path_text((0x00081140, 2, 0x00091010))}},
    ]
    assert found["00204001"] == {"vr": "UT", "BulkDataURI": str(0x00204001)}
    assert found["7FE00010"] == {"vr": "OW", "BulkDataURI": str(0x7FE00010)}
    assert "7FE00010" not in header_to_json(header_of(scan(encoded)), None)


def test_what_is_no_attribute_is_left_out() -> None:
    encoded = (
        element(0x00020010, "UI", b"1.2\0")
        + element(0x00100000, "UL", bytes(4))
        + NAME
        + element(0xFFFCFFFC, "OB", bytes(10))
    )
    assert list(model(encoded)) == ["00100010"]


def test_only_the_wanted_attributes_are_written() -> None:
    header = header_of(scan(element(0x00080050, "SH", b"A ") + NAME))
    assert list(header_to_json(header, None, {0x00100010, 0x00100020})) == ["00100010"]


def test_the_character_set_of_the_model_is_utf_8() -> None:
    encoded = element(0x00080005, "CS", b"ISO_IR 100") + element(0x00100010, "PN", b"\xfc ")
    assert model(encoded) == {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "ü"}]},
    }
    assert model(element(0x00080005, "CS")) == {"00080005": {"vr": "CS"}}


def test_the_bytes_are_utf_8_json() -> None:
    header = header_of(scan(element(0x00080005, "CS", b"ISO_IR 100") + NAME))
    assert orjson.loads(header_to_json_bytes(header, None)) == header_to_json(header, None)


def test_number_texts_can_stay_as_written() -> None:
    header = header_of(scan(element(0x00280030, "DS", b"0.500\\1E0 ")))
    assert header_as_written(header, None)["00280030"]["Value"] == ["0.500", "1E0"]


# Other implementations as the reference.


def differences(ours: Attributes, theirs: Attributes, where: str = "") -> list[str]:
    found = []
    for key in sorted(ours.keys() | theirs.keys()):
        place = f"{where}{key}"
        mine, other = ours.get(key), theirs.get(key)
        if key.startswith(("0002", "FFFC")) or key.endswith("0000") or key == "00080005":
            continue
        if mine is None or other is None:
            found.append(f"{place} is only in one")
        elif "BulkDataURI" in mine or (other["vr"] == "UN" and int(key[:4], 16) & 1):
            continue  # the private dictionaries differ
        elif mine["vr"] == other["vr"] == "SQ":
            pairs = zip(mine.get("Value", []), other.get("Value", []), strict=True)  # type: ignore[arg-type]
            for number, (my_item, their_item) in enumerate(pairs):
                found += differences(my_item, their_item or {}, f"{place}[{number}].")  # type: ignore[arg-type]
        elif canonical(mine) != canonical(other):
            found.append(f"{place}: {mine} {other}")
    return found


def canonical(attribute: Element) -> object:
    values = attribute.get("Value", [])
    assert isinstance(values, list)
    plain = [
        float(f"{value:.6g}") if isinstance(value, int | float) else name(value) for value in values
    ]
    while plain and plain[-1] is None:
        plain.pop()
    return attribute["vr"], plain, attribute.get("InlineBinary", "")


def name(value: object) -> object:
    """Drop empty name components at the end, as DCMTK does; and empty texts."""
    if isinstance(value, dict):
        groups = {group: text.rstrip("^") for group, text in value.items()}
        return {group: text for group, text in groups.items() if text} or None
    return value or None


UNLIKE_PYDICOM = {
    "badVR.dcm",  # it drops what it cannot read
    "Tag-0040-A170-VR-CS.dcm",  # likewise
    "TC0409_utf8_surrogate.dcm",
    "TC0461_uid_uid_leading_dot.dcm",
    "TC0463_uid_uid_double_dot.dcm",
    "TC0465_uid_uid_all_dots.dcm",
    "no_preamble_dicm_in_data",  # it looks for DICM only at 128
    "rtdose.dcm",  # it refuses UIDs with a leading zero
    "ihe-air-milvue-locations.dcm",
    "esaote-ybr422-raw.dcm",
    "philips-epiq5-grey-cine-raw.dcm",  # it refuses texts above 64 characters
    "philips-epiq5-grey-still.dcm",
}


def test_real_objects_agree_with_pydicom(testdata: Path) -> None:
    compared = 0
    for path, start, encoded in iter_objects(testdata):
        try:
            ours = model(encoded, start.transfer_syntax_uid)
        except MalformedDataSet:
            continue
        if path.name in UNLIKE_PYDICOM:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reference = pydicom.dcmread(path, force=True)
            theirs = reference.to_json_dict(suppress_invalid_tags=True)
        assert differences(ours, theirs) == [], path.name
        compared += 1
    assert compared > 190


@pytest.mark.skipif(shutil.which("dcm2json") is None, reason="DCMTK is not installed")
@pytest.mark.peers
def test_real_objects_agree_with_dcmtk(testdata: Path) -> None:
    compared = 0
    for path, start, encoded in iter_objects(testdata):
        try:
            ours = model(encoded, start.transfer_syntax_uid)
        except MalformedDataSet:
            continue
        answer = subprocess.run(
            ["dcm2json", "-ee", "-fc", "-q", str(path)], capture_output=True, check=False
        )
        try:
            theirs = json.loads(answer.stdout)
        except ValueError:
            continue  # it refuses compressed Pixel Data and several character sets
        if path.name != "TC0409_utf8_surrogate.dcm":
            assert differences(ours, theirs) == [], path.name
            compared += 1
    assert compared > 140


# JSON back into data sets.


@pytest.mark.parametrize("uid", [IMPLICIT, EXPLICIT, BIG_ENDIAN, DEFLATED])
def test_real_objects_survive_the_way_through_json(testdata: Path, uid: str) -> None:
    survived = 0
    for path, start, encoded in iter_objects(testdata):
        if "fuzz" in path.parts or start.transfer_syntax_uid == DEFLATED:
            continue
        try:
            scanned = scan(encoded, start.transfer_syntax_uid)
        except MalformedDataSet:
            continue
        if Oddity.ODD_LENGTH in scanned.oddities:
            continue  # what we write is padded
        header = header_of(scanned)
        wanted = model(encoded, start.transfer_syntax_uid)
        bulk = {path_text(where): found for where, found in header.walk() if found.hole}

        def fetch(uri: str, encoded: bytes = encoded, bulk: dict = bulk) -> bytes:  # type: ignore[type-arg]
            hole = bulk[uri].hole
            return encoded[hole.offset : hole.offset + hole.length]

        again = header_of(scan(json_to_data_set(wanted, uid, fetch), uid))
        if uid != IMPLICIT:
            got = header_to_json(again, path_text)
            missing = differences(got, wanted)
            assert [text for text in missing if "BulkDataURI" not in text] == [], path.name
        survived += 1
    assert survived > 100


def test_texts_are_written_in_the_declared_set_or_in_utf_8() -> None:
    document = {
        "00080005": {"vr": "CS", "Value": ["ISO_IR 100"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "ü"}]},
    }
    assert b"\xfc" in json_to_data_set(document, EXPLICIT)
    document["00100020"] = {"vr": "LO", "Value": ["山"]}
    written = json_to_data_set(document, EXPLICIT)
    assert b"ISO_IR 192" in written
    assert "山".encode() in written
    assert json_to_data_set({"00100020": {"Value": ["A"]}}, EXPLICIT) == element(
        0x00100020, "LO", b"A "
    )


def test_pixels_of_an_encapsulated_syntax_become_fragments() -> None:
    document = {"7FE00010": {"vr": "OB", "BulkDataURI": "pixels"}}
    one = encapsulated(b"AB", offset_table=bytes(4))
    assert json_to_data_set(document, JPEG, lambda _uri: b"AB") == one
    assert json_to_data_set(document, JPEG, lambda _uri: [b"AB"]) == one
    inline = {"7FE00010": {"vr": "OW", "InlineBinary": "QUI="}}
    assert json_to_data_set(inline, JPEG) == one
    assert json_to_data_set(inline, EXPLICIT) == element(0x7FE00010, "OW", b"AB")
    empty = {"7FE00010": {"vr": "OB"}}
    assert json_to_data_set(empty, JPEG) == element(0x7FE00010, "OB")


def test_other_bulk_values_stay_values_in_an_encapsulated_syntax() -> None:
    document = {
        "00091010": {"vr": "OB", "BulkDataURI": "private"},
        "7FE00010": {"vr": "OB", "BulkDataURI": "pixels"},
    }
    written = json_to_data_set(document, JPEG, {"private": b"AB", "pixels": b"CD"}.__getitem__)
    assert written.startswith(element(0x00091010, "OB", b"AB"))


def test_what_cannot_be_encoded_is_named() -> None:
    with pytest.raises(InvalidAttribute, match=r"Rows \(0028,0010\)"):
        json_to_data_set({"00280010": {"vr": "US", "Value": [70_000]}}, EXPLICIT)
    with pytest.raises(InvalidAttribute, match="was not sent"):
        json_to_data_set({"7FE00010": {"vr": "OB", "BulkDataURI": "x"}}, JPEG)
    with pytest.raises(InvalidAttribute, match="not a JSON object"):
        json_to_data_set("text", EXPLICIT)
