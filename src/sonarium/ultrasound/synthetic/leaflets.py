"""Thin things that move by themselves: valve leaflets, chordae, a needle of bright echoes."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.tissue import Complexes

Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A curved sheet seen from its edge, from hinge to tip."""

    hinge: Place
    closed_tip: Place
    open_tip: Place
    closed_bulge: Place
    open_bulge: Place
    """Where the middle of the curve is drawn to."""
    decibel: float = -16.0
    thickness_cm: float = 0.15


@dataclass(frozen=True, slots=True)
class Strand:
    """A straight string between two places."""

    start: Place
    end: Place
    decibel: float = -29.0
    thickness_cm: float = 0.1


class EchoStrewer:
    """Strews bright scatterers along curves into the lines of a beam; each keeps its phase."""

    def __init__(self, beam: Beam, rng: np.random.Generator) -> None:
        self._beam = beam
        count = 4096
        self._phases = np.exp(2j * np.pi * rng.random(count)).astype(np.complex64)
        self._strengths = (0.45 + rng.random(count)).astype(np.float32)
        self._offsets = (rng.random(count) - 0.5).astype(np.float32)

    def strew(
        self, into: Complexes, path: NDArray[np.float64], decibel: float, thickness_cm: float
    ) -> None:
        """Add one curve to complex64[lines, samples].

        Args:
            path: places in centimetres, float64[places, 2].
        """
        length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))))
        count = min(max(int(length[-1] * (60 + 420 * thickness_cm)), 12), 4000)
        at = np.linspace(0, length[-1], count)
        x, y = np.interp(at, length, path[:, 0]), np.interp(at, length, path[:, 1])
        slope_x, slope_y = np.gradient(x), np.gradient(y)
        norm = np.maximum(np.hypot(slope_x, slope_y), 1e-9)
        away = self._offsets[:count] * thickness_cm
        line, sample = self._beam.indices(
            (x - slope_y / norm * away).astype(np.float32),
            (y + slope_x / norm * away).astype(np.float32),
        )
        line_index, sample_index = np.rint(line).astype(int), np.rint(sample).astype(int)
        seen = (line_index >= 0) & (line_index < self._beam.lines)
        seen &= (sample_index >= 0) & (sample_index < self._beam.samples)
        strength = self._phases[:count] * self._strengths[:count] * 10 ** (decibel / 20)
        np.add.at(into, (line_index[seen], sample_index[seen]), strength[seen].astype(np.complex64))


def bend(start: Place, bulge: Place, end: Place, steps: int = 24) -> NDArray[np.float64]:
    """Draw a quadratic curve: float64[steps, 2]."""
    t = np.linspace(0, 1, steps)[:, None]
    a, b, c = np.asarray(start), np.asarray(bulge), np.asarray(end)
    curve: NDArray[np.float64] = (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c
    return curve


def between(low: Place, high: Place, share: float) -> Place:
    """Return the place at a share of the way."""
    return low[0] + (high[0] - low[0]) * share, low[1] + (high[1] - low[1]) * share
