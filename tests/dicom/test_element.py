"""Heads of elements and items."""

import pytest
from tests.dicom.building import BIG_ENDIAN, EXPLICIT, IMPLICIT, JPEG, element, implicit, item

from sonarium.dicom.element import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    begins_with_item,
    encoding_of,
    explicit_length_form,
    item_encoding,
    vr_text,
)
from sonarium.dicom.uids import transfer_syntax


@pytest.mark.parametrize(
    ("vr", "size"),
    [(b"PN", 8), (b"OB", 12), (b"SV", 12), (b"ZZ", 12), (b"??", 8), (b"\0\0", 8), (b"pn", 8)],
)
def test_unknown_capital_vrs_take_the_long_form_and_slips_the_short_one(
    vr: bytes, size: int
) -> None:
    assert explicit_length_form(vr) == size


def test_a_vr_that_no_edition_knows_reads_as_un() -> None:
    assert vr_text(b"PN") == "PN"
    assert vr_text(b"ZZ") == "UN"


def test_each_syntax_has_its_encoding() -> None:
    assert encoding_of(transfer_syntax(IMPLICIT)) is IMPLICIT_LITTLE
    assert encoding_of(transfer_syntax(EXPLICIT)) is EXPLICIT_LITTLE
    assert encoding_of(transfer_syntax(BIG_ENDIAN)) is EXPLICIT_BIG
    assert encoding_of(transfer_syntax(JPEG)) is EXPLICIT_LITTLE


def test_an_implicit_item_in_an_explicit_data_set_is_recognised() -> None:
    assert item_encoding(EXPLICIT_LITTLE, implicit(0x00080100, b"T-32000 ")) is IMPLICIT_LITTLE
    assert item_encoding(EXPLICIT_LITTLE, element(0x00080100, "SH", b"T")) is EXPLICIT_LITTLE
    assert item_encoding(EXPLICIT_LITTLE, item(b"")[:8]) is EXPLICIT_LITTLE
    assert item_encoding(IMPLICIT_LITTLE, implicit(0x00080100, b"T")) is IMPLICIT_LITTLE
    assert item_encoding(EXPLICIT_LITTLE, b"") is EXPLICIT_LITTLE


def test_an_item_is_seen_where_it_stands() -> None:
    assert begins_with_item(b"\0\0" + item(b""), 2, EXPLICIT_LITTLE)
    assert not begins_with_item(element(0x00080100, "SH", b"T"), 0, EXPLICIT_LITTLE)
