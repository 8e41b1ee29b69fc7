"""How large a fetus is: the sizes from which a common equation gives back its age."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

from sonarium.ultrasound.calibration import ellipse_circumference_mm


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

        def misses(half_length: float) -> float:
            circumference = ellipse_circumference_mm(20 * half_length, 20 * short) / 10
            return circumference - self.head_cm

        return _root(misses, short, 3 * short)

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
    biparietal = _positive_root(0.1676, 1.482, 9.54 - weeks)
    femur = _positive_root(0.170, 2.460, 10.35 - weeks)
    abdomen = _positive_root(0.0036, 0.753, 8.14 - weeks)
    head = _root(lambda h: 8.96 + 0.540 * h + 0.0003 * h**3 - weeks, 1.0, 45.0)
    return FetalSizes(
        weeks,
        round(biparietal * stature, 2),
        round(head * stature, 2),
        round(abdomen * stature, 2),
        round(femur * stature, 2),
    )


def fetal_weight_g(sizes: FetalSizes) -> float:
    """Estimate the weight.

    Source: Hadlock 1985, from head, abdomen, femur and biparietal diameter.
    """
    b, h, a, f = sizes.biparietal_cm, sizes.head_cm, sizes.abdomen_cm, sizes.femur_cm
    exponent = 1.3596 - 0.00386 * a * f + 0.0064 * h + 0.00061 * b * a + 0.0424 * a + 0.174 * f
    return float(10**exponent)


def _positive_root(square: float, linear: float, constant: float) -> float:
    return (-linear + sqrt(linear * linear - 4 * square * constant)) / (2 * square)


def _root(misses: Callable[[float], float], low: float, high: float) -> float:
    """Halve the interval until it is a micrometre long."""
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if misses(middle) < 0 else (low, middle)
    return (low + high) / 2
