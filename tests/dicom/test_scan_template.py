"""Header layouts met before."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dicom.building import (
    END_OF_SEQUENCE,
    EXPLICIT,
    IMPLICIT,
    JPEG,
    UNDEFINED,
    element,
    encapsulated,
    implicit,
    item,
    iter_objects,
)

from sonarium.base.errors import RequestError
from sonarium.dicom.scan_template import ScanTemplates
from sonarium.dicom.scanner import DataSetScanner, ScannedDataSet

REFERENCED = 0x00081140
UNKNOWN_SEQUENCE = item(implicit(0x00091011, b"ab")) + END_OF_SEQUENCE
PIXELS = encapsulated(b"\xff\xd8\xff\xe0" + bytes(10) + b"\xff\xd9")


def header(instance: bytes, name: bytes = b"A^B ", inner: bytes = b"1.2\0") -> bytes:
    return (
        element(0x00080018, "UI", instance)
        + element(REFERENCED, "SQ", item(element(0x00081150, "UI", inner)))
        + element(0x00091010, "UN", UNKNOWN_SEQUENCE, length=UNDEFINED)
        + element(0x00100010, "PN", name)
        + element(0x00280008, "IS", b"1 ")
    )


def scan(
    data_set: bytes, syntax: str, templates: ScanTemplates | None, first: int | None = None
) -> ScannedDataSet | str:
    scanner = DataSetScanner(syntax, templates=templates)
    try:
        scanner.feed(data_set[:first])
        if first is not None:
            scanner.feed(data_set[first:])
        return scanner.finish()
    except RequestError as error:
        return str(error)


def same(data_set: bytes, syntax: str, templates: ScanTemplates) -> None:
    with_templates = scan(data_set, syntax, templates)
    without = scan(data_set, syntax, None)
    assert with_templates == without
    if isinstance(with_templates, ScannedDataSet) and isinstance(without, ScannedDataSet):
        assert with_templates.table == without.table
        assert with_templates.frames == without.frames


def taught(*data_sets: bytes, syntax: str = JPEG) -> ScanTemplates:
    """Return templates that met some data sets twice."""
    templates = ScanTemplates()
    for data_set in data_sets * 2:
        scan(data_set, syntax, templates)
    return templates


def test_a_layout_is_found_again_with_other_values() -> None:
    templates = taught(header(b"1.2.3.4\0") + PIXELS)
    other = header(b"1.2.3.5\0", b"C^D ", b"1.9\0") + PIXELS
    assert templates.find(JPEG, other) is not None
    same(other, JPEG, templates)


def test_a_layout_is_learned_when_it_comes_again_and_not_before() -> None:
    templates = ScanTemplates()
    data_set = header(b"1.2.3.4\0") + PIXELS
    scan(data_set, JPEG, templates)
    assert templates.find(JPEG, data_set) is None
    scan(data_set, JPEG, templates)
    assert templates.find(JPEG, data_set) is not None


@pytest.mark.parametrize(
    "other",
    [
        header(b"1.2.3.4.5\0") + PIXELS,
        header(b"1.2.3.4\0", b"A^B^CD") + PIXELS,
        header(b"1.2.3.4\0", inner=b"1.2.3\0") + PIXELS,
        (header(b"1.2.3.4\0") + PIXELS).replace(b"PN", b"LO"),
        (header(b"1.2.3.4\0") + PIXELS).replace(b"\x09\0\x11\x10", b"\x09\0\x12\x10"),
    ],
    ids=["longer UID", "longer name", "longer inner value", "another VR", "another inner tag"],
)
def test_another_layout_is_not_taken_for_it(other: bytes) -> None:
    templates = taught(header(b"1.2.3.4\0") + PIXELS)
    assert templates.find(JPEG, other) is None
    same(other, JPEG, templates)


def test_a_layout_belongs_to_its_transfer_syntax() -> None:
    data_set = header(b"1.2.3.4\0") + element(0x7FE00010, "OW", bytes(4))
    templates = taught(data_set, syntax=EXPLICIT)
    assert templates.find(EXPLICIT, data_set) is not None
    assert templates.find(IMPLICIT, data_set) is None


def test_a_value_that_decides_whether_items_follow_is_part_of_the_layout() -> None:
    """In implicit VR a value of (0040,A170) is a sequence only if an item begins it."""
    pixels = implicit(0x7FE00010, bytes(4))
    plain = implicit(0x0040A170, b"12345678") + pixels
    sequence = implicit(0x0040A170, item(b"")) + pixels
    for first, second in ((plain, sequence), (sequence, plain)):
        templates = taught(first, syntax=IMPLICIT)
        assert templates.find(IMPLICIT, first) is not None
        same(second, IMPLICIT, templates)


def test_an_icon_does_not_pass_for_the_pixel_data() -> None:
    icon = element(0x00880200, "SQ", item(element(0x7FE00010, "OW", bytes(4))))
    data_set = header(b"1.2.3.4\0") + icon + PIXELS
    templates = taught(data_set)
    prefix = templates.find(JPEG, data_set)
    assert prefix is not None
    assert prefix.end == len(data_set) - len(PIXELS)


def test_only_so_many_layouts_are_remembered() -> None:
    sets = [header(b"1.2.3" + b"1" * (2 * count + 1)) + PIXELS for count in range(20)]
    templates = taught(*sets)
    found = [templates.find(JPEG, data_set) is not None for data_set in sets]
    assert found == [False] * 4 + [True] * 16


def test_real_objects_are_scanned_alike_with_layouts_and_without(testdata: Path) -> None:
    templates = ScanTemplates()
    hits = 0
    for _, start, data_set in iter_objects(testdata):
        for _ in range(3):
            same(data_set, start.transfer_syntax_uid, templates)
        hits += templates.find(start.transfer_syntax_uid, data_set) is not None
    assert hits > 10


@given(
    at=st.integers(0, len(header(b"1.2.3.4\0") + PIXELS) - 1),
    byte=st.integers(0, 255),
    first=st.integers(0, 250),
)
def test_any_damaged_byte_is_seen_as_it_would_be_without_layouts(
    at: int, byte: int, first: int
) -> None:
    good = header(b"1.2.3.4\0") + PIXELS
    damaged = bytearray(good)
    damaged[at] = byte
    templates = taught(good)
    assert scan(bytes(damaged), JPEG, templates, first) == scan(bytes(damaged), JPEG, None, first)
