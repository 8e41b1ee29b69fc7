"""The cardiac cycle: when the heart fills and empties, as curves over one beat."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SHORTEST_SYSTOLE_S: Final = 0.17
_LONGEST_SYSTOLE_S: Final = 0.40


@dataclass(frozen=True, slots=True)
class Cycle:
    """One regular rhythm; phases run from 0 (R peak) to 1 (the next)."""

    heart_rate_bpm: float

    @property
    def beat_s(self) -> float:
        """R-R interval."""
        return 60.0 / self.heart_rate_bpm

    @property
    def end_systole(self) -> float:
        """Phase at which the aortic valve closes; systole shortens less than diastole."""
        systole_s = 0.50 - 0.0019 * self.heart_rate_bpm
        return min(max(systole_s, _SHORTEST_SYSTOLE_S), _LONGEST_SYSTOLE_S) / self.beat_s

    def phase(self, time_s: float) -> float:
        """Return the phase at a time after an R peak."""
        return time_s / self.beat_s % 1.0

    def contraction(self, phase: float) -> float:
        """How far the ventricle has emptied: 0 at end-diastole, 1 at end-systole."""
        end = self.end_systole
        filled = end + 0.42 * (1 - end)
        return curve(
            phase,
            (0, 0.0),
            (0.05, 0.02),
            (0.45 * end, 0.58),
            (end, 1.0),
            (end + 0.05, 0.97),
            (filled, 0.26),
            (end + 0.72 * (1 - end), 0.20),
            (0.97, 0.0),
            (1.0, 0.0),
        )

    def atrial_size(self, phase: float) -> float:
        """How full the atria are: 1 at the end of systole, 0 after their own contraction."""
        end = self.end_systole
        return curve(
            phase,
            (0, 0.0),
            (end, 1.0),
            (end + 0.06, 1.0),
            (end + 0.45 * (1 - end), 0.48),
            (end + 0.72 * (1 - end), 0.45),
            (0.98, 0.0),
            (1.0, 0.0),
        )

    def mitral_opening(self, phase: float) -> float:
        """0 closed, 1 wide open: once in early filling, again when the atrium contracts."""
        end = self.end_systole
        rest = 1 - end
        return curve(
            phase,
            (0, 0.05),
            (0.03, 0.0),
            (end + 0.06, 0.0),
            (end + 0.06 + 0.14 * rest, 1.0),
            (end + 0.42 * rest, 0.42),
            (end + 0.66 * rest, 0.36),
            (end + 0.82 * rest, 0.75),
            (1.0, 0.05),
        )

    def aortic_opening(self, phase: float) -> float:
        """0 closed, 1 wide open."""
        end = self.end_systole
        return curve(
            phase, (0, 0.0), (0.06, 0.0), (0.11, 1.0), (end - 0.06, 0.8), (end, 0.0), (1.0, 0.0)
        )

    def ejection(self, phase: float) -> float:
        """Velocity through the aortic valve, 0 to 1: early peak, round shoulder."""
        end = self.end_systole
        t = (phase - 0.07) / (end - 0.06 - 0.07 + 0.04)
        if not 0 < t < 1:
            return 0.0
        return float(t**0.75 * (1 - t) ** 1.15 / 0.27955)

    def early_filling(self, phase: float) -> float:
        """Velocity of the E wave, 0 to 1."""
        end, rest = self.end_systole, 1 - self.end_systole
        start = end + 0.07
        return curve(
            phase,
            (0, 0.0),
            (start, 0.0),
            (start + 0.15 * rest, 1.0),
            (start + 0.5 * rest, 0.08),
            (start + 0.62 * rest, 0.0),
            (1.0, 0.0),
            sharp=True,
        )

    def atrial_filling(self, phase: float) -> float:
        """Velocity of the A wave, 0 to 1."""
        end, rest = self.end_systole, 1 - self.end_systole
        peak = end + 0.84 * rest
        return curve(
            phase,
            (0, 0.0),
            (peak - 0.15 * rest, 0.0),
            (peak, 1.0),
            (peak + 0.13 * rest, 0.0),
            (1.0, 0.0),
            sharp=True,
        )


def curve(phase: float, *places: tuple[float, float], sharp: bool = False) -> float:
    """Go through (phase, value) places with soft turns, or with flanks as straight as flow has."""
    at = [place[0] for place in places]
    index = min(max(int(np.searchsorted(at, phase, side="right")) - 1, 0), len(places) - 2)
    (start, low), (stop, high) = places[index], places[index + 1]
    t = min(max((phase - start) / max(stop - start, 1e-6), 0.0), 1.0)
    soft = t * t * (3 - 2 * t)
    eased = 0.5 * (soft + t) if sharp else soft
    return low + (high - low) * eased


def ecg_mv(phase: NDArray[np.float64], cycle: Cycle) -> NDArray[np.float64]:
    """Return the electrocardiogram (lead II) at phases of the cycle.

    Waves keep their length in seconds; only T follows the end of systole.
    """
    beat = cycle.beat_s
    time = (phase + 0.5) % 1.0 * beat - 0.5 * beat  # seconds around the R peak

    def wave(centre_s: float, width_s: float, height: float) -> NDArray[np.float64]:
        away = (time - centre_s + 0.5 * beat) % beat - 0.5 * beat
        return height * np.exp(-((away / width_s) ** 2) / 2)

    p_centre = -min(0.165, 0.3 * beat)
    t_centre = cycle.end_systole * beat - 0.045
    trace: NDArray[np.float64] = (
        wave(p_centre, 0.024, 0.13)
        + wave(-0.028, 0.009, -0.10)
        + wave(0.0, 0.0095, 1.05)
        + wave(0.029, 0.010, -0.22)
        + wave(t_centre, 0.042, 0.26)
        + wave(t_centre + 0.05, 0.03, 0.08)
    )
    return trace
