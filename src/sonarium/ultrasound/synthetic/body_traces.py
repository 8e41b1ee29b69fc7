"""Doppler stills of vessels."""

from dataclasses import dataclass

import numpy as np

from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.body_clips import BodyPlan
from sonarium.ultrasound.synthetic.body_view import BodyLoop
from sonarium.ultrasound.synthetic.spectra import SpectralScale, Stream, draw_spectrum
from sonarium.ultrasound.synthetic.traces import (
    STRIP,
    SWEEP_S,
    Inset,
    TraceStill,
    compose,
    gate_pixel,
    spectral_region,
)


@dataclass(frozen=True, slots=True)
class Gate:
    """Where and how the spectrum is taken."""

    across: float
    """From -1 to 1: share of the picture's half width or angle."""
    depth_cm: float
    steer_deg: float = 0.0
    angle_deg: float = 0.0
    """Doppler angle that the scanner corrects for."""


@dataclass(frozen=True, slots=True)
class VesselSpectrum:
    """One Doppler recording."""

    streams: tuple[Stream, ...]
    top_cm_per_s: float
    bottom_cm_per_s: float
    gate: Gate
    seconds: float = SWEEP_S
    wall_filter_cm_per_s: float = 4.0


def record_vessel_spectrum(
    plan: BodyPlan, spectrum: VesselSpectrum, rng: np.random.Generator
) -> Acquisition:
    """Make a still of a pulsed Doppler recording; view and words come from the plan."""
    loop = BodyLoop(plan.view, plan.cycle, rng)
    gate = spectrum.gate
    inset = Inset(loop.beam, loop.frame(0.3), gate.across, gate.depth_cm, gate.steer_deg)
    scale = SpectralScale(
        STRIP.height,
        STRIP.width,
        spectrum.seconds,
        spectrum.top_cm_per_s,
        spectrum.bottom_cm_per_s,
    )
    strip = draw_spectrum(
        scale, plan.cycle, spectrum.streams, rng, wall_filter_cm_per_s=spectrum.wall_filter_cm_per_s
    )
    return compose(
        TraceStill(
            description=plan.description,
            banner=plan.banner,
            inset=inset,
            strip=strip,
            region=spectral_region(
                cm_per_s_per_row=scale.cm_per_s_per_row,
                baseline=scale.baseline,
                angle_deg=gate.angle_deg,
                frequency_khz=plan.frequency_khz,
                gate=gate_pixel(inset),
                seconds=spectrum.seconds,
            ),
            cycle=None,
            labels=(*plan.labels, f"SV angle {gate.angle_deg:.0f} deg"),
            results=plan.results,
            mode=0x09,
            view_name=plan.view_name,
            view=plan.view_code,
            tint=plan.tint,
            frequency_khz=plan.frequency_khz,
            laterality=plan.laterality,
            anatomy=plan.anatomy,
            transducer_geometry="LINEAR" if loop.beam.is_linear else "CURVED LINEAR",
            heart_rate_bpm=plan.heart_rate_bpm,
        )
    )
