"""From the colours of a stored frame to those of a screen."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from sonarium.dicom.pixels.arrays import Picture
from sonarium.dicom.pixels.jpeg_stream import Colour

_STEP: Final = 8
_NEAR_CHROMA: Final = 3
_NEAR_GREY: Final = 6
_MANY: Final = 0.5
_FEW: Final = 0.05

# Inverse of the equations of PS3.3 C.7.6.3.1.2 for YBR_PARTIAL_422.
_PARTIAL: Final[npt.NDArray[np.float32]] = np.array(
    [[1.1644, 0.0, 1.5960], [1.1644, -0.3917, -0.8130], [1.1644, 2.0173, 0.0]], np.float32
)
_PARTIAL_OFFSET: Final[npt.NDArray[np.float32]] = np.array([16, 128, 128], np.float32)


def full_range_to_rgb(picture: Picture) -> Picture:
    """Convert YBR_FULL to RGB (PS3.3 C.7.6.3.1.2)."""
    rows, columns = picture.shape[:2]
    stored = Image.frombytes("YCbCr", (columns, rows), picture.tobytes())
    return np.asarray(stored.convert("RGB"))


def partial_range_to_rgb(picture: Picture) -> Picture:
    """Convert YBR_PARTIAL_422 or _420 to RGB: luma from 16 to 235, chroma from 16 to 240."""
    colours = (picture.astype(np.float32) - _PARTIAL_OFFSET) @ _PARTIAL.T
    return np.clip(colours + 0.5, 0, 255).astype(np.uint8)


def colour_by_pixels(picture: Picture) -> Colour | None:
    """Tell RGB from YCbCr by the grey that every ultrasound picture is full of.

    Grey is (n, n, n) in one and (n, 128, 128) in the other. Returns None unless one
    fills most of the picture and the other hardly any of it.
    """
    few = picture[::_STEP, ::_STEP].reshape(-1, 3).astype(np.int16)
    near_chroma = (np.abs(few[:, 1:] - 128) <= _NEAR_CHROMA).all(axis=1).mean()
    near_grey = (np.abs(few[:, 1:] - few[:, :1]) <= _NEAR_GREY).all(axis=1).mean()
    if near_chroma >= _MANY and near_grey <= _FEW:
        return Colour.YCBCR
    if near_grey >= _MANY and near_chroma <= _FEW:
        return Colour.RGB
    return None
