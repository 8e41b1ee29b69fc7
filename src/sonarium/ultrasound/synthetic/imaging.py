"""From scatterers to grey levels: point spread, gain, noise, logarithm and persistence."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.beam import Beam, Floats
from sonarium.ultrasound.synthetic.tissue import Complexes, blur

_NOISE_FRAMES: Final = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """The knobs of a scanner."""

    axial_taps: int = 5
    lateral_taps: int = 7
    gain_db: float = 0.0
    dynamic_range_db: float = 58.0
    noise_db: float = -61.0
    loss_db_per_cm: float = 0.45
    """What time gain compensation leaves of the attenuation."""
    clutter_db: float = -27.0
    """Haze near the face of the probe, which does not move with tissue."""
    clutter_depth_cm: float = 1.6
    uneven_lines_db: float = 2.4
    """How much lines differ: ribs, lung, contact."""
    edge_loss_db: float = 7.0
    persistence: float = 0.25


class Imager:
    """Sees scatterers through one probe; keeps what persists from frame to frame."""

    def __init__(self, beam: Beam, settings: Settings, rng: np.random.Generator) -> None:
        self._settings = settings
        self._axial = _taps(settings.axial_taps)
        self._lateral = _taps(settings.lateral_taps)
        shape = (beam.lines, beam.samples)
        self._gain = _gain(beam, settings, rng)
        depth = beam.depths_cm()[None, :]
        clutter = np.hypot(*(blur(rng.standard_normal(shape, dtype=np.float32), 3) for _ in "xy"))
        clutter *= np.float32(0.8) / clutter.mean()
        strength = 10 ** (settings.clutter_db / 20) * np.exp(-depth / settings.clutter_depth_cm)
        self._clutter = (clutter * strength).astype(np.float32)
        noise = rng.standard_normal((_NOISE_FRAMES, *shape), dtype=np.float32)
        rise = 10 ** ((settings.noise_db + 9 * depth / beam.depth_cm) / 20)
        self._noise = (np.abs(noise) * rise).astype(np.float32)
        self._frame = 0
        self._kept: Floats | None = None
        self._rng = rng

    def see(self, scatterers: Complexes) -> Floats:
        """Return the grey level, 0 to 255, of each sample of each line.

        Args:
            scatterers: complex64[lines, samples].
        """
        envelope = self.envelope(scatterers)
        level = self._compress(envelope)
        if self._kept is not None:
            level += np.float32(self._settings.persistence) * (self._kept - level)
        self._kept = level
        return _grey(level)

    def see_lines(self, scatterers: Complexes, lines: slice) -> Floats:
        """Return the grey level of some neighbouring lines, without what persists."""
        spread = _convolve(scatterers * self._gain[lines], self._axial, axis=1)
        envelope = np.abs(_convolve(spread, self._lateral, axis=0)) + self._clutter[lines]
        noise = self._noise[self._frame % _NOISE_FRAMES]
        envelope += np.roll(noise[lines], int(self._rng.integers(noise.shape[1])), axis=1)
        self._frame += 1
        return _grey(self._compress(envelope))

    def envelope(self, scatterers: Complexes) -> Floats:
        """Return the strength of the echoes, with clutter and noise."""
        spread = _convolve(scatterers * self._gain, self._axial, axis=1)
        spread = _convolve(spread, self._lateral, axis=0)
        envelope = np.abs(spread)
        envelope += np.float32(0.035) * _sidelobes(envelope)
        envelope += self._clutter
        noise = self._noise[self._frame % _NOISE_FRAMES]
        envelope += np.roll(noise, int(self._rng.integers(noise.size)))
        self._frame += 1
        return envelope

    def _compress(self, envelope: Floats) -> Floats:
        decibels = 20 * np.log10(envelope + np.float32(1e-5))
        level = (decibels + np.float32(self._settings.gain_db)) / np.float32(
            self._settings.dynamic_range_db
        )
        return np.asarray(np.clip(level + 1, 0, 1), dtype=np.float32)


def _grey(level: Floats) -> Floats:
    """Bend levels 0 to 1 as scanners do: dark blood, soft whites."""
    bent = level * level * (np.float32(2.1) - np.float32(1.1) * level)
    return np.clip(bent * np.float32(250), 0, 255)


def _taps(count: int) -> list[float]:
    """Make a Gaussian of unit power, so that speckle keeps its mean brightness."""
    at = np.arange(count) - (count - 1) / 2
    weight = np.exp(-((at / (count / 4.2)) ** 2) / 2)
    return [float(value) for value in weight / np.sqrt((weight**2).sum())]


def _convolve(values: Complexes, taps: list[float], axis: int) -> Complexes:
    """Convolve along one axis; the rim is left thin."""
    half = len(taps) // 2
    result = values * np.float32(taps[half])
    for offset in range(1, half + 1):
        weight = np.float32(taps[half + offset])
        if axis == 0:
            result[offset:] += weight * values[:-offset]
            result[:-offset] += weight * values[offset:]
        else:
            result[:, offset:] += weight * values[:, :-offset]
            result[:, :-offset] += weight * values[:, offset:]
    return result


def _sidelobes(envelope: Floats, reach: int = 22) -> Floats:
    """Smear strong echoes sideways, as side lobes do."""
    running = np.cumsum(np.pad(envelope, ((reach, reach), (0, 0)), mode="edge"), axis=0)
    smeared = np.empty_like(envelope)
    smeared[:] = (running[2 * reach :] - running[: -2 * reach]) / (2 * reach) * 4
    return smeared


def _gain(beam: Beam, settings: Settings, rng: np.random.Generator) -> Floats:
    """Multiply loss over depth, loss at the edges of the fan, and uneven lines."""
    depth = beam.depths_cm()[None, :]
    across = np.linspace(-1, 1, beam.lines, dtype=np.float32)[:, None]
    uneven = blur(rng.standard_normal((beam.lines, 1), dtype=np.float32), 8)
    uneven *= settings.uneven_lines_db / max(float(uneven.std()), 1e-3)
    reach = np.clip(depth / 4, 0, 1)
    decibels = (
        -settings.loss_db_per_cm * depth
        + 3.5 * np.exp(-(((depth / beam.depth_cm - 0.45) / 0.3) ** 2))
        - settings.edge_loss_db * across**4
        + uneven * reach
    )
    return np.asarray(np.power(10, decibels / 20), dtype=np.float32)
