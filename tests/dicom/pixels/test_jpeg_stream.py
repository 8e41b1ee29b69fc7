import contextlib

import imagecodecs
import numpy as np
import pytest
import simplejpeg
from hypothesis import given
from hypothesis import strategies as st
from tests.dicom.pixels.objects import ultrasound_like

from sonarium.dicom.pixels.errors import DecodeFailed
from sonarium.dicom.pixels.jpeg_stream import (
    Colour,
    colour_by_decoders,
    colour_by_markers,
    end_properly,
    read_jpeg_head,
    retag,
    untag,
)

PICTURE = ultrasound_like()
USUAL = simplejpeg.encode_jpeg(PICTURE, 90, colorsubsampling="422")
WHOLE_CHROMA = simplejpeg.encode_jpeg(PICTURE, 90, colorsubsampling="444")
TRUE_RGB = bytes(imagecodecs.jpeg8_encode(PICTURE, 95, colorspace="RGB", outcolorspace="RGB"))
LOSSLESS = bytes(
    imagecodecs.jpeg8_encode(
        PICTURE, lossless=True, predictor=1, colorspace="RGB", outcolorspace="RGB"
    )
)


def bare(stream: bytes) -> bytes:
    return untag(stream, read_jpeg_head(stream))


def test_a_head_tells_size_components_and_process() -> None:
    head = read_jpeg_head(USUAL)
    assert (head.process, head.precision, head.rows, head.columns) == (0xC0, 8, 64, 96)
    assert (head.has_jfif, head.adobe_transform) == (True, None)
    assert head.is_subsampled
    assert head.is_for_web
    assert read_jpeg_head(LOSSLESS).is_lossless
    assert not read_jpeg_head(LOSSLESS).is_for_web
    assert read_jpeg_head(bytes(imagecodecs.jpegls_encode(PICTURE))).process == 0xF7


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    for stream in (noise, b"\xff\xd8" + noise, USUAL[:100] + noise):
        with contextlib.suppress(DecodeFailed):
            read_jpeg_head(stream)


@pytest.mark.parametrize("stop", [0, 2, 3, 20, 150, 400])
def test_a_head_cut_short_is_refused(stop: int) -> None:
    with pytest.raises(DecodeFailed):
        read_jpeg_head(USUAL[:stop])


def test_the_stream_speaks_before_the_label() -> None:
    adobe_ycbcr = TRUE_RGB.replace(b"Adobe\0\x64\0\0\0\0\0", b"Adobe\0\x64\0\0\0\0\x01")
    named_rgb = bare(TRUE_RGB)
    for stream, label, colour in (
        (USUAL, "RGB", Colour.YCBCR),
        (bare(USUAL), "RGB", Colour.YCBCR),
        (TRUE_RGB, "YBR_FULL_422", Colour.RGB),
        (named_rgb, "YBR_FULL", Colour.RGB),
        (adobe_ycbcr, "RGB", Colour.YCBCR),
        (WHOLE_CHROMA, "RGB", Colour.YCBCR),
        (bare(WHOLE_CHROMA), "YBR_FULL", Colour.YCBCR),
        (bare(WHOLE_CHROMA), "RGB", None),
        (LOSSLESS, "YBR_FULL", None),
    ):
        assert colour_by_markers(read_jpeg_head(stream), label) is colour


def test_retagging_makes_decoders_see_the_colours_that_are_there() -> None:
    unmarked = bare(WHOLE_CHROMA)
    for stream, colour in (
        (unmarked, Colour.YCBCR),
        (bare(TRUE_RGB), Colour.RGB),
        (TRUE_RGB, Colour.RGB),
        (USUAL, Colour.YCBCR),
    ):
        tagged = retag(stream, read_jpeg_head(stream), colour)
        assert colour_by_decoders(read_jpeg_head(tagged)) is colour
        decoded = simplejpeg.decode_jpeg(tagged, "RGB")
        assert np.abs(decoded.astype(int) - PICTURE).mean() < 4


def test_retagging_drops_orientation_and_comments() -> None:
    exif = b"\xff\xe1\x00\x0aExif\0\0MM" + b"\xff\xfe\x00\x08SECRET"
    stream = USUAL[:2] + exif + USUAL[2:]
    tagged = retag(stream, read_jpeg_head(stream), Colour.YCBCR)
    assert b"Exif" not in tagged
    assert b"SECRET" not in tagged
    assert (simplejpeg.decode_jpeg(tagged) == simplejpeg.decode_jpeg(USUAL)).all()


@pytest.mark.parametrize("padding", [b"", b"\0", b"\0\0\0\0", b"\0\xff\0", b"abc\0"])
def test_padding_after_the_end_is_cut(padding: bytes) -> None:
    assert end_properly(USUAL + padding) == USUAL


def test_a_missing_end_is_added() -> None:
    assert end_properly(USUAL[:-2]) == USUAL
    assert end_properly(USUAL[:-1]) == USUAL[:-1] + b"\xff\xd9"
