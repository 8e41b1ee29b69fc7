"""One stored frame in another transfer syntax: what a decoding worker does for a transcoding."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sonarium.dicom.element import ITEM, encoding_of
from sonarium.dicom.pixels.arrays import StoredValues
from sonarium.dicom.pixels.colour import full_range_to_rgb
from sonarium.dicom.pixels.decode import DecodedFrame, decode_frame
from sonarium.dicom.pixels.display import display_frame
from sonarium.dicom.pixels.encode import ENCODERS, FrameShape, encode_native
from sonarium.dicom.pixels.format import PixelFormat
from sonarium.dicom.pixels.rendering import DEFAULT_QUALITY
from sonarium.dicom.uids import JPEG_BASELINE, JPEG_EXTENDED, transfer_syntax

_DCT: Final = frozenset({JPEG_BASELINE, JPEG_EXTENDED})


@dataclass(frozen=True, slots=True)
class Recoding:
    """How each frame changes."""

    source: PixelFormat
    target_transfer_syntax_uid: str
    quality: int = DEFAULT_QUALITY


def values_photometric(layout: PixelFormat) -> str:
    """Return what decoded values are called once they are native."""
    label = layout.photometric_interpretation
    if layout.samples_per_pixel == 1:
        return label
    if layout.transfer_syntax_uid in _DCT or label in {"YBR_RCT", "YBR_ICT"}:
        return "RGB"
    return "YBR_FULL" if label == "YBR_FULL_422" else label


def recode_frame(stored: bytes, recoding: Recoding, bit_offset: int = 0) -> bytes:
    """Return one frame in the target syntax, as it lies in Pixel Data. Runs in a decoding worker.

    An encapsulated frame comes with its item head and padding.

    Raises:
        PixelError: see `decode_frame`.
    """
    layout = recoding.source
    decoded = decode_frame(stored, layout, bit_offset)
    target = transfer_syntax(recoding.target_transfer_syntax_uid)
    encoder = ENCODERS.get(target.uid)
    if encoder is None:
        return encode_native(_as_planned(decoded, layout), target)
    photometric = values_photometric(layout)
    if encoder.lossy_method:
        values, photometric = _colours(decoded, layout), "RGB"
        shape = FrameShape(8, photometric, recoding.quality)
    else:
        values = _as_planned(decoded, layout)
        shape = FrameShape(layout.bits_stored, photometric, recoding.quality)
    encoded = encoder.encode(np.ascontiguousarray(values), shape)
    length = len(encoded) + (len(encoded) & 1)
    head = encoding_of(target).implicit_head.pack(ITEM >> 16, ITEM & 0xFFFF, length)
    return b"".join((head, encoded, b"\0" * (length - len(encoded))))


def _as_planned(decoded: DecodedFrame, layout: PixelFormat) -> StoredValues:
    """Return values that are what the new label says.

    Grey pixels may have shown a DCT stream without any marker to hold YCbCr. Lossless
    values are not touched, whatever their label is worth.
    """
    is_chroma = decoded.photometric_interpretation == "YBR_FULL"
    if layout.transfer_syntax_uid in _DCT and layout.samples_per_pixel == 3 and is_chroma:
        return full_range_to_rgb(decoded.values.astype(np.uint8, copy=False))
    return decoded.values


def _colours(decoded: DecodedFrame, layout: PixelFormat) -> StoredValues:
    """Return shades as stored, and everything else as RGB."""
    return decoded.values if layout.is_monochrome else display_frame(decoded, layout)


def lossy_ratio(recoding: Recoding, encoded: bytes) -> float:
    """Return how many times smaller a frame became."""
    return recoding.source.frame_bytes / max(1, len(encoded))
