"""What is recorded in each kind of study, in the order in which a sonographer takes it."""

from collections.abc import Iterator
from typing import assert_never

from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.echo_examinations import (
    adult_echo,
    child_echo,
    stress_echo,
)
from sonarium.ultrasound.synthetic.fetal_examination import fetal_biometry
from sonarium.ultrasound.synthetic.schedule import Appointment
from sonarium.ultrasound.synthetic.vascular_examinations import carotid_duplex, leg_veins


def examine(appointment: Appointment) -> Iterator[Acquisition]:
    """Record a study, object after object."""
    match appointment.kind:
        case "adult echo":
            return adult_echo(appointment)
        case "stress echo":
            return stress_echo(appointment)
        case "child echo":
            return child_echo(appointment)
        case "fetal":
            return fetal_biometry(appointment)
        case "carotid":
            return carotid_duplex(appointment)
        case "leg veins":
            return leg_veins(appointment)
        case _:
            assert_never(appointment.kind)
