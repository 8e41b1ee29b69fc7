"""Which part of a picture is shown, and how large (PS3.18 8.3.5.1.3, PS3.3 C.7.6.3.1.7)."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from sonarium.dicom.pixels.arrays import Picture
from sonarium.dicom.pixels.errors import ViewportRefused
from sonarium.dicom.pixels.rendering import LARGEST_PICTURE, LARGEST_VIEWPORT, Viewport

_REDUCING_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Placement:
    """A part of the source, and the size in which it is shown."""

    left: int
    top: int
    right: int
    bottom: int
    width: int
    height: int
    is_mirrored: bool
    is_upside_down: bool


def place(
    rows: int, columns: int, pixel_aspect_ratio: float, viewport: Viewport | None
) -> Placement:
    """Work out what is shown of a picture.

    Pixels that are not square are made so by stretching their shorter side, so that
    nothing is lost. Without a viewport the whole picture is shown in its own size.

    Raises:
        ViewportRefused: nothing of the picture is shown, or it would be too large.
    """
    asked = viewport or Viewport(0, 0)
    width = columns - asked.source_x if asked.source_width is None else asked.source_width
    height = rows - asked.source_y if asked.source_height is None else asked.source_height
    left, top = max(0, round(asked.source_x)), max(0, round(asked.source_y))
    right = min(columns, round(asked.source_x + abs(width)))
    bottom = min(rows, round(asked.source_y + abs(height)))
    if right <= left or bottom <= top:
        raise ViewportRefused("the viewport shows nothing of the frame")
    natural_width = (right - left) / min(1.0, pixel_aspect_ratio)
    natural_height = (bottom - top) * max(1.0, pixel_aspect_ratio)
    scale = 1.0
    if viewport is not None:
        _check_viewport(viewport)
        scale = min(viewport.width / natural_width, viewport.height / natural_height)
    shown_width, shown_height = round(natural_width * scale), round(natural_height * scale)
    if shown_width * shown_height > LARGEST_PICTURE:
        raise ViewportRefused("the rendered picture would be too large")
    return Placement(
        left,
        top,
        right,
        bottom,
        max(1, shown_width),
        max(1, shown_height),
        is_mirrored=width < 0,
        is_upside_down=height < 0,
    )


def _check_viewport(viewport: Viewport) -> None:
    for extent in (viewport.width, viewport.height):
        if not 1 <= extent <= LARGEST_VIEWPORT:
            raise ViewportRefused(f"a viewport measures 1 to {LARGEST_VIEWPORT} pixels a side")


def fit(picture: Picture, placement: Placement) -> Picture:
    """Crop, turn and scale a picture."""
    part = picture[placement.top : placement.bottom, placement.left : placement.right]
    if placement.is_mirrored:
        part = part[:, ::-1]
    if placement.is_upside_down:
        part = part[::-1]
    size = (placement.width, placement.height)
    if (part.shape[1], part.shape[0]) == size:
        return np.ascontiguousarray(part)
    scaled = Image.fromarray(np.ascontiguousarray(part)).resize(
        size, Image.Resampling.BICUBIC, reducing_gap=_REDUCING_GAP
    )
    return np.asarray(scaled)
