"""Sizes and volumes of the adult heart (ASE 2015), and the body they are related to."""

from collections.abc import Sequence
from math import log10, pi, sqrt

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.ratios import ratio, real_power

_MYOCARDIUM_G_PER_ML = 1.04


def bsa_du_bois_m2(height_cm: float, weight_kg: float) -> float:
    """Compute body surface area by DuBois."""
    return 0.007184 * real_power(weight_kg, 0.425) * real_power(height_cm, 0.725)


def bsa_mosteller_m2(height_cm: float, weight_kg: float) -> float:
    """Compute body surface area by Mosteller."""
    return sqrt(height_cm * weight_kg / 3600)


def bsa_haycock_m2(height_cm: float, weight_kg: float) -> float:
    """Compute body surface area by Haycock."""
    return 0.024265 * real_power(weight_kg, 0.5378) * real_power(height_cm, 0.3964)


def bsa_boyd_m2(height_cm: float, weight_kg: float) -> float:
    """Compute body surface area by Boyd.

    The leading constant is 0.0003207; the meaning of a code in CID 3663 prints ten times that.
    """
    grams = 1000 * weight_kg
    exponent = 0.7285 - 0.0188 * log10(grams)
    return 0.0003207 * real_power(grams, exponent) * real_power(height_cm, 0.3)


def left_ventricular_mass_g(*, ivsd_cm: float, lvidd_cm: float, lvpwd_cm: float) -> float:
    """Compute the mass of the left ventricle from its walls and cavity at end-diastole.

    Source: Devereux's cube formula as corrected, ASE 2015.
    """
    shell_ml = (ivsd_cm + lvidd_cm + lvpwd_cm) ** 3 - lvidd_cm**3
    return 0.8 * _MYOCARDIUM_G_PER_ML * shell_ml + 0.6


def relative_wall_thickness(*, lvidd_cm: float, lvpwd_cm: float) -> float:
    """Compute twice the posterior wall over the cavity."""
    return ratio(2 * lvpwd_cm, lvidd_cm)


def fractional_shortening_percent(*, diastolic_cm: float, systolic_cm: float) -> float:
    """Compute how much shorter a diameter becomes."""
    return 100 * ratio(diastolic_cm - systolic_cm, diastolic_cm)


def teichholz_volume_ml(diameter_cm: float) -> float:
    """Estimate a volume from one diameter; the ASE discourages it."""
    return 7 * diameter_cm**3 / (2.4 + diameter_cm)


def ejection_fraction_percent(*, end_diastolic_ml: float, end_systolic_ml: float) -> float:
    """Compute the part of the end-diastolic volume that is ejected."""
    return 100 * ratio(end_diastolic_ml - end_systolic_ml, end_diastolic_ml)


def disks_volume_ml(
    diameters_cm: Sequence[float], other_diameters_cm: Sequence[float], length_cm: float
) -> float:
    """Sum elliptical disks of equal height (modified Simpson); one plane: give it twice.

    Args:
        diameters_cm: of one view, from base to apex.
        other_diameters_cm: of the view across it, as many.
        length_cm: of the long axis; of two views the longer one.
    """
    if len(diameters_cm) != len(other_diameters_cm) or not diameters_cm:
        raise NotComputable("the method of disks needs as many diameters of both views")
    products = sum(a * b for a, b in zip(diameters_cm, other_diameters_cm, strict=True))
    return pi / 4 * products * length_cm / len(diameters_cm)


def lengths_disagree(length_cm: float, other_length_cm: float) -> bool:
    """Tell whether the long axes of two views differ by more than a tenth."""
    longer = max(length_cm, other_length_cm)
    return abs(length_cm - other_length_cm) > 0.1 * longer


def area_length_volume_ml(*, area_4c_cm2: float, area_2c_cm2: float, length_cm: float) -> float:
    """Compute an atrial volume from two areas and the shorter length, at end-systole."""
    return 0.85 * ratio(area_4c_cm2 * area_2c_cm2, length_cm)


def fractional_area_change_percent(*, diastolic_cm2: float, systolic_cm2: float) -> float:
    """Compute how much smaller an area becomes (right ventricle)."""
    return 100 * ratio(diastolic_cm2 - systolic_cm2, diastolic_cm2)


def global_longitudinal_strain_percent(views_percent: Sequence[float]) -> float:
    """Average the strain of the apical views; negative by convention."""
    return ratio(sum(views_percent), len(views_percent))


def wall_motion_score_index(scores: Sequence[int]) -> float:
    """Average the scores of the segments that were seen; 0 means not seen."""
    seen = [score for score in scores if score]
    return ratio(sum(seen), len(seen))


def expected_aortic_sinus_cm(*, age_years: float, bsa_m2: float, is_woman: bool) -> float:
    """Compute the expected diameter of the aortic sinus above 15 years (Devereux 2012)."""
    if age_years <= 15:
        raise NotComputable("this model of the aortic sinus is for persons above 15 years")
    return 2.423 + 0.009 * age_years + 0.461 * bsa_m2 - 0.267 * (2 if is_woman else 1)


AORTIC_SINUS_SEE_CM = 0.261


def aortic_sinus_z_score(
    diameter_cm: float, *, age_years: float, bsa_m2: float, is_woman: bool
) -> float:
    """Compute how far an aortic sinus is from the expected one, in standard errors."""
    expected = expected_aortic_sinus_cm(age_years=age_years, bsa_m2=bsa_m2, is_woman=is_woman)
    return (diameter_cm - expected) / AORTIC_SINUS_SEE_CM
