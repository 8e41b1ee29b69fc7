"""A plane through any part of the body but the heart: painted once, seen with its shadows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.beam import Beam, Floats
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.imaging import Imager, Settings
from sonarium.ultrasound.synthetic.motion import GridRefiner, Squeeze, Twist
from sonarium.ultrasound.synthetic.tissue import (
    Complexes,
    Texture,
    TissuePainter,
    fill_with_scatterers,
)

FLUID: Final = -66.0
BLOOD: Final = -60.0
MUSCLE: Final = -33.0
FAT: Final = -29.0
ORGAN: Final = -27.0
FASCIA: Final = -14.0
THIN_BONE: Final = -5.0
"""A fetal skull: casts half a shadow."""
BONE: Final = -1.5
"""Casts a whole shadow."""

_COARSE: Final = (80, 120)
_THIN_BONE_LOSS: Final = 26.0
_BONE_LOSS: Final = 120.0
_FLUID_GAIN: Final = 1.5
_DEEPEST_SHADOW_DB: Final = -34.0
_STRONGEST_ENHANCEMENT_DB: Final = 5.0


@dataclass(frozen=True, slots=True)
class BodyView:
    """One plane; centimetres from the probe, x to the right, y deep."""

    name: str
    beam: Beam
    paint: Callable[[TissuePainter], None]
    texture: Texture = field(default_factory=Texture)
    settings: Settings = field(default_factory=Settings)
    cells_per_cm: float = 32.0
    motions: tuple[Squeeze | Twist, ...] = ()
    pulse: Callable[[Cycle, float], float] = Cycle.contraction
    """Share of the motion at a phase of the cycle."""


class BodyLoop:
    """Renders a plane at any moment."""

    def __init__(self, view: BodyView, cycle: Cycle, rng: np.random.Generator) -> None:
        self.view, self.cycle = view, cycle
        self.beam = beam = view.beam
        self._places = beam.positions()
        x, y = self._places
        painter = TissuePainter(
            float(x.min()) - 0.4,
            min(float(y.min()), 0.0) - 0.4,
            float(x.max()) + 0.4,
            beam.depth_cm + 0.4,
            background=FAT,
            cells_per_cm=view.cells_per_cm,
        )
        view.paint(painter)
        self._tissue = fill_with_scatterers(painter, beam, rng, view.texture)
        painted = painter.decibels_at(x, y)
        self.blood: Floats = (painted < BLOOD + 4).astype(np.float32)
        """1 where blood or another fluid is painted: float32[lines, samples]."""
        self._passed = transmission(painted, beam)
        self._imager = Imager(beam, view.settings, rng)
        self._coarse_places = beam.positions(*_COARSE)
        self._refiner = GridRefiner(_COARSE, (beam.lines, beam.samples))

    def frame(self, time_s: float = 0.0) -> Floats:
        """Return the grey levels of all lines at a time after an R peak."""
        return self._imager.see(self.scatterers(self.cycle.phase(time_s)))

    def scatterers(self, phase: float) -> Complexes:
        """Return what answers under each line at a phase: complex64[lines, samples]."""
        x, y = self._places
        if self.view.motions:
            share = self.view.pulse(self.cycle, phase)
            was_x, was_y = start_x, start_y = self._coarse_places
            for motion in self.view.motions:
                was_x, was_y = motion.back(was_x, was_y, share)
            x = x + self._refiner.refine(was_x - start_x)
            y = y + self._refiner.refine(was_y - start_y)
        seen: Complexes = self._tissue.sample(x, y) * self._passed
        return seen


def transmission(decibels: Floats, beam: Beam) -> Floats:
    """Return how strongly sound still reaches each sample: shadows, and gain behind fluid.

    Args:
        decibels: painted echo strength, float32[lines, samples].
    """
    loss = np.zeros_like(decibels)
    loss[decibels > THIN_BONE - 2] = _THIN_BONE_LOSS
    loss[decibels > BONE - 1] = _BONE_LOSS
    loss[decibels < FLUID + 3] = -_FLUID_GAIN
    per_sample = np.float32(beam.depth_cm / (beam.samples - 1))
    # What stands in a sample weakens the samples behind it, not its own echo.
    passed = -(np.cumsum(loss, axis=1) - loss) * per_sample
    passed = np.clip(passed, _DEEPEST_SHADOW_DB, _STRONGEST_ENHANCEMENT_DB)
    return np.asarray(np.power(10, passed / 20), dtype=np.float32)
