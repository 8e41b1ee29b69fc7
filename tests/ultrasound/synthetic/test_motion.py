from typing import Final

import numpy as np
import pytest

from sonarium.ultrasound.synthetic.beam import Floats
from sonarium.ultrasound.synthetic.motion import Descent, GridRefiner, Squeeze, Sway, Twist

SQUEEZE: Final = Squeeze(0.0, 7.0, 0.0, -1.0, 2.5, 5.0, 0.3)
TWIST: Final = Twist(0.0, 7.0, 2.5, 0.3)
DESCENT: Final = Descent(0.0, 2.0, 0.0, 1.0, 8.0, 1.2)


def places(*points: tuple[float, float]) -> tuple[Floats, Floats]:
    array = np.asarray(points, dtype=np.float32)
    return array[:, 0].copy(), array[:, 1].copy()


@pytest.mark.parametrize("motion", [SQUEEZE, TWIST, DESCENT, Sway(0.2, 0.3)], ids=str)
def test_nothing_moves_at_end_diastole(motion: Squeeze | Twist | Descent | Sway) -> None:
    x, y = places((1, 7), (-3, 5), (0.5, 11))
    was_x, was_y = motion.back(x, y, 0.0)
    assert np.allclose(was_x, x, atol=1e-5)
    assert np.allclose(was_y, y, atol=1e-5)


def test_a_squeezed_wall_was_farther_out() -> None:
    wall_now = 2.5 * 0.7
    was_x, _ = SQUEEZE.back(*places((wall_now, 7.0), (-wall_now, 7.0)), 1.0)
    assert was_x.tolist() == pytest.approx([2.5, -2.5], abs=0.01)


def test_far_tissue_stays() -> None:
    for motion in (SQUEEZE, TWIST):
        was_x, was_y = motion.back(*places((14.0, 7.0)), 1.0)
        assert float(was_x[0]) == pytest.approx(14.0, abs=0.05)
        assert float(was_y[0]) == pytest.approx(7.0, abs=0.05)


def test_a_weak_wall_moves_less() -> None:
    def left_is_weak(_height: Floats, side: Floats) -> Floats:
        return np.where(side < 0, 0.1, 1.0).astype(np.float32)

    x, y = places((1.75, 7.0), (-1.75, 7.0))
    was_x, _ = SQUEEZE.back(x, y, 1.0, left_is_weak)
    moved = np.abs(was_x - x)
    assert moved.max() > 5 * moved.min()


def test_only_one_side_moves_when_only_one_is_asked_to() -> None:
    one = Squeeze(0.0, 7.0, 0.0, -1.0, 2.5, 5.0, 0.3, one_side=1)
    x, y = places((1.75, 7.0), (-1.75, 7.0))
    was_x, _ = one.back(x, y, 1.0)
    assert np.count_nonzero(np.abs(was_x - x) > 0.1) == 1


def test_a_ring_narrows_by_its_shortening_and_turns() -> None:
    was_x, was_y = TWIST.back(*places((1.75, 7.0)), 1.0)
    assert float(np.hypot(was_x[0], was_y[0] - 7)) == pytest.approx(2.5, abs=0.01)
    assert abs(float(was_y[0]) - 7) > 0.1


def test_the_base_comes_down_and_the_apex_stays() -> None:
    _, base = DESCENT.forward(0.0, 10.0, 1.0)
    _, apex = DESCENT.forward(0.0, 2.0, 1.0)
    assert base == pytest.approx(10.0 - 1.2, abs=1e-5)
    assert apex == pytest.approx(2.0)


def test_going_back_undoes_going_forward() -> None:
    for y in (5.0, 8.0, 9.0):
        x_now, y_now = DESCENT.forward(0.0, y, 0.3)
        _, was_y = DESCENT.back(*places((x_now, y_now)), 0.3)
        assert float(was_y[0]) == pytest.approx(y, abs=0.12)


def test_the_chest_wall_does_not_sway() -> None:
    x, y = places((0.0, 0.5), (0.0, 8.0))
    was_x, was_y = Sway(0.2, 0.3).back(x, y, 1.0)
    assert was_x.tolist() == pytest.approx([0.0, -0.2])
    assert was_y.tolist() == pytest.approx([0.5, 7.7])


def test_a_plane_is_refined_exactly() -> None:
    line, sample = np.mgrid[0:9, 0:13].astype(np.float32)
    fine = GridRefiner((9, 13), (33, 97)).refine(3 * line + 2 * sample)
    assert fine.shape == (33, 97)
    expected = 3 * np.linspace(0, 8, 33)[:, None] + 2 * np.linspace(0, 12, 97)[None, :]
    assert np.allclose(fine, expected, atol=1e-4)
