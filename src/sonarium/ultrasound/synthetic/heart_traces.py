"""M-mode and Doppler stills of the heart."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber
from sonarium.ultrasound.synthetic.codes import HEART, VIEWS
from sonarium.ultrasound.synthetic.imaging import Settings
from sonarium.ultrasound.synthetic.loop import Heart, HeartLoop
from sonarium.ultrasound.synthetic.parasternal_views import parasternal_long_axis
from sonarium.ultrasound.synthetic.screen import Banner
from sonarium.ultrasound.synthetic.spectra import (
    SpectralScale,
    Stream,
    annular_motion,
    aortic_jet,
    draw_spectrum,
    mitral_inflow,
)
from sonarium.ultrasound.synthetic.traces import (
    STRIP,
    SWEEP_S,
    Inset,
    TraceStill,
    compose,
    gate_pixel,
    m_mode_region,
    spectral_region,
)

_PHASES = 128


@dataclass(frozen=True, slots=True)
class HeartStill:
    """One heart, and how its stills look."""

    heart: Heart
    banner: Banner
    cm_per_unit: float = 1.0
    tint: str = "grey"
    seed: int = 0
    """Chooses the speckle of the picture that stands frozen over the spectra."""


@dataclass(frozen=True, slots=True)
class Spectrum:
    """One Doppler recording."""

    description: str
    streams: tuple[Stream, ...]
    top_cm_per_s: float
    bottom_cm_per_s: float
    results: tuple[str, ...]
    across: float
    gate_depth_cm: float
    wall_filter_cm_per_s: float
    is_continuous: bool = False


def inflow_spectrum(e_cm_per_s: float, a_cm_per_s: float) -> Spectrum:
    """Pulsed wave between the tips of the mitral leaflets."""
    return Spectrum(
        "PW mitral inflow", mitral_inflow(e_cm_per_s, a_cm_per_s), 130, -60,
        (
            f"MV E  {e_cm_per_s:.0f} cm/s",
            f"MV A  {a_cm_per_s:.0f} cm/s",
            f"E/A  {e_cm_per_s / a_cm_per_s:.2f}",
        ),
        0.26, 8.6, 7.0,
    )  # fmt: skip


def aortic_spectrum(peak_cm_per_s: float) -> Spectrum:
    """Continuous wave through the aortic valve."""
    gradient = 4 * (peak_cm_per_s / 100) ** 2
    return Spectrum(
        "CW aortic valve", aortic_jet(peak_cm_per_s), 0.35 * peak_cm_per_s, -1.45 * peak_cm_per_s,
        (f"AV Vmax  {peak_cm_per_s / 100:.2f} m/s", f"AV maxPG  {gradient:.0f} mmHg"),
        -0.02, 10.4, 16.0, is_continuous=True,
    )  # fmt: skip


def tissue_spectrum(site: str, s_cm_per_s: float, e_cm_per_s: float, a_cm_per_s: float) -> Spectrum:
    """Tissue Doppler of the mitral annulus, septal or lateral."""
    return Spectrum(
        f"TDI {site} annulus", annular_motion(s_cm_per_s, e_cm_per_s, a_cm_per_s), 16, -20,
        (
            f"{site.capitalize()} S'  {s_cm_per_s:.1f} cm/s",
            f"{site.capitalize()} e'  {e_cm_per_s:.1f} cm/s",
            f"{site.capitalize()} a'  {a_cm_per_s:.1f} cm/s",
        ),
        -0.06 if site == "septal" else 0.55, 10.0, 0.7,
    )  # fmt: skip


def record_spectrum(still: HeartStill, spectrum: Spectrum, rng: np.random.Generator) -> Acquisition:
    """Make a still of a Doppler recording from the apex."""
    view, cycle = apical_four_chamber(), still.heart.cycle
    inset = replace(
        _frozen_apical(still.heart, still.seed),
        across=spectrum.across,
        gate_depth_cm=spectrum.gate_depth_cm,
    )
    scale = SpectralScale(
        STRIP.height, STRIP.width, SWEEP_S, spectrum.top_cm_per_s, spectrum.bottom_cm_per_s
    )
    strip = draw_spectrum(
        scale, cycle, spectrum.streams, rng, wall_filter_cm_per_s=spectrum.wall_filter_cm_per_s
    )
    return compose(
        TraceStill(
            description=spectrum.description,
            banner=still.banner,
            inset=inset,
            strip=strip,
            region=spectral_region(
                cm_per_s_per_row=scale.cm_per_s_per_row,
                baseline=scale.baseline,
                is_continuous=spectrum.is_continuous,
                gate=None if spectrum.is_continuous else gate_pixel(inset),
            ),
            cycle=cycle,
            labels=(
                spectrum.description,
                "",
                "2D  62 %",
                "CW 2.0 MHz" if spectrum.is_continuous else "PW 2.0 MHz",
                f"WF {spectrum.wall_filter_cm_per_s * 26:.0f} Hz",
                "Sweep 200 px/s",
            ),
            results=spectrum.results,
            mode=0x05 if spectrum.is_continuous else 0x09,
            view_name=view.name,
            view=VIEWS[view.name],
            anatomy=HEART,
            cm_per_unit=still.cm_per_unit,
            tint=still.tint,
            frequency_khz=2000,
        )
    )


@lru_cache(maxsize=2)
def _frozen_apical(heart: Heart, seed: int) -> Inset:
    """Return the picture that stands frozen over the spectra of one study."""
    loop = HeartLoop(apical_four_chamber(), heart, Settings(), np.random.default_rng(seed))
    cycle = heart.cycle
    return Inset(loop.beam, loop.frame(cycle.beat_s * (cycle.end_systole + 0.18)), 0.0)


def record_m_mode(
    still: HeartStill, across: float, site: str, rng: np.random.Generator
) -> Acquisition:
    """Make an M-mode still from the parasternal long axis.

    Args:
        across: where the line lies in the fan, from -1 to 1.
        site: what it passes, for the label.
    """
    view = parasternal_long_axis()
    loop = HeartLoop(view, still.heart, Settings(), rng)
    cycle = still.heart.cycle
    line = round((across + 1) / 2 * (loop.beam.lines - 1))
    phases = np.stack([loop.line(at / _PHASES, line) for at in range(_PHASES)])
    return compose(
        TraceStill(
            description=f"M-mode {site}",
            banner=still.banner,
            inset=Inset(loop.beam, loop.frame(0.0), across),
            strip=_sweep(phases, cycle.beat_s, rng),
            region=m_mode_region(view.depth_cm * still.cm_per_unit),
            cycle=cycle,
            labels=(
                f"M-mode {site}",
                "",
                "2D  62 %",
                f"MM {2.5 / still.cm_per_unit:.1f} MHz",
                "Sweep 200 px/s",
            ),
            results=(),
            mode=0x03,
            view_name=view.name,
            view=VIEWS[view.name],
            anatomy=HEART,
            cm_per_unit=still.cm_per_unit,
            tint=still.tint,
            frequency_khz=round(2500 / still.cm_per_unit),
        )
    )


def _sweep(
    phases: NDArray[np.float32], beat_s: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Lay beats side by side: float32[phases, samples] to uint8[rows, columns]."""
    samples = phases.shape[1]
    at = np.arange(STRIP.width) / STRIP.width * SWEEP_S / beat_s * _PHASES
    low = at.astype(int) % _PHASES
    share = (at % 1.0).astype(np.float32)[:, None]
    columns = phases[low] * (1 - share) + phases[(low + 1) % _PHASES] * share
    columns *= 1 + np.float32(0.05) * rng.standard_normal(columns.shape, dtype=np.float32)
    deep = np.linspace(0, samples - 1, STRIP.height)
    first = np.minimum(deep.astype(int), samples - 2)
    share_deep = (deep - first).astype(np.float32)
    rows = columns[:, first] * (1 - share_deep) + columns[:, first + 1] * share_deep
    return np.ascontiguousarray(np.clip(rows, 0, 255).astype(np.uint8).T)
