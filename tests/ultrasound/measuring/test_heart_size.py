"""Worked examples of sizes, volumes and body surface."""

from math import sqrt

import pytest

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.heart_size import (
    aortic_sinus_z_score,
    area_length_volume_ml,
    bsa_boyd_m2,
    bsa_du_bois_m2,
    bsa_haycock_m2,
    bsa_mosteller_m2,
    disks_volume_ml,
    ejection_fraction_percent,
    expected_aortic_sinus_cm,
    fractional_area_change_percent,
    fractional_shortening_percent,
    global_longitudinal_strain_percent,
    left_ventricular_mass_g,
    lengths_disagree,
    relative_wall_thickness,
    teichholz_volume_ml,
    wall_motion_score_index,
)


@pytest.mark.parametrize(
    ("height_cm", "weight_kg", "du_bois", "mosteller", "haycock"),
    [(170, 70, 1.8097, 1.8181, 1.8257), (110, 18, 0.7411, 0.7416, 0.7401)],
)
def test_body_surface_by_three_equations(
    height_cm: float, weight_kg: float, du_bois: float, mosteller: float, haycock: float
) -> None:
    assert round(bsa_du_bois_m2(height_cm, weight_kg), 4) == du_bois
    assert round(bsa_mosteller_m2(height_cm, weight_kg), 4) == mosteller
    assert round(bsa_haycock_m2(height_cm, weight_kg), 4) == haycock


def test_body_surface_by_boyd_takes_grams_and_the_right_constant() -> None:
    assert round(bsa_boyd_m2(170, 70), 4) == 1.8347


def test_left_ventricular_mass() -> None:
    mass = left_ventricular_mass_g(ivsd_cm=1.0, lvidd_cm=5.0, lvpwd_cm=1.0)
    assert round(mass, 2) == 181.98
    assert round(mass / bsa_du_bois_m2(170, 70), 1) == 100.6


def test_wall_thickness_and_shortening() -> None:
    assert round(relative_wall_thickness(lvidd_cm=5.0, lvpwd_cm=1.0), 2) == 0.40
    assert round(fractional_shortening_percent(diastolic_cm=5.0, systolic_cm=3.2), 1) == 36.0


def test_teichholz() -> None:
    diastolic, systolic = teichholz_volume_ml(5.0), teichholz_volume_ml(3.2)
    assert (round(diastolic, 2), round(systolic, 2)) == (118.24, 40.96)
    fraction = ejection_fraction_percent(end_diastolic_ml=diastolic, end_systolic_ml=systolic)
    assert round(fraction, 1) == 65.4


def test_disks_of_a_cylinder() -> None:
    assert round(disks_volume_ml([4.0] * 20, [4.0] * 20, 8.0), 2) == 100.53


def test_disks_of_half_an_ellipsoid() -> None:
    shape = [sqrt(1 - ((i + 0.5) / 20) ** 2) for i in range(20)]
    volume = disks_volume_ml([5.0 * s for s in shape], [4.6 * s for s in shape], 9.0)
    assert round(volume, 2) == 108.42


def test_disks_of_views_that_do_not_match_are_refused() -> None:
    with pytest.raises(NotComputable):
        disks_volume_ml([4.0] * 20, [4.0] * 19, 8.0)


def test_lengths_more_than_a_tenth_apart_are_noticed() -> None:
    assert lengths_disagree(9.0, 8.0)
    assert not lengths_disagree(9.0, 8.5)


def test_ejection_fraction() -> None:
    assert round(ejection_fraction_percent(end_diastolic_ml=120, end_systolic_ml=50), 2) == 58.33


def test_atrial_volume_by_area_and_length() -> None:
    volume = area_length_volume_ml(area_4c_cm2=20, area_2c_cm2=18, length_cm=5.0)
    assert round(volume, 1) == 61.2
    assert round(volume / bsa_du_bois_m2(170, 70), 1) == 33.8


def test_fractional_area_change() -> None:
    assert round(fractional_area_change_percent(diastolic_cm2=20, systolic_cm2=11), 6) == 45


def test_strain_of_three_views() -> None:
    assert global_longitudinal_strain_percent([-19, -20, -18]) == -19.0


def test_wall_motion_leaves_out_what_was_not_seen() -> None:
    scores = [1] * 12 + [2] * 3 + [3]
    assert wall_motion_score_index(scores) == 1.3125
    assert wall_motion_score_index([*scores, 0]) == 1.3125


def test_aortic_sinus_of_a_man() -> None:
    expected = expected_aortic_sinus_cm(age_years=50, bsa_m2=1.95, is_woman=False)
    assert round(expected, 3) == 3.505
    assert round(aortic_sinus_z_score(4.2, age_years=50, bsa_m2=1.95, is_woman=False), 2) == 2.66


def test_aortic_sinus_of_a_child_is_refused() -> None:
    with pytest.raises(NotComputable, match="above 15 years"):
        expected_aortic_sinus_cm(age_years=12, bsa_m2=1.2, is_woman=True)
