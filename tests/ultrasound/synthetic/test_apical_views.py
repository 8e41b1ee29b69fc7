from collections.abc import Callable

import numpy as np
import pytest

from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber, apical_two_chamber
from sonarium.ultrasound.synthetic.codes import VIEWS
from sonarium.ultrasound.synthetic.heart_view import BLOOD, LUNG, MYOCARDIUM, HeartView
from sonarium.ultrasound.synthetic.motion import Squeeze
from sonarium.ultrasound.synthetic.tissue import TissuePainter


def painted(view: HeartView) -> TissuePainter:
    painter = TissuePainter(-12, -0.5, 12, view.depth_cm + 1.5, background=LUNG)
    view.paint(painter)
    return painter


def at(painter: TissuePainter, x: float, y: float) -> float:
    return float(painter.decibels_at(np.array([x], np.float32), np.array([y], np.float32))[0])


@pytest.mark.parametrize(
    ("x", "y", "tissue"),
    [
        (1.6, 6.0, BLOOD),  # left ventricle
        (2.0, 13.0, BLOOD),  # left atrium
        (-2.5, 12.5, BLOOD + 1),  # right atrium
        (-2.8, 8.0, BLOOD + 3),  # right ventricle
        (-0.9, 6.5, MYOCARDIUM),  # septum
        (4.2, 6.5, MYOCARDIUM),  # lateral wall
    ],
)
def test_four_chambers_lie_where_they_belong(x: float, y: float, tissue: float) -> None:
    assert at(painted(apical_four_chamber()), x, y) == tissue


def test_two_chambers_show_no_right_heart() -> None:
    painter = painted(apical_two_chamber())
    assert at(painter, 0.6, 6.5) == BLOOD
    assert at(painter, 0.6, 13.0) == BLOOD
    assert at(painter, -2.3, 6.5) == MYOCARDIUM


@pytest.mark.parametrize("make", [apical_four_chamber, apical_two_chamber])
def test_the_base_descends_along_the_axis_of_the_squeeze(make: Callable[[], HeartView]) -> None:
    view = make()
    assert view.name in VIEWS
    assert isinstance(view.ventricle, Squeeze)
    assert view.descent is not None
    along = (
        view.descent.axis_x * view.ventricle.axis_x + view.descent.axis_y * view.ventricle.axis_y
    )
    assert along < -0.98  # the apex lies opposite to the base


@pytest.mark.parametrize("make", [apical_four_chamber, apical_two_chamber])
def test_leaflets_hang_inside_the_picture(make: Callable[[], HeartView]) -> None:
    view = make()
    for _, leaflet in view.valves:
        for x, y in (leaflet.hinge, leaflet.closed_tip, leaflet.open_tip):
            assert abs(x) < y < view.depth_cm
