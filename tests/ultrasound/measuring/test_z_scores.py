"""Worked examples of z-scores; each model refuses outside its domain."""

import pytest

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.z_scores import (
    boston_fetal_aortic_valve_z_score,
    boston_lad_z_score,
    boston_sinus_z_score,
    cantinotti_annulus_z_score,
    detroit_z_score,
    phn_z_score,
    schneider_z_score,
)


def test_children_by_three_models() -> None:
    assert round(phn_z_score("ROOT", 2.2, bsa_m2=0.9, age_years=8), 3) == 1.439
    assert round(phn_z_score("LVEDD", 3.9, bsa_m2=0.9, age_years=8), 3) == 0.604
    assert round(detroit_z_score("LVIDd", 3.9, bsa_m2=0.9), 3) == -0.031
    assert round(detroit_z_score("Sinus", 2.2, bsa_m2=0.9), 3) == 0.745
    assert round(boston_sinus_z_score(2.2, bsa_m2=0.9), 3) == 1.377
    assert round(cantinotti_annulus_z_score(8.0, bsa_m2=0.3, age_years=1), 3) == -0.578


def test_one_coronary_artery_has_two_z_scores() -> None:
    assert round(boston_lad_z_score(2.6, bsa_m2=0.6), 2) == 2.76
    assert round(phn_z_score("LAD", 2.6, bsa_m2=0.6, age_years=4), 2) == 4.04


def test_fetuses_by_two_models() -> None:
    assert round(schneider_z_score("MV", 0.62, weeks=24), 3) == -0.927
    assert round(schneider_z_score("AoV", 0.37, weeks=24), 3) == 0.085
    assert round(boston_fetal_aortic_valve_z_score(0.37, weeks=24), 3) == -0.859


def test_models_are_not_extrapolated() -> None:
    with pytest.raises(NotComputable):
        phn_z_score("ROOT", 2.2, bsa_m2=0.9, age_years=19)
    with pytest.raises(NotComputable):
        phn_z_score("AORTA", 2.2, bsa_m2=0.9, age_years=9)
    with pytest.raises(NotComputable):
        detroit_z_score("LVIDd", 3.9, bsa_m2=2.1)
    with pytest.raises(NotComputable):
        cantinotti_annulus_z_score(8.0, bsa_m2=0.7, age_years=1)
    with pytest.raises(NotComputable):
        boston_fetal_aortic_valve_z_score(0.1, weeks=2)
    with pytest.raises(NotComputable):
        schneider_z_score("MV", -1, weeks=24)
