"""Uncompressed frames as arrays (PS3.5 8.1 and 8.2, PS3.3 C.7.6.3.1)."""

import numpy as np
import numpy.typing as npt

from sonarium.dicom.pixels.arrays import StoredValues
from sonarium.dicom.pixels.errors import DecodeFailed, UnsupportedPixels
from sonarium.dicom.pixels.format import PixelFormat
from sonarium.dicom.uids import transfer_syntax

HALF_CHROMA = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})
"""Two neighbours share their colour differences when such frames are not compressed."""


def native_values(stored: bytes, layout: PixelFormat, bit_offset: int = 0) -> StoredValues:
    """Read a native frame.

    Args:
        stored: the frame; where frames do not begin with a byte (1-bit pixels), from
            the byte in which it begins.
        layout: the object's description.
        bit_offset: how many low bits of the first byte belong to the frame before.

    Raises:
        DecodeFailed: the frame is shorter than declared.
        UnsupportedPixels: an odd frame of swapped words, or half chroma of odd width.
    """
    if layout.bits_allocated == 1:
        return _single_bits(stored, layout, bit_offset)
    if holds_half_chroma(stored, layout):
        return _half_chroma(stored, layout)
    if len(stored) < layout.frame_bytes:
        raise DecodeFailed("a frame is shorter than declared")
    is_big_endian = transfer_syntax(layout.transfer_syntax_uid).is_big_endian
    if is_big_endian and layout.is_word_value and layout.bits_allocated == 8:
        stored = _turn_words(stored)
    dtype = _dtype(layout).newbyteorder(">" if is_big_endian else "<")
    flat: StoredValues = np.frombuffer(stored, dtype, layout.samples)
    return arrange(flat.astype(dtype.newbyteorder("="), copy=False), layout)


def arrange(flat: StoredValues, layout: PixelFormat) -> StoredValues:
    """Give values in stored order the shape of the picture (Planar Configuration)."""
    if layout.samples_per_pixel == 1:
        return flat.reshape(layout.rows, layout.columns)
    if layout.planar_configuration == 1:
        planes = flat.reshape(layout.samples_per_pixel, layout.rows, layout.columns)
        return np.ascontiguousarray(planes.transpose(1, 2, 0))
    return flat.reshape(layout.rows, layout.columns, layout.samples_per_pixel)


def holds_half_chroma(stored: bytes, layout: PixelFormat) -> bool:
    """Tell whether a native frame really shares chroma; the label alone is not enough."""
    return (
        layout.photometric_interpretation in HALF_CHROMA
        and layout.samples_per_pixel == 3
        and len(stored) < layout.frame_bytes
    )


def _dtype(layout: PixelFormat) -> "np.dtype[np.generic]":
    kind = "f" if layout.is_float else "i" if layout.is_signed else "u"
    return np.dtype(f"{kind}{layout.bits_allocated // 8}")


def _single_bits(stored: bytes, layout: PixelFormat, bit_offset: int) -> StoredValues:
    """Unpack one bit a pixel, the first in the lowest bit (PS3.5 8.1.1)."""
    if len(stored) * 8 < layout.samples + bit_offset:
        raise DecodeFailed("a frame is shorter than declared")
    packed = np.frombuffer(stored, np.uint8)
    bits = np.unpackbits(packed, count=layout.samples + bit_offset, bitorder="little")
    return arrange(bits[bit_offset:], layout)


def _half_chroma(stored: bytes, layout: PixelFormat) -> StoredValues:
    """Give each pixel of a pair the chroma of both: stored are Y, Y, CB, CR (C.7.6.3.1.2)."""
    if layout.bits_allocated != 8 or layout.columns % 2:
        raise UnsupportedPixels("half chroma of this shape is not supported")
    pairs = layout.rows * layout.columns // 2
    if len(stored) < 4 * pairs:
        raise DecodeFailed("a frame is shorter than declared")
    quads = np.frombuffer(stored, np.uint8, 4 * pairs).reshape(pairs, 4)
    whole: npt.NDArray[np.uint8] = np.empty((pairs, 2, 3), np.uint8)
    whole[:, :, 0] = quads[:, 0:2]
    whole[:, :, 1] = quads[:, 2:3]
    whole[:, :, 2] = quads[:, 3:4]
    return whole.reshape(layout.rows, layout.columns, 3)


def _turn_words(stored: bytes) -> bytes:
    if len(stored) % 2:
        raise UnsupportedPixels("an odd frame of swapped words is not supported")
    return np.frombuffer(stored, "<u2").byteswap().tobytes()
