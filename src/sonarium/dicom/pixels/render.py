"""One frame as a picture for people (PS3.18 8.7.4)."""

from io import BytesIO
from typing import Final, assert_never

import imagecodecs
import simplejpeg
from PIL import Image

from sonarium.dicom.pixels.arrays import Picture
from sonarium.dicom.pixels.decode import decode_frame
from sonarium.dicom.pixels.display import display_frame
from sonarium.dicom.pixels.errors import DecodeFailed
from sonarium.dicom.pixels.format import DEFAULT_LIMITS, PixelFormat, PixelLimits
from sonarium.dicom.pixels.geometry import fit, place
from sonarium.dicom.pixels.greyscale import shows_as_stored
from sonarium.dicom.pixels.jpeg_stream import (
    JPEGStream,
    colour_by_markers,
    end_properly,
    read_jpeg_head,
    retag,
)
from sonarium.dicom.pixels.masking import blank_outside
from sonarium.dicom.pixels.rendering import AS_STORED, DEFAULT_QUALITY, Rendering, StillMediaType
from sonarium.dicom.uids import JPEG_BASELINE, JPEG_EXTENDED

_DCT_SYNTAXES: Final = frozenset({JPEG_BASELINE, JPEG_EXTENDED})
_FINE_QUALITY: Final = 95
_PNG_LEVEL: Final = 1
_BLACK: Final = (0,)


def stored_picture(
    stored: bytes, layout: PixelFormat, media_type: StillMediaType, rendering: Rendering = AS_STORED
) -> bytes | None:
    """Return a stored JPEG frame as a picture without decoding it; None where that would lie.

    It serves when nothing is asked that would change it, its pixels are square and its
    colours certain; segments that would make a browser turn or tint it are replaced.
    Cheap, and opens no codec: it may run anywhere.
    """
    is_untouched = media_type is StillMediaType.JPEG and rendering == AS_STORED
    if (
        not is_untouched
        or layout.transfer_syntax_uid not in _DCT_SYNTAXES
        or layout.pixel_aspect_ratio != 1
    ):
        return None
    try:
        head = read_jpeg_head(stored)
    except DecodeFailed:
        return None
    if not head.is_for_web or not _is_as_declared(head, layout):
        return None
    if layout.samples_per_pixel == 1:
        is_grey = layout.photometric_interpretation == "MONOCHROME2"
        if not is_grey or layout.greyscale.is_inverse or not shows_as_stored(layout, None):
            return None
        return retag(end_properly(stored), head, None)
    colour = colour_by_markers(head, layout.photometric_interpretation)
    if colour is None or layout.photometric_interpretation.startswith("YBR_PARTIAL"):
        return None
    return retag(end_properly(stored), head, colour)


def _is_as_declared(head: JPEGStream, layout: PixelFormat) -> bool:
    return (
        (head.rows, head.columns) == (layout.rows, layout.columns)
        and len(head.component_ids) == layout.samples_per_pixel
        and layout.bits_stored == head.precision
    )


def picture_of(
    stored: bytes,
    layout: PixelFormat,
    rendering: Rendering = AS_STORED,
    bit_offset: int = 0,
    limits: PixelLimits = DEFAULT_LIMITS,
) -> Picture:
    """Decode a stored frame and show it as asked, ready to be encoded."""
    placement = place(layout.rows, layout.columns, layout.pixel_aspect_ratio, rendering.viewport)
    decoded = decode_frame(stored, layout, bit_offset, limits)
    shown = display_frame(decoded, layout, rendering.window)
    if rendering.kept is not None:
        shown = blank_outside(shown, rendering.kept, _BLACK)
    return fit(shown, placement)


def render_frame(
    stored: bytes,
    layout: PixelFormat,
    media_type: StillMediaType,
    rendering: Rendering = AS_STORED,
    bit_offset: int = 0,
    limits: PixelLimits = DEFAULT_LIMITS,
) -> bytes:
    """Decode a stored frame and encode it as a picture. Runs in a decoding worker.

    Raises:
        PixelError: see `decode_frame`, `display_frame` and `place`.
    """
    picture = picture_of(stored, layout, rendering, bit_offset, limits)
    return encode_picture(picture, media_type, rendering.quality or DEFAULT_QUALITY)


def encode_picture(picture: Picture, media_type: StillMediaType, quality: int) -> bytes:
    """Encode a picture of 8 bits."""
    match media_type:
        case StillMediaType.JPEG:
            return _encode_jpeg(picture, quality)
        case StillMediaType.PNG:
            return bytes(imagecodecs.png_encode(picture, level=_PNG_LEVEL))
        case StillMediaType.GIF:
            return _encode_gif(picture)
        case _:
            assert_never(media_type)


def _encode_jpeg(picture: Picture, quality: int) -> bytes:
    if picture.ndim == 2:
        return bytes(
            simplejpeg.encode_jpeg(picture[:, :, None], quality, "GRAY", colorsubsampling="Gray")
        )
    chroma = "444" if quality >= _FINE_QUALITY else "422"
    return bytes(simplejpeg.encode_jpeg(picture, quality, "RGB", colorsubsampling=chroma))


def _encode_gif(picture: Picture) -> bytes:
    image = Image.fromarray(picture)
    if picture.ndim == 3:
        image = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    sink = BytesIO()
    image.save(sink, "GIF")
    return sink.getvalue()
