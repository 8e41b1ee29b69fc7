"""Frames whose pixels are blank outside what may be shown (PS3.15 E.3.1, Clean Pixel Data).

What stays is bit by bit what the decoder gave: the frame is written without loss. Indexes
of a palette, and values that need a lookup table to be seen, leave as the colours or greys
that they stand for, so that blank means black to every reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from sonarium.dicom.pixels.arrays import StoredValues
from sonarium.dicom.pixels.colour import full_range_to_rgb
from sonarium.dicom.pixels.decode import decode_frame
from sonarium.dicom.pixels.display import display_frame
from sonarium.dicom.pixels.encode import ENCODERS, FrameShape
from sonarium.dicom.pixels.format import PixelFormat
from sonarium.dicom.pixels.recode import values_photometric
from sonarium.dicom.pixels.rendering import DEFAULT_QUALITY, Rectangle
from sonarium.dicom.uids import RLE_LOSSLESS

CLEAN_TRANSFER_SYNTAX_UID: Final = RLE_LOSSLESS
"""Lossless, and the one compression that needs no codec of its own to be read (PS3.5 Annex G)."""

Scalar = TypeVar("Scalar", bound=np.generic)

_PLAIN_COLOURS: Final = frozenset({"RGB", "YBR_FULL"})


@dataclass(frozen=True, slots=True)
class CleanFormat:
    """How the frames of a masked object are stored."""

    photometric_interpretation: str
    samples_per_pixel: int
    bits_allocated: int
    bits_stored: int
    is_as_stored: bool
    """The values are the stored ones; otherwise they are what a screen would show."""


def clean_format(layout: PixelFormat) -> CleanFormat:
    """Tell how masked frames of an object are stored."""
    photometric = values_photometric(layout)
    tables = layout.greyscale.modality_lut, layout.greyscale.voi_lut
    is_plain = (
        not layout.is_signed
        and not layout.is_float
        and layout.bits_allocated in {8, 16}
        and (
            (layout.is_monochrome and tables == (None, None))
            or (photometric in _PLAIN_COLOURS and layout.bits_allocated == 8)
        )
    )
    if is_plain:
        return CleanFormat(
            photometric, layout.samples_per_pixel, layout.bits_allocated, layout.bits_stored, True
        )
    if layout.is_monochrome:
        return CleanFormat("MONOCHROME2", 1, 8, 8, False)
    return CleanFormat("RGB", 3, 8, 8, False)


def clean_frame(
    stored: bytes, layout: PixelFormat, kept: tuple[Rectangle, ...], bit_offset: int = 0
) -> bytes:
    """Return one masked frame in `CLEAN_TRANSFER_SYNTAX_UID`. Runs in a decoding worker.

    Raises:
        PixelError: see `decode_frame` and `display_frame`.
    """
    clean = clean_format(layout)
    values = _values(stored, layout, clean, bit_offset)
    masked = blank_outside(values, kept, _blank(clean, layout))
    shape = FrameShape(clean.bits_stored, clean.photometric_interpretation, DEFAULT_QUALITY)
    encoder = ENCODERS[CLEAN_TRANSFER_SYNTAX_UID]
    return encoder.encode(np.ascontiguousarray(masked), shape)


def blank_outside(
    values: npt.NDArray[Scalar], kept: Sequence[Rectangle], blank: tuple[int, ...]
) -> npt.NDArray[Scalar]:
    """Return a copy in which every pixel outside all rectangles is `blank`."""
    masked = np.empty_like(values)
    masked[...] = np.array(blank, dtype=values.dtype)
    for one in kept:
        place = slice(max(0, one.top), one.bottom + 1), slice(max(0, one.left), one.right + 1)
        masked[place] = values[place]
    return masked


def _values(
    stored: bytes, layout: PixelFormat, clean: CleanFormat, bit_offset: int
) -> StoredValues:
    decoded = decode_frame(stored, layout, bit_offset)
    if not clean.is_as_stored:
        return display_frame(decoded, layout)
    is_chroma = decoded.photometric_interpretation == "YBR_FULL"
    if is_chroma and clean.photometric_interpretation == "RGB":
        return full_range_to_rgb(decoded.values.astype(np.uint8, copy=False))
    return decoded.values


def _blank(clean: CleanFormat, layout: PixelFormat) -> tuple[int, ...]:
    """Return the value of black."""
    match clean.photometric_interpretation:
        case "YBR_FULL":
            return (0, 128, 128)
        case "MONOCHROME1" | "MONOCHROME2" as label if clean.is_as_stored:
            is_white_zero = label == "MONOCHROME1" or layout.greyscale.is_inverse
            return ((1 << clean.bits_stored) - 1 if is_white_zero else 0,)
    return (0,)
