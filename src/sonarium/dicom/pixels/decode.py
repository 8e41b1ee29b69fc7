"""One stored frame as values, whatever its transfer syntax."""

from dataclasses import dataclass

import numpy as np

from sonarium.dicom.pixels.arrays import StoredValues
from sonarium.dicom.pixels.codecs import BYTES_AS_NATIVE, DECODERS, Decompressed
from sonarium.dicom.pixels.colour import colour_by_pixels
from sonarium.dicom.pixels.errors import UnsupportedPixels
from sonarium.dicom.pixels.format import (
    DEFAULT_LIMITS,
    PixelFormat,
    PixelLimits,
    check_frame_size,
)
from sonarium.dicom.pixels.jpeg_stream import Colour
from sonarium.dicom.pixels.native import native_values
from sonarium.dicom.uids import transfer_syntax


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """The values of one frame, and what they really are."""

    values: StoredValues
    """`[rows, columns]` or `[rows, columns, 3]`: what a native object would hold."""
    photometric_interpretation: str
    """Of `values`: codecs convert colours, and labels can be wrong."""


def decode_frame(
    stored: bytes,
    layout: PixelFormat,
    bit_offset: int = 0,
    limits: PixelLimits = DEFAULT_LIMITS,
) -> DecodedFrame:
    """Decode one frame. May crash, hang or eat memory on hostile bytes: run it in a worker.

    Args:
        stored: the bytes of the frame, its fragments joined.
        layout: the object's description.
        bit_offset: as `FrameIndex.bit_offset` says.
        limits: checked before anything is allocated.

    Raises:
        DecodeFailed: the bytes are not what is declared.
        FrameTooLarge: the declared frame is beyond `limits`.
        UnsupportedPixels: the transfer syntax or the shape is beyond us.
    """
    check_frame_size(layout, limits)
    syntax = transfer_syntax(layout.transfer_syntax_uid)
    if not syntax.is_encapsulated:
        values = native_values(stored, layout, bit_offset)
        return DecodedFrame(_settle_bits(values, layout), _native_photometric(layout))
    decoder = DECODERS.get(layout.transfer_syntax_uid)
    if decoder is None or layout.is_float:
        raise UnsupportedPixels(f"pixels in {syntax.name} cannot be decoded")
    decompressed = decoder(stored, layout)
    if decoder in BYTES_AS_NATIVE:
        values = _settle_bits(decompressed.values, layout)
        return DecodedFrame(values, _native_photometric(layout))
    return DecodedFrame(
        _settle_sign(decompressed, layout), _decompressed_photometric(decompressed, layout)
    )


def _native_photometric(layout: PixelFormat) -> str:
    """Return what uncompressed values are: half chroma has been made whole."""
    label = layout.photometric_interpretation
    if label == "YBR_FULL_422":
        return "YBR_FULL"
    return "RGB" if label in {"YBR_RCT", "YBR_ICT"} else label


def _decompressed_photometric(decompressed: Decompressed, layout: PixelFormat) -> str:
    """Return what decompressed values are: by the stream, else by grey pixels, else by label."""
    label = layout.photometric_interpretation
    if layout.samples_per_pixel == 1:
        return label
    colour = decompressed.colour
    if colour is None and decompressed.values.dtype == np.uint8:
        colour = colour_by_pixels(decompressed.values.astype(np.uint8, copy=False))
    if colour is None:
        colour = Colour.YCBCR if label.startswith(("YBR_FULL", "YBR_PARTIAL")) else Colour.RGB
    if colour is Colour.RGB:
        return "RGB"
    return label if label.startswith("YBR_PARTIAL") else "YBR_FULL"


def _settle_bits(values: StoredValues, layout: PixelFormat) -> StoredValues:
    """Drop bits that hold no value (overlays of old lie there), and give back the sign."""
    if layout.is_float or layout.bits_stored == layout.bits_allocated:
        return values
    below = layout.high_bit - (layout.bits_stored - 1)
    above = layout.bits_allocated - 1 - layout.high_bit
    if values.dtype.itemsize * 8 != layout.bits_allocated:
        return values  # one bit a pixel, already unpacked
    whole = values.astype(np.int64) if layout.is_signed else values.astype(np.uint64)
    bits = 64 - layout.bits_allocated + above
    settled: StoredValues = ((whole << bits) >> (bits + below)).astype(values.dtype)
    return settled


def _settle_sign(decompressed: Decompressed, layout: PixelFormat) -> StoredValues:
    """Return values in the type that Bits Allocated and Pixel Representation declare.

    JPEG 2000 says for itself whether it is signed, and writers get it wrong; JPEG and
    JPEG-LS cannot say. The bits are right, so they are read again as declared.
    """
    values = decompressed.values
    wanted = np.dtype(f"{'i' if layout.is_signed else 'u'}{layout.bits_allocated // 8}")
    bits = decompressed.precision
    if layout.is_signed:
        bits = min(bits, layout.bits_stored)
    elif values.dtype.kind == "u":
        return values.astype(wanted, copy=False)
    shift = 64 - bits
    raised = values.astype(np.int64) << shift
    whole = raised if layout.is_signed else raised.view(np.uint64)
    settled: StoredValues = (whole >> shift).astype(wanted)
    return settled
