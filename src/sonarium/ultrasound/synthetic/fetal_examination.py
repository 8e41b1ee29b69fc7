"""Second and third trimester ultrasound: biometry, the heart, the cord."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.acquisition import Acquisition, Code
from sonarium.ultrasound.synthetic.body_clips import BodyPlan, record_body
from sonarium.ultrasound.synthetic.body_traces import (
    Gate,
    VesselSpectrum,
    record_vessel_spectrum,
)
from sonarium.ultrasound.synthetic.codes import HEART
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.fetal_growth import FetalSizes, sizes_at
from sonarium.ultrasound.synthetic.fetal_views import (
    FetalPlane,
    abdomen_plane,
    cord_plane,
    femur_plane,
    four_chamber_plane,
    head_plane,
)
from sonarium.ultrasound.synthetic.machine import banner, chance, tint
from sonarium.ultrasound.synthetic.schedule import Appointment
from sonarium.ultrasound.synthetic.spectra import measured, umbilical_flow

_HEAD: Final = Code("69536005", "SCT", "Head")
_ABDOMEN: Final = Code("818981001", "SCT", "Abdomen")
_FEMUR: Final = Code("71341001", "SCT", "Femur")
_CORD: Final = Code("29870000", "SCT", "Umbilical cord")
_YOUNGEST_AT_LAST: Final = 28.0
_OLDEST_AT_LAST: Final = 37.0


def fetal_biometry(appointment: Appointment) -> Iterator[Acquisition]:
    """Record head, abdomen and femur with calipers, the beating heart, and the cord."""
    rng = chance(appointment, "fetus")
    sizes = fetal_sizes(appointment)
    cycle = Cycle(float(np.round(rng.uniform(134, 154))))
    plan = BodyPlan(
        cord_plane().view,
        banner(appointment, "C5-1", "OB 2/3"),
        "",
        (),
        cycle,
        tint=tint(appointment),
        heart_rate_bpm=cycle.heart_rate_bpm,
    )
    head = _plane(
        plan, head_plane(sizes, float(rng.uniform(-9, 11))), _HEAD, "Fetal head, BPD and HC"
    )
    yield record_body(
        replace(
            head,
            results=(
                f"BPD  {sizes.biparietal_cm:.2f} cm",
                f"HC  {sizes.head_cm:.2f} cm",
                f"GA  {sizes.age_text()}",
            ),
            sizes_mm={"BPD": 10 * sizes.biparietal_cm, "HC": 10 * sizes.head_cm},
        ),
        rng,
    )
    yield record_body(
        replace(
            _plane(plan, abdomen_plane(sizes), _ABDOMEN, "Fetal abdomen, AC"),
            results=(f"AC  {sizes.abdomen_cm:.2f} cm", f"GA  {sizes.age_text()}"),
            sizes_mm={"AC": 10 * sizes.abdomen_cm},
        ),
        rng,
    )
    yield record_body(
        replace(
            _plane(plan, femur_plane(sizes), _FEMUR, "Fetal femur, FL"),
            results=(
                f"FL  {sizes.femur_cm:.2f} cm",
                f"GA  {sizes.age_text()}",
                f"EFW  {sizes.weight_g:.0f} g",
            ),
            sizes_mm={"FL": 10 * sizes.femur_cm},
            laterality=str(rng.choice(("L", "R"))),
        ),
        rng,
    )
    heart = _plane(plan, four_chamber_plane(sizes), HEART, "Fetal heart, four chambers")
    yield record_body(replace(heart, frames=36, frame_time_ms=22.0), rng)
    yield _umbilical_artery(plan, sizes.weeks, rng)


def fetal_sizes(appointment: Appointment) -> FetalSizes:
    """Return the sizes on the day of the visit; one fetus grows from visit to visit."""
    rng = appointment.seed.rng("pregnancy", appointment.patient.ordinal)
    at_last = float(rng.uniform(_YOUNGEST_AT_LAST, _OLDEST_AT_LAST))
    stature = float(rng.normal(1.0, 0.012))
    last = datetime.fromisoformat(appointment.seed.moment)
    days = (last.date() - appointment.started.date()).days
    return sizes_at(round(at_last * 7 - days) / 7, stature=stature)


def _plane(plan: BodyPlan, plane: FetalPlane, anatomy: Code, description: str) -> BodyPlan:
    return replace(
        plan,
        view=plane.view,
        calipers=plane.calipers,
        anatomy=anatomy,
        description=description,
        labels=_labels(plane.view.name, plane.view.beam.depth_cm),
    )


def _labels(name: str, depth_cm: float) -> tuple[str, ...]:
    return (
        *name.split(", "), "FR 34 Hz", f"{depth_cm:.1f} cm", "", "2D", " 64 %", " C 60", " P Med",
        " HGen",
    )  # fmt: skip


def _umbilical_artery(plan: BodyPlan, weeks: float, rng: np.random.Generator) -> Acquisition:
    peak = float(rng.uniform(44, 54))
    # Resistance falls as the placenta grows.
    flow = umbilical_flow(round(peak), round(peak * (0.16 + 0.008 * weeks)))
    found = measured(flow[0], plan.cycle)
    still = replace(
        plan,
        description="Umbilical artery, pulsed Doppler",
        labels=("Umbilical artery", "", "2D  64 %", "PW 3.5 MHz"),
        results=(
            f"PSV  {found.peak_cm_per_s:.1f} cm/s",
            f"EDV  {found.end_diastolic_cm_per_s:.1f} cm/s",
            f"PI  {found.pulsatility_index:.2f}",
            f"RI  {found.resistive_index:.2f}",
            f"FHR  {plan.cycle.heart_rate_bpm:.0f} bpm",
        ),
        anatomy=_CORD,
        laterality="U",
    )
    spectrum = VesselSpectrum(flow, 72, -40, Gate(0.04, 4.9), wall_filter_cm_per_s=2.5)
    return record_vessel_spectrum(still, spectrum, rng)
