from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sonarium.ultrasound.calibration import physical_y
from sonarium.ultrasound.regions import RegionDataType
from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.heart_clips import ClipPlan, ecg_values, record_heart
from sonarium.ultrasound.synthetic.jets import mitral_flow
from sonarium.ultrasound.synthetic.loop import Heart
from sonarium.ultrasound.synthetic.screen import Banner, Picture

PLAN = ClipPlan(
    apical_four_chamber(),
    Heart(Cycle(75)),
    Banner("SYNTHETIC^A", "SYN-0001", "", "Adult echo", "P4-2", 1.0, 0.5),
    frames=4,
)


def test_a_clip_knows_its_frames_view_and_rate() -> None:
    made = record_heart(PLAN, np.random.default_rng(8))
    assert len(made.frames) == len(set(made.frames)) == 4
    assert made.frame_time_ms == pytest.approx(33.333)
    assert made.view_name == "A4C"
    assert made.view is not None
    assert made.heart_rate_bpm == 75
    assert made.r_waves_ms == (0.0,)


def test_the_region_reaches_as_deep_as_the_view() -> None:
    made = record_heart(replace(PLAN, frames=2, cm_per_unit=0.6), np.random.default_rng(8))
    region = made.regions[0]
    assert physical_y(region, region.max_y1) == pytest.approx(16.0 * 0.6, abs=2 * region.delta_y)
    assert made.depth_cm == pytest.approx(9.6)


def test_uneven_frames_have_a_vector_that_begins_at_nought() -> None:
    made = record_heart(replace(PLAN, uneven=True, frames=8), np.random.default_rng(8))
    assert made.frame_time_ms is None
    assert made.frame_times_ms[0] == 0
    steps = np.diff(made.frame_times_ms)
    assert np.all(np.abs(steps - 33.333) < 1.01)
    assert len(set(steps.round(3).tolist())) > 1


def test_r_waves_are_a_beat_apart_in_a_longer_clip() -> None:
    made = record_heart(replace(PLAN, frame_time_ms=600.0), np.random.default_rng(8))
    assert made.r_waves_ms == (0.0, 800.0, 1600.0)


def test_colour_has_a_region_and_coloured_pixels(decoded: Callable[[bytes], Picture]) -> None:
    plan = replace(PLAN, flow=mitral_flow(), frames=3, frame_time_ms=250.0)
    made = record_heart(plan, np.random.default_rng(8))
    assert made.mode == 0x11
    assert [region.data_type for region in made.regions] == [
        RegionDataType.TISSUE,
        RegionDataType.COLOUR_FLOW,
        RegionDataType.ECG_TRACE,
    ]
    picture = decoded(made.frames[2])[100:520, 200:600].astype(int)
    assert np.count_nonzero(np.abs(picture[..., 0] - picture[..., 2]) > 80) > 200


def test_the_electrocardiogram_starts_at_an_r_peak() -> None:
    trace = ecg_values(Cycle(75), 2.0, np.random.default_rng(8))
    assert trace[0] > 0.9
    assert int(np.argmax(trace[200:])) + 200 == pytest.approx(0.8 / 2.0 * 1400, abs=4)
