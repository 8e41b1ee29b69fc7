"""Several frames as a moving picture, fed one frame at a time (PS3.18 8.7.4).

A film is a generator: it gives the opening bytes, then takes a `FilmFrame` each time
and gives the bytes that are ready, and takes None for its end. So no more than one
frame is in memory, and what is made leaves while the rest is still stored.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final, TypeAlias, assert_never

import numpy as np
from PIL import Image

from sonarium.dicom.pixels.arrays import Picture
from sonarium.dicom.pixels.decode import decode_frame
from sonarium.dicom.pixels.format import PixelFormat
from sonarium.dicom.pixels.greyscale import default_window, lacks_window
from sonarium.dicom.pixels.mp4 import Mp4Writer
from sonarium.dicom.pixels.render import picture_of
from sonarium.dicom.pixels.rendering import MovingMediaType, Rendering

_CENTISECOND_MS: Final = 10.0
_SHORTEST_DELAY: Final = 2
_LONGEST_DELAY: Final = 0xFFFF
_PALETTE_PIXELS: Final = 160
_GIF_HEAD_BYTES: Final = 13
_GIF_EXTENSION: Final = 0x21
_GIF_IMAGE: Final = 0x2C
_GIF_TRAILER: Final = b"\x3b"
_LOOP_FOR_EVER: Final = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_GREYS: Final = bytes(shade for shade in range(256) for _ in range(3))


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """One stored frame, and how long it is shown."""

    stored: bytes
    duration_ms: float
    bit_offset: int = 0


Film: TypeAlias = Generator[bytes, FilmFrame | None, None]


def make_film(layout: PixelFormat, media_type: MovingMediaType, rendering: Rendering) -> Film:
    """Make a film. Runs in a decoding worker.

    Raises:
        PixelError: see `render_frame`.
        VideoUnavailable: MP4, and the extra `video` is not installed.
    """
    is_steady = rendering.window is not None or not lacks_window(layout)
    frame = yield b""
    if frame is None:
        return
    if layout.is_monochrome and not is_steady:
        # One window for the whole film: each frame's own would make it flicker.
        decoded = decode_frame(frame.stored, layout, frame.bit_offset)
        rendering = replace(rendering, window=default_window(decoded.values, layout))
    match media_type:
        case MovingMediaType.GIF:
            yield from _gif_film(frame, layout, rendering)
        case MovingMediaType.MP4:
            yield from _mp4_film(frame, layout, rendering)
        case _:
            assert_never(media_type)


def _mp4_film(first: FilmFrame, layout: PixelFormat, rendering: Rendering) -> Film:
    picture = picture_of(first.stored, layout, rendering, first.bit_offset)
    writer = Mp4Writer(picture.shape[0], picture.shape[1], rendering.quality)
    frame = yield writer.add(picture, first.duration_ms)
    while frame is not None:
        picture = picture_of(frame.stored, layout, rendering, frame.bit_offset)
        frame = yield writer.add(picture, frame.duration_ms)
    yield writer.close()


def _gif_film(first: FilmFrame, layout: PixelFormat, rendering: Rendering) -> Film:
    """Write an animated GIF that loops for ever.

    Delays are whole centiseconds: the rounding error is carried on, so the film as a
    whole keeps its time. Browsers slow anything under two centiseconds down to ten.
    """
    due_ms = shown = 0.0
    head = b""
    frame: FilmFrame | None = first
    while frame is not None:
        picture = picture_of(frame.stored, layout, rendering, frame.bit_offset)
        head = head if shown else _gif_head(picture)
        due_ms += frame.duration_ms
        delay = min(max(round(due_ms / _CENTISECOND_MS - shown), _SHORTEST_DELAY), _LONGEST_DELAY)
        shown += delay
        frame = yield head + _gif_image(picture, delay)
        head = b""
    yield _GIF_TRAILER


def _gif_head(picture: Picture) -> bytes:
    """Write the screen, with shades of grey as its global palette."""
    rows, columns = picture.shape[:2]
    size: bytes = columns.to_bytes(2, "little") + rows.to_bytes(2, "little")
    return b"GIF89a" + size + b"\xf7\0\0" + _GREYS + _LOOP_FOR_EVER


def _gif_image(picture: Picture, centiseconds: int) -> bytes:
    """Write one picture: delay, place, palette unless it is grey, and its codes."""
    control = b"\x21\xf9\x04\x04" + centiseconds.to_bytes(2, "little") + b"\0\0"
    is_grey = picture.ndim == 2 or not np.ptp(picture, axis=2).any()
    if is_grey:
        shades = picture if picture.ndim == 2 else np.ascontiguousarray(picture[:, :, 0])
        image, palette, flags = _paletted(shades), b"", b"\0"
    else:
        image = _reduce_colours(Image.fromarray(picture))
        colours: list[int] = image.getpalette() or []
        palette = bytes(colours).ljust(768, b"\0")[:768]
        flags = b"\x87"
    place = b"\x2c\0\0\0\0" + image.width.to_bytes(2, "little") + image.height.to_bytes(2, "little")
    return control + place + flags + palette + _gif_codes(image)


def _paletted(shades: Picture) -> Image.Image:
    image = Image.fromarray(shades).convert("P")
    image.putpalette(_GREYS)
    return image


def _reduce_colours(image: Image.Image) -> Image.Image:
    """Choose 256 colours by a small copy, which is ten times as fast and looks the same."""
    small = image.copy()
    small.thumbnail((_PALETTE_PIXELS, _PALETTE_PIXELS), Image.Resampling.NEAREST)
    palette = small.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def _gif_codes(image: Image.Image) -> bytes:
    """Return the compressed pixels of a still GIF, cut out of its container."""
    sink = BytesIO()
    image.save(sink, "GIF", optimize=False, interlace=0)
    still = sink.getvalue()
    at = _GIF_HEAD_BYTES
    if still[10] & 0x80:
        at += 3 << (still[10] & 7) + 1
    while still[at] == _GIF_EXTENSION:
        at = _end_of_blocks(still, at + 2)
    assert still[at] == _GIF_IMAGE  # noqa: S101 - Pillow writes one image
    flags = still[at + 9]
    at += 10 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    return still[at : _end_of_blocks(still, at + 1)]


def _end_of_blocks(still: bytes, at: int) -> int:
    while still[at]:
        at += 1 + still[at]
    return at + 1
