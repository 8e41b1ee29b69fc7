"""Doppler spectra: which velocities are in a gate, column after column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sonarium.ultrasound.synthetic.beam import Floats
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.tissue import blur

Envelope: TypeAlias = Callable[[Cycle, float], float]
"""Velocity in cm/s at a phase; positive towards the probe."""


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of movement in the gate."""

    envelope: Envelope
    strength: float = 1.0
    narrowness: float = 0.16
    """Spread below the envelope, as a share of it: small for pulsed, 1 for continuous wave."""
    spread_cm_per_s: float = 3.0
    """Blur of the envelope's edge."""


@dataclass(frozen=True, slots=True)
class SpectralScale:
    """The axes of a strip: rows of velocity, columns of time."""

    rows: int
    columns: int
    seconds: float
    top_cm_per_s: float
    bottom_cm_per_s: float

    @property
    def cm_per_s_per_row(self) -> float:
        """Velocity that one row stands for."""
        return (self.top_cm_per_s - self.bottom_cm_per_s) / self.rows

    @property
    def baseline(self) -> int:
        """Row of velocity nought, from the top of the strip."""
        return round(self.top_cm_per_s / self.cm_per_s_per_row)

    def velocities(self) -> Floats:
        """Return the velocity at the centre of each row; exactly nought at the baseline."""
        rows = np.arange(self.rows, dtype=np.float32)
        return (np.float32(self.baseline) - rows) * np.float32(self.cm_per_s_per_row)


def draw_spectrum(
    scale: SpectralScale,
    cycle: Cycle,
    streams: Sequence[Stream],
    rng: np.random.Generator,
    *,
    wall_filter_cm_per_s: float = 5.0,
    gain_db: float = 0.0,
    first_phase: float = 0.0,
    variation: float = 0.035,
) -> NDArray[np.uint8]:
    """Draw grey levels: uint8[rows, columns].

    Args:
        variation: spread of the beats around the envelope; no two beats are equal.
    """
    velocity = scale.velocities()[:, None]
    power = np.zeros((scale.rows, scale.columns), dtype=np.float32)
    beats = np.arange(scale.columns) / scale.columns * scale.seconds / cycle.beat_s + first_phase
    vary = 1 + variation * rng.standard_normal(int(beats[-1]) + 2)
    for stream in streams:
        envelope = np.array([stream.envelope(cycle, beat % 1.0) for beat in beats])
        envelope = (envelope * vary[beats.astype(int)]).astype(np.float32)[None, :]
        power += np.float32(stream.strength) * _stream_power(velocity, envelope, stream)
    power *= 1 - np.exp(-((velocity / wall_filter_cm_per_s) ** 4))
    # Power in one cell is exponentially distributed: this is the spectrum's own speckle.
    speckle = rng.exponential(1.0, power.shape).astype(np.float32)
    speckle = 0.62 * _smear(speckle, 1) + 0.38 * blur(speckle, 1)
    haze = np.float32(10**-3.35) * rng.exponential(1.0, power.shape).astype(np.float32)
    clutter = np.float32(0.008) * np.exp(-((velocity / (0.35 * wall_filter_cm_per_s)) ** 2))
    seen = _smear(power, 2) * speckle + haze + clutter * speckle
    decibels = 10 * np.log10(seen + np.float32(1e-7)) + np.float32(gain_db)
    level = np.clip((decibels + np.float32(29)) / np.float32(30), 0, 1)
    return np.asarray(np.clip(240 * level**1.25, 0, 255), dtype=np.uint8)


def _stream_power(velocity: Floats, envelope: Floats, stream: Stream) -> Floats:
    """Fill between the envelope and what the slowest blood in the gate does."""
    sign = np.where(envelope >= 0, 1.0, -1.0).astype(np.float32)
    speed, fastest = velocity * sign, np.abs(envelope)
    spread = np.float32(stream.spread_cm_per_s)
    # The logarithm shows the skirt of the edge: its middle lies a little inside.
    edge = fastest - np.float32(0.75) * spread
    inner = fastest * np.float32(1 - stream.narrowness)
    below_edge = 1 / (1 + np.exp(np.clip((speed - edge) / (0.2 * spread), -30, 30)))
    away = np.clip(inner - speed, 0, None) / (0.6 * spread + 0.2 * fastest)
    under = np.exp(-(away**2)) + np.float32(0.035 * stream.narrowness)
    moving = np.clip(fastest / (2 * spread) - 0.4, 0, 1)
    near = np.clip(speed / spread + 0.5, 0, 1)
    return np.asarray(0.32 * below_edge * under * moving * near, dtype=np.float32)


def _smear(power: Floats, reach: int) -> Floats:
    """Smear along time, as overlapping windows do."""
    softened = power.copy()
    for step in range(1, reach + 1):
        weight = np.float32(0.75**step)
        softened[:, step:] += weight * power[:, :-step]
        softened[:, :-step] += weight * power[:, step:]
    return softened / np.float32(1 + 2 * sum(0.75**step for step in range(1, reach + 1)))


def mitral_inflow(e_cm_per_s: float, a_cm_per_s: float) -> tuple[Stream, ...]:
    """Early and atrial filling of the left ventricle."""

    def envelope(cycle: Cycle, phase: float) -> float:
        early = e_cm_per_s * cycle.early_filling(phase)
        return max(early, a_cm_per_s * cycle.atrial_filling(phase))

    def outflow(cycle: Cycle, phase: float) -> float:
        return -0.45 * e_cm_per_s * cycle.ejection(phase)

    return (Stream(envelope), Stream(outflow, strength=0.05, narrowness=0.6))


def aortic_jet(peak_cm_per_s: float) -> tuple[Stream, ...]:
    """Flow out of the left ventricle, away from an apical probe; continuous wave fills it."""

    def envelope(cycle: Cycle, phase: float) -> float:
        return -peak_cm_per_s * cycle.ejection(phase)

    def filling(cycle: Cycle, phase: float) -> float:
        return 62 * max(cycle.early_filling(phase), 0.8 * cycle.atrial_filling(phase))

    return (
        Stream(envelope, strength=0.55, narrowness=0.9, spread_cm_per_s=7),
        Stream(filling, strength=0.07, narrowness=0.9, spread_cm_per_s=6),
    )


def annular_motion(s_cm_per_s: float, e_cm_per_s: float, a_cm_per_s: float) -> tuple[Stream, ...]:
    """Motion of the mitral annulus: to the apex in systole, back in two steps."""

    def envelope(cycle: Cycle, phase: float) -> float:
        end = cycle.end_systole
        isovolumic = 0.55 * s_cm_per_s * float(np.exp(-(((phase - 0.045) / 0.018) ** 2)))
        systolic = s_cm_per_s * float(
            np.sin(np.pi * np.clip((phase - 0.06) / (end - 0.06), 0, 1)) ** 0.8
        )
        early = e_cm_per_s * cycle.early_filling(phase)
        atrial = a_cm_per_s * cycle.atrial_filling(phase)
        return max(isovolumic, systolic) - max(early, atrial)

    return (Stream(envelope, strength=2.4, narrowness=0.22, spread_cm_per_s=1.1),)


def arterial_flow(
    peak_cm_per_s: float,
    end_diastolic_cm_per_s: float,
    *,
    fall: float = 0.62,
    narrowness: float = 0.22,
) -> tuple[Stream, ...]:
    """An artery: fast upstroke, notch, flow all through diastole.

    Args:
        peak_cm_per_s: about the peak; `measured` says what is reached.
        end_diastolic_cm_per_s: about what is left before the next beat.
        fall: how slowly it falls; small where the resistance is high.
        narrowness: 1 fills the window under the envelope, as behind a stenosis.
    """

    def envelope(cycle: Cycle, phase: float) -> float:
        end = cycle.end_systole
        rise = float(np.clip((phase - 0.06) / 0.09, 0, 1))
        upstroke = rise * rise * (3 - 2 * rise)
        gone = float(np.exp(-0.85 / (fall * end)))  # what must be over when the next beat comes
        left = (float(np.exp(-max(phase - 0.15, 0.0) / (fall * end))) - gone) / (1 - gone)
        notch = 0.13 * float(np.exp(-(((phase - end - 0.035) / 0.022) ** 2)))
        bump = 0.10 * float(np.exp(-(((phase - end - 0.12) / 0.07) ** 2)))
        before = float(np.clip(1 - phase / 0.08, 0, 1))
        pulse = upstroke * left + (bump - notch) * upstroke
        diastolic = end_diastolic_cm_per_s * (1 + 0.35 * (1 - phase) * upstroke * (1 - before))
        return float(diastolic + max(peak_cm_per_s - 1.3 * end_diastolic_cm_per_s, 0) * pulse)

    # Blood spread over all velocities is spread thin.
    strength = 1.0 if narrowness < 0.5 else 0.3
    return (Stream(envelope, strength, narrowness, spread_cm_per_s=2.6),)


def umbilical_flow(peak_cm_per_s: float, end_diastolic_cm_per_s: float) -> tuple[Stream, ...]:
    """Umbilical artery, a saw; below the baseline the even flow of the vein beside it."""

    def artery(_cycle: Cycle, phase: float) -> float:
        rise = float(np.clip(phase / 0.2, 0, 1))
        fall = 1 - float(np.clip((phase - 0.2) / 0.8, 0, 1)) ** 0.8
        share = rise * rise * (3 - 2 * rise) if phase < 0.2 else fall
        return end_diastolic_cm_per_s + (peak_cm_per_s - end_diastolic_cm_per_s) * share

    def vein(_cycle: Cycle, _phase: float) -> float:
        return -0.36 * peak_cm_per_s

    return (
        Stream(artery, narrowness=0.45, spread_cm_per_s=2.2),
        Stream(vein, strength=0.3, narrowness=0.6, spread_cm_per_s=2.0),
    )


def venous_flow(peak_cm_per_s: float) -> tuple[Stream, ...]:
    """A vein of the leg in waves of breathing, which the heart ripples; one cycle is a breath."""

    def envelope(_cycle: Cycle, phase: float) -> float:
        breath = 0.55 + 0.45 * float(np.cos(2 * np.pi * (phase - 0.3)))
        ripple = 0.07 * float(np.sin(2 * np.pi * 5 * phase))
        return -peak_cm_per_s * (breath + ripple) / 1.07

    return (Stream(envelope, narrowness=0.55, spread_cm_per_s=2.0),)


@dataclass(frozen=True, slots=True)
class Measured:
    """What calipers on an envelope would read."""

    peak_cm_per_s: float
    end_diastolic_cm_per_s: float
    mean_cm_per_s: float

    @property
    def resistive_index(self) -> float:
        """Fall from the peak to the end of diastole, as a share of the peak."""
        return (self.peak_cm_per_s - self.end_diastolic_cm_per_s) / self.peak_cm_per_s

    @property
    def pulsatility_index(self) -> float:
        """The same fall as a share of the mean."""
        return (self.peak_cm_per_s - self.end_diastolic_cm_per_s) / self.mean_cm_per_s


def measured(stream: Stream, cycle: Cycle) -> Measured:
    """Measure one beat of an envelope."""
    speeds = np.abs([stream.envelope(cycle, at / 400) for at in range(400)])
    # Arteries begin to rise within the first hundredth of a cycle at the earliest.
    return Measured(float(speeds.max()), float(speeds[0]), float(speeds.mean()))
