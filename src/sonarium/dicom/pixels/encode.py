"""Values as a frame of another transfer syntax (PS3.5 8.2 and Annex A.4)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import imagecodecs
import jpeg_ls.CharLS
import numpy as np
import rle.rle
import simplejpeg

from sonarium.dicom.pixels.arrays import StoredValues
from sonarium.dicom.pixels.jpeg_stream import read_jpeg_head, untag
from sonarium.dicom.uids import (
    HTJ2K,
    HTJ2K_LOSSLESS,
    HTJ2K_LOSSLESS_RPCL,
    JPEG_2000,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS_LOSSLESS,
    RLE_LOSSLESS,
    TransferSyntax,
)

_BY_LINE: Final = 1
_FIRST_ORDER: Final = 1


@dataclass(frozen=True, slots=True)
class FrameShape:
    """What an encoder needs to know of the values beside their type."""

    bits_stored: int
    photometric_interpretation: str
    """Of the values; what is written may differ: see `Encoder.written_photometric`."""
    quality: int


@dataclass(frozen=True, slots=True)
class Encoder:
    """One transfer syntax that we can write."""

    encode: Callable[[StoredValues, FrameShape], bytes]
    most_bits: int
    """Bits Stored beyond this cannot be written."""
    rgb_becomes: str
    """Photometric Interpretation of RGB once written (PS3.5 8.2)."""
    lossy_method: str = ""
    """Lossy Image Compression Method (0028,2114); empty when nothing is lost."""


def encode_native(values: StoredValues, syntax: TransferSyntax) -> bytes:
    """Write an uncompressed frame, colours by pixel."""
    written = values.dtype.newbyteorder(">" if syntax.is_big_endian else "<")
    return values.astype(written, copy=False).tobytes()


def _encode_rle(values: StoredValues, _shape: FrameShape) -> bytes:
    rows, columns = values.shape[:2]
    samples = 1 if values.ndim == 2 else values.shape[2]
    little = values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()
    bits = values.dtype.itemsize * 8
    return bytes(rle.rle.encode_frame(little, rows, columns, samples, bits, "<"))


def _encode_jpeg_ls(values: StoredValues, shape: FrameShape) -> bytes:
    """Write without loss; the precision is Bits Stored where the encoder can say so."""
    bits = _as_unsigned(values, shape)
    if shape.bits_stored == bits.dtype.itemsize * 8:
        return bytes(imagecodecs.jpegls_encode(bits))
    rows, columns = bits.shape[:2]
    samples = 1 if bits.ndim == 2 else bits.shape[2]
    try:
        stream = jpeg_ls.CharLS.encode_buffer(
            bits.tobytes(),
            rows,
            columns,
            samples,
            max(2, shape.bits_stored),
            lossy_error=0,
            interleave_mode=0 if samples == 1 else _BY_LINE,
        )
    except RuntimeError:  # it leaves too little room for pictures of a few pixels
        stream = imagecodecs.jpegls_encode(bits)
    return bytes(stream)


def _encode_jpeg_lossless(values: StoredValues, shape: FrameShape) -> bytes:
    """Write process 14 with first order prediction; colours stay as they are."""
    space = "GRAYSCALE" if values.ndim == 2 else "RGB"
    stream = bytes(
        imagecodecs.jpeg8_encode(
            _as_unsigned(values, shape),
            lossless=True,
            predictor=_FIRST_ORDER,
            bitspersample=max(2, shape.bits_stored),
            colorspace=space,
            outcolorspace=space,
        )
    )
    return untag(stream, read_jpeg_head(stream))


def _encode_jpeg_2000(values: StoredValues, shape: FrameShape) -> bytes:
    return bytes(
        imagecodecs.jpeg2k_encode(
            values,
            level=0,
            codecformat="j2k",
            reversible=True,
            bitspersample=shape.bits_stored,
            mct=shape.photometric_interpretation == "RGB",
        )
    )


def _encode_htj2k(values: StoredValues, shape: FrameShape) -> bytes:
    """Write resolution by resolution with tile lengths, as the RPCL syntax asks."""
    return bytes(
        imagecodecs.htj2k_encode(
            values, reversible=True, rgb=shape.photometric_interpretation == "RGB", tlm=True
        )
    )


def _encode_jpeg_baseline(values: StoredValues, shape: FrameShape) -> bytes:
    picture = values.astype(np.uint8, copy=False)
    if picture.ndim == 2:
        return bytes(
            simplejpeg.encode_jpeg(
                picture[:, :, None], shape.quality, "GRAY", colorsubsampling="Gray"
            )
        )
    return bytes(simplejpeg.encode_jpeg(picture, shape.quality, "RGB", colorsubsampling="422"))


def _as_unsigned(values: StoredValues, shape: FrameShape) -> StoredValues:
    """Return the stored bits of signed values: these codestreams know no sign."""
    if np.issubdtype(values.dtype, np.unsignedinteger):
        return values
    bits = values.view(np.dtype(f"u{values.dtype.itemsize}"))
    masked: StoredValues = np.bitwise_and(bits, (1 << shape.bits_stored) - 1)
    return masked


_JPEG_LOSSLESS: Final = Encoder(_encode_jpeg_lossless, most_bits=16, rgb_becomes="RGB")
_JPEG_2000: Final = Encoder(_encode_jpeg_2000, most_bits=24, rgb_becomes="YBR_RCT")
_HTJ2K: Final = Encoder(_encode_htj2k, most_bits=24, rgb_becomes="YBR_RCT")

ENCODERS: Final[dict[str, Encoder]] = {
    RLE_LOSSLESS: Encoder(_encode_rle, most_bits=32, rgb_becomes="RGB"),
    JPEG_LOSSLESS_SV1: _JPEG_LOSSLESS,
    JPEG_LOSSLESS: _JPEG_LOSSLESS,
    JPEG_LS_LOSSLESS: Encoder(_encode_jpeg_ls, most_bits=16, rgb_becomes="RGB"),
    JPEG_2000_LOSSLESS: _JPEG_2000,
    JPEG_2000: _JPEG_2000,
    HTJ2K_LOSSLESS: _HTJ2K,
    HTJ2K_LOSSLESS_RPCL: _HTJ2K,
    HTJ2K: _HTJ2K,
    JPEG_BASELINE: Encoder(
        _encode_jpeg_baseline, most_bits=8, rgb_becomes="YBR_FULL_422", lossy_method="ISO_10918_1"
    ),
}
"""What we can write. JPEG 2000 and HTJ2K may be lossy; ours never are."""
