"""Worked examples of fetal biometry."""

import pytest

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.obstetrics import (
    amniotic_fluid_index_cm,
    hadlock_1984_ac_weeks,
    hadlock_1984_bpd_weeks,
    hadlock_1984_fl_weeks,
    hadlock_1984_hc_weeks,
    hadlock_1984_weeks,
    hadlock_1985_three_weight_g,
    hadlock_1985_weight_g,
    hadlock_1991_mean_weight_g,
    hadlock_1992_days,
    intergrowth_crl_days,
    intergrowth_norm,
    intergrowth_umbilical_pi_z_score,
    intergrowth_weight_g,
    intergrowth_weight_z_score,
    intergrowth_z_score,
    robinson_days,
)


def test_gestational_age_by_hadlock() -> None:
    singles = [
        hadlock_1984_bpd_weeks(5.2),
        hadlock_1984_hc_weeks(19.5),
        hadlock_1984_ac_weeks(16.8),
        hadlock_1984_fl_weeks(3.7),
    ]
    assert [round(single, 2) for single in singles] == [21.78, 21.71, 21.81, 21.78]
    combined = hadlock_1984_weeks(bpd_cm=5.2, hc_cm=19.5, ac_cm=16.8, fl_cm=3.7)
    assert round(combined, 2) == 21.49
    assert round(sum(singles) / 4, 2) == 21.77


def test_gestational_age_by_crown_rump_length() -> None:
    assert round(robinson_days(5.0), 2) == 81.71
    assert round(hadlock_1992_days(5.0), 2) == 82.13
    assert round(intergrowth_crl_days(5.0), 2) == 81.09


def test_fetal_weight() -> None:
    four = hadlock_1985_weight_g(bpd_cm=8.2, hc_cm=29.8, ac_cm=28.0, fl_cm=6.2)
    three = hadlock_1985_three_weight_g(hc_cm=29.8, ac_cm=28.0, fl_cm=6.2)
    intergrowth = intergrowth_weight_g(hc_cm=29.8, ac_cm=28.0)
    assert [round(weight) for weight in (four, three, intergrowth)] == [1933, 1927, 1826]


def test_mean_weight_by_hadlock_grows() -> None:
    assert 1900 < hadlock_1991_mean_weight_g(32) < 1960


def test_norms_of_intergrowth() -> None:
    mean, spread = intergrowth_norm("HC", 24)
    assert (round(mean, 2), round(spread, 3)) == (219.07, 8.296)
    others = [round(intergrowth_norm(name, 24)[0], 2) for name in ("AC", "FL", "BPD")]
    assert others == [191.16, 41.89, 61.39]
    assert round(intergrowth_z_score("HC", 21.907, 24), 2) == 0.0
    assert round(intergrowth_weight_z_score(1700, 32), 3) == -0.232
    assert round(intergrowth_umbilical_pi_z_score(1.04, 32), 3) == 0.503


def test_norms_are_not_extrapolated() -> None:
    with pytest.raises(NotComputable):
        intergrowth_norm("HC", 41)
    with pytest.raises(NotComputable):
        intergrowth_norm("NT", 20)
    with pytest.raises(NotComputable):
        intergrowth_weight_z_score(1700, 20)
    with pytest.raises(NotComputable):
        intergrowth_umbilical_pi_z_score(1.0, 20)


def test_amniotic_fluid_index() -> None:
    assert amniotic_fluid_index_cm((3.0, 4.0, 2.5, 3.5)) == 13.0
