"""Flow, pressure and valves of the heart from Doppler."""

from collections.abc import Sequence
from itertools import pairwise
from math import pi

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.ratios import ratio

_RESTRICTING_CM_PER_S = 150.0
_HALF_TIME_OF_DECELERATION = 0.29
_MITRAL_CONSTANT_MS_CM2 = 220.0


def gradient_mmhg(velocity_cm_per_s: float) -> float:
    """Turn a velocity into a pressure gradient, 4·v² with v in m/s (simplified Bernoulli)."""
    return 4 * (velocity_cm_per_s / 100) ** 2


def corrected_gradient_mmhg(velocity_cm_per_s: float, upstream_cm_per_s: float) -> float:
    """Turn a velocity into a gradient, less that of a flow already fast before the valve.

    The upstream velocity counts above 1.5 m/s.
    """
    peak = gradient_mmhg(velocity_cm_per_s)
    if upstream_cm_per_s <= _RESTRICTING_CM_PER_S:
        return peak
    return peak - gradient_mmhg(upstream_cm_per_s)


def mean_gradient_mmhg(envelope: Sequence[tuple[float, float]]) -> float:
    """Average the gradients along a traced envelope, by trapezoids.

    The mean gradient is not the gradient of the mean velocity.

    Args:
        envelope: (time in s, velocity in cm/s), ascending in time.
    """
    return _time_average([(time_s, gradient_mmhg(velocity)) for time_s, velocity in envelope])


def mean_velocity_cm_per_s(envelope: Sequence[tuple[float, float]]) -> float:
    """Average the velocities along a traced envelope."""
    return _time_average(envelope)


def velocity_time_integral_cm(envelope: Sequence[tuple[float, float]]) -> float:
    """Integrate the velocities along a traced envelope, by trapezoids."""
    return _integral(envelope)


def stroke_volume_ml(*, diameter_cm: float, vti_cm: float) -> float:
    """Compute what passes a round opening in one beat."""
    return pi / 4 * diameter_cm**2 * vti_cm


def cardiac_output_l_per_min(*, stroke_volume_ml: float, heart_rate_bpm: float) -> float:
    """Compute what passes in a minute."""
    return stroke_volume_ml * heart_rate_bpm / 1000


def continuity_area_cm2(*, diameter_cm: float, upstream_vti_cm: float, vti_cm: float) -> float:
    """Compute a valve's area by the continuity equation, from the integrals before and in it."""
    return ratio(pi / 4 * diameter_cm**2 * upstream_vti_cm, vti_cm)


def dimensionless_index(*, upstream_vti_cm: float, vti_cm: float) -> float:
    """Compute the ratio of the integrals before and in a valve."""
    return ratio(upstream_vti_cm, vti_cm)


def regurgitant_orifice_cm2(
    *, radius_cm: float, aliasing_cm_per_s: float, peak_cm_per_s: float
) -> float:
    """Compute an effective regurgitant orifice by flow convergence (PISA)."""
    return ratio(2 * pi * radius_cm**2 * aliasing_cm_per_s, peak_cm_per_s)


def regurgitant_volume_ml(*, orifice_cm2: float, vti_cm: float) -> float:
    """Compute what flows back in one beat."""
    return orifice_cm2 * vti_cm


def regurgitant_fraction_percent(*, through_ml: float, forward_ml: float) -> float:
    """Compute the part of the flow through a leaking valve that returns."""
    return 100 * ratio(through_ml - forward_ml, through_ml)


def half_time_ms(deceleration_time_ms: float) -> float:
    """Compute the pressure half-time of a straight deceleration."""
    return _HALF_TIME_OF_DECELERATION * deceleration_time_ms


def mitral_area_cm2(half_time_ms: float) -> float:
    """Compute the mitral area from the pressure half-time."""
    return ratio(_MITRAL_CONSTANT_MS_CM2, half_time_ms)


def right_ventricular_pressure_mmhg(*, jet_cm_per_s: float, atrial_mmhg: float) -> float:
    """Estimate the systolic pressure of the right ventricle from the tricuspid jet."""
    return gradient_mmhg(jet_cm_per_s) + atrial_mmhg


def right_atrial_pressure_mmhg(*, vena_cava_cm: float, collapse_percent: float) -> float:
    """Estimate right atrial pressure from the inferior vena cava: 3, 8 or 15."""
    is_wide, collapses = vena_cava_cm > 2.1, collapse_percent > 50
    if is_wide == collapses:
        return 8.0
    return 15.0 if is_wide else 3.0


def mean_pulmonary_pressure_mmhg(acceleration_time_ms: float) -> float:
    """Estimate mean pulmonary pressure from the acceleration time, above 120 ms."""
    return 79 - 0.45 * acceleration_time_ms


def mean_pulmonary_pressure_short_mmhg(acceleration_time_ms: float) -> float:
    """Estimate mean pulmonary pressure by the equation for times below 120 ms."""
    if acceleration_time_ms >= 120:
        raise NotComputable("this equation is for acceleration times below 120 ms")
    return 90 - 0.62 * acceleration_time_ms


def pulmonary_resistance_wu(*, tricuspid_jet_cm_per_s: float, outflow_vti_cm: float) -> float:
    """Estimate pulmonary vascular resistance in Wood units."""
    return 10 * ratio(tricuspid_jet_cm_per_s / 100, outflow_vti_cm) + 0.16


def myocardial_performance_index(*, closure_to_opening_ms: float, ejection_ms: float) -> float:
    """Compute the index from the time the valve is shut and the time of ejection."""
    return ratio(closure_to_opening_ms - ejection_ms, ejection_ms)


def myocardial_performance_index_of_intervals(
    *, relaxation_ms: float, contraction_ms: float, ejection_ms: float
) -> float:
    """Compute the index from both isovolumic times."""
    return ratio(relaxation_ms + contraction_ms, ejection_ms)


def filling_index(*, e_cm_per_s: float, septal_cm_per_s: float, lateral_cm_per_s: float) -> float:
    """Compute E over the mean of septal and lateral e'."""
    return ratio(e_cm_per_s, (septal_cm_per_s + lateral_cm_per_s) / 2)


def shunt_ratio(
    *, pulmonary_diameter_cm: float, pulmonary_vti_cm: float, diameter_cm: float, vti_cm: float
) -> float:
    """Compute pulmonary to systemic flow, Qp:Qs."""
    return ratio(pulmonary_diameter_cm**2 * pulmonary_vti_cm, diameter_cm**2 * vti_cm)


def _integral(envelope: Sequence[tuple[float, float]]) -> float:
    return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(envelope))


def _time_average(envelope: Sequence[tuple[float, float]]) -> float:
    if len(envelope) < 2:
        raise NotComputable("an envelope needs two places at least")
    return ratio(_integral(envelope), envelope[-1][0] - envelope[0][0])
