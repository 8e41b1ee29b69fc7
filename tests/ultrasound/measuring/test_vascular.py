"""Worked examples of vascular indices."""

from sonarium.ultrasound.measuring.vascular import (
    ankle_brachial_index,
    carotid_ratio,
    cerebroplacental_ratio,
    pulsatility_index,
    resistivity_index,
    systolic_diastolic_ratio,
)


def test_indices_of_an_umbilical_artery() -> None:
    pulsatility = pulsatility_index(systolic=40, diastolic=15, mean=24)
    assert round(pulsatility, 3) == 1.042
    assert resistivity_index(systolic=40, diastolic=15) == 0.625
    assert round(systolic_diastolic_ratio(systolic=40, diastolic=15), 3) == 2.667
    assert round(cerebroplacental_ratio(cerebral_pi=1.80, umbilical_pi=pulsatility), 3) == 1.728


def test_reversed_flow_at_the_end_of_diastole_is_allowed() -> None:
    assert resistivity_index(systolic=40, diastolic=-10) == 1.25


def test_ankle_and_carotid() -> None:
    assert round(ankle_brachial_index(ankle_mmhg=120, arm_mmhg=130), 3) == 0.923
    assert carotid_ratio(internal_cm_per_s=250, common_cm_per_s=100) == 2.5
