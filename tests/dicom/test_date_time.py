"""Dates and times of the index."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.date_time import index_date, index_time


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("20240229", "20240229"),
        ("1994.01.30", "19940130"),
        ("1994-01-30", "19940130"),
        (" 20240229\0", "20240229"),
        ("20240229101530.5+0100", "20240229"),
        ("20230229", None),
        ("20241301", None),
        ("1994.01-30", None),
        ("2024", None),
        ("", None),
        ("NotADate", None),
    ],
)
def test_a_date_is_mended_where_clear_and_else_refused(written: str, kept: str | None) -> None:
    assert index_date(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("10", "100000"),
        ("1015", "101500"),
        ("101530", "101530"),
        ("101530.5", "101530.500000"),
        ("101530.000000", "101530"),
        ("10:15:30", "101530"),
        ("235960", "235959"),
        ("240000", None),
        ("106000", None),
        ("9", None),
        ("", None),
    ],
)
def test_a_time_is_mended_where_clear_and_else_refused(written: str, kept: str | None) -> None:
    assert index_time(written) == kept


@given(moment=st.dates(min_value=date(1000, 1, 1)))
def test_every_real_date_stays(moment: date) -> None:
    text = moment.strftime("%Y%m%d")
    assert index_date(text) == text


@given(moment=st.times())
def test_every_real_time_stays(moment: time) -> None:
    kept = index_time(moment.strftime("%H%M%S.%f"))
    assert kept is not None
    assert kept.startswith(moment.strftime("%H%M%S"))


@given(text=st.text(max_size=30))
def test_no_text_breaks_either(text: str) -> None:
    index_date(text)
    index_time(text)
