from collections.abc import Callable
from datetime import datetime

import pytest

from sonarium.ultrasound.measuring.obstetrics import hadlock_1984_fl_weeks
from sonarium.ultrasound.regions import RegionDataType
from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.fetal_examination import fetal_sizes
from sonarium.ultrasound.synthetic.schedule import Appointment, appointments

Examined = Callable[..., tuple[Acquisition, ...]]


def test_biometry_heart_and_cord_are_recorded(examined: Examined) -> None:
    made = examined("fetal")
    assert [one.description for one in made] == [
        "Fetal head, BPD and HC",
        "Fetal abdomen, AC",
        "Fetal femur, FL",
        "Fetal heart, four chambers",
        "Umbilical artery, pulsed Doppler",
    ]
    assert [one.is_multi_frame for one in made] == [False, False, False, True, False]
    assert all(one.transducer_geometry == "CURVED LINEAR" for one in made)
    assert all(one.anatomy is not None for one in made)


def test_the_heart_rate_is_that_of_a_fetus(examined: Examined) -> None:
    for one in examined("fetal"):
        assert one.heart_rate_bpm is not None
        assert 120 <= one.heart_rate_bpm <= 160


def test_what_is_painted_is_known(
    examined: Examined, appointment: Callable[..., Appointment]
) -> None:
    sizes = fetal_sizes(appointment("fetal"))
    found = {name: value for one in examined("fetal") for name, value in one.sizes_mm.items()}
    assert found == pytest.approx(
        {
            "BPD": 10 * sizes.biparietal_cm,
            "HC": 10 * sizes.head_cm,
            "AC": 10 * sizes.abdomen_cm,
            "FL": 10 * sizes.femur_cm,
        }
    )


def test_one_fetus_grows_by_the_weeks_between_its_visits(
    appointment: Callable[..., Appointment],
) -> None:
    first = appointment("fetal")
    schedule = appointments(2026, None, datetime.fromisoformat(first.seed.moment))
    visits = [one for one in schedule if one.kind == "fetal" and one.patient == first.patient]
    assert len(visits) == 3
    sizes = [fetal_sizes(one) for one in visits]
    days = [(one.started.date() - first.started.date()).days for one in visits]
    for size, after in zip(sizes, days, strict=True):
        assert (size.weeks - sizes[0].weeks) * 7 == pytest.approx(after)
        assert hadlock_1984_fl_weeks(size.femur_cm) == pytest.approx(size.weeks, rel=0.05)
    assert sizes[0].weeks >= 14
    assert sizes[-1].weeks <= 38


def test_the_cord_is_measured_in_centimetres_a_second(examined: Examined) -> None:
    trace = examined("fetal")[-1].regions[1]
    assert trace.data_type is RegionDataType.PW_SPECTRAL_DOPPLER
