"""Echocardiography: the adult protocol, a child's, and a stress test in four stages."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.acquisition import Acquisition, Stage
from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber, apical_two_chamber
from sonarium.ultrasound.synthetic.beam import Floats
from sonarium.ultrasound.synthetic.codes import STAGES
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.heart_clips import ClipPlan, record_heart
from sonarium.ultrasound.synthetic.heart_traces import (
    HeartStill,
    aortic_spectrum,
    inflow_spectrum,
    record_m_mode,
    record_spectrum,
    tissue_spectrum,
)
from sonarium.ultrasound.synthetic.heart_view import HeartView
from sonarium.ultrasound.synthetic.imaging import Settings
from sonarium.ultrasound.synthetic.jets import (
    long_axis_flow,
    mitral_flow,
    ventricular_septal_defect,
)
from sonarium.ultrasound.synthetic.loop import Heart
from sonarium.ultrasound.synthetic.machine import banner, chance, tint
from sonarium.ultrasound.synthetic.parasternal_views import (
    parasternal_long_axis,
    parasternal_short_axis,
)
from sonarium.ultrasound.synthetic.schedule import Appointment
from sonarium.ultrasound.synthetic.subcostal_view import subcostal_four_chamber

STRESS_STAGES: Final = (
    # name, heart rate above rest, vigour, event timer in ms
    ("baseline", 0.0, 1.0, 0.0),
    ("low dose", 18.0, 1.08, 182_000.0),
    ("peak dose", 68.0, 1.16, 721_000.0),
    ("recovery", 12.0, 1.02, 1_080_000.0),
)
_NAMES: Final[Mapping[str, str]] = {
    "PLAX": "Parasternal long axis",
    "PSAX": "Parasternal short axis",
    "A4C": "Apical four chamber",
    "A2C": "Apical two chamber",
    "SC4C": "Subcostal four chamber",
}


def adult_echo(appointment: Appointment) -> Iterator[Acquisition]:
    """Record two-dimensional loops, colour, M-mode and Doppler."""
    rng = chance(appointment, "heart")
    rate = float(np.round(rng.uniform(58, 88)))
    is_ill = appointment.patient.ordinal % 3 == 0
    leaks = appointment.patient.ordinal % 2 == 0
    heart = Heart(Cycle(rate), 0.58 if is_ill else float(rng.uniform(0.94, 1.05)))
    plan = _plan(appointment, parasternal_long_axis(), heart, "P4-2", "Adult echo")
    colour = replace(plan, frames=30, frame_time_ms=50.0)
    still = HeartStill(heart, plan.banner, tint=plan.tint, seed=int(rng.integers(1 << 40)))
    yield _loop(plan, rng)
    yield _loop(replace(colour, flow=long_axis_flow(leak=leaks)), rng)
    yield record_m_mode(still, -0.07, "mitral valve", rng)
    yield record_m_mode(still, -0.28, "left ventricle", rng)
    beat = replace(plan, frames=plan.frames // 2)
    yield _loop(replace(beat, view=parasternal_short_axis(), uneven=True), rng)
    yield _loop(replace(plan, view=apical_four_chamber()), rng)
    yield _loop(replace(colour, view=apical_four_chamber(), flow=mitral_flow(leak=leaks)), rng)
    e, a = float(rng.uniform(62, 95)), float(rng.uniform(48, 80))
    yield record_spectrum(still, inflow_spectrum(round(e), round(a)), rng)
    for site, faster in (("septal", 0.0), ("lateral", 2.2)):
        early = (5.2 if is_ill else 8.6) + faster + float(rng.uniform(-0.6, 0.6))
        yield record_spectrum(
            still,
            tissue_spectrum(site, 5.6 if is_ill else 8.2, round(early, 1), 8.4 + 0.3 * faster),
            rng,
        )
    peak = 310.0 if appointment.patient.ordinal == 4 else float(rng.uniform(105, 150))
    yield record_spectrum(still, aortic_spectrum(round(peak)), rng)
    yield _loop(replace(beat, view=apical_two_chamber()), rng)


def child_echo(appointment: Appointment) -> Iterator[Acquisition]:
    """Record a small, fast heart with a hole in its septum, from under the ribs first."""
    rng = chance(appointment, "heart")
    heart = Heart(Cycle(float(np.round(rng.uniform(102, 128)))), 1.05)
    size = float(np.clip(appointment.patient.height_cm / 172, 0.42, 0.9))
    plan = _plan(appointment, subcostal_four_chamber(), heart, "P8-4", "Paediatric echo")
    # A higher frequency: finer speckle, weaker depth.
    settings = replace(plan.settings, axial_taps=3, lateral_taps=5)
    plan = replace(
        plan, cm_per_unit=round(size, 3), frame_time_ms=20.0, settings=settings, frames=40
    )
    colour = replace(plan, frame_time_ms=33.333, frames=28)
    still = HeartStill(heart, plan.banner, plan.cm_per_unit, plan.tint, int(rng.integers(1 << 40)))
    yield _loop(plan, rng)
    yield _loop(replace(plan, view=parasternal_long_axis()), rng)
    yield record_m_mode(still, -0.28, "left ventricle", rng)
    yield _loop(replace(plan, view=parasternal_short_axis()), rng)
    yield _loop(replace(plan, view=apical_four_chamber()), rng)
    yield _loop(replace(colour, view=apical_four_chamber(), flow=ventricular_septal_defect()), rng)
    yield record_spectrum(still, inflow_spectrum(98, 56), rng)


def stress_echo(appointment: Appointment) -> Iterator[Acquisition]:
    """Record four views before, at a low dose, at the peak and in recovery: one beat each."""
    rng = chance(appointment, "heart")
    resting = float(np.round(rng.uniform(60, 74)))
    is_ischaemic = appointment.patient.ordinal % 2 == 1
    views = (
        parasternal_long_axis(), parasternal_short_axis(), apical_four_chamber(),
        apical_two_chamber(),
    )  # fmt: skip
    for number, (name, faster, vigour, elapsed_ms) in enumerate(STRESS_STAGES, start=1):
        weak = is_ischaemic and name == "peak dose"
        heart = Heart(Cycle(resting + faster), vigour, weakness=_weak_apex if weak else None)
        for at, view in enumerate(views, start=1):
            plan = _plan(appointment, view, heart, "P4-2", "Stress echo")
            frames = max(round(heart.cycle.beat_s * 30), 12)
            clip = _loop(replace(plan, frames=frames, stage=f"{name.upper()}  {number}/4"), rng)
            yield replace(
                clip,
                description=f"{_NAMES[view.name]}, {name}",
                stage=Stage(
                    name.upper(), number, len(STRESS_STAGES), STAGES[name], at, len(views),
                    "INFUSION START" if elapsed_ms else "", elapsed_ms,
                ),
            )  # fmt: skip


def _weak_apex(height: Floats, side: Floats) -> Floats:
    """Septum and apex hardly move: what a narrowed anterior artery does under stress."""
    share = np.where((height > 0.25) & (side < 0), 0.15, 1.0) * np.where(height > 0.72, 0.2, 1.0)
    return share.astype(np.float32)


def _loop(plan: ClipPlan, rng: np.random.Generator) -> Acquisition:
    clip = record_heart(plan, rng)
    suffix = ", colour" if plan.flow is not None else ""
    return replace(clip, description=_NAMES[plan.view.name] + suffix)


def _plan(
    appointment: Appointment, view: HeartView, heart: Heart, probe: str, preset: str
) -> ClipPlan:
    rng = chance(appointment, "machine")
    settings = Settings(gain_db=float(rng.uniform(0, 4)))
    return ClipPlan(
        view,
        heart,
        banner(appointment, probe, preset),
        settings,
        tint=tint(appointment),
        frames=_two_beats(heart),
    )


def _two_beats(heart: Heart) -> int:
    return min(round(2 * heart.cycle.beat_s * 30), 60)
