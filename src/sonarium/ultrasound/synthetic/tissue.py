"""Tissue as a probe meets it: a painted map of echo strength, filled with scatterers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sonarium.ultrasound.synthetic.beam import Beam, Floats

Outline: TypeAlias = Sequence[tuple[float, float]]
"""Places in centimetres."""

Complexes: TypeAlias = NDArray[np.complex64]


def smooth_outline(points: Outline, *, closed: bool, steps: int = 12) -> list[tuple[float, float]]:
    """Round a few places into a curve through them (Catmull-Rom)."""
    corner = np.asarray(points, dtype=float)
    if closed:
        padded = np.vstack((corner[-1], corner, corner[:2]))
    else:
        padded = np.vstack((2 * corner[0] - corner[1], corner, 2 * corner[-1] - corner[-2]))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    curve = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
    ]
    places = np.vstack(curve if closed else [*curve, corner[-1:]])
    return [(float(x), float(y)) for x, y in places]


class TissuePainter:
    """Paints echo strength in decibels, in the order in which tissue lies over tissue."""

    def __init__(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        *,
        background: float,
        cells_per_cm: float = 32.0,
    ) -> None:
        self.left, self.top, self.cells_per_cm = left, top, cells_per_cm
        size = (round((right - left) * cells_per_cm), round((bottom - top) * cells_per_cm))
        self._image = Image.new("F", size, background)
        self._draw = ImageDraw.Draw(self._image)

    def area(self, points: Outline, decibel: float, *, smooth: bool = True) -> None:
        """Fill a closed outline."""
        outline = smooth_outline(points, closed=True) if smooth else points
        self._draw.polygon(self._cells(outline), fill=decibel)

    def band(
        self,
        points: Outline,
        decibel: float,
        width_cm: float,
        *,
        closed: bool = False,
        smooth: bool = True,
    ) -> None:
        """Draw a line of some thickness."""
        path = smooth_outline(points, closed=closed) if smooth else list(points)
        if closed:
            path = [*path, path[0]]
        self._draw.line(
            self._cells(path),
            fill=decibel,
            width=max(1, round(width_cm * self.cells_per_cm)),
            joint="curve",
        )

    def ellipse(
        self,
        x: float,
        y: float,
        half_width: float,
        half_height: float,
        decibel: float,
        *,
        turned_deg: float = 0.0,
    ) -> None:
        """Fill an ellipse."""
        around = np.linspace(0, 2 * np.pi, 96, endpoint=False)
        turn = np.exp(1j * np.radians(turned_deg))
        rim = (half_width * np.cos(around) + 1j * half_height * np.sin(around)) * turn
        self.area(
            [(x + float(place.real), y + float(place.imag)) for place in rim], decibel, smooth=False
        )

    def decibels(self) -> Floats:
        """Return the map: float32[rows, columns]."""
        return np.asarray(self._image, dtype=np.float32)

    def decibels_at(self, x: Floats, y: Floats) -> Floats:
        """Return what is painted at places; beyond the map, at its rim."""
        painted = self.decibels()
        column = ((x - self.left) * self.cells_per_cm).astype(np.intp)
        row = ((y - self.top) * self.cells_per_cm).astype(np.intp)
        found: Floats = painted[
            np.clip(row, 0, painted.shape[0] - 1), np.clip(column, 0, painted.shape[1] - 1)
        ]
        return found

    def _cells(self, points: Outline) -> list[tuple[float, float]]:
        scale = self.cells_per_cm
        return [((x - self.left) * scale, (y - self.top) * scale) for x, y in points]


@dataclass(frozen=True, slots=True)
class Tissue:
    """Scatterers on a grid: complex64[rows, columns], and where its first cell lies."""

    scatterers: Complexes
    left: float
    top: float
    cells_per_cm: float

    def sample(self, x: Floats, y: Floats) -> Complexes:
        """Return the scatterers at places in centimetres; beyond the map, its rim."""
        rows, columns = self.scatterers.shape
        scale = np.float32(self.cells_per_cm)
        column = ((x - np.float32(self.left)) * scale).astype(np.int32)
        row = ((y - np.float32(self.top)) * scale).astype(np.int32)
        np.clip(column, 0, columns - 1, out=column)
        np.clip(row, 0, rows - 1, out=row)
        row *= columns
        row += column
        taken: Complexes = self.scatterers.ravel()[row]
        return taken


@dataclass(frozen=True, slots=True)
class Texture:
    """How painted tissue is made to look grown."""

    patchiness_db: float = 2.6
    dropout_db: float = 2.2
    """Variation over centimetres: what lies badly to the beam, and what is hidden."""
    bend_cm: float = 0.16
    """How far outlines stray from the painted ones."""
    roughness_cm: float = 0.05
    interface_db: float = -21.0
    edge_cells: int = 2


def fill_with_scatterers(
    painter: TissuePainter, beam: Beam, rng: np.random.Generator, texture: Texture
) -> Tissue:
    """Fill painted tissue with scatterers, and add the mirror-like echo of its interfaces.

    An interface answers as strongly as it lies across the beam; that is why walls along the
    beam drop out.
    """
    decibels = blur(_grown(painter.decibels(), painter.cells_per_cm, texture, rng), 1)
    shape = decibels.shape
    patches = _clouds(shape, 7, rng)
    hidden = _clouds(shape, 34, rng)
    variation = texture.patchiness_db * patches + texture.dropout_db * hidden
    amplitude = np.power(np.float32(10), (decibels + variation) / np.float32(20))
    amplitude = blur(amplitude, texture.edge_cells - 1) if texture.edge_cells > 1 else amplitude
    noise = rng.standard_normal((*shape, 2), dtype=np.float32).view(np.complex64)[..., 0]
    down, across = np.gradient(blur(decibels, 1))
    x = np.float32(painter.left) + np.arange(shape[1], dtype=np.float32) / painter.cells_per_cm
    y = np.float32(painter.top) + np.arange(shape[0], dtype=np.float32) / painter.cells_per_cm
    along_x, along_y = beam.directions(*np.meshgrid(x, y))
    steepness = np.abs(across * along_x + down * along_y) / np.float32(8)
    mirror = np.maximum(steepness - np.float32(0.15), 0)
    brightness_db = texture.interface_db + 5 * patches + 2.5 * hidden
    mirror = (mirror * np.power(10, brightness_db / 20)).astype(np.float32)
    return Tissue(
        (noise * amplitude * np.float32(np.sqrt(0.5)) + mirror).astype(np.complex64),
        painter.left,
        painter.top,
        painter.cells_per_cm,
    )


def _grown(
    decibels: Floats, cells_per_cm: float, texture: Texture, rng: np.random.Generator
) -> Floats:
    """Bend painted outlines a little, so that no two patients have the same."""
    rows, columns = decibels.shape
    places: Floats = np.indices(decibels.shape, dtype=np.float32)
    row, column = places
    for cm, radius in ((texture.bend_cm, 32), (texture.roughness_cm, 5)):
        if cm:
            row += np.float32(cm * cells_per_cm) * _clouds(decibels.shape, radius, rng)
            column += np.float32(cm * cells_per_cm) * _clouds(decibels.shape, radius, rng)
    bent: Floats = decibels[
        np.clip(row, 0, rows - 1).astype(np.intp), np.clip(column, 0, columns - 1).astype(np.intp)
    ]
    return bent


def _clouds(shape: tuple[int, ...], radius: int, rng: np.random.Generator) -> Floats:
    """Make smooth noise of unit spread: float32[rows, columns].

    Coarse clouds are made small and enlarged: they hold no detail to lose.
    """
    shrink = max(radius // 2, 1)
    small = (shape[0] // shrink + 2, shape[1] // shrink + 2)
    noise = blur(rng.standard_normal(small, dtype=np.float32), max(radius // shrink, 1))
    noise = (noise - noise.mean()) / noise.std()
    enlarged = Image.fromarray(noise).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(enlarged, dtype=np.float32)


def blur(values: Floats, radius: int) -> Floats:
    """Smooth by three passes of a box along each axis, which is nearly a Gaussian."""
    for _ in range(3):
        values = _box(_box(values, radius).T, radius).T
    return np.ascontiguousarray(values)


def _box(values: Floats, radius: int) -> Floats:
    """Average over rows: float32[rows, columns]."""
    padded = np.pad(values, ((radius + 1, radius), (0, 0)), mode="edge")
    level = padded.mean(dtype=np.float32)
    running = np.cumsum(padded - level, axis=0)
    mean: Floats = (running[2 * radius + 1 :] - running[: -2 * radius - 1]) / (2 * radius + 1)
    mean += level
    return mean
