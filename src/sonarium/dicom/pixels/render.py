"""One frame as a picture for people (PS3.18 8.7.4)."""

from sonarium.dicom.pixels.format import PixelFormat
from sonarium.dicom.pixels.rendering import AS_STORED, Rendering, StillMediaType


def stored_picture(
    stored: bytes, layout: PixelFormat, media_type: StillMediaType, rendering: Rendering = AS_STORED
) -> bytes | None:
    """Return a stored JPEG frame as a picture without decoding it; None where that would lie.

    Cheap, and opens no codec: it may run anywhere.
    """
    raise NotImplementedError


def render_frame(
    stored: bytes, layout: PixelFormat, media_type: StillMediaType, rendering: Rendering = AS_STORED
) -> bytes:
    """Decode a stored frame and encode it as a picture. Runs in a decoding worker."""
    raise NotImplementedError
