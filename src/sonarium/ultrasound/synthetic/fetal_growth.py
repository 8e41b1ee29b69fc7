"""How large a fetus is: the sizes from which a common equation gives back its age."""

from collections.abc import Callable
from dataclasses import dataclass

from sonarium.ultrasound.calibration import ellipse_circumference_mm
from sonarium.ultrasound.measuring.obstetrics import (
    hadlock_1984_ac_weeks,
    hadlock_1984_bpd_weeks,
    hadlock_1984_fl_weeks,
    hadlock_1984_hc_weeks,
    hadlock_1985_weight_g,
)


@dataclass(frozen=True, slots=True)
class FetalSizes:
    """Biometry in centimetres at an age in weeks."""

    weeks: float
    biparietal_cm: float
    """Outer edge of the near skull to inner edge of the far one."""
    head_cm: float
    """Circumference, outer edges."""
    abdomen_cm: float
    """Circumference, skin."""
    femur_cm: float

    @property
    def skull_cm(self) -> float:
        """Thickness of the echo of the skull."""
        return round(0.10 + 0.0042 * self.weeks, 3)

    @property
    def head_half_height_cm(self) -> float:
        """Outer half width of the head from side to side."""
        return (self.biparietal_cm + self.skull_cm) / 2

    @property
    def head_half_length_cm(self) -> float:
        """Outer half length of the head from forehead to neck."""
        short = self.head_half_height_cm

        def circumference_cm(half_length: float) -> float:
            return ellipse_circumference_mm(20 * half_length, 20 * short) / 10

        return _solve(circumference_cm, self.head_cm)

    @property
    def weight_g(self) -> float:
        """Weight as estimated from all four sizes."""
        return hadlock_1985_weight_g(
            bpd_cm=self.biparietal_cm,
            hc_cm=self.head_cm,
            ac_cm=self.abdomen_cm,
            fl_cm=self.femur_cm,
        )

    def age_text(self) -> str:
        """Write the age as obstetricians do: weeks and days."""
        days = round(self.weeks * 7)
        return f"{days // 7}w{days % 7}d"


def sizes_at(weeks: float, *, stature: float = 1.0) -> FetalSizes:
    """Return sizes of a fetus that grows as the equations of 1984 expect.

    Args:
        weeks: 14 to 40.
        stature: this fetus's share of the expected sizes.

    Source: Hadlock 1984, gestational age from one measurement each; solved for the size.
    """
    return FetalSizes(
        weeks,
        round(_solve(hadlock_1984_bpd_weeks, weeks) * stature, 2),
        round(_solve(hadlock_1984_hc_weeks, weeks) * stature, 2),
        round(_solve(hadlock_1984_ac_weeks, weeks) * stature, 2),
        round(_solve(hadlock_1984_fl_weeks, weeks) * stature, 2),
    )


def _solve(growing: Callable[[float], float], wanted: float) -> float:
    """Find the centimetres, below 50, at which a growing function has a value."""
    low, high = 0.0, 50.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if growing(middle) < wanted else (low, middle)
    return (low + high) / 2
