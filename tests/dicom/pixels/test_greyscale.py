import struct

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.pixels import apply_windowing
from tests.dicom.pixels.objects import made_up

from sonarium.dicom.pixels.format import Greyscale, LookupTable, PixelFormat, VOIFunction, Window
from sonarium.dicom.pixels.greyscale import default_window, lacks_window, shades_of_grey

DEEP = {"bits_allocated": 16, "bits_stored": 12, "high_bit": 11}
ALL_BYTES = np.arange(256, dtype=np.uint8).reshape(16, 16)
ALL_TWELVE = np.arange(4096, dtype=np.uint16).reshape(64, 64)


def deep(**greyscale: object) -> PixelFormat:
    return made_up(**DEEP, greyscale=Greyscale(**greyscale))  # type: ignore[arg-type]


def test_eight_bits_without_a_window_are_shades_already() -> None:
    assert (shades_of_grey(ALL_BYTES, made_up()) == ALL_BYTES).all()
    whole = made_up(greyscale=Greyscale(window=Window(128, 256)))
    assert (shades_of_grey(ALL_BYTES, whole) == ALL_BYTES).all()


def test_monochrome1_and_inverse_shapes_are_dark_where_values_are_high() -> None:
    inverse = Greyscale(is_inverse=True)
    for layout in (
        made_up(photometric_interpretation="MONOCHROME1"),
        made_up(greyscale=inverse),
        made_up(photometric_interpretation="MONOCHROME1", greyscale=inverse),
    ):
        assert (shades_of_grey(ALL_BYTES, layout) == 255 - ALL_BYTES).all()


@pytest.mark.parametrize("function", list(VOIFunction))
@pytest.mark.parametrize(("center", "width"), [(2048, 4096), (40, 400), (600.5, 30), (100, 1)])
def test_windows_agree_with_an_independent_reading(
    function: VOIFunction, center: float, width: float
) -> None:
    reference = Dataset()
    reference.PhotometricInterpretation = "MONOCHROME2"
    reference.BitsStored, reference.PixelRepresentation = 12, 0
    reference.WindowCenter, reference.WindowWidth = center, width
    reference.VOILUTFunction = function.value
    expected = apply_windowing(ALL_TWELVE, reference) / 4095 * 255
    shown = shades_of_grey(ALL_TWELVE, deep(window=Window(center, width, function)))
    assert np.abs(shown - expected).max() <= 0.51


def test_deep_pixels_without_a_window_use_the_range_of_the_frame() -> None:
    values = np.array([[100, 300, 500]], np.uint16)
    assert shades_of_grey(values, deep()).tolist() == [[0, 128, 255]]
    assert shades_of_grey(np.array([[7, 7]], np.uint16), deep()).tolist() == [[0, 0]]
    assert lacks_window(deep())
    assert not lacks_window(deep(window=Window(1, 2)))


def test_padding_does_not_stretch_the_range() -> None:
    values = np.array([[4000, 100, 300, 500]], np.uint16)
    shown = shades_of_grey(values, deep(padding_value=4000))
    assert shown.tolist() == [[255, 0, 128, 255]]


def test_signed_values_are_rescaled_before_their_window() -> None:
    layout = made_up(
        bits_allocated=16,
        bits_stored=16,
        high_bit=15,
        is_signed=True,
        greyscale=Greyscale(rescale_slope=2, rescale_intercept=-100, window=Window(0, 201)),
    )
    shown = shades_of_grey(np.array([[-1000, 0, 50, 100, 30000]], np.int16), layout)
    assert shown.tolist() == [[0, 1, 128, 255, 255]]


def test_lookup_tables_come_before_the_window() -> None:
    falling = LookupTable(256, 0, 8, bytes(range(255, -1, -1)))
    layout = made_up(greyscale=Greyscale(voi_lut=falling, window=Window(1, 1)))
    assert (shades_of_grey(ALL_BYTES, layout) == 255 - ALL_BYTES).all()
    modality = LookupTable(256, 0, 16, struct.pack("<256H", *range(0, 2560, 10)))
    through = made_up(greyscale=Greyscale(modality_lut=modality, window=Window(1280, 2560)))
    assert np.abs(shades_of_grey(ALL_BYTES, through).astype(int) - ALL_BYTES).max() <= 1


def test_a_window_that_was_asked_for_comes_before_all_others() -> None:
    layout = made_up(greyscale=Greyscale(window=Window(10, 5)))
    assert (shades_of_grey(ALL_BYTES, layout, Window(128, 256)) == ALL_BYTES).all()


def test_one_bit_is_black_or_white() -> None:
    layout = made_up(bits_allocated=1, bits_stored=1, high_bit=0)
    assert shades_of_grey(np.array([[0, 1]], np.uint8), layout).tolist() == [[0, 255]]


def test_floats_and_long_integers_are_shown_by_their_range() -> None:
    floats = made_up(is_float=True, bits_allocated=32, bits_stored=32)
    values = np.array([[-1.5, 0.0, 1.5, np.nan, np.inf]], np.float32)
    assert shades_of_grey(values, floats)[0, :3].tolist() == [0, 128, 255]
    long = made_up(bits_allocated=32, bits_stored=32, high_bit=31)
    assert shades_of_grey(np.array([[0, 2**31, 2**32 - 1]], np.uint32), long).tolist() == [
        [0, 128, 255]
    ]


def test_the_default_window_is_in_rescaled_values() -> None:
    layout = deep(rescale_slope=2.0, rescale_intercept=-10.0)
    window = default_window(np.array([[10, 20]], np.uint16), layout)
    assert (window.center, window.width) == (20, 20)
