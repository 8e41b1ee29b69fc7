"""How tissue moves: from a place now to where the same tissue was at end-diastole."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sonarium.ultrasound.synthetic.beam import Floats

Weakness: TypeAlias = Callable[[Floats, Floats], Floats]
"""Share of normal wall motion, by height (-1 base, 1 apex) and side (-1 or 1)."""


@dataclass(frozen=True, slots=True)
class Squeeze:
    """Walls on both sides of an axis come together; the apex and what lies far stay."""

    x: float
    y: float
    axis_x: float
    axis_y: float
    """Unit vector from the base to the apex."""
    half_width_cm: float
    half_length_cm: float
    shortening: float
    """Fraction of the width that is lost at end-systole."""
    reach_cm: float = 2.2
    one_side: float = 0.0
    """-1 or 1: only walls on that side move; 0: both."""

    def back(
        self, x: Floats, y: Floats, contraction: float, weakness: Weakness | None = None
    ) -> tuple[Floats, Floats]:
        """Return where tissue that is at (x, y) now was at end-diastole."""
        across_x, across_y = -self.axis_y, self.axis_x
        along = (x - self.x) * self.axis_x + (y - self.y) * self.axis_y
        across: Floats = (x - self.x) * across_x + (y - self.y) * across_y
        height = (along / self.half_length_cm).astype(np.float32)
        round_part: Floats = np.sqrt(np.clip(1 - height * height, 0.0, 1)).astype(np.float32)
        below = np.clip((height + 0.42) / 0.35, 0, 1)  # fades out past the base
        half_width = np.float32(self.half_width_cm) * np.maximum(round_part, np.float32(0.12))
        lost = np.float32(self.shortening * contraction) * below * np.clip(round_part * 2.2, 0, 1)
        side: Floats = np.sign(across)
        if self.one_side:
            lost = lost * (side == self.one_side)
        if weakness is not None:
            lost = lost * weakness(height, side)
        distance = np.abs(across)
        edge = half_width * (1 - lost)
        inside = distance / (1 - lost)
        outside = distance + half_width * lost * np.exp((edge - distance) / self.reach_cm)
        was = side * np.where(distance < edge, inside, outside) - across
        return x + was * across_x, y + was * across_y


@dataclass(frozen=True, slots=True)
class Twist:
    """Walls around a centre come together and turn: a short axis."""

    x: float
    y: float
    radius_cm: float
    shortening: float
    turn_deg: float = 8.0
    reach_cm: float = 2.0

    def back(
        self, x: Floats, y: Floats, contraction: float, weakness: Weakness | None = None
    ) -> tuple[Floats, Floats]:
        """Return where tissue that is at (x, y) now was at end-diastole."""
        dx, dy = x - np.float32(self.x), y - np.float32(self.y)
        distance = np.maximum(np.hypot(dx, dy), np.float32(1e-3))
        lost: Floats = np.full_like(distance, self.shortening * contraction)
        if weakness is not None:
            lost = lost * weakness(dy / distance, np.sign(dx))
        edge = np.float32(self.radius_cm) * (1 - lost)
        inside = distance / (1 - lost)
        outside = distance + self.radius_cm * lost * np.exp((edge - distance) / self.reach_cm)
        was = np.where(distance < edge, inside, outside) / distance
        fading = np.exp(-((distance / (1.6 * self.radius_cm)) ** 4))
        angle = np.radians(self.turn_deg * contraction).astype(np.float32) * fading
        cosine, sine = np.cos(angle) * was, np.sin(angle) * was
        return self.x + dx * cosine - dy * sine, self.y + dx * sine + dy * cosine


@dataclass(frozen=True, slots=True)
class Descent:
    """The base of the heart is pulled towards the apex, and stretches the atria behind it."""

    x: float
    y: float
    """The apex, which stays."""
    axis_x: float
    axis_y: float
    """Unit vector from the apex to the base."""
    length_cm: float
    excursion_cm: float
    stretch_cm: float = 4.5
    """How far behind the base tissue still moves."""
    width_cm: float = 6.5
    """How far from the axis tissue still moves."""

    def back(self, x: Floats, y: Floats, contraction: float) -> tuple[Floats, Floats]:
        """Return where tissue that is at (x, y) now was at end-diastole."""
        along = (x - self.x) * self.axis_x + (y - self.y) * self.axis_y
        across = (x - self.x) * self.axis_y - (y - self.y) * self.axis_x
        moved = self.moved(along, contraction) * np.exp(-((across / self.width_cm) ** 4))
        return x + moved * self.axis_x, y + moved * self.axis_y

    def forward(self, x: float, y: float, contraction: float) -> tuple[float, float]:
        """Return where tissue that was at (x, y) at end-diastole is now (to first order)."""
        along = np.float32((x - self.x) * self.axis_x + (y - self.y) * self.axis_y)
        moved = float(self.moved(np.atleast_1d(along), contraction)[0])
        return x - moved * self.axis_x, y - moved * self.axis_y

    def moved(self, along: Floats, contraction: float) -> Floats:
        """Return the displacement at distances from the apex."""
        rise = np.clip(along / self.length_cm, 0, 1)
        fall = np.clip(1 - (along - self.length_cm) / self.stretch_cm, 0, 1)
        smooth = rise * rise * (3 - 2 * rise) * fall * fall * (3 - 2 * fall)
        moved: Floats = (self.excursion_cm * contraction * smooth).astype(np.float32)
        return moved


@dataclass(frozen=True, slots=True)
class Sway:
    """The whole heart moves a little with breathing and recoil."""

    x_cm: float = 0.0
    y_cm: float = 0.0

    def back(self, x: Floats, y: Floats, contraction: float) -> tuple[Floats, Floats]:
        """Return where tissue that is at (x, y) now was at end-diastole."""
        share = np.clip((y - 1.3) / 2, 0, 1).astype(np.float32)  # the chest wall stays
        return (
            x - np.float32(self.x_cm * contraction) * share,
            y - np.float32(self.y_cm * contraction) * share,
        )


class GridRefiner:
    """Interpolates a motion that was worked out on few places to every sample of every line."""

    def __init__(self, coarse: tuple[int, int], fine: tuple[int, int]) -> None:
        self._line, self._line_share = _between(coarse[0], fine[0])
        self._sample, self._sample_share = _between(coarse[1], fine[1])

    def refine(self, values: Floats) -> Floats:
        """Interpolate float32[coarse lines, coarse samples]."""
        step = np.diff(values, axis=0)[self._line]
        lines = values[self._line] + step * self._line_share[:, None]
        refined = np.take(np.diff(lines, axis=1), self._sample, axis=1)
        refined *= self._sample_share
        refined += np.take(lines, self._sample, axis=1)
        return refined


def _between(coarse: int, fine: int) -> tuple[NDArray[np.intp], Floats]:
    """Return the coarse place below each fine one, and how far above it that lies."""
    at = np.linspace(0, coarse - 1, fine)
    low = np.minimum(at.astype(np.intp), coarse - 2)
    return low, (at - low).astype(np.float32)
