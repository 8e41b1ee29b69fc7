from collections.abc import Callable

from sonarium.ultrasound.synthetic.machine import banner, chance, tint
from sonarium.ultrasound.synthetic.schedule import Appointment
from sonarium.ultrasound.synthetic.screen import GREY_MAPS


def test_the_banner_names_patient_probe_and_preset(
    appointment: Callable[..., Appointment],
) -> None:
    one = appointment("fetal")
    made = banner(one, "C5-1", "OB 2/3")
    assert made.patient_name == one.patient.name
    assert made.patient_id == one.patient.patient_id
    assert (made.probe, made.preset) == ("C5-1", "OB 2/3")
    assert made.acquired.startswith(one.started.strftime("%Y-%m-%d"))
    assert made.mechanical_index <= 1.9


def test_chance_is_one_visits_own(appointment: Callable[..., Appointment]) -> None:
    first, other = appointment("fetal"), appointment("carotid")
    assert chance(first, "x").random() == chance(first, "x").random()
    assert chance(first, "x").random() != chance(other, "x").random()
    assert chance(first, "x").random() != chance(first, "y").random()


def test_the_grey_map_exists(appointment: Callable[..., Appointment]) -> None:
    assert tint(appointment("fetal")) in GREY_MAPS
