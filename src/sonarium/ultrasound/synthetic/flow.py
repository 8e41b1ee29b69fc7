"""Colour Doppler: jets of blood, seen along the beam, folded at the Nyquist velocity."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sonarium.ultrasound.regions import Point, RegionDataType, USRegion
from sonarium.ultrasound.synthetic.beam import Beam, Floats, ScanConverter
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.motion import GridRefiner
from sonarium.ultrasound.synthetic.screen import DIM, WHITE, Box, Picture, Screen
from sonarium.ultrasound.synthetic.tissue import blur

_TISSUE_GREY: Final = 84
"""Brighter pixels stay grey: the scanner writes colour only where it sees no tissue."""

_WALL_FILTER: Final = 0.13
_NOISE_FRAMES: Final = 5


@dataclass(frozen=True, slots=True)
class Jet:
    """A stream of blood that widens on its way; centimetres, cm/s."""

    x: float
    y: float
    towards_x: float
    towards_y: float
    """Where it ends."""
    start_width_cm: float
    end_width_cm: float
    velocity_cm_per_s: float
    pulse: Callable[[Cycle, float], float]
    """Share of the velocity at a phase of the cycle."""
    turbulence: float = 0.0


@dataclass(frozen=True, slots=True)
class ColourFlow:
    """The colour box, its scale, and the jets in it."""

    jets: tuple[Jet, ...]
    nyquist_cm_per_s: float
    box_angles: tuple[float, float]
    """From -1 to 1: share of the fan."""
    box_depths_cm: tuple[float, float]
    steer_deg: float = 0.0
    """How far a linear probe turns its lines; the box leans with them."""

    def start(
        self,
        beam: Beam,
        cycle: Cycle,
        converter: ScanConverter,
        rng: np.random.Generator,
        blood: Floats | None = None,
    ) -> "PaintedFlow":
        """Prepare to paint over a fan.

        Args:
            blood: 1 where blood is and 0 elsewhere, float32[lines, samples]; None where the
                brightness of the picture alone tells.
        """
        return PaintedFlow(self, beam, cycle, converter, rng, blood)

    def label(self, screen: Screen, column: int = 776, row: int = 84) -> None:
        """Draw the colour bar with the limits of its scale."""
        height = 130
        ramp = np.linspace(255, 0, height).astype(np.intp)
        bar = np.repeat(colour_map()[ramp][:, None, :], 14, axis=1)
        screen.paste(bar, column, row)
        screen.outline(Box(column, row, column + 13, row + height - 1), DIM)
        limit = f"{self.nyquist_cm_per_s:.1f}"
        screen.text(column - 4, row, limit, size=11, anchor="ra")
        screen.text(column - 4, row + height, f"-{limit}", size=11, anchor="rd")
        screen.text(column + 13, row + height + 4, "cm/s", colour=DIM, size=11, anchor="ra")
        screen.text(8, 198, "Colour", colour=WHITE, size=12)
        screen.text(8, 213, " 58 %", colour=DIM, size=12)
        screen.text(8, 228, " WF 110 Hz", colour=DIM, size=12)


class PaintedFlow:
    """Colour over one clip."""

    def __init__(
        self,
        flow: ColourFlow,
        beam: Beam,
        cycle: Cycle,
        converter: ScanConverter,
        rng: np.random.Generator,
        blood: Floats | None = None,
    ) -> None:
        self._flow, self._beam, self._cycle, self._converter = flow, beam, cycle, converter
        shape = (beam.lines // 2, beam.samples // 4)
        self._x, self._y = beam.positions(*shape)
        lean = np.float32(np.radians(flow.steer_deg))
        along_x, along_y = beam.directions(self._x, self._y)
        self._along = (
            along_x * np.cos(lean) + along_y * np.sin(lean),
            along_y * np.cos(lean) - along_x * np.sin(lean),
        )
        self._refiner = GridRefiner(shape, (beam.lines, beam.samples))
        noise = [
            blur(rng.standard_normal(shape, dtype=np.float32), 1) for _ in range(_NOISE_FRAMES)
        ]
        self._noise: list[Floats] = [one / one.std() for one in noise]
        self._frame = 0
        across = np.linspace(-1, 1, beam.lines, dtype=np.float32)[:, None]
        depth = beam.depths_cm()[None, :]
        if beam.is_linear:
            middle = sum(flow.box_depths_cm) / 2
            across = across - np.tan(lean) * (depth - middle) / np.float32(beam.half_width_cm)
        inside = (across >= flow.box_angles[0]) & (across <= flow.box_angles[1])
        inside = inside & (depth >= flow.box_depths_cm[0]) & (depth <= flow.box_depths_cm[1])
        fan = converter.fan(inside.astype(np.float32))
        self._inside = fan > 0.99
        self._rim = (fan > 0.02) & ~self._inside
        if blood is not None:
            self._inside &= converter.fan(blood) > 0.5

    def paint(self, pixels: Picture, grey: NDArray[np.uint8], phase: float) -> None:
        """Write colour into the fan of a picture: uint8[pixels, 3]."""
        nyquist = np.float32(self._flow.nyquist_cm_per_s)
        velocity, turbulence = self._velocities(phase)
        velocity = self._converter.fan(self._refiner.refine(velocity)) / nyquist
        folded = (velocity + 1) % 2 - 1
        shown = self._inside & (np.abs(velocity) > _WALL_FILTER) & (grey < _TISSUE_GREY)
        index = ((folded[shown] + 1) * np.float32(127.5)).astype(np.intp)
        colour = colour_map()[index]
        if turbulence is not None:
            green = self._converter.fan(self._refiner.refine(turbulence))[shown]
            share = np.clip(green, 0, 0.75)[:, None]
            colour = (colour * (1 - share) + np.array((70, 225, 60)) * share).astype(np.uint8)
        pixels[self._converter.pixels[shown]] = colour
        pixels[self._converter.pixels[self._rim]] = (200, 200, 90)

    def region(self, tissue: USRegion) -> USRegion:
        """Calibrate the colour box like the picture under it."""
        return replace(
            tissue,
            data_type=RegionDataType.COLOUR_FLOW,
            pulse_repetition_frequency_hz=4000,
            reference_pixel=tissue.reference_pixel or Point(0, 0),
        )

    def _velocities(self, phase: float) -> tuple[Floats, Floats | None]:
        noise = self._noise[self._frame % _NOISE_FRAMES]
        other = self._noise[(self._frame + 2) % _NOISE_FRAMES]
        self._frame += 1
        total = np.zeros_like(self._x)
        rough = np.zeros_like(self._x)
        for jet in self._flow.jets:
            pulse = jet.pulse(self._cycle, phase)
            if pulse <= 0.02:
                continue
            share, towards = self._shape(jet, pulse)
            speed = share * np.float32(jet.velocity_cm_per_s * pulse)
            if jet.turbulence:
                # Eddies, not layers: velocities far beyond Nyquist fold into a mosaic.
                wild = share * np.float32(jet.turbulence * self._flow.nyquist_cm_per_s)
                total += wild * (np.sign(towards) * np.float32(0.9) + np.float32(1.6) * noise)
                rough += wild * (other - np.float32(0.35)) / np.float32(wild.max() + 1e-6)
            else:
                total += speed * towards * (1 + np.float32(0.13) * noise)
        return total, rough if any(jet.turbulence for jet in self._flow.jets) else None

    def _shape(self, jet: Jet, pulse: float) -> tuple[Floats, Floats]:
        """Return how much of a jet is at each place, and how much of it runs to the probe."""
        run_x, run_y = jet.towards_x - jet.x, jet.towards_y - jet.y
        length = float(np.hypot(run_x, run_y))
        unit_x, unit_y = run_x / length, run_y / length
        dx, dy = self._x - np.float32(jet.x), self._y - np.float32(jet.y)
        along = (dx * unit_x + dy * unit_y) / (length * (0.55 + 0.45 * pulse))
        across = dx * unit_y - dy * unit_x
        width = jet.start_width_cm + (jet.end_width_cm - jet.start_width_cm) * np.clip(along, 0, 1)
        ends = np.clip((along + 0.12) * 6, 0, 1) * np.clip((1 - along) * 2.4, 0, 1)
        share = ends * np.exp(-((across / (0.5 * width)) ** 4) / 2)
        towards = -(unit_x * self._along[0] + unit_y * self._along[1])
        return share.astype(np.float32), towards.astype(np.float32)


@cache
def colour_map() -> Picture:
    """Return the colours from -Nyquist to Nyquist: blue goes away, red comes."""
    at = np.linspace(-1, 1, 256)
    size = np.abs(at)
    warm = np.stack(
        (
            np.clip(70 + 320 * size, 0, 255),
            np.clip(330 * (size - 0.42), 0, 225),
            np.clip(200 * (size - 0.86), 0, 60),
        ),
        axis=1,
    )
    cold = np.stack(
        (
            np.clip(120 * (size - 0.8), 0, 40),
            np.clip(330 * (size - 0.40), 0, 230),
            np.clip(80 + 320 * size, 0, 255),
        ),
        axis=1,
    )
    return np.where(at[:, None] >= 0, warm, cold).astype(np.uint8)
