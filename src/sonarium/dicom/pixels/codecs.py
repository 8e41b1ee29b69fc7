"""Compressed frames as arrays: one function for each family of codecs.

Each checks the size that the codestream itself declares before it decodes, so no
codec allocates more than the header already admitted, and turns its library's
errors into ours. Libraries: libjpeg-turbo (simplejpeg, imagecodecs), CharLS and
OpenJPEG (imagecodecs), and pylibjpeg-rle.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import imagecodecs
import numpy as np
import rle.rle
import simplejpeg

from sonarium.dicom.pixels.arrays import StoredValues
from sonarium.dicom.pixels.errors import DecodeFailed, UnsupportedPixels
from sonarium.dicom.pixels.format import PixelFormat
from sonarium.dicom.pixels.jpeg2000_stream import (
    codestream_of,
    end_codestream,
    read_jpeg2000_head,
)
from sonarium.dicom.pixels.jpeg_stream import (
    JPEG_LS_FRAME,
    Colour,
    JPEGStream,
    colour_by_decoders,
    colour_by_markers,
    end_of_image,
    end_properly,
    read_jpeg_head,
    retag,
)
from sonarium.dicom.pixels.native import native_values
from sonarium.dicom.uids import (
    ENCAPSULATED_UNCOMPRESSED,
    HTJ2K,
    HTJ2K_LOSSLESS,
    HTJ2K_LOSSLESS_RPCL,
    JPEG_2000,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_EXTENDED,
    JPEG_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS_LOSSLESS,
    JPEG_LS_NEAR_LOSSLESS,
    RLE_LOSSLESS,
)

DEFLATED_IMAGE_FRAME: Final = "1.2.840.10008.1.2.8.1"
_CHROMA_LABELS: Final = ("YBR_FULL", "YBR_PARTIAL")
_HARMLESS_WARNING: Final = "extraneous bytes before marker"
_UNNAMED_SAMPLING: Final = "Could not determine subsampling"


@dataclass(frozen=True, slots=True)
class Decompressed:
    """What came out of a codec."""

    values: StoredValues
    precision: int
    """Bits that the codestream gave each value."""
    colour: Colour | None
    """What three components are now; None where only their label says so."""


@contextmanager
def _codec_errors() -> Iterator[None]:
    """Turn what codecs raise over bad bytes into our error."""
    try:
        yield
    except (ValueError, RuntimeError, OSError, IndexError, OverflowError) as error:
        raise DecodeFailed("a frame is damaged: its codec cannot read it") from error
    except MemoryError as error:
        raise DecodeFailed("a frame needs more memory than allowed") from error


def decode_jpeg(stored: bytes, layout: PixelFormat) -> Decompressed:
    """Decode any JPEG process, or JPEG-LS, by what the stream says it is.

    Baseline is often sent as Extended and lossless SV1 as lossless: the frame head decides.
    """
    head = read_jpeg_head(stored)
    _check_size(layout, head.rows, head.columns, len(head.component_ids))
    if head.process == JPEG_LS_FRAME:
        with _codec_errors():
            values = imagecodecs.jpegls_decode(stored)
        return _decompressed(values, layout, head.precision, None)
    if head.is_lossless or head.precision != 8:
        return _decode_deep_jpeg(stored, head, layout)
    stream = end_properly(stored)
    if layout.samples_per_pixel == 1:
        return _decompressed(_decode_dct(stream, "GRAY"), layout, 8, None)
    colour = colour_by_markers(head, layout.photometric_interpretation)
    if colour is None:
        # Components as they are: the pixels have to tell.
        raw = _decode_dct(retag(stream, head, Colour.RGB), "RGB")
        return _decompressed(raw, layout, 8, None)
    if colour is not colour_by_decoders(head):
        stream = retag(stream, head, colour)
    return _decompressed(_decode_dct(stream, "RGB"), layout, 8, Colour.RGB)


def _decode_dct(stream: bytes, colours: str) -> StoredValues:
    """Decode 8-bit DCT streams strictly: a picture with a grey end is not to be believed.

    Bytes too many before a marker harm nothing. Sampling factors that TurboJPEG has no
    name for (2x2, 1x2, 1x2 of an Agilent) are left to libjpeg itself.
    """
    try:
        return _simple_decode(stream, colours, strict=True)
    except DecodeFailed as error:
        reason = str(error.__cause__)
    if _HARMLESS_WARNING in reason:
        return _simple_decode(stream, colours, strict=False)
    if _UNNAMED_SAMPLING in reason:
        with _codec_errors():
            picture: StoredValues = imagecodecs.jpeg8_decode(
                stream, outcolorspace="RGB" if colours == "RGB" else "GRAYSCALE"
            )
        return picture
    raise DecodeFailed("a frame is damaged: its codec cannot read it")


def _simple_decode(stream: bytes, colours: str, *, strict: bool) -> StoredValues:
    with _codec_errors():
        picture: StoredValues = simplejpeg.decode_jpeg(stream, colours, strict=strict)
    return picture[:, :, 0] if colours == "GRAY" else picture


def _decode_deep_jpeg(stored: bytes, head: JPEGStream, layout: PixelFormat) -> Decompressed:
    """Decode lossless processes, and DCT of 12 bits, without any change of colours.

    This binding fills up what is missing without an error, so a stream without its
    end is taken to be truncated.
    """
    if end_of_image(stored) is None:
        raise DecodeFailed("a frame ends early")
    stream = end_properly(stored)
    space = "GRAYSCALE" if len(head.component_ids) == 1 else "RGB"
    with _codec_errors():
        values = imagecodecs.jpeg8_decode(stream, colorspace=space, outcolorspace=space)
    colour = None
    if space == "RGB" and not head.is_lossless:
        colour = colour_by_markers(head, layout.photometric_interpretation)
    return _decompressed(values, layout, head.precision, colour)


def decode_jpeg_2000(stored: bytes, layout: PixelFormat) -> Decompressed:
    """Decode JPEG 2000 of either kind; component transforms are undone."""
    codestream = codestream_of(stored)
    head = read_jpeg2000_head(codestream)
    _check_size(layout, head.rows, head.columns, len(head.precisions))
    if head.is_subsampled or len(set(head.precisions)) > 1:
        raise UnsupportedPixels("JPEG 2000 components differ in resolution or depth")
    # Also for HTJ2K: OpenJPH is faster, but its binding gives damaged frames without an
    # error, and wraps lossy values beyond white round to black.
    with _codec_errors():
        values = imagecodecs.jpeg2k_decode(end_codestream(codestream))
    # Writers apply a component transform to YCbCr too, so it proves no other label wrong.
    is_rgb = head.has_component_transform and not layout.photometric_interpretation.startswith(
        _CHROMA_LABELS
    )
    return _decompressed(values, layout, head.precisions[0], Colour.RGB if is_rgb else None)


def decode_rle(stored: bytes, layout: PixelFormat) -> Decompressed:
    """Decode RLE Lossless (PS3.5 Annex G)."""
    _check_rle_head(stored, layout)
    with _codec_errors():
        planes = rle.rle.decode_frame(
            stored, layout.rows * layout.columns, layout.bits_allocated, "<"
        )
    kind = "i" if layout.is_signed else "u"
    dtype = np.dtype(f"<{kind}{max(1, layout.bits_allocated // 8)}")
    if len(planes) < layout.frame_bytes:
        raise DecodeFailed("a frame is shorter than declared")
    shape = (layout.samples_per_pixel, layout.rows, layout.columns)
    values: StoredValues = np.frombuffer(planes, dtype, layout.samples).reshape(shape)
    picture = values[0] if shape[0] == 1 else np.ascontiguousarray(values.transpose(1, 2, 0))
    return Decompressed(picture, layout.bits_allocated, None)


def decode_encapsulated_native(stored: bytes, layout: PixelFormat) -> Decompressed:
    """Read a frame that is encapsulated and not compressed (PS3.5 A.4.11)."""
    return Decompressed(native_values(stored, layout), layout.bits_allocated, None)


def decode_deflated(stored: bytes, layout: PixelFormat) -> Decompressed:
    """Inflate a frame of Deflated Image Frame Compression (PS3.5 A.4.12)."""
    with _codec_errors():
        try:
            native = zlib.decompressobj(-zlib.MAX_WBITS).decompress(stored, layout.frame_bytes)
        except zlib.error as error:
            raise ValueError("not a deflate stream") from error
    return decode_encapsulated_native(native, layout)


def _check_rle_head(stored: bytes, layout: PixelFormat) -> None:
    """Refuse a frame whose number of segments is not the declared number of bytes a pixel."""
    segments = int.from_bytes(stored[:4], "little")
    if segments != layout.samples_per_pixel * max(1, layout.bits_allocated // 8):
        raise DecodeFailed("an RLE frame has another number of segments than declared")


def _check_size(layout: PixelFormat, rows: int, columns: int, components: int) -> None:
    """Refuse a codestream that is not what the header says; nothing is allocated before this."""
    if (rows, columns) != (layout.rows, layout.columns):
        raise DecodeFailed("a frame has another size than its object declares")
    if components != layout.samples_per_pixel:
        raise DecodeFailed("a frame has another number of components than its object declares")


def _decompressed(
    values: StoredValues, layout: PixelFormat, precision: int, colour: Colour | None
) -> Decompressed:
    plane = (layout.rows, layout.columns)
    shape = plane if layout.samples_per_pixel == 1 else (*plane, layout.samples_per_pixel)
    if values.shape != shape:
        raise DecodeFailed("a frame has another size than its object declares")
    if precision > layout.bits_allocated:
        raise DecodeFailed("a frame has more bits a sample than its object allocates")
    return Decompressed(values, precision, colour)


DECODERS: Final[dict[str, Callable[[bytes, PixelFormat], Decompressed]]] = {
    JPEG_BASELINE: decode_jpeg,
    JPEG_EXTENDED: decode_jpeg,
    JPEG_LOSSLESS: decode_jpeg,
    JPEG_LOSSLESS_SV1: decode_jpeg,
    JPEG_LS_LOSSLESS: decode_jpeg,
    JPEG_LS_NEAR_LOSSLESS: decode_jpeg,
    JPEG_2000_LOSSLESS: decode_jpeg_2000,
    JPEG_2000: decode_jpeg_2000,
    HTJ2K_LOSSLESS: decode_jpeg_2000,
    HTJ2K_LOSSLESS_RPCL: decode_jpeg_2000,
    HTJ2K: decode_jpeg_2000,
    RLE_LOSSLESS: decode_rle,
    ENCAPSULATED_UNCOMPRESSED: decode_encapsulated_native,
    DEFLATED_IMAGE_FRAME: decode_deflated,
}
"""The decoder of each transfer syntax that encapsulates still frames."""

BYTES_AS_NATIVE: Final = frozenset({decode_rle, decode_encapsulated_native, decode_deflated})
"""Decoders that give the stored bytes back, unused bits and label included."""
