import numpy as np
import pytest

from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber
from sonarium.ultrasound.synthetic.codes import VIEWS
from sonarium.ultrasound.synthetic.heart_view import BLOOD, LUNG
from sonarium.ultrasound.synthetic.motion import Squeeze
from sonarium.ultrasound.synthetic.subcostal_view import Turn, subcostal_four_chamber
from sonarium.ultrasound.synthetic.tissue import TissuePainter

TURN = Turn(90.0, (1.0, 2.0), (5.0, 5.0))


def test_a_turn_keeps_its_centre_and_its_lengths() -> None:
    assert TURN.place((1.0, 2.0)) == pytest.approx((5.0, 5.0))
    assert TURN.place((4.0, 2.0)) == pytest.approx((5.0, 8.0))
    x, y = TURN.direction((3.0, 4.0))
    assert np.hypot(x, y) == pytest.approx(5)


def test_a_turned_motion_moves_turned_tissue() -> None:
    apical = apical_four_chamber().ventricle
    assert isinstance(apical, Squeeze)
    turned = TURN.squeeze(apical)
    x, y = 2.5, 6.0
    was = apical.back(np.array([x], np.float32), np.array([y], np.float32), 0.8)
    turned_x, turned_y = TURN.place((x, y))
    turned_was = turned.back(
        np.array([turned_x], np.float32), np.array([turned_y], np.float32), 0.8
    )
    assert (float(turned_was[0][0]), float(turned_was[1][0])) == pytest.approx(
        TURN.place((float(was[0][0]), float(was[1][0]))), abs=1e-4
    )


def test_the_liver_lies_over_a_heart_whose_apex_points_right() -> None:
    view = subcostal_four_chamber()
    assert view.name in VIEWS
    assert isinstance(view.ventricle, Squeeze)
    assert view.ventricle.axis_x > 0.8
    painter = TissuePainter(-12, -0.5, 12, view.depth_cm + 1.5, background=LUNG)
    view.paint(painter)

    def at(x: float, y: float) -> float:
        return float(painter.decibels_at(np.array([x], np.float32), np.array([y], np.float32))[0])

    assert at(0.0, 2.0) == -29
    assert at(view.ventricle.x, view.ventricle.y) == BLOOD
