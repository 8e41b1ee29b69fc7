from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber
from sonarium.ultrasound.synthetic.beam import Beam, Floats
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.heart_view import LUNG
from sonarium.ultrasound.synthetic.imaging import Settings
from sonarium.ultrasound.synthetic.loop import Heart, HeartLoop, paint_chest_wall
from sonarium.ultrasound.synthetic.parasternal_views import parasternal_short_axis
from sonarium.ultrasound.synthetic.tissue import TissuePainter

CYCLE: Final = Cycle(60)


def loop(vigour: float = 1.0, seed: int = 4) -> HeartLoop:
    return HeartLoop(
        parasternal_short_axis(), Heart(CYCLE, vigour), Settings(), np.random.default_rng(seed)
    )


def dark_area(made: HeartLoop, phase: float) -> int:
    """Count the samples without echo inside the left ventricle."""
    scatterers = np.abs(made.scatterers(phase))
    x, y = made.beam.positions()
    inside = np.hypot(x - 0.6, y - 7.0) < 2.3
    return int(np.count_nonzero(scatterers[inside] < 0.004))


def test_the_ventricle_is_smaller_at_end_systole() -> None:
    made = loop()
    full, empty = dark_area(made, 0.0), dark_area(made, CYCLE.end_systole)
    assert empty < 0.7 * full


def test_a_weak_heart_empties_less() -> None:
    strong, weak = loop(1.0), loop(0.3)
    assert dark_area(weak, CYCLE.end_systole) > dark_area(strong, CYCLE.end_systole)


def test_one_beat_later_the_same_tissue_is_back() -> None:
    made = loop()
    assert np.allclose(made.scatterers(0.3), made.scatterers(1.3 % 1.0))


def test_the_same_seed_gives_the_same_frame_and_another_does_not() -> None:
    first, again, other = (loop(seed=seed).frame(0.1) for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_line_is_that_of_the_picture() -> None:
    made = HeartLoop(apical_four_chamber(), Heart(CYCLE), Settings(), np.random.default_rng(4))
    line: Floats = made.line(0.2, 100)
    assert line.shape == (made.beam.samples,)
    whole = made.frame(0.2)[100]
    assert float(np.corrcoef(line, whole)[0, 1]) > 0.7


def test_the_chest_wall_lies_under_the_probe() -> None:
    painter = TissuePainter(-5, -0.5, 5, 16, background=LUNG)
    paint_chest_wall(painter, 16.0)
    painted = painter.decibels_at(np.zeros(2, np.float32), np.array([0.37, 8.0], np.float32))
    assert painted[0] > painted[1]
    assert painted[1] == LUNG
    assert Beam(16.0, 40.0).depth_cm == 16
