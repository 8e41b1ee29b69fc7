"""Accept and Content-Type as DICOMweb uses them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.faces.dicomweb.media_types import (
    DICOM,
    DICOM_JSON,
    OCTET_STREAM,
    first_taken,
    parse_accept,
    parse_content_type,
)


def test_an_empty_header_accepts_anything() -> None:
    (anything,) = parse_accept("")
    assert anything.takes(DICOM)
    assert anything.takes("image/png")


def test_what_is_wanted_most_comes_first_and_zero_is_refused() -> None:
    accept = parse_accept("text/html;q=0, image/png;q=0.5, image/jpeg, */*;q=0.1")
    assert [one.media_type for one in accept] == ["image/jpeg", "image/png", "*/*"]


def test_parameters_are_read_whether_quoted_or_not() -> None:
    quoted, plain = parse_accept(
        'multipart/related; type="application/dicom"; transfer-syntax=*;q=0.9,'
        "multipart/related;type=application/octet-stream;q=0.8"
    )
    assert (quoted.part_type, quoted.transfer_syntax) == (DICOM, "*")
    assert plain.part_type == OCTET_STREAM
    assert quoted.takes(DICOM)
    assert not quoted.takes(OCTET_STREAM)


def test_a_comma_inside_quotes_parts_nothing() -> None:
    (one,) = parse_accept('multipart/related; type="a,b"; q=1')
    assert one.parameters == {"type": "a,b"}


def test_a_wildcard_of_a_type_takes_its_subtypes() -> None:
    (images,) = parse_accept("image/*")
    assert images.takes("image/png")
    assert not images.takes(DICOM)


def test_the_offer_decides_where_the_caller_does_not_care() -> None:
    assert first_taken(parse_accept("*/*"), [DICOM_JSON, "text/plain"]) == DICOM_JSON
    assert first_taken(parse_accept("multipart/related"), [DICOM_JSON]) is None


def test_a_content_type_has_its_boundary() -> None:
    kind = parse_content_type('multipart/related; boundary="x y"; type="application/dicom"')
    assert kind.is_multipart
    assert kind.parameters["boundary"] == "x y"


@given(st.text(max_size=300))
def test_any_header_is_read(text: str) -> None:
    assert all(0 < one.quality <= 1 for one in parse_accept(text))


@pytest.mark.parametrize("header", [",,,", ";;;", "nonsense", "a/b;q=x"])
def test_what_makes_no_sense_accepts_nothing(header: str) -> None:
    assert parse_accept(header) == []
