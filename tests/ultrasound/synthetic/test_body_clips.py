from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sonarium.ultrasound.calibration import caliper_length_mm
from sonarium.ultrasound.regions import DISTANCE_AXES, Pixel, find_shared_region
from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.body_clips import (
    COLUMNS,
    BodyPlan,
    Caliper,
    EllipseCaliper,
    body_placement,
    record_body,
    record_pair,
)
from sonarium.ultrasound.synthetic.body_view import FLUID, BodyView
from sonarium.ultrasound.synthetic.imaging import Settings
from sonarium.ultrasound.synthetic.screen import Banner, Picture
from sonarium.ultrasound.synthetic.tissue import TissuePainter

BANNER = Banner("SYNTHETIC^A", "SYN-0001", "", "Test", "L9-3", 1.0, 0.5)
BEAM = Beam(4.0, 0.0, half_width_cm=1.9, lines=120, samples=240)


def _water(painter: TissuePainter) -> None:
    painter.area([(-9, -1), (9, -1), (9, 9), (-9, 9)], FLUID, smooth=False)


CLEAN = Settings(clutter_db=-90.0, noise_db=-90.0)
PLAN = BodyPlan(BodyView("Water", BEAM, _water, settings=CLEAN), BANNER, "Water", ("Water",))
LENGTH = Caliper((-1.0, 1.0), (1.0, 2.5))


def crosses(picture: Picture) -> list[Pixel]:
    """Find the centres of caliper ends on dark water: bright for four pixels all four ways."""
    bright = picture[..., 1] > 90
    return [
        Pixel(column, row)
        for row in range(70, 560)
        for column in range(150, 650)
        if bright[row, column - 4 : column + 5].all() and bright[row - 4 : row + 5, column].all()
    ]


def record(plan: BodyPlan) -> Acquisition:
    return record_body(plan, np.random.default_rng(2))


def test_a_caliper_measures_what_it_was_set_on(
    decoded: Callable[[bytes], Picture],
) -> None:
    made = record(replace(PLAN, calipers=(LENGTH,)))
    ends = crosses(decoded(made.frames[0]))
    region = made.regions[0]
    start, end = ends[0], ends[-1]
    half_a_pixel_mm = 10 * region.delta_x / 2
    assert caliper_length_mm(region, start, end) == pytest.approx(25.0, abs=2 * half_a_pixel_mm)


def test_the_origin_of_a_placement_is_a_whole_pixel() -> None:
    for beam in (BEAM, Beam(13.0, 31.0, radius_cm=5.0), Beam(15.0, 40.0)):
        placement = body_placement(beam, COLUMNS // 2)
        assert placement.column == int(placement.column)
        assert placement.row == int(placement.row)
        x, y = beam.positions()
        assert placement.row + float(y.min()) * placement.pixels_per_cm >= 40
        assert placement.row + float(y.max()) * placement.pixels_per_cm < 600
        assert float(x.max() - x.min()) * placement.pixels_per_cm <= 641


def test_a_still_has_one_frame_and_no_frame_time() -> None:
    made = record(PLAN)
    assert not made.is_multi_frame
    assert made.frame_time_ms is None
    assert made.transducer_geometry == "LINEAR"


def test_a_clip_has_its_frames_and_their_time() -> None:
    made = record(replace(PLAN, frames=3, frame_time_ms=40.0))
    assert len(made.frames) == 3
    assert len(set(made.frames)) == 3
    assert made.frame_time_ms == 40.0


def test_both_halves_of_a_pair_share_a_scale(decoded: Callable[[bytes], Picture]) -> None:
    made = record_pair(PLAN, PLAN, ("A", "B"), np.random.default_rng(2))
    left, right = made.regions
    assert left.max_x1 < right.min_x0
    ends = Pixel(left.min_x0 + 40, 300), Pixel(right.min_x0 + 40, 300)
    assert find_shared_region(made.regions, *ends, DISTANCE_AXES) is left
    picture = decoded(made.frames[0])
    assert (
        np.abs(
            picture[left.min_y0 + 20 : left.max_y1 - 4, left.min_x0 + 8 : left.max_x1 - 8].mean()
            - picture[
                right.min_y0 + 20 : right.max_y1 - 4, right.min_x0 + 8 : right.max_x1 - 8
            ].mean()
        )
        < 2
    )


def test_the_rim_of_an_ellipse_lies_on_it() -> None:
    for x, y in EllipseCaliper(1.0, 2.0, 4.0, 3.0).rim():
        assert ((x - 1) / 4) ** 2 + ((y - 2) / 3) ** 2 == pytest.approx(1)
