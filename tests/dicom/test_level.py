"""Which element lies where in a stored header."""

import struct

import pytest
from tests.dicom.building import (
    BIG_ENDIAN,
    END_OF_SEQUENCE,
    EXPLICIT,
    IMPLICIT,
    UNDEFINED,
    element,
    implicit,
    item,
    scan,
)

from sonarium.dicom.level import Level, level_of, read_level

CODE = 0x00080100
SEQUENCE = 0x00081140
PRIVATE = 0x00091001


def both(encoded: bytes, uid: str = EXPLICIT) -> list[Level]:
    """Open a data set fresh from the scanner, and as it was kept."""
    scanned = scan(encoded, uid)
    return [level_of(scanned), read_level(uid, scanned.header, scanned.holes)]


def test_a_fresh_level_and_a_kept_one_are_the_same() -> None:
    fresh, kept = both(
        element(CODE, "SH", b"A ")
        + element(SEQUENCE, "SQ", item(element(CODE, "SH", b"B ")))
        + element(0x00091010, "OB", bytes(5000))
    )
    assert fresh.table == kept.table


def test_a_written_vr_holds() -> None:
    for level in both(element(CODE, "LO", b"A ")):
        assert level.vr(CODE) == "LO"
        assert level.vr(SEQUENCE) is None


@pytest.mark.parametrize("written", ["UN", "??"])
def test_a_known_tag_without_a_usable_vr_has_that_of_the_dictionary(written: str) -> None:
    for level in both(element(CODE, written, b"A ")):
        assert level.vr(CODE) == "SH"


def test_implicit_vr_takes_the_dictionary_and_published_private_attributes() -> None:
    encoded = implicit(CODE, b"A ") + implicit(0x00090010, b"GEMS_IDEN_01")
    for level in both(encoded + implicit(PRIVATE, b"B ") + implicit(0x00091099, b"C "), IMPLICIT):
        assert [level.vr(tag) for tag in level.table] == ["SH", "LO", "LO", "UN"]


def test_pixel_representation_around_an_item_decides_within_it() -> None:
    smallest = implicit(0x00280106, b"\xff\xff")
    signed = implicit(0x00280103, b"\x01\0")
    encoded = signed + smallest + implicit(0x00283000, item(smallest))
    for level in both(encoded, IMPLICIT):
        assert level.vr(0x00280106) == "SS"
        assert level.items(0x00283000)[0].vr(0x00280106) == "SS"
    for level in both(smallest, IMPLICIT):
        assert level.vr(0x00280106) == "US"


def test_an_un_that_holds_implicit_items_is_a_sequence() -> None:
    inner = item(implicit(CODE, b"A "))
    for level in both(element(SEQUENCE, "UN", inner)):
        (found,) = level.items(SEQUENCE)
        assert found.raw(CODE) == b"A "
        assert level.vr(SEQUENCE) == "SQ"
        extent = found.extent(CODE)
        assert extent is not None
        assert (extent.offset, extent.length) == (12 + 8 + 8, 2)


def test_an_un_that_only_claims_to_be_a_sequence_stays_bytes() -> None:
    for noise in (b"no items here.", item(b"\x08\0\x50\0AB\xff\xff\xff\xff")):
        for level in both(element(SEQUENCE, "UN", noise)):
            assert level.vr(SEQUENCE) == "UN"
            assert level.items(SEQUENCE) == ()
            assert level.raw(SEQUENCE) == noise


def test_uns_within_uns_end_somewhere() -> None:
    encoded = b""
    for _ in range(1500):
        encoded = item(implicit(0x00090010, b"GEMS_PETD_01") + implicit(0x00091060, encoded))
    for level in both(element(SEQUENCE, "UN", encoded[:60_000])):
        level.items(SEQUENCE)


def test_items_of_every_form_are_read() -> None:
    code = element(CODE, "SH", b"A ")
    endless = item(code, length=UNDEFINED) + item(code) + END_OF_SEQUENCE
    encoded = element(SEQUENCE, "SQ", endless, length=UNDEFINED) + element(
        SEQUENCE + 1, "SQ", item(code) + item(code, length=UNDEFINED)
    )
    for level in both(encoded + element(0x00100010, "PN", b"A ")):
        assert [len(level.items(tag)) for tag in (SEQUENCE, SEQUENCE + 1)] == [2, 2]
        assert level.raw(0x00100010) == b"A "


def test_items_in_big_endian_and_implicit_items_within() -> None:
    code = element(CODE, "SH", b"A ", order=">")
    encoded = element(SEQUENCE, "SQ", item(code, order=">"), order=">")
    for level in both(encoded, BIG_ENDIAN):
        assert level.items(SEQUENCE)[0].raw(CODE) == b"A "
    mixed = element(SEQUENCE, "SQ", item(implicit(CODE, b"B ")))
    for level in both(mixed):
        assert level.items(SEQUENCE)[0].raw(CODE) == b"B "


def test_values_beyond_holes_are_found_in_place() -> None:
    inner = (
        element(CODE, "SH", b"A ")
        + element(0x00091010, "OB", b"\x01" * 3000)
        + element(0x00091011, "LO", b"B ")
        + element(0x00091012, "OB", b"\x02" * 3000)
    )
    encoded = (
        element(0x00081111, "OB", b"\x03" * 2000)
        + element(SEQUENCE, "SQ", item(inner) + item(inner))
        + element(0x00100010, "PN", b"C ")
    )
    for level in both(encoded):
        assert level.raw(0x00100010) == b"C "
        first, second = level.items(SEQUENCE)
        for found in (first, second):
            assert found.raw(0x00091011) == b"B "
            for tag, content in ((0x00091010, b"\x01" * 3000), (0x00091012, b"\x02" * 3000)):
                hole = found.hole(tag)
                assert hole is not None
                assert encoded[hole.offset : hole.offset + hole.length] == content
                assert found.raw(tag) is None
            extent = found.extent(0x00091011)
            assert extent is not None
            assert encoded[extent.offset : extent.offset + 2] == b"B "


def test_a_sequence_has_no_bytes_and_an_absent_element_nothing() -> None:
    for level in both(element(SEQUENCE, "SQ", item(b"")) + element(0x00100010, "PN")):
        assert level.raw(SEQUENCE) is None
        assert level.raw(0x00100010) == b""
        assert level.raw(CODE) is None
        assert level.extent(CODE) is None
        assert level.hole(CODE) is None
        assert level.items(CODE) == level.items(0x00100010) == ()
    endless = element(SEQUENCE, "SQ", END_OF_SEQUENCE, length=UNDEFINED)
    for level in both(endless):
        assert level.extent(SEQUENCE) is None
        assert level.items(SEQUENCE) == ()


def test_an_empty_sequence_in_implicit_vr_is_one() -> None:
    for level in both(struct.pack("<HHI", 0x0008, 0x1140, 0), IMPLICIT):
        assert level.vr(SEQUENCE) == "SQ"
        assert level.items(SEQUENCE) == ()
