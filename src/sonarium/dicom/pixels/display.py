"""Decoded values as a picture for a screen."""

import numpy as np

from sonarium.dicom.pixels.arrays import Picture, StoredValues
from sonarium.dicom.pixels.colour import full_range_to_rgb, partial_range_to_rgb
from sonarium.dicom.pixels.decode import DecodedFrame
from sonarium.dicom.pixels.errors import UnsupportedPixels
from sonarium.dicom.pixels.format import PixelFormat, Window
from sonarium.dicom.pixels.greyscale import shades_of_grey
from sonarium.dicom.pixels.lookup import apply_palette


def display_frame(
    decoded: DecodedFrame, layout: PixelFormat, window: Window | None = None
) -> Picture:
    """Return what a person sees: grey `[rows, columns]` or sRGB `[rows, columns, 3]`.

    A window, also the object's own, counts for greyscale only: scanners that write
    128\\255 into colour pictures mean nothing by it.

    Raises:
        UnsupportedPixels: the photometric interpretation is unknown, or lacks its palette.
    """
    match decoded.photometric_interpretation:
        case "MONOCHROME1" | "MONOCHROME2":
            return shades_of_grey(decoded.values, layout, window)
        case "PALETTE COLOR":
            if layout.palette is None:
                raise UnsupportedPixels("a PALETTE COLOR object lacks its palette")
            return apply_palette(decoded.values, layout.palette)
        case "RGB":
            return _eight_bits(decoded.values, layout)
        case "YBR_FULL":
            return full_range_to_rgb(_eight_bits(decoded.values, layout))
        case "YBR_PARTIAL_422" | "YBR_PARTIAL_420":
            return partial_range_to_rgb(_eight_bits(decoded.values, layout))
    raise UnsupportedPixels("the photometric interpretation is not supported")


def _eight_bits(values: StoredValues, layout: PixelFormat) -> Picture:
    """Scale samples of a colour to 8 bits."""
    if values.dtype == np.uint8 and layout.bits_stored == 8:
        return values.astype(np.uint8, copy=False)
    if layout.is_signed or layout.is_float:
        raise UnsupportedPixels("colours cannot be negative")
    white = (1 << layout.bits_stored) - 1
    return (values.astype(np.uint64) * 255 // white).astype(np.uint8)
