"""Renders a view of the heart at any moment of its cycle."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.beam import Beam, Floats
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.heart_view import LUNG, HeartView, opening
from sonarium.ultrasound.synthetic.imaging import Imager, Settings
from sonarium.ultrasound.synthetic.leaflets import EchoStrewer, bend, between
from sonarium.ultrasound.synthetic.motion import GridRefiner, Weakness
from sonarium.ultrasound.synthetic.tissue import (
    Complexes,
    Texture,
    Tissue,
    TissuePainter,
    fill_with_scatterers,
)

_COARSE: Final = (80, 150)


@dataclass(frozen=True, slots=True)
class Heart:
    """How a patient's heart works."""

    cycle: Cycle
    vigour: float = 1.0
    """Share of normal contraction."""
    weakness: Weakness | None = None
    wall_thickening: float = 1.0


class HeartLoop:
    """One view of one heart through one probe."""

    def __init__(
        self, view: HeartView, heart: Heart, settings: Settings, rng: np.random.Generator
    ) -> None:
        self.view, self.heart = view, heart
        self.beam = Beam(depth_cm=view.depth_cm, half_angle_deg=view.half_angle_deg)
        self._tissue = _tissue(view, self.beam, rng)
        self._imager = Imager(self.beam, settings, rng)
        self._strewer = EchoStrewer(self.beam, rng)
        self._refiner = GridRefiner(_COARSE, (self.beam.lines, self.beam.samples))
        self._places = self.beam.positions()
        self._coarse_places = self.beam.positions(*_COARSE)

    def frame(self, time_s: float) -> Floats:
        """Return the grey levels of all lines at a time after an R peak."""
        return self._imager.see(self.scatterers(self.heart.cycle.phase(time_s)))

    def line(self, phase: float, line: int) -> Floats:
        """Return the grey levels of one line at a phase, as M-mode sees it."""
        near = slice(max(line - 4, 0), line + 5)
        seen = self._imager.see_lines(self.scatterers(phase)[near], near)
        alone: Floats = seen[line - near.start]
        return alone

    def scatterers(self, phase: float) -> Complexes:
        """Return what lies under each line at a phase: complex64[lines, samples]."""
        shift_x, shift_y = self._shift(phase)
        x, y = self._places
        scatterers = self._tissue.sample(
            x + self._refiner.refine(shift_x), y + self._refiner.refine(shift_y)
        )
        self._add_valves(scatterers, phase)
        return scatterers

    def _shift(self, phase: float) -> tuple[Floats, Floats]:
        view, heart = self.view, self.heart
        contraction = heart.cycle.contraction(phase) * heart.vigour
        x, y = was_x, was_y = self._coarse_places
        was_x, was_y = view.sway.back(was_x, was_y, contraction)
        if view.descent is not None:
            was_x, was_y = view.descent.back(was_x, was_y, contraction)
        was_x, was_y = view.ventricle.back(was_x, was_y, contraction, heart.weakness)
        if view.right_ventricle is not None:
            was_x, was_y = view.right_ventricle.back(was_x, was_y, contraction)
        return was_x - x, was_y - y

    def _add_valves(self, scatterers: Complexes, phase: float) -> None:
        view, cycle = self.view, self.heart.cycle
        contraction = cycle.contraction(phase) * self.heart.vigour
        dx = view.sway.x_cm * contraction
        dy = view.sway.y_cm * contraction
        if view.descent is not None and view.valves:
            hinge = view.valves[0][1].hinge
            moved = view.descent.forward(*hinge, contraction)
            dx, dy = dx + moved[0] - hinge[0], dy + moved[1] - hinge[1]
        shift = np.array((dx, dy))
        for valve, leaflet in view.valves:
            share = opening(valve, cycle, phase)
            path = bend(
                leaflet.hinge,
                between(leaflet.closed_bulge, leaflet.open_bulge, share),
                between(leaflet.closed_tip, leaflet.open_tip, share),
            )
            self._strewer.strew(scatterers, path + shift, leaflet.decibel, leaflet.thickness_cm)
        for strand in view.strands:
            path = np.asarray((strand.start, strand.end)) + shift
            self._strewer.strew(scatterers, path, strand.decibel, strand.thickness_cm)


def _tissue(view: HeartView, beam: Beam, rng: np.random.Generator) -> Tissue:
    half = view.depth_cm * float(np.sin(np.radians(view.half_angle_deg))) + 1.5
    painter = TissuePainter(-half, -0.5, half, view.depth_cm + 1.5, background=LUNG)
    view.paint(painter)
    paint_chest_wall(painter, view.depth_cm)
    return fill_with_scatterers(painter, beam, rng, Texture())


def paint_chest_wall(painter: TissuePainter, depth_cm: float) -> None:
    """Skin, fat and muscle under the probe: layers across the beam."""
    for top, thickness, decibel in (
        (0.0, 0.5, -24),
        (0.35, 0.06, -12),
        (0.62, 0.4, -28),
        (0.8, 0.05, -15),
        (1.02, 0.07, -13),
    ):
        layer = [
            (-5.0, top + 0.35),
            (-2.0, top + 0.06),
            (0, top),
            (2.0, top + 0.06),
            (5.0, top + 0.35),
        ]
        painter.band(layer, decibel, thickness * depth_cm / 16)
