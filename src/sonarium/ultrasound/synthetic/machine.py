"""What a sonographer does first: chooses a probe, sets the machine, enters the patient."""

import numpy as np

from sonarium.ultrasound.synthetic.schedule import Appointment
from sonarium.ultrasound.synthetic.screen import Banner


def chance(appointment: Appointment, purpose: str) -> np.random.Generator:
    """Make the source of chance of one study for one purpose."""
    patient = appointment.patient
    return appointment.seed.rng(purpose, appointment.kind, patient.ordinal, appointment.visit)


def banner(appointment: Appointment, probe: str, preset: str) -> Banner:
    """Write what stands at the top of every picture of a study."""
    rng = chance(appointment, "machine")
    return Banner(
        appointment.patient.name,
        appointment.patient.patient_id,
        appointment.started.strftime("%Y-%m-%d  %H:%M"),
        preset,
        probe,
        round(float(rng.uniform(1.0, 1.4)), 1),
        round(float(rng.uniform(0.5, 1.1)), 1),
    )


def tint(appointment: Appointment) -> str:
    """Choose a grey map, as the sonographer likes it."""
    return str(chance(appointment, "tint").choice(("grey", "grey", "blue", "warm")))
