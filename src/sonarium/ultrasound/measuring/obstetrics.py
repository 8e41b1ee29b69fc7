"""Fetal biometry: gestational age and weight; centimetres, weeks and grams."""

from math import exp, log, sqrt

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.ratios import real_power

_SPEED_CORRECTION = 1.037


def hadlock_1984_bpd_weeks(bpd_cm: float) -> float:
    """Estimate gestational age from the biparietal diameter."""
    return 9.54 + 1.482 * bpd_cm + 0.1676 * bpd_cm**2


def hadlock_1984_hc_weeks(hc_cm: float) -> float:
    """Estimate gestational age from the head circumference."""
    return 8.96 + 0.540 * hc_cm + 0.0003 * hc_cm**3


def hadlock_1984_ac_weeks(ac_cm: float) -> float:
    """Estimate gestational age from the abdominal circumference."""
    return 8.14 + 0.753 * ac_cm + 0.0036 * ac_cm**2


def hadlock_1984_fl_weeks(fl_cm: float) -> float:
    """Estimate gestational age from the femur length."""
    return 10.35 + 2.460 * fl_cm + 0.170 * fl_cm**2


def hadlock_1984_weeks(*, bpd_cm: float, hc_cm: float, ac_cm: float, fl_cm: float) -> float:
    """Estimate gestational age from all four."""
    return 10.85 + 0.060 * hc_cm * fl_cm + 0.6700 * bpd_cm + 0.1680 * ac_cm


def robinson_days(crl_cm: float) -> float:
    """Estimate gestational age from the crown-rump length, speed of sound corrected."""
    return 8.052 * sqrt(10 * crl_cm * _SPEED_CORRECTION) + 23.73


def hadlock_1992_days(crl_cm: float) -> float:
    """Estimate gestational age from the crown-rump length."""
    return 7 * exp(
        1.684969
        + 0.315646 * crl_cm
        - 0.049306 * crl_cm**2
        + 0.004057 * crl_cm**3
        - 0.000120456 * crl_cm**4
    )


def intergrowth_crl_days(crl_cm: float) -> float:
    """Estimate gestational age from the crown-rump length (INTERGROWTH-21st)."""
    crl_mm = 10 * crl_cm
    return 40.9041 + 3.21585 * sqrt(crl_mm) + 0.348956 * crl_mm


def hadlock_1985_weight_g(*, bpd_cm: float, hc_cm: float, ac_cm: float, fl_cm: float) -> float:
    """Estimate fetal weight from all four (Hadlock 4)."""
    return float(
        10
        ** (
            1.3596
            - 0.00386 * ac_cm * fl_cm
            + 0.0064 * hc_cm
            + 0.00061 * bpd_cm * ac_cm
            + 0.0424 * ac_cm
            + 0.174 * fl_cm
        )
    )


def hadlock_1985_three_weight_g(*, hc_cm: float, ac_cm: float, fl_cm: float) -> float:
    """Estimate fetal weight without the biparietal diameter (Hadlock 3)."""
    return float(
        10 ** (1.326 - 0.00326 * ac_cm * fl_cm + 0.0107 * hc_cm + 0.0438 * ac_cm + 0.158 * fl_cm)
    )


def intergrowth_weight_g(*, hc_cm: float, ac_cm: float) -> float:
    """Estimate fetal weight from head and abdomen (INTERGROWTH-21st)."""
    ac_m, hc_m = ac_cm / 100, hc_cm / 100
    return exp(5.08482 - 54.06633 * ac_m**3 - 95.80076 * ac_m**3 * log(ac_m) + 3.13637 * hc_m)


def hadlock_1991_mean_weight_g(weeks: float) -> float:
    """Compute the mean weight at an age; which spread belongs to it is a choice of the reader."""
    return exp(0.578 + 0.332 * weeks - 0.00354 * weeks**2)


def intergrowth_norm(parameter: str, weeks: float) -> tuple[float, float]:
    """Return mean and standard deviation in millimetres (INTERGROWTH-21st).

    Args:
        parameter: HC, BPD, AC or FL.
        weeks: exact, 14 to 40.
    """
    if not 14 <= weeks <= 40:
        raise NotComputable("INTERGROWTH-21st biometry is for 14 to 40 weeks")
    w, w2, w3, ln = weeks, weeks**2, weeks**3, log(weeks)
    match parameter:
        case "HC":
            spread = 1.98735 + 0.0136772 * w3 - 0.00726264 * w3 * ln + 0.000976253 * w3 * ln**2
            return -28.2849 + 1.69267 * w2 - 0.397485 * w2 * ln, spread
        case "BPD":
            log_spread = 0.101242 + 0.00150557 * w3 - 0.000771535 * w3 * ln
            log_spread += 0.0000999638 * w3 * ln**2
            return 5.60878 + 0.158369 * w2 - 0.00256379 * w3, exp(log_spread)
        case "AC":
            spread = -4.36302 + 0.121445 * w2 - 0.0130256 * w3 + 0.00282143 * w3 * ln
            return -81.3243 + 11.6772 * w - 0.000561865 * w3, spread
        case "FL":
            log_spread = 0.605843 - 42.0014 / w2 + 0.00000917972 * w3
            return -39.9616 + 4.32298 * w - 0.0380156 * w2, exp(log_spread)
        case _:
            raise NotComputable("INTERGROWTH-21st has no norm for this measurement")


def intergrowth_z_score(parameter: str, value_cm: float, weeks: float) -> float:
    """Compute how far a measurement is from the norm of its age."""
    mean_mm, spread_mm = intergrowth_norm(parameter, weeks)
    return (10 * value_cm - mean_mm) / spread_mm


def intergrowth_weight_z_score(weight_g: float, weeks: float) -> float:
    """Compute how far an estimated weight is from the norm of its age, 22 to 40 weeks."""
    if not 22 <= weeks <= 40:
        raise NotComputable("INTERGROWTH-21st weights are for 22 to 40 weeks")
    w2, w3, ln = weeks**2, weeks**3, log(weeks)
    skew = -4.257629 - 2162.234 / w2 + 0.0002301829 * w3
    median = 4.956737 + 0.0005019687 * w3 - 0.0001227065 * w3 * ln
    spread = 1e-4 * (-6.997171 + 0.057559 * w3 - 0.01493946 * w3 * ln)
    return (real_power(log(weight_g) / median, skew) - 1) / (spread * skew)


def intergrowth_umbilical_pi_z_score(pulsatility_index: float, weeks: float) -> float:
    """Compute how far an umbilical pulsatility index is from the norm, 24 to 40 weeks."""
    if not 24 <= weeks <= 40:
        raise NotComputable("INTERGROWTH-21st umbilical indices are for 24 to 40 weeks")
    w2, w3, ln = weeks**2, weeks**3, log(weeks)
    skew = -0.0768617
    median = 1.02944 + 77.7456 / w2 - 0.000004455 * w3
    spread = -0.00645693 + 254.885 * ln / w2 - 715.949 / w2
    return (exp((pulsatility_index - median) * skew / spread) - 1) / skew


def amniotic_fluid_index_cm(pockets_cm: tuple[float, float, float, float]) -> float:
    """Sum the deepest pockets of the four quadrants."""
    return sum(pockets_cm)
