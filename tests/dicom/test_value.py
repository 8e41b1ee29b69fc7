"""Single values."""

import struct
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.element import ByteOrder
from sonarium.dicom.value import (
    decimal_text,
    pack_number,
    parse_number,
    person_name_groups,
    to_little_endian,
    unpack_numbers,
    unpack_tags,
)

ORDERS = st.sampled_from(get_args(ByteOrder))


@given(number=st.integers(-(2**31), 2**31 - 1), order=ORDERS)
def test_a_binary_number_survives(number: int, order: ByteOrder) -> None:
    assert unpack_numbers(pack_number(number, "SL", order), "SL", order) == (number,)


def test_several_numbers_and_a_torn_one() -> None:
    assert unpack_numbers(b"\x01\0\x02\0\x03", "US", "<") == (1, 2)
    assert unpack_numbers(b"\0\x01\0\x02", "US", ">") == (1, 2)
    assert unpack_numbers(b"\x01", "US", "<") == ()


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(struct.error):
        pack_number(70_000, "US", "<")


def test_a_tag_is_group_then_element_in_either_order() -> None:
    assert unpack_tags(b"\x10\0\x20\0", "<") == [0x00100020]
    assert unpack_tags(b"\0\x10\0\x20", ">") == [0x00100020]


def test_words_are_turned_and_a_torn_one_stays() -> None:
    assert to_little_endian(b"\1\2\3\4\5", "OW", ">") == b"\2\1\4\3\5"
    assert to_little_endian(b"\1\2\3\4", "OF", ">") == b"\4\3\2\1"
    assert to_little_endian(b"\1\2\3\4", "OB", ">") == b"\1\2\3\4"
    assert to_little_endian(b"\1\2", "OW", "<") == b"\1\2"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (" 12 ", 12),
        ("+12", 12),
        ("007", 7),
        ("1.5", 1.5),
        ("-1e3", -1000.0),
        (".5\0", 0.5),
        ("1A", None),
        ("", None),
        ("1_000", None),
        ("nan", None),
        ("1e999", None),
        ("9" * 20, None),
        ("9" * 5000, None),
        ("١٢", None),
    ],
)
def test_a_number_is_read_where_it_is_one(written: str, number: float | None) -> None:
    assert parse_number(written) == number


@given(number=st.floats(-1e300, 1e300))
def test_a_decimal_fits_its_sixteen_characters(number: float) -> None:
    text = decimal_text(number)
    assert len(text) <= 16
    assert float(text) == pytest.approx(number, rel=1e-8)


@given(number=st.decimals(-9999, 9999, places=4).map(float))
def test_a_decimal_of_few_digits_stays_exact(number: float) -> None:
    assert float(decimal_text(number)) == number


def test_a_name_has_three_groups() -> None:
    assert person_name_groups("Yamada^Tarou=山田^太郎=やまだ^たろう") == (
        "Yamada^Tarou",
        "山田^太郎",
        "やまだ^たろう",
    )
    assert person_name_groups("=王 ") == ("", "王", "")
