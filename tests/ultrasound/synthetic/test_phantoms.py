from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from sonarium.ultrasound.calibration import (
    area_cm2,
    caliper_length_mm,
    heart_rate_bpm,
    interval_s,
    m_mode_depth_mm,
    m_mode_slope_cm_per_s,
    path_length_mm,
    speed_cm_per_s,
    velocity_time_integral_cm,
)
from sonarium.ultrasound.calibration_check import calibration_doubts
from sonarium.ultrasound.regions import Pixel, USRegion
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.patients import Seed
from sonarium.ultrasound.synthetic.phantoms import (
    Phantom,
    Quantity,
    Truth,
    ellipse,
    iter_phantom_objects,
    m_mode,
    phantoms,
    spectrum,
    wires,
)
from sonarium.ultrasound.synthetic.screen import Picture

PHANTOMS = {phantom.name: phantom for phantom in phantoms()}
TRUTHS = [(phantom, truth) for phantom in PHANTOMS.values() for truth in phantom.truths]

TOOLS: dict[Quantity, Callable[[USRegion, tuple[Pixel, ...]], float]] = {
    "distance mm": lambda region, places: caliper_length_mm(region, *places),
    "area cm2": area_cm2,
    "circumference mm": path_length_mm,
    "depth mm": lambda region, places: m_mode_depth_mm(region, *places),
    "interval s": lambda region, places: interval_s(region, *places),
    "rate bpm": lambda region, places: heart_rate_bpm(region, places[0], places[1]),
    "slope cm/s": lambda region, places: m_mode_slope_cm_per_s(region, *places),
    "speed cm/s": lambda region, places: speed_cm_per_s(region, places[0].row),
    "velocity time integral cm": velocity_time_integral_cm,
}


@pytest.mark.parametrize(
    ("phantom", "truth"), TRUTHS, ids=[f"{one.name}, {truth.name}" for one, truth in TRUTHS]
)
def test_each_tool_reads_the_truth(phantom: Phantom, truth: Truth) -> None:
    read = TOOLS[truth.quantity](phantom.region, truth.places)
    assert read == pytest.approx(truth.value, rel=2e-3)


def test_on_whole_pixels_a_length_is_off_by_a_pixel_at_most() -> None:
    phantom = wires()
    for truth in phantom.truths:
        start, end = (Pixel(round(place.column), round(place.row)) for place in truth.places)
        found = caliper_length_mm(phantom.region, start, end)
        assert found == pytest.approx(truth.value, abs=10 * phantom.region.delta_x)


def test_wires_shine_where_the_truth_says(decoded: Callable[[bytes], Picture]) -> None:
    phantom = wires()
    picture = decoded(phantom.acquisition.frames[0])[..., 1].astype(float)
    for place in {place for truth in phantom.truths for place in truth.places}:
        column, row = round(place.column), round(place.row)
        around = picture[row - 8 : row + 9, column - 8 : column + 9]
        weight = np.where(around > 0.4 * around.max(), around, 0)
        rows, columns = np.mgrid[-8:9, -8:9]
        assert around.max() > 120
        assert abs((weight * rows).sum() / weight.sum()) < 1.5
        assert abs((weight * columns).sum() / weight.sum()) < 1.5


def test_the_dark_of_the_ellipse_has_its_area(decoded: Callable[[bytes], Picture]) -> None:
    phantom = ellipse()
    picture = decoded(phantom.acquisition.frames[0])[..., 1].astype(float)
    rim = phantom.truth("area").places
    left, right = (int(f(place.column for place in rim)) for f in (min, max))
    top, bottom = (int(f(place.row for place in rim)) for f in (min, max))
    inside = picture[top - 4 : bottom + 5, left - 4 : right + 5]
    smooth = sum(np.roll(inside, (a, b), (0, 1)) for a in (-1, 0, 1) for b in (-1, 0, 1)) / 9
    dark = np.count_nonzero(smooth < 45)
    found = dark * abs(phantom.region.delta_x * phantom.region.delta_y)
    assert found == pytest.approx(phantom.truth("area").value, rel=0.05)


def test_the_bar_of_the_m_mode_lies_where_the_truth_says(
    decoded: Callable[[bytes], Picture],
) -> None:
    phantom = m_mode()
    picture = decoded(phantom.acquisition.frames[0])[..., 1]
    for place in phantom.truth("fall").places:
        column = picture[phantom.region.min_y0 : phantom.region.max_y1, round(place.column)]
        assert int(np.argmax(column)) + phantom.region.min_y0 == pytest.approx(place.row, abs=1.5)


def test_the_spectrum_reaches_its_peak(decoded: Callable[[bytes], Picture]) -> None:
    phantom = spectrum()
    (peak,) = phantom.truth("peak").places
    column = round(peak.column)
    picture = decoded(phantom.acquisition.frames[0])[..., 1]
    strip = picture[phantom.region.min_y0 : phantom.region.max_y1, column - 2 : column + 3]
    top = phantom.region.min_y0 + int(np.flatnonzero(strip.max(axis=1) > 80)[0])
    assert speed_cm_per_s(phantom.region, top) == pytest.approx(100, abs=4)


def test_a_spectrum_in_hertz_has_the_same_truths() -> None:
    first, second = PHANTOMS["spectrum"], PHANTOMS["spectrum in hertz"]
    assert second.region.is_doppler_frequency
    assert [truth.value for truth in first.truths] == [truth.value for truth in second.truths]


def test_phantoms_are_objects_without_doubts(
    read: Callable[[SyntheticObject], object],
) -> None:
    moment = datetime(2026, 5, 20, 10, 0, tzinfo=UTC)
    made = list(iter_phantom_objects(Seed(1, "x"), moment))
    assert len({one.sop_instance_uid for one in made}) == len(PHANTOMS) == 5
    assert len({one.study_instance_uid for one in made}) == 1
    for one in made:
        attributes = read(one).to_json_dict()  # type: ignore[attr-defined]
        assert calibration_doubts(attributes) == ()
        assert attributes["0008001C"]["Value"] == ["YES"]
