import numpy as np
import pytest

from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.tissue import (
    Texture,
    TissuePainter,
    blur,
    fill_with_scatterers,
    smooth_outline,
)

PLAIN = Texture(0.0, 0.0, 0.0, 0.0)


def painter() -> TissuePainter:
    return TissuePainter(-5, 0, 5, 10, background=-40.0, cells_per_cm=40.0)


def test_an_ellipse_covers_its_area() -> None:
    paint = painter()
    paint.ellipse(0.5, 5.0, 3.0, 2.0, -10.0, turned_deg=30)
    cells = np.count_nonzero(paint.decibels() == -10)
    assert cells / 40**2 == pytest.approx(np.pi * 6, rel=0.02)


def test_what_is_painted_later_lies_on_top() -> None:
    paint = painter()
    paint.area([(-4, 1), (4, 1), (4, 9), (-4, 9)], -20.0, smooth=False)
    paint.band([(-4, 5), (4, 5)], -5.0, 0.4)
    at = paint.decibels_at(
        np.array([0, 0, 0, -4.9], np.float32), np.array([5, 3, 9.9, 3], np.float32)
    )
    assert at.tolist() == [-5, -20, -40, -40]


def test_a_band_has_its_width() -> None:
    paint = painter()
    paint.band([(-4, 5), (4, 5)], -5.0, 0.5, smooth=False)
    assert np.count_nonzero(paint.decibels()[:, 200] == -5) == pytest.approx(20, abs=1)


def test_a_smooth_outline_goes_through_its_places() -> None:
    corners = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
    curve = smooth_outline(corners, closed=True)
    for corner in corners:
        assert min(np.hypot(x - corner[0], y - corner[1]) for x, y in curve) < 1e-9
    assert smooth_outline(corners, closed=False)[-1] == corners[-1]


def test_scatterers_are_as_strong_as_what_is_painted() -> None:
    paint = painter()
    paint.area([(-5, 5), (5, 5), (5, 10), (-5, 10)], -20.0, smooth=False)
    tissue = fill_with_scatterers(paint, Beam(10.0, 35.0), np.random.default_rng(5), PLAIN)
    power = np.abs(tissue.scatterers) ** 2
    top, bottom = power[20:160].mean(), power[240:380].mean()
    assert 10 * np.log10(bottom / top) == pytest.approx(20, abs=1)


def test_an_interface_across_the_beam_answers_louder_than_one_along_it() -> None:
    beam = Beam(10.0, 35.0)

    def brightest(points: list[tuple[float, float]]) -> float:
        paint = painter()
        paint.area(points, -10.0, smooth=False)
        made = fill_with_scatterers(paint, beam, np.random.default_rng(5), PLAIN)
        return float(np.abs(made.scatterers)[190:210, 195:206].max())

    across = brightest([(-5, 5), (5, 5), (5, 10), (-5, 10)])
    along = brightest([(0, 0), (5, 0), (5, 10), (0, 10)])
    assert across > along


def test_beyond_the_map_its_rim_is_sampled() -> None:
    tissue = fill_with_scatterers(painter(), Beam(10.0, 35.0), np.random.default_rng(5), PLAIN)
    far = tissue.sample(np.array([99, -99], np.float32), np.array([5, 5], np.float32))
    assert far[0] == tissue.scatterers[200, -1]
    assert far[1] == tissue.scatterers[200, 0]


def test_blurring_keeps_the_mean_and_calms_the_rest() -> None:
    noise = np.random.default_rng(1).standard_normal((120, 90)).astype(np.float32)
    soft = blur(noise + 7, 3)
    assert soft.mean() == pytest.approx(7, abs=0.05)
    assert soft.std() < 0.3


def test_texture_moves_outlines_only_when_it_is_asked_to() -> None:
    paint = painter()
    paint.ellipse(0, 5, 2, 2, -3.0)
    beam = Beam(10.0, 35.0)
    first, second = (
        fill_with_scatterers(paint, beam, np.random.default_rng(seed), PLAIN) for seed in (1, 1)
    )
    assert np.array_equal(first.scatterers, second.scatterers)
    bent = fill_with_scatterers(paint, beam, np.random.default_rng(1), Texture(bend_cm=0.3))
    assert not np.array_equal(first.scatterers, bent.scatterers)
