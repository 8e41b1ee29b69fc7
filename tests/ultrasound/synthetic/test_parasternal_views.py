import numpy as np
import pytest

from sonarium.ultrasound.synthetic.codes import VIEWS
from sonarium.ultrasound.synthetic.heart_view import BLOOD, LUNG, MYOCARDIUM, HeartView
from sonarium.ultrasound.synthetic.motion import Twist
from sonarium.ultrasound.synthetic.parasternal_views import (
    parasternal_long_axis,
    parasternal_short_axis,
)
from sonarium.ultrasound.synthetic.tissue import TissuePainter


def at(view: HeartView, x: float, y: float) -> float:
    painter = TissuePainter(-12, -0.5, 12, view.depth_cm + 1.5, background=LUNG)
    view.paint(painter)
    return float(painter.decibels_at(np.array([x], np.float32), np.array([y], np.float32))[0])


@pytest.mark.parametrize(
    ("x", "y", "tissue"),
    [
        (-3.0, 7.0, BLOOD),  # left ventricle
        (3.5, 8.5, BLOOD),  # left atrium
        (3.5, 5.0, BLOOD),  # aorta
        (-1.0, 2.6, BLOOD + 4),  # right ventricle
        (-2.5, 4.6, MYOCARDIUM),  # septum
    ],
)
def test_the_long_axis_shows_its_chambers(x: float, y: float, tissue: float) -> None:
    assert at(parasternal_long_axis(), x, y) == tissue


def test_the_short_axis_is_a_ring() -> None:
    view = parasternal_short_axis()
    assert isinstance(view.ventricle, Twist)
    assert at(view, view.ventricle.x, view.ventricle.y) == BLOOD
    outside = view.ventricle.radius_cm + 0.4
    for angle in (0, 60, 90, 250, 300):
        x = view.ventricle.x + outside * np.cos(np.radians(angle))
        y = view.ventricle.y + outside * np.sin(np.radians(angle))
        assert at(view, float(x), float(y)) == MYOCARDIUM


def test_both_have_a_code() -> None:
    assert {parasternal_long_axis().name, parasternal_short_axis().name} <= set(VIEWS)


def test_mitral_and_aortic_leaflets_come_in_pairs() -> None:
    valves = [valve for valve, _ in parasternal_long_axis().valves]
    assert valves.count("mitral") == valves.count("aortic") == 2
