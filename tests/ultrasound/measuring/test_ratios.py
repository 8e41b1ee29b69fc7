"""Division says why it refuses."""

import pytest

from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.ratios import ratio, real_power


def test_a_ratio_divides() -> None:
    assert ratio(1.0, 4.0) == 0.25


def test_a_ratio_with_nought_is_refused() -> None:
    with pytest.raises(NotComputable):
        ratio(1.0, 0.0)


def test_a_power_is_a_real_number() -> None:
    assert real_power(4.0, 0.5) == 2.0


def test_a_power_of_a_negative_number_is_refused() -> None:
    with pytest.raises(NotComputable):
        real_power(-1.0, 0.5)
