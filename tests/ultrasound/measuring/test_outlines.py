"""A drawn cavity is cut by the picture's scale or by a person's."""

from dataclasses import replace

import pytest
from tests.ultrasound.measuring.examples import figure, length

from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.measuring.measurement import ManualScale, Measurement, Tool
from sonarium.ultrasound.measuring.outlines import cut_figure


def numbers(vr: str, *values: float) -> dict[str, object]:
    return {"vr": vr, "Value": list(values)}


def picture(unit: int) -> Attributes:
    region = {
        "00186012": numbers("US", 1),
        "00186014": numbers("US", 1),
        "00186018": numbers("UL", 0),
        "0018601A": numbers("UL", 0),
        "0018601C": numbers("UL", 500),
        "0018601E": numbers("UL", 500),
        "00186024": numbers("US", unit),
        "00186026": numbers("US", unit),
        "0018602C": numbers("FD", 0.02),
        "0018602E": numbers("FD", 0.02),
    }
    return {"00186011": {"vr": "SQ", "Value": [region]}}  # type: ignore[list-item]


def cavity(**changes: object) -> Measurement:
    drawn = figure((100, 400), (100, 100), (150, 0), (200, 100), (200, 400))
    made = replace(length("LV EDV 4C", 1.0), tool=Tool.VOLUME, figures=(drawn,))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_the_region_gives_the_scale() -> None:
    disks = cut_figure(cavity(), picture(3))
    assert disks is not None
    assert disks.length_cm == pytest.approx(8.0)
    assert disks.diameters_cm[0] == pytest.approx(2.0)


def test_a_scale_given_by_hand_wins() -> None:
    disks = cut_figure(cavity(manual_scale=ManualScale(0.01, 0.01)), picture(3))
    assert disks is not None
    assert disks.length_cm == pytest.approx(4.0)


def test_without_a_scale_or_an_area_nothing_is_cut() -> None:
    assert cut_figure(cavity(), picture(0)) is None
    assert cut_figure(cavity(figures=(figure((1, 1), (1, 1), (1, 1)),)), picture(3)) is None
    assert cut_figure(cavity(figures=()), picture(3)) is None
