"""Duplex of the neck's arteries, and of the leg's veins."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.acquisition import Acquisition, Code
from sonarium.ultrasound.synthetic.body_clips import BodyPlan, record_body, record_pair
from sonarium.ultrasound.synthetic.body_traces import (
    Gate,
    VesselSpectrum,
    record_vessel_spectrum,
)
from sonarium.ultrasound.synthetic.body_view import BodyView
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.machine import banner, chance, tint
from sonarium.ultrasound.synthetic.schedule import Appointment
from sonarium.ultrasound.synthetic.spectra import (
    Stream,
    arterial_flow,
    measured,
    venous_flow,
)
from sonarium.ultrasound.synthetic.vessel_views import (
    FEMORAL,
    POPLITEAL,
    SAPHENOFEMORAL,
    LegLevel,
    carotid_across,
    carotid_bulb,
    carotid_flow,
    common_carotid,
    femoral_vein_along,
    femoral_vein_flow,
    leg_across,
)

_COMMON: Final = Code("32062004", "SCT", "Common carotid artery")
_INTERNAL: Final = Code("86117002", "SCT", "Internal carotid artery")
_EXTERNAL: Final = Code("22286001", "SCT", "External carotid artery")
_VERTEBRAL: Final = Code("85234005", "SCT", "Vertebral artery")
_FEMORAL_VEIN: Final = Code("83419000", "SCT", "Femoral vein")
_POPLITEAL_VEIN: Final = Code("56849005", "SCT", "Popliteal vein")

_GATE: Final = Gate(0.0, 1.9, steer_deg=-18.0, angle_deg=60.0)
_BREATH: Final = Cycle(15)


@dataclass(frozen=True, slots=True)
class _Artery:
    """What Doppler finds in one artery."""

    name: str
    anatomy: Code
    streams: tuple[Stream, ...]
    view: BodyView


def carotid_duplex(appointment: Appointment) -> Iterator[Acquisition]:
    """Record both sides; every second patient has a narrow internal carotid on the left."""
    rng = chance(appointment, "neck")
    cycle = Cycle(float(np.round(rng.uniform(58, 76))))
    plan = BodyPlan(
        common_carotid(),
        banner(appointment, "L12-3", "Carotid"),
        "",
        (),
        cycle,
        tint=tint(appointment),
        frequency_khz=7500,
        heart_rate_bpm=cycle.heart_rate_bpm,
    )
    for side, side_name in (("R", "Right"), ("L", "Left")):
        is_narrow = side == "L" and appointment.patient.ordinal % 2 == 0
        yield from _neck(replace(plan, laterality=side), side_name, rng, is_narrow=is_narrow)


def leg_veins(appointment: Appointment) -> Iterator[Acquisition]:
    """Press the veins shut level by level; every third patient has a clot behind the knee."""
    rng = chance(appointment, "leg")
    side, side_name = ("L", "Left") if rng.random() < 0.5 else ("R", "Right")
    has_clot = appointment.patient.ordinal % 3 == 1
    plan = BodyPlan(
        femoral_vein_along(),
        banner(appointment, "L9-3", "Leg veins"),
        "",
        (),
        _BREATH,
        tint=tint(appointment),
        frequency_khz=5000,
        laterality=side,
        anatomy=_FEMORAL_VEIN,
    )
    for level in (SAPHENOFEMORAL, FEMORAL):
        yield _compression(plan, level, side_name, rng)
    along = replace(plan, description=f"{side_name} femoral vein, colour", frames=32,
                    frame_time_ms=62.5, flow=femoral_vein_flow(),
                    labels=_labels(side_name, "Femoral vein", 16, plan.view))  # fmt: skip
    yield record_body(along, rng)
    yield _venous_spectrum(plan, side_name, float(rng.uniform(22, 30)), rng)
    level = POPLITEAL
    if has_clot:
        level = replace(level, veins=tuple(replace(vein, clot=True) for vein in level.veins))
    yield _compression(replace(plan, anatomy=_POPLITEAL_VEIN), level, side_name, rng)


def _neck(
    plan: BodyPlan, side: str, rng: np.random.Generator, *, is_narrow: bool
) -> Iterator[Acquisition]:
    common = replace(
        plan,
        view=common_carotid(radius_cm=round(float(rng.uniform(0.28, 0.33)), 3)),
        anatomy=_COMMON,
        labels=_labels(side, "CCA long", 30, plan.view),
    )
    # The picture's left is the patient's right.
    across = carotid_across(midline=1 if plan.laterality == "R" else -1)
    yield record_body(
        replace(common, view=across, description=f"{side} common carotid, short axis",
                labels=_labels(side, "CCA trans", 30, across)), rng,
    )  # fmt: skip
    beat = round(plan.cycle.beat_s * 30)
    yield record_body(
        replace(common, description=f"{side} common carotid, long axis", frames=beat), rng
    )
    colour = replace(common, frames=round(plan.cycle.beat_s * 20), frame_time_ms=50.0)
    yield record_body(
        replace(colour, description=f"{side} common carotid, colour",
                flow=carotid_flow(tilt=0.03)), rng,
    )  # fmt: skip
    bulb = carotid_bulb(plaque=is_narrow)
    internal = replace(colour, view=bulb, anatomy=_INTERNAL, labels=_labels(side, "ICA", 20, bulb))
    yield record_body(
        replace(internal, frames=1, description=f"{side} carotid bulb and internal carotid"), rng
    )
    yield record_body(
        replace(internal, description=f"{side} internal carotid, colour",
                flow=carotid_flow(tilt=0.0, fast=is_narrow)), rng,
    )  # fmt: skip
    peak = float(rng.uniform(72, 92))
    inside = (
        arterial_flow(285, 112, fall=1.1, narrowness=0.95)
        if is_narrow
        else arterial_flow(0.92 * peak, 0.36 * peak, fall=0.85)
    )
    reference = measured(arterial_flow(peak, 0.24 * peak)[0], plan.cycle).peak_cm_per_s
    for artery in (
        _Artery("CCA", _COMMON, arterial_flow(peak, 0.24 * peak), common.view),
        _Artery("ICA", _INTERNAL, inside, bulb),
        _Artery("ECA", _EXTERNAL, arterial_flow(1.05 * peak, 0.11 * peak, fall=0.36), common.view),
        _Artery("Vertebral", _VERTEBRAL, arterial_flow(0.6 * peak, 0.2 * peak), common.view),
    ):
        yield _arterial_spectrum(plan, side, artery, reference, rng)


def _arterial_spectrum(
    plan: BodyPlan, side: str, artery: _Artery, reference: float, rng: np.random.Generator
) -> Acquisition:
    found = measured(artery.streams[0], plan.cycle)
    results = [
        f"PSV  {found.peak_cm_per_s:.0f} cm/s",
        f"EDV  {found.end_diastolic_cm_per_s:.0f} cm/s",
        f"RI  {found.resistive_index:.2f}",
    ]
    if artery.name == "ICA":
        results.append(f"ICA/CCA  {found.peak_cm_per_s / reference:.2f}")
    still = replace(
        plan,
        view=artery.view,
        anatomy=artery.anatomy,
        description=f"{side} {artery.name}, pulsed Doppler",
        labels=(f"{side} {artery.name}", "", "2D  60 %", "PW 5.0 MHz"),
        results=tuple(results),
        frequency_khz=5000,
    )
    top = max(1.3 * found.peak_cm_per_s, 60.0)
    gate = replace(_GATE, across=0.42, depth_cm=1.74) if found.peak_cm_per_s > 200 else _GATE
    spectrum = VesselSpectrum(artery.streams, round(top), -round(0.35 * top), gate)
    return record_vessel_spectrum(still, spectrum, rng)


def _compression(
    plan: BodyPlan, level: LegLevel, side: str, rng: np.random.Generator
) -> Acquisition:
    has_clot = any(vein.clot for vein in level.veins)
    free = replace(
        plan,
        view=leg_across(level, pressed=False),
        description=f"{side} {level.name.lower()}, compression",
        labels=(side, *level.name.split(" ")),
        results=("Does not compress",) if has_clot else (),
    )
    pressed = replace(free, view=leg_across(level, pressed=True), results=())
    return record_pair(free, pressed, ("WITHOUT", "WITH COMPRESSION"), rng)


def _venous_spectrum(
    plan: BodyPlan, side: str, peak: float, rng: np.random.Generator
) -> Acquisition:
    still = replace(
        plan,
        description=f"{side} femoral vein, pulsed Doppler with breathing",
        labels=(f"{side} femoral vein", "", "2D  60 %", "PW 4.0 MHz"),
        results=("Phasic with breathing",),
        frequency_khz=4000,
    )
    gate = Gate(0.05, 2.48, steer_deg=-18.0, angle_deg=58.0)
    spectrum = VesselSpectrum(venous_flow(round(peak)), 18, -42, gate, 8.5, 2.0)
    return record_vessel_spectrum(still, spectrum, rng)


def _labels(side: str, name: str, rate: int, view: BodyView) -> tuple[str, ...]:
    depth = f"{view.beam.depth_cm:.1f} cm"
    return (side, *name.split(" "), f"FR {rate} Hz", depth, "", "2D", " 60 %", " C 55", " P Med")
