"""What is asked of a rendered picture (PS3.18 8.3.5.1)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sonarium.dicom.pixels.format import Window

DEFAULT_QUALITY: Final = 90
LARGEST_VIEWPORT: Final = 8192
"""Pixels a side."""
LARGEST_PICTURE: Final = 2**25
"""Pixels of a whole rendered picture."""


class StillMediaType(StrEnum):
    """Rendered media types of one frame (PS3.18 8.7.4)."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"


class MovingMediaType(StrEnum):
    """Rendered media types of several frames."""

    GIF = "image/gif"
    MP4 = "video/mp4"


@dataclass(frozen=True, slots=True)
class Viewport:
    """Where a picture is shown, and which part of it (PS3.18 8.3.5.1.3).

    The part is cropped, turned where an extent is negative, then scaled to the largest
    size that fits `width` x `height` with its proportions. Nothing is padded.
    """

    width: int
    height: int
    source_x: float = 0.0
    source_y: float = 0.0
    source_width: float | None = None
    """Columns of the source; negative: mirrored left to right. None: up to the right edge."""
    source_height: float | None = None
    """Rows of the source; negative: turned upside down. None: down to the last row."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Whole pixels of the stored frame, counted from 0; every bound lies inside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        """How many pixels it holds; none where its bounds cross."""
        return max(0, self.right - self.left + 1) * max(0, self.bottom - self.top + 1)


@dataclass(frozen=True, slots=True)
class Rendering:
    """One way to show a frame; the defaults show it as stored."""

    quality: int | None = None
    """From 1 to 100, for lossy media; None: a stored JPEG may serve as it is."""
    viewport: Viewport | None = None
    window: Window | None = None
    """Instead of the object's own window."""
    kept: tuple[Rectangle, ...] | None = None
    """What stays visible: everything outside is black. None: nothing is blanked."""


AS_STORED: Final = Rendering()
