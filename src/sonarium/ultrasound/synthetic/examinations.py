"""What is recorded in each kind of study, in the order in which a sonographer takes it."""

from collections.abc import Iterator

from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.echo_examinations import (
    adult_echo,
    child_echo,
    stress_echo,
)
from sonarium.ultrasound.synthetic.schedule import Appointment


def examine(appointment: Appointment) -> Iterator[Acquisition]:
    """Record a study, object after object."""
    match appointment.kind:
        case "adult echo":
            return adult_echo(appointment)
        case "stress echo":
            return stress_echo(appointment)
        case "child echo":
            return child_echo(appointment)
        case _:
            return adult_echo(appointment)
