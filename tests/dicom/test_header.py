"""Headers: decoded where asked."""

import struct
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pydicom
import pytest
from pydicom.multival import MultiValue
from tests.dicom.building import (
    BIG_ENDIAN,
    EXPLICIT,
    UNDEFINED,
    element,
    item,
    iter_objects,
    scan,
)

from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.header import Header, header_of, pack_header, read_header, unpack_header

SPECIFIC_CHARACTER_SET = 0x00080005
STUDY_DATE = 0x00080020
DESCRIPTION = 0x00081030
SEQUENCE = 0x00081140
NAME = 0x00100010
COMMENTS = 0x00204000
NUMBER = 0x00200013
SPACING = 0x00280030
ROWS = 0x00280010


def header(encoded: bytes, uid: str = EXPLICIT) -> Header:
    return header_of(scan(encoded, uid))


@pytest.mark.parametrize(
    ("vr", "value", "texts"),
    [
        ("LO", b"one \\ two", ["one", "two"]),
        ("LO", b"one\\\\three", ["one", "", "three"]),
        ("LO", b" ", []),
        ("UI", b"1.2.3\0", ["1.2.3"]),
        ("US", b"\x02\0\x03\0", ["2", "3"]),
        ("LT", b" one\\two \0", [" one\\two"]),
        ("UR", b" http://x/a\\b ", ["http://x/a\\b"]),
        ("CS", b"", []),
        ("OB", b"AB", ["AB"]),
        ("CS", b"\xff\xfe", ["ÿþ"]),
    ],
)
def test_texts_come_without_padding(vr: str, value: bytes, texts: list[str]) -> None:
    found = header(element(DESCRIPTION, vr, value))
    assert found.texts(DESCRIPTION) == texts
    assert found.text(DESCRIPTION) == (texts[0] if texts and texts[0] else None)


def test_an_absent_text_is_none() -> None:
    found = header(b"")
    assert found.text(NAME) is None
    assert found.texts(NAME) == []


@pytest.mark.parametrize(
    ("vr", "value", "integer", "decimal"),
    [
        ("IS", b" 12\\13 ", 12, 12.0),
        ("DS", b"1.50", None, 1.5),
        ("DS", b"2.0 ", 2, 2.0),
        ("IS", b"1A", None, None),
        ("DS", b"1.5\\x", None, None),
        ("US", b"\x02\x01", 258, 258.0),
        ("FD", struct.pack("<d", 2.5), None, 2.5),
        ("FL", struct.pack("<f", float("nan")), None, None),
        ("LO", b"7 ", 7, 7.0),
        ("IS", b"", None, None),
    ],
)
def test_numbers_are_read_or_are_none(
    vr: str, value: bytes, integer: int | None, decimal: float | None
) -> None:
    found = header(element(NUMBER, vr, value))
    assert found.integer(NUMBER) == integer
    assert found.decimal(NUMBER) == decimal


def test_several_decimals_come_together_or_not_at_all() -> None:
    found = header(element(NUMBER, "IS", b"1\\x") + element(SPACING, "DS", b"0.5\\0.25"))
    assert found.decimals(SPACING) == [0.5, 0.25]
    assert found.decimals(NUMBER) == []


def test_big_endian_numbers_are_read() -> None:
    encoded = element(ROWS, "US", b"\x01\x02", order=">")
    assert header(encoded, BIG_ENDIAN).integer(ROWS) == 258


def test_dates_and_times_are_mended_for_the_index() -> None:
    found = header(element(STUDY_DATE, "DA", b"1994.01.30") + element(0x00080030, "TM", b"12:30 "))
    assert found.date(STUDY_DATE) == "19940130"
    assert found.time(0x00080030) == "123000"
    assert found.text(STUDY_DATE) == "1994.01.30"
    assert found.date(NAME) is None
    assert found.time(NAME) is None


def test_an_item_has_its_own_character_set_or_that_around_it() -> None:
    name = element(NAME, "PN", b"M\xfcller")
    greek = element(SPECIFIC_CHARACTER_SET, "CS", b"ISO_IR 126")
    encoded = (
        element(SPECIFIC_CHARACTER_SET, "CS", b"ISO-IR 100")
        + element(SEQUENCE, "SQ", item(name) + item(greek + name))
        + name
    )
    found = header(encoded)
    assert found.text(NAME) == "Müller"
    assert [entry.text(NAME) for entry in found.items(SEQUENCE)] == ["Müller", "Mόller"]


def test_the_sample_with_character_sets_in_items_reads_as_pydicom_reads_it(testdata: Path) -> None:
    for name in ("chrSQEncoding.dcm", "chrSQEncoding1.dcm"):
        path = testdata / "dicom/charset" / name
        reference = pydicom.dcmread(path).RequestedProcedureCodeSequence[0].PatientName
        for found_at, start, encoded in iter_objects(testdata):
            if found_at == path:
                (entry,) = header(encoded, start.transfer_syntax_uid).items(0x00321064)
                assert entry.text(NAME) == str(reference)


def test_elements_come_in_tag_order_and_only_the_wanted_ones() -> None:
    encoded = (
        element(NAME, "PN", b"A ")
        + element(DESCRIPTION, "LO", b"B ")
        + element(0x7FE00010, "OB", bytes(10))
    )
    found = header(encoded)
    assert found.tags() == (DESCRIPTION, NAME, 0x7FE00010)
    assert [entry.tag for entry in found.elements()] == [DESCRIPTION, NAME, 0x7FE00010]
    (only,) = found.elements({NAME, COMMENTS})
    assert (only.tag, only.vr, only.raw, only.hole, only.items) == (NAME, "PN", b"A ", None, None)
    assert NAME in found
    assert COMMENTS not in found


def test_walking_names_every_element_by_its_path() -> None:
    encoded = element(SEQUENCE, "SQ", item(element(NAME, "PN", b"A ")) * 2)
    walked = dict(header(encoded).walk())
    assert list(walked) == [(SEQUENCE,), (SEQUENCE, 1, NAME), (SEQUENCE, 2, NAME)]


def test_an_extent_is_where_the_value_lies() -> None:
    encoded = (
        element(SEQUENCE, "SQ", item(element(NAME, "PN", b"A ")) * 2)
        + element(DESCRIPTION + 0x100, "OB", bytes(2000))
        + element(NAME, "PN", b"BC")
    )
    found = header(encoded)
    for path in ((SEQUENCE, 2, NAME), (NAME,), (DESCRIPTION + 0x100,)):
        extent = found.extent(path)
        assert extent is not None
        content = encoded[extent.offset : extent.offset + extent.length]
        assert content in {b"A ", b"BC", bytes(2000)}
    assert found.extent((SEQUENCE, 3, NAME)) is None
    assert found.extent((SEQUENCE, 0, NAME)) is None
    assert found.extent((COMMENTS,)) is None


# Packing.


def test_every_real_header_survives_packing(testdata: Path) -> None:
    for path, start, encoded in iter_objects(testdata):
        try:
            scanned = scan(encoded, start.transfer_syntax_uid)
        except MalformedDataSet:
            continue
        packed = pack_header(scanned)
        kept = unpack_header(memoryview(packed))
        assert kept.transfer_syntax_uid == start.transfer_syntax_uid
        assert len(packed) < len(scanned.header) + 100, path.name
        fresh = header_of(scanned)
        assert [(where, *entry[:4]) for where, entry in kept.walk()] == [
            (where, *entry[:4]) for where, entry in fresh.walk()
        ], path.name


def test_packing_is_safe_in_threads() -> None:
    scanned = scan(element(COMMENTS, "LT", bytes(range(32, 127)) * 100))
    with ThreadPoolExecutor(8) as threads:
        packed = list(threads.map(lambda _: pack_header(scanned), range(200)))
        read = list(threads.map(unpack_header, packed))
    assert len(set(packed)) == 1
    assert {found.text(COMMENTS) for found in read} == {header_of(scanned).text(COMMENTS)}


def test_a_damaged_or_later_packing_is_refused() -> None:
    packed = bytearray(pack_header(scan(element(COMMENTS, "LT", b"text" * 500))))
    with pytest.raises(MalformedDataSet, match="unknown to this version"):
        unpack_header(bytes(b"\x09" + packed[1:]))
    packed[-10:] = bytes(10)
    with pytest.raises(MalformedDataSet, match="damaged"):
        unpack_header(bytes(packed))


def test_kept_header_bytes_can_be_opened() -> None:
    scanned = scan(element(NAME, "PN", b"A ") + element(0x7FE00010, "OB", bytes(9)))
    found = read_header(EXPLICIT, scanned.header, scanned.holes)
    assert found.text(NAME) == "A"
    assert found.hole(0x7FE00010) == scanned.holes[0]


# pydicom as the reference.


def compare(found: Header, reference: pydicom.Dataset, where: str) -> int:
    compared = 0
    for expected in reference:
        if expected.tag.group in {0xFFFC, 0x7FE0} or found.hole(expected.tag) is not None:
            continue
        place = f"{where} {expected.tag}"
        if expected.VR == "SQ":
            items = found.items(expected.tag)
            assert len(items) == len(expected.value), place
            for number, inner in enumerate(expected.value):
                compared += compare(items[number], inner, f"{place} item {number}")
            continue
        values = expected.value
        many = list(values) if isinstance(values, MultiValue | list) else [values]
        if expected.VR in {"PN", "LO", "SH", "CS", "UI", "DA", "TM", "AE", "AS", "ST", "LT", "UT"}:
            wanted = [str(value).strip(" =") for value in many]
            texts = [text.strip(" =") for text in found.texts(expected.tag)]
            assert texts == (wanted if any(wanted) else []), place
        elif expected.VR in {"DS", "IS", "US", "UL", "SS", "SL", "FL", "FD"} and many[0] not in {
            None,
            "",
        }:
            assert found.decimals(expected.tag) == [float(value) for value in many], place
        compared += 1
    return compared


def test_values_of_real_objects_agree_with_pydicom(testdata: Path) -> None:
    compared = 0
    for path, start, encoded in iter_objects(testdata):
        if "fuzz" in path.parts or path.name in {"badVR.dcm", "Tag-0040-A170-VR-CS.dcm"}:
            continue
        try:
            found = header(encoded, start.transfer_syntax_uid)
        except MalformedDataSet:
            continue
        if start.is_guessed:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compared += compare(found, pydicom.dcmread(path, force=True), path.name)
    assert compared > 10_000


def test_lengths_of_items_may_be_undefined_all_the_way_down() -> None:
    inner = element(NAME, "PN", b"A ")
    for _ in range(20):
        inner = element(
            SEQUENCE,
            "SQ",
            item(inner, length=UNDEFINED) + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0),
            length=UNDEFINED,
        )
    assert len(list(header(inner).walk())) == 21
