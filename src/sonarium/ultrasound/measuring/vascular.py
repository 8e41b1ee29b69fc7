"""Indices of flow in vessels, and the ankle-brachial index."""

from sonarium.ultrasound.measuring.ratios import ratio


def pulsatility_index(*, systolic: float, diastolic: float, mean: float) -> float:
    """Compute (S - D) / mean, of velocities in one unit; D may be negative."""
    return ratio(systolic - diastolic, mean)


def resistivity_index(*, systolic: float, diastolic: float) -> float:
    """Compute (S - D) / S."""
    return ratio(systolic - diastolic, systolic)


def systolic_diastolic_ratio(*, systolic: float, diastolic: float) -> float:
    """Compute S / D."""
    return ratio(systolic, diastolic)


def cerebroplacental_ratio(*, cerebral_pi: float, umbilical_pi: float) -> float:
    """Compute the pulsatility of the middle cerebral over that of the umbilical artery."""
    return ratio(cerebral_pi, umbilical_pi)


def carotid_ratio(*, internal_cm_per_s: float, common_cm_per_s: float) -> float:
    """Compute the peak systolic velocity of the internal over that of the common carotid."""
    return ratio(internal_cm_per_s, common_cm_per_s)


def ankle_brachial_index(*, ankle_mmhg: float, arm_mmhg: float) -> float:
    """Compute the ankle's systolic pressure over the higher of the arms'."""
    return ratio(ankle_mmhg, arm_mmhg)
