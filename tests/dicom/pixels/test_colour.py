import numpy as np
from PIL import Image
from tests.dicom.pixels.objects import ultrasound_like

from sonarium.dicom.pixels.colour import (
    colour_by_pixels,
    full_range_to_rgb,
    partial_range_to_rgb,
)
from sonarium.dicom.pixels.jpeg_stream import Colour


def test_full_range_chroma_becomes_the_colours_it_was_made_of() -> None:
    colours = ultrasound_like()
    chroma = np.asarray(Image.fromarray(colours).convert("YCbCr"))
    assert np.abs(full_range_to_rgb(chroma).astype(int) - colours).max() <= 2


def test_partial_range_has_black_at_16_and_white_at_235() -> None:
    stored = np.array([[[16, 128, 128], [235, 128, 128], [81, 90, 240]]], np.uint8)
    black, white, red = partial_range_to_rgb(stored)[0].tolist()
    assert black == [0, 0, 0]
    assert min(white) >= 254
    assert red[0] > 250
    assert max(red[1:]) < 5


def test_grey_pixels_tell_rgb_from_ycbcr() -> None:
    colours = ultrasound_like()
    chroma = np.asarray(Image.fromarray(colours).convert("YCbCr"))
    assert colour_by_pixels(colours) is Colour.RGB
    assert colour_by_pixels(chroma) is Colour.YCBCR


def test_pictures_without_grey_tell_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    assert colour_by_pixels(noise) is None
    middle_grey = np.full((64, 64, 3), 128, np.uint8)
    assert colour_by_pixels(middle_grey) is None
