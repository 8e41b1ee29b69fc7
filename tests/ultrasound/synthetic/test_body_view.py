from dataclasses import replace

import numpy as np
import pytest

from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.body_view import (
    BONE,
    FLUID,
    MUSCLE,
    THIN_BONE,
    BodyLoop,
    BodyView,
    transmission,
)
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.motion import Squeeze
from sonarium.ultrasound.synthetic.tissue import TissuePainter

BEAM = Beam(10.0, 0.0, half_width_cm=4.0, lines=80, samples=200)


def behind(decibel: float) -> float:
    """Return the loss in decibels behind half a centimetre of something."""
    painted = np.full((BEAM.lines, BEAM.samples), MUSCLE, dtype=np.float32)
    painted[:, 80:90] = decibel
    passed = transmission(painted, BEAM)
    assert passed[0, 79] == 1
    return float(20 * np.log10(passed[0, 150]))


def test_bone_casts_a_shadow_and_fluid_lets_through() -> None:
    assert behind(BONE) == pytest.approx(-34, abs=0.1)
    assert -20 < behind(THIN_BONE) < -8
    assert behind(MUSCLE) == 0
    assert 0 < behind(FLUID) < 2


def test_the_echo_of_the_bone_itself_is_not_weakened() -> None:
    painted = np.full((BEAM.lines, BEAM.samples), MUSCLE, dtype=np.float32)
    painted[:, 80] = BONE
    passed = transmission(painted, BEAM)
    assert passed[0, 80] == 1
    assert passed[0, 81] < 1


def _cyst(painter: TissuePainter) -> None:
    painter.ellipse(0, 5, 2, 2, FLUID)


CYST = BodyView("Cyst", BEAM, _cyst)


def test_fluid_is_dark() -> None:
    loop = BodyLoop(CYST, Cycle(70), np.random.default_rng(1))
    grey = loop.frame()
    assert grey[40, 90:110].mean() < 0.35 * grey[10, 90:110].mean()
    assert loop.blood[40, 100] == 1
    assert loop.blood[10, 100] == 0


def test_a_plane_without_motion_stays() -> None:
    loop = BodyLoop(CYST, Cycle(70), np.random.default_rng(1))
    assert np.array_equal(loop.scatterers(0.0), loop.scatterers(0.4))


def test_a_pulse_moves_walls() -> None:
    squeeze = Squeeze(0.0, 5.0, 1.0, 0.0, 2.0, 40.0, 0.4)
    view = replace(CYST, motions=(squeeze,))
    loop = BodyLoop(view, Cycle(70), np.random.default_rng(1))
    full, empty = (
        np.count_nonzero(np.abs(loop.scatterers(phase)[40]) < 0.003)
        for phase in (0.0, Cycle(70).end_systole)
    )
    assert empty < 0.8 * full
