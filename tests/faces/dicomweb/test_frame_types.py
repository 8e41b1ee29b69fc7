"""Which media type a stored frame has, and which syntax an Accept asks for."""

import pytest

from sonarium.faces.dicomweb.frame_types import answered_type, frame_media_type, wanted_syntax
from sonarium.faces.dicomweb.media_types import OCTET_STREAM, parse_accept

JPEG, LOSSLESS, NATIVE = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.1"


def asked(accept: str, stored: str) -> str | None:
    return wanted_syntax(parse_accept(accept)[0], stored)


@pytest.mark.parametrize(
    ("syntax", "media_type"),
    [
        (JPEG, "image/jpeg"),
        ("1.2.840.10008.1.2.4.80", "image/jls"),
        ("1.2.840.10008.1.2.4.90", "image/jp2"),
        ("1.2.840.10008.1.2.4.201", "image/jphc"),
        ("1.2.840.10008.1.2.5", "image/dicom-rle"),
        ("1.2.840.10008.1.2.4.102", "video/mp4"),
        (NATIVE, OCTET_STREAM),
    ],
)
def test_a_stored_frame_has_the_type_of_its_syntax(syntax: str, media_type: str) -> None:
    assert frame_media_type(syntax) == media_type


def test_a_star_takes_the_stored_syntax_if_it_is_of_the_type() -> None:
    assert asked('multipart/related; type="image/jpeg"; transfer-syntax=*', JPEG) == JPEG
    assert asked('multipart/related; type="image/jls"; transfer-syntax=*', JPEG) is None


def test_a_type_without_syntax_takes_what_is_stored_in_it() -> None:
    assert asked('multipart/related; type="image/jpeg"', JPEG) == JPEG
    assert asked('multipart/related; type="image/jpeg"', NATIVE) == LOSSLESS


def test_octets_mean_uncompressed() -> None:
    assert asked(f'multipart/related; type="{OCTET_STREAM}"', JPEG) == NATIVE


def test_octets_in_any_syntax_mean_as_stored_and_are_called_octets() -> None:
    accept = "multipart/related; type=application/octet-stream; transfer-syntax=*"
    assert asked(accept, JPEG) == JPEG
    assert answered_type(parse_accept(accept)[0], JPEG) == OCTET_STREAM
    assert (
        answered_type(parse_accept("multipart/related; type=image/jpeg")[0], JPEG) == "image/jpeg"
    )


def test_a_syntax_of_another_type_cannot_be_had() -> None:
    assert asked(f'multipart/related; type="image/jpeg"; transfer-syntax={NATIVE}', JPEG) is None
