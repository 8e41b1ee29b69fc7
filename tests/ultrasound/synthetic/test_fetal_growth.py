import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.ultrasound.calibration import ellipse_circumference_mm
from sonarium.ultrasound.measuring.obstetrics import (
    hadlock_1984_ac_weeks,
    hadlock_1984_bpd_weeks,
    hadlock_1984_fl_weeks,
    hadlock_1984_hc_weeks,
)
from sonarium.ultrasound.synthetic.fetal_growth import sizes_at

WEEKS = st.floats(14, 40)


@given(WEEKS)
def test_the_equations_give_back_the_age(weeks: float) -> None:
    sizes = sizes_at(weeks)
    for found in (
        hadlock_1984_bpd_weeks(sizes.biparietal_cm),
        hadlock_1984_hc_weeks(sizes.head_cm),
        hadlock_1984_ac_weeks(sizes.abdomen_cm),
        hadlock_1984_fl_weeks(sizes.femur_cm),
    ):
        assert found == pytest.approx(weeks, abs=0.05)


@given(WEEKS)
def test_the_head_has_its_circumference_and_its_width(weeks: float) -> None:
    sizes = sizes_at(weeks)
    a, b = sizes.head_half_length_cm, sizes.head_half_height_cm
    assert ellipse_circumference_mm(20 * a, 20 * b) / 10 == pytest.approx(sizes.head_cm, abs=0.01)
    assert 2 * b - sizes.skull_cm == pytest.approx(sizes.biparietal_cm)
    assert 0.70 < b / a < 0.92


def test_a_fetus_of_the_worked_example_weighs_what_it_should() -> None:
    # BPD 8.2, HC 29.8, AC 28.0, FL 6.2 cm weigh 1933 g.
    assert sizes_at(32.4).weight_g == pytest.approx(1933, rel=0.06)


def test_a_small_fetus_is_smaller_everywhere() -> None:
    small, usual = sizes_at(30, stature=0.95), sizes_at(30)
    assert small.biparietal_cm < usual.biparietal_cm
    assert small.weight_g < 0.92 * usual.weight_g


@pytest.mark.parametrize(("days", "text"), [(196, "28w0d"), (202, "28w6d"), (203, "29w0d")])
def test_age_is_written_in_weeks_and_days(days: int, text: str) -> None:
    assert sizes_at(days / 7).age_text() == text
