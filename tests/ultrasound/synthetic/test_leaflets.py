import numpy as np
import pytest

from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.leaflets import EchoStrewer, bend, between

BEAM = Beam(10.0, 35.0, lines=120, samples=240)


def strewn(decibel: float = -10.0, y: float = 5.0) -> np.ndarray:
    grid = np.zeros((BEAM.lines, BEAM.samples), dtype=np.complex64)
    path = np.array([(-1.0, y), (1.0, y)])
    EchoStrewer(BEAM, np.random.default_rng(2)).strew(grid, path, decibel, 0.1)
    return grid


def test_echoes_lie_along_the_curve() -> None:
    line, sample = np.nonzero(strewn())
    x, y = (grid[line, sample] for grid in BEAM.positions())
    assert np.abs(y - 5).max() < 0.12
    assert x.min() == pytest.approx(-1, abs=0.1)
    assert x.max() == pytest.approx(1, abs=0.1)


def test_twenty_decibels_are_ten_times_the_amplitude() -> None:
    assert np.abs(strewn(10)).sum() == pytest.approx(10 * np.abs(strewn(-10)).sum(), rel=1e-3)


def test_what_lies_outside_the_beam_is_dropped() -> None:
    assert not np.any(strewn(y=30.0))


def test_a_bend_starts_and_ends_where_it_should() -> None:
    path = bend((0, 0), (1, 2), (2, 0))
    assert path[0].tolist() == [0, 0]
    assert path[-1].tolist() == [2, 0]
    assert path[:, 1].max() == pytest.approx(1, abs=0.01)


def test_between_is_a_share_of_the_way() -> None:
    assert between((0, 10), (10, 0), 0.25) == (2.5, 7.5)
