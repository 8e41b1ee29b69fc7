from collections.abc import Callable
from math import hypot, pi

import numpy as np
import pytest

from sonarium.ultrasound.calibration import (
    caliper_length_mm,
    ellipse_circumference_mm,
)
from sonarium.ultrasound.regions import Pixel
from sonarium.ultrasound.synthetic.body_clips import (
    COLUMNS,
    BodyPlan,
    Caliper,
    EllipseCaliper,
    body_placement,
    record_body,
)
from sonarium.ultrasound.synthetic.body_view import BONE, FLUID, THIN_BONE
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.fetal_growth import sizes_at
from sonarium.ultrasound.synthetic.fetal_views import (
    FetalPlane,
    abdomen_plane,
    cord_plane,
    femur_plane,
    four_chamber_plane,
    head_plane,
)
from sonarium.ultrasound.synthetic.screen import Banner, Picture
from sonarium.ultrasound.synthetic.tissue import TissuePainter

BANNER = Banner("SYNTHETIC^A", "SYN-0001", "", "OB", "C5-1", 1.0, 0.5)
SIZES = sizes_at(36.0)


def length_cm(caliper: Caliper | EllipseCaliper) -> float:
    assert isinstance(caliper, Caliper)
    return hypot(caliper.end[0] - caliper.start[0], caliper.end[1] - caliper.start[1])


def painter_of(plane: FetalPlane) -> TissuePainter:
    painter = TissuePainter(-12, -2, 12, 20, background=-30, cells_per_cm=40)
    plane.view.paint(painter)
    return painter


def at(painter: TissuePainter, x: float, y: float) -> float:
    return float(painter.decibels_at(np.array([x], np.float32), np.array([y], np.float32))[0])


@pytest.mark.parametrize("weeks", [18.0, 24.0, 30.0, 37.0])
def test_calipers_are_as_long_as_the_sizes(weeks: float) -> None:
    sizes = sizes_at(weeks)
    line, ring = head_plane(sizes).calipers
    assert isinstance(ring, EllipseCaliper)
    assert length_cm(line) == pytest.approx(sizes.biparietal_cm, abs=0.005)
    circumference = ellipse_circumference_mm(20 * ring.half_width, 20 * ring.half_height) / 10
    assert circumference == pytest.approx(sizes.head_cm, abs=0.01)
    (belly,) = abdomen_plane(sizes).calipers
    assert isinstance(belly, EllipseCaliper)
    assert 2 * pi * belly.half_width == pytest.approx(sizes.abdomen_cm)
    assert length_cm(femur_plane(sizes).calipers[0]) == pytest.approx(sizes.femur_cm)


def test_a_biparietal_diameter_of_nine_centimetres_measures_nine() -> None:
    sizes = sizes_at(36.52)
    assert sizes.biparietal_cm == pytest.approx(9.0, abs=0.02)
    plane = head_plane(sizes)
    (caliper, _) = plane.calipers
    assert isinstance(caliper, Caliper)
    placement = body_placement(plane.view.beam, COLUMNS // 2)
    made = record_body(BodyPlan(plane.view, BANNER, "head", ("head",)), np.random.default_rng(1))
    region = made.regions[0]
    ends = [Pixel(*map(round, placement.pixel(*place))) for place in (caliper.start, caliper.end)]
    half_a_pixel_mm = 10 * region.delta_x / 2
    assert caliper_length_mm(region, *ends) == pytest.approx(
        10 * sizes.biparietal_cm, abs=2 * half_a_pixel_mm
    )


def test_the_skull_is_seen_where_its_calipers_are(decoded: Callable[[bytes], Picture]) -> None:
    plane = head_plane(SIZES, 0.0)
    (caliper, _) = plane.calipers
    assert isinstance(caliper, Caliper)
    made = record_body(BodyPlan(plane.view, BANNER, "head", ("head",)), np.random.default_rng(1))
    placement = body_placement(plane.view.beam, COLUMNS // 2)
    column, near = map(round, placement.pixel(*caliper.start))
    _, far = map(round, placement.pixel(*caliper.end))
    grey = decoded(made.frames[0])[:, column - 12 : column + 13, 1].mean(axis=1)
    inside = grey[near + 20 : far - 20]
    half = 0.8 * grey[near : near + 12].max()
    rises = near - 20 + int(np.flatnonzero(grey[near - 20 : near + 12] > half)[0])
    far_half = 0.8 * grey[far : far + 12].max()
    far_rises = far - 12 + int(np.flatnonzero(grey[far - 12 : far + 12] > far_half)[0])
    assert abs(rises - near) <= 4  # the outer edge of the near skull
    assert abs(far_rises - far) <= 4  # the inner edge of the far one
    assert np.median(inside) < half / 2


def test_the_head_has_midline_cavum_and_skull() -> None:
    plane = head_plane(SIZES, 0.0)
    painter = painter_of(plane)
    ring = plane.calipers[1]
    assert isinstance(ring, EllipseCaliper)
    a, b = ring.half_width, ring.half_height
    assert at(painter, ring.x, ring.y - b + 0.1) == THIN_BONE
    assert at(painter, ring.x - 0.6 * a, ring.y) > -25  # falx
    assert at(painter, ring.x + 0.34 * a, ring.y) == FLUID  # cavum
    assert at(painter, ring.x, ring.y + 0.2 * b) < -50  # thalamus


def test_the_abdomen_has_spine_stomach_and_vein() -> None:
    painter = painter_of(abdomen_plane(SIZES))
    shapes = painter.decibels()
    assert np.count_nonzero(shapes == BONE) > 50
    assert np.count_nonzero(shapes == FLUID) > 400


def test_the_femur_casts_a_shadow(decoded: Callable[[bytes], Picture]) -> None:
    plane = femur_plane(SIZES)
    made = record_body(BodyPlan(plane.view, BANNER, "femur", ("femur",)), np.random.default_rng(1))
    placement = body_placement(plane.view.beam, COLUMNS // 2)
    (caliper,) = plane.calipers
    assert isinstance(caliper, Caliper)
    middle = ((caliper.start[0] + caliper.end[0]) / 2, (caliper.start[1] + caliper.end[1]) / 2)
    column, row = map(round, placement.pixel(*middle))
    grey = decoded(made.frames[0])[:, column - 20 : column + 20, 1].mean(axis=1)
    assert grey[row - 6 : row + 6].max() > 170
    assert grey[row + 25 : row + 60].mean() < 40


def test_the_fetal_heart_beats() -> None:
    plane = four_chamber_plane(SIZES)
    assert len(plane.view.motions) == 2
    made = record_body(
        BodyPlan(plane.view, BANNER, "heart", ("heart",), Cycle(145), frames=3, frame_time_ms=90.0),
        np.random.default_rng(1),
    )
    assert len(set(made.frames)) == 3


@pytest.mark.parametrize("weeks", [20.0, 38.0])
def test_every_plane_fits_its_picture(weeks: float) -> None:
    sizes = sizes_at(weeks)
    for plane in (head_plane(sizes), abdomen_plane(sizes), femur_plane(sizes), cord_plane()):
        beam = plane.view.beam
        for caliper in plane.calipers:
            places = (
                caliper.rim()
                if isinstance(caliper, EllipseCaliper)
                else [caliper.start, caliper.end]
            )
            for x, y in places:
                line, sample = beam.indices(np.array([x], np.float32), np.array([y], np.float32))
                assert 0 <= float(line[0]) < beam.lines
                assert 0 <= float(sample[0]) < beam.samples
