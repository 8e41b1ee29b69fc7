"""A measurement gives its numbers by quantity."""

from tests.ultrasound.measuring.examples import length, one_of_each

from sonarium.ultrasound.measuring.measurement import Quantity, values_of


def test_repeats_of_a_label_come_in_their_order() -> None:
    assert values_of(one_of_each(), "LVIDd", Quantity.LENGTH) == [5.0123456789012345, 5.1]


def test_what_was_not_measured_is_none() -> None:
    assert length("LA", 4.0).find(Quantity.AREA) is None
