"""The scanner's screen: text, scales, electrocardiogram and grey map around the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from sonarium.ultrasound.synthetic.beam import Beam, Floats, Placement

Picture: TypeAlias = NDArray[np.uint8]
"""uint8[rows, columns, 3], RGB."""

Colour: TypeAlias = tuple[int, int, int]

WHITE: Final[Colour] = (225, 228, 230)
DIM: Final[Colour] = (128, 134, 140)
AMBER: Final[Colour] = (255, 186, 64)
GREEN: Final[Colour] = (64, 214, 96)
CYAN: Final[Colour] = (96, 212, 236)
YELLOW: Final[Colour] = (238, 224, 84)
TRACE_DIM: Final[Colour] = (22, 78, 36)

GREY_MAPS: Final = {"grey": (1.0, 1.0, 1.0), "blue": (0.92, 0.98, 1.06), "warm": (1.05, 0.98, 0.86)}


@dataclass(frozen=True, slots=True)
class Box:
    """Inclusive pixels of the whole frame, as regions count them."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns."""
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        """Rows."""
        return self.bottom - self.top + 1


class Screen:
    """One picture under construction."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns
        self._image = Image.new("RGB", (columns, rows))
        self._draw = ImageDraw.Draw(self._image)

    def text(
        self,
        column: float,
        row: float,
        words: str,
        *,
        colour: Colour = WHITE,
        size: int = 13,
        anchor: str = "la",
    ) -> None:
        """Write words; `anchor` as Pillow names it ("la": left, ascender)."""
        self._draw.text((column, row), words, fill=colour, font=_font(size), anchor=anchor)

    def line(self, *places: tuple[float, float], colour: Colour = WHITE, width: int = 1) -> None:
        """Draw a line through places (column, row)."""
        self._draw.line(places, fill=colour, width=width)

    def dots(self, places: Sequence[tuple[float, float]], colour: Colour) -> None:
        """Draw single pixels."""
        self._draw.point([(round(column), round(row)) for column, row in places], fill=colour)

    def cross(self, column: float, row: float, colour: Colour = YELLOW, arm: int = 5) -> None:
        """Draw a caliper end, its centre on the pixel."""
        column, row = round(column), round(row)
        self._draw.line((column - arm, row, column + arm, row), fill=colour)
        self._draw.line((column, row - arm, column, row + arm), fill=colour)

    def outline(self, box: Box, colour: Colour = DIM) -> None:
        """Draw a frame just outside a box."""
        self._draw.rectangle(
            (box.left - 1, box.top - 1, box.right + 1, box.bottom + 1), outline=colour
        )

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a box."""
        self._draw.rectangle((box.left, box.top, box.right, box.bottom), fill=colour)

    def paste(self, picture: Picture, column: int, row: int) -> None:
        """Put pixels, uint8[rows, columns, 3], at a place."""
        self._image.paste(Image.fromarray(picture), (column, row))

    def picture(self) -> Picture:
        """Return a copy of the pixels."""
        return np.array(self._image)


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands at the top of every picture."""

    patient_name: str
    patient_id: str
    acquired: str
    preset: str
    probe: str
    mechanical_index: float
    thermal_index: float


def draw_banner(screen: Screen, banner: Banner) -> None:
    """Write who, when and with what, and that none of it is real."""
    right = screen.columns - 8
    screen.fill(Box(0, 0, screen.columns - 1, 35), (14, 20, 26))
    screen.text(8, 4, banner.patient_name, size=13)
    screen.text(8, 19, banner.patient_id, colour=DIM, size=12)
    screen.text(screen.columns / 2, 3, "SYNTHETIC", colour=AMBER, size=14, anchor="ma")
    screen.text(screen.columns / 2, 20, "Sonarium demonstration", colour=DIM, size=11, anchor="ma")
    screen.text(right, 4, banner.acquired, size=12, anchor="ra")
    screen.text(right, 19, f"{banner.preset}   {banner.probe}", colour=DIM, size=12, anchor="ra")
    screen.text(right, 40, f"MI {banner.mechanical_index:.1f}", colour=DIM, size=11, anchor="ra")
    screen.text(right, 53, f"TIS {banner.thermal_index:.1f}", colour=DIM, size=11, anchor="ra")


def draw_settings(screen: Screen, lines: Sequence[str], row: int = 48) -> None:
    """List the scanner's settings down the left side."""
    for at, words in enumerate(lines):
        screen.text(8, row + 15 * at, words, colour=WHITE if at == 0 else DIM, size=12)


def draw_depth_scale(
    screen: Screen, beam: Beam, placement: Placement, column: int, cm_per_unit: float = 1.0
) -> None:
    """Draw a tick for each centimetre, a long one for five."""
    for cm in range(int(beam.depth_cm * cm_per_unit) + 1):
        row = placement.row + cm / cm_per_unit * placement.pixels_per_cm
        major = cm % 5 == 0
        screen.line((column - (7 if major else 3), row), (column, row), colour=DIM)
        if major and cm:
            screen.text(column + 4, row, str(cm), colour=DIM, size=11, anchor="lm")


def draw_grey_bar(screen: Screen, column: int, row: int, tint: str, height: int = 90) -> None:
    """Draw the grey map, white on top."""
    ramp = np.linspace(255, 0, height).astype(np.uint8)
    screen.paste(np.repeat(grey_map(tint)[ramp][:, None, :], 10, axis=1), column, row)


def draw_probe_mark(screen: Screen, placement: Placement, colour: Colour = CYAN) -> None:
    """Draw the mark that tells which side of the probe is on the right."""
    column, row = placement.column + 26, placement.row - 2
    screen.line((column - 6, row - 6), (column, row + 5), (column + 6, row - 6), colour=colour)


@cache
def grey_map(tint: str) -> Picture:
    """Return the colours of grey levels: uint8[256, 3]."""
    level = np.arange(256, dtype=np.float32)[:, None]
    return np.clip(level * np.asarray(GREY_MAPS[tint], dtype=np.float32), 0, 255).astype(np.uint8)


class TraceStrip:
    """A physiological trace along the bottom, painted up to where the clip has come."""

    def __init__(self, box: Box, values: Floats, seconds: float) -> None:
        """Draw `values`, -0.3 to 1.2, over `seconds` from the left to the right of `box`."""
        self.box, self.seconds = box, seconds
        self._dim = self._drawn(values, TRACE_DIM)
        self._bright = self._drawn(values, GREEN)

    def column(self, time_s: float) -> int:
        """Return the column, inside the box, of a time."""
        return min(int(time_s / self.seconds * self.box.width), self.box.width - 1)

    def paint(self, picture: Picture, time_s: float) -> None:
        """Paint the strip as it stands at a time."""
        box, reached = self.box, self.column(time_s)
        place = picture[box.top : box.bottom + 1, box.left : box.right + 1]
        place[:] = self._dim
        place[:, :reached] = self._bright[:, :reached]
        place[:, reached : reached + 2] = (214, 232, 214)

    def _drawn(self, values: Floats, colour: Colour) -> Picture:
        box = self.box
        image = Image.new("RGB", (box.width, box.height))
        columns = np.linspace(0, box.width - 1, len(values))
        rows = (1.2 - values) / 1.5 * (box.height - 4) + 2
        ImageDraw.Draw(image).line(
            [(float(c), float(r)) for c, r in zip(columns, rows, strict=True)],
            fill=colour,
            width=2,
            joint="curve",
        )
        return np.array(image)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
