"""Worked examples of flow, pressure and valves."""

import pytest

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.heart_flow import (
    cardiac_output_l_per_min,
    continuity_area_cm2,
    corrected_gradient_mmhg,
    dimensionless_index,
    filling_index,
    gradient_mmhg,
    half_time_ms,
    mean_gradient_mmhg,
    mean_pulmonary_pressure_mmhg,
    mean_pulmonary_pressure_short_mmhg,
    mean_velocity_cm_per_s,
    mitral_area_cm2,
    myocardial_performance_index,
    myocardial_performance_index_of_intervals,
    pulmonary_resistance_wu,
    regurgitant_fraction_percent,
    regurgitant_orifice_cm2,
    regurgitant_volume_ml,
    right_atrial_pressure_mmhg,
    right_ventricular_pressure_mmhg,
    shunt_ratio,
    stroke_volume_ml,
    velocity_time_integral_cm,
)

TRACE = [(i * 0.05, 100.0 * v) for i, v in enumerate([0, 1, 2, 3, 4, 3, 2, 1, 0])]


def test_gradients() -> None:
    assert round(gradient_mmhg(420), 2) == 70.56
    assert round(corrected_gradient_mmhg(420, 160), 2) == 60.32
    assert round(corrected_gradient_mmhg(420, 150), 2) == 70.56


def test_the_mean_gradient_is_not_the_gradient_of_the_mean() -> None:
    assert round(mean_gradient_mmhg(TRACE), 6) == 22.0
    assert round(gradient_mmhg(mean_velocity_cm_per_s(TRACE)), 6) == 16.0


def test_the_integral_of_a_triangle() -> None:
    assert round(velocity_time_integral_cm(TRACE), 6) == 80.0


def test_a_mean_needs_a_trace() -> None:
    with pytest.raises(NotComputable):
        mean_gradient_mmhg(TRACE[:1])


def test_stroke_volume_and_output() -> None:
    stroke = stroke_volume_ml(diameter_cm=2.0, vti_cm=20)
    output = cardiac_output_l_per_min(stroke_volume_ml=stroke, heart_rate_bpm=70)
    assert (round(stroke, 2), round(output, 2), round(output / 1.8097, 2)) == (62.83, 4.40, 2.43)


def test_aortic_area_by_continuity() -> None:
    area = continuity_area_cm2(diameter_cm=2.0, upstream_vti_cm=20, vti_cm=80)
    assert (round(area, 3), round(area / 1.8097, 3)) == (0.785, 0.434)
    assert dimensionless_index(upstream_vti_cm=20, vti_cm=80) == 0.25


@pytest.mark.parametrize(
    ("radius", "aliasing", "peak", "vti", "orifice", "volume"),
    [(0.9, 38, 500, 150, 0.387, 58.0), (0.8, 40, 450, 200, 0.357, 71.5)],
)
def test_flow_convergence(
    radius: float, aliasing: float, peak: float, vti: float, orifice: float, volume: float
) -> None:
    found = regurgitant_orifice_cm2(
        radius_cm=radius, aliasing_cm_per_s=aliasing, peak_cm_per_s=peak
    )
    assert round(found, 3) == orifice
    assert round(regurgitant_volume_ml(orifice_cm2=found, vti_cm=vti), 1) == volume


def test_regurgitant_fraction() -> None:
    through = stroke_volume_ml(diameter_cm=3.2, vti_cm=14)
    forward = stroke_volume_ml(diameter_cm=2.0, vti_cm=20)
    assert round(through - forward, 1) == 49.8
    assert round(regurgitant_fraction_percent(through_ml=through, forward_ml=forward), 1) == 44.2


def test_mitral_area() -> None:
    assert round(mitral_area_cm2(180), 3) == 1.222
    assert round(half_time_ms(620), 1) == 179.8


def test_right_heart_pressures() -> None:
    assert round(right_ventricular_pressure_mmhg(jet_cm_per_s=280, atrial_mmhg=3), 2) == 34.36
    assert right_atrial_pressure_mmhg(vena_cava_cm=2.0, collapse_percent=60) == 3
    assert right_atrial_pressure_mmhg(vena_cava_cm=2.3, collapse_percent=30) == 15
    assert right_atrial_pressure_mmhg(vena_cava_cm=2.3, collapse_percent=60) == 8
    assert right_atrial_pressure_mmhg(vena_cava_cm=2.0, collapse_percent=30) == 8


def test_mean_pulmonary_pressure_by_both_equations() -> None:
    assert round(mean_pulmonary_pressure_mmhg(90), 1) == 38.5
    assert round(mean_pulmonary_pressure_short_mmhg(90), 1) == 34.2
    with pytest.raises(NotComputable):
        mean_pulmonary_pressure_short_mmhg(130)


def test_pulmonary_resistance() -> None:
    found = pulmonary_resistance_wu(tricuspid_jet_cm_per_s=280, outflow_vti_cm=12)
    assert round(found, 2) == 2.49


def test_performance_index_both_ways() -> None:
    whole = myocardial_performance_index(closure_to_opening_ms=420, ejection_ms=330)
    parts = myocardial_performance_index_of_intervals(
        relaxation_ms=70, contraction_ms=65, ejection_ms=290
    )
    assert (round(whole, 3), round(parts, 3)) == (0.273, 0.466)


def test_filling_index() -> None:
    found = filling_index(e_cm_per_s=80, septal_cm_per_s=7, lateral_cm_per_s=10)
    assert round(found, 2) == 9.41


def test_shunt_ratio() -> None:
    found = shunt_ratio(pulmonary_diameter_cm=2.4, pulmonary_vti_cm=22, diameter_cm=2.0, vti_cm=20)
    assert round(found, 3) == 1.584
