"""Measurements are presented and read without loss."""

from tests.ultrasound.measuring.examples import one_of_each

from sonarium.faces.ui_api.measurement_present import (
    measurement_labels,
    measurement_of,
    study_measurements,
)
from sonarium.services.measurements import SavedMeasurements
from sonarium.ultrasound.measuring.labels import LABELS
from sonarium.ultrasound.measuring.measurement import Quantity


def test_what_a_page_sends_back_is_what_it_got() -> None:
    saved = SavedMeasurements(3, "1.2", None, one_of_each(), (), ())
    shown = study_measurements(saved, "This workstation")
    assert shown.version == 3
    assert tuple(measurement_of(detail) for detail in shown.measurements) == one_of_each()


def test_every_label_and_unit_is_listed() -> None:
    shown = measurement_labels()
    assert [label.key for label in shown.labels] == list(LABELS)
    assert {it.quantity for it in shown.quantities} == {quantity.value for quantity in Quantity}
