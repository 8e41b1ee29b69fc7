"""Probe geometry: lines of echoes in the body, and the way from them to pixels."""

from dataclasses import dataclass
from itertools import pairwise
from math import radians
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Beam:
    """Lines that leave a probe at the origin; x to the right, y deep, in centimetres.

    A phased array has `radius_cm` near 0, a convex one its radius of curvature; a linear
    array has `half_angle_deg` 0 and a width.
    """

    depth_cm: float
    half_angle_deg: float
    radius_cm: float = 0.6
    half_width_cm: float = 0.0
    lines: int = 208
    samples: int = 448

    @property
    def is_linear(self) -> bool:
        """Lines are parallel."""
        return self.half_angle_deg == 0

    def depths_cm(self) -> Floats:
        """Return the distance of each sample from the face of the probe: float32[samples]."""
        return np.linspace(0, self.depth_cm, self.samples, dtype=np.float32)

    def positions(self, lines: int = 0, samples: int = 0) -> tuple[Floats, Floats]:
        """Return x and y of a grid of lines by samples; of every line and sample by default."""
        across = np.linspace(-1, 1, lines or self.lines, dtype=np.float32)[:, None]
        deep = np.linspace(0, self.depth_cm, samples or self.samples, dtype=np.float32)[None, :]
        if self.is_linear:
            return across * self.half_width_cm + 0 * deep, deep + 0 * across
        angle = across * np.float32(radians(self.half_angle_deg))
        r = deep + np.float32(self.radius_cm)
        return np.sin(angle) * r, np.cos(angle) * r - np.float32(self.radius_cm)

    def directions(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return the unit vector along the line through each place."""
        if self.is_linear:
            return np.zeros_like(x), np.ones_like(y)
        deep = y + np.float32(self.radius_cm)
        length = np.maximum(np.hypot(x, deep), np.float32(1e-3))
        return x / length, deep / length

    def indices(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return the (fractional) line and sample of each place; outside the beam too."""
        if self.is_linear:
            across, deep = x / np.float32(self.half_width_cm), y
        else:
            below = y + np.float32(self.radius_cm)
            across = np.arctan2(x, below) / np.float32(radians(self.half_angle_deg))
            deep = np.hypot(x, below) - np.float32(self.radius_cm)
        return (
            (across + 1) * np.float32((self.lines - 1) / 2),
            deep * np.float32((self.samples - 1) / self.depth_cm),
        )


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the origin of a beam lies on the screen, and how large a centimetre is."""

    column: float
    row: float
    pixels_per_cm: float

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """Return the column and row of a place in the body."""
        return self.column + x * self.pixels_per_cm, self.row + y * self.pixels_per_cm


class ScanConverter:
    """Turns lines of echoes into a fan of pixels; the way is worked out once."""

    def __init__(self, beam: Beam, placement: Placement, rows: int, columns: int) -> None:
        column, row = np.meshgrid(
            np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)
        )
        scale = np.float32(1 / placement.pixels_per_cm)
        x = (column - np.float32(placement.column)) * scale
        y = (row - np.float32(placement.row)) * scale
        line, sample = beam.indices(x, y)
        seen = (line >= 0) & (line <= beam.lines - 1) & (sample >= 0) & (sample <= beam.samples - 1)
        if not beam.is_linear:
            seen &= y + np.float32(beam.radius_cm) > 0
        self._shape = (rows, columns)
        self.pixels = np.flatnonzero(seen)
        """Flat indices of the pixels inside the fan."""
        starts = np.flatnonzero(np.diff(self.pixels, prepend=-2) > 1).tolist()
        self._runs = [
            (int(self.pixels[start]), start, stop)
            for start, stop in pairwise([*starts, self.pixels.size])
        ]
        line, sample = line.ravel()[self.pixels], sample.ravel()[self.pixels]
        first_line = np.minimum(line.astype(np.intp), beam.lines - 2)
        first_sample = np.minimum(sample.astype(np.intp), beam.samples - 2)
        self._corner = first_line * beam.samples + first_sample
        self._next_line = beam.samples
        self._along = (sample - first_sample).astype(np.float32)
        self._across = (line - first_line).astype(np.float32)

    def fan(self, echoes: Floats) -> Floats:
        """Interpolate float32[lines, samples] at each pixel of the fan: float32[pixels]."""
        flat = np.ascontiguousarray(echoes).ravel()
        step = np.diff(flat, append=flat[-1:])
        near: Floats = flat[self._corner] + step[self._corner] * self._along
        beyond = self._corner + self._next_line
        far = flat[beyond] + step[beyond] * self._along
        far -= near
        far *= self._across
        near += far
        return near

    def paint(self, into: NDArray[np.uint8], colours: NDArray[np.uint8]) -> None:
        """Copy colours, uint8[pixels, 3], into a picture, uint8[rows * columns, 3].

        Row by row: that is five times as fast as by index.
        """
        for place, start, stop in self._runs:
            into[place : place + stop - start] = colours[start:stop]

    def picture(self, echoes: Floats) -> NDArray[np.uint8]:
        """Draw grey levels 0 to 255 into an empty picture: uint8[rows, columns]."""
        picture = np.zeros(self._shape[0] * self._shape[1], dtype=np.uint8)
        picture[self.pixels] = self.fan(echoes)
        return picture.reshape(self._shape)
