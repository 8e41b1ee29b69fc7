from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from sonarium.ultrasound.regions import RegionDataType, SpatialFormat
from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.echo_examinations import STRESS_STAGES
from sonarium.ultrasound.synthetic.schedule import Appointment

Examined = Callable[..., tuple[Acquisition, ...]]


def test_an_adult_is_seen_in_every_mode(examined: Examined) -> None:
    made = examined("adult echo")
    modes = Counter(one.mode for one in made)
    assert set(modes) == {0x01, 0x11, 0x03, 0x09, 0x05}
    assert {one.view_name for one in made} == {"PLAX", "PSAX", "A4C", "A2C"}
    descriptions = [one.description for one in made]
    assert "TDI septal annulus" in descriptions
    assert "TDI lateral annulus" in descriptions
    assert sum("M-mode" in one for one in descriptions) == 2


def test_every_clip_of_the_heart_has_a_rate_and_an_electrocardiogram(examined: Examined) -> None:
    for one in examined("adult echo"):
        assert one.heart_rate_bpm is not None
        assert one.regions[-1].data_type is RegionDataType.ECG_TRACE


def test_one_clip_has_uneven_frames(examined: Examined) -> None:
    uneven = [one for one in examined("adult echo") if one.frame_times_ms]
    assert len(uneven) == 1
    assert len(uneven[0].frame_times_ms) == len(uneven[0].frames)


def test_a_stress_test_has_four_views_in_four_stages(examined: Examined) -> None:
    made = examined("stress echo")
    assert len(made) == 16
    places = [(one.stage.number, one.stage.view_number) for one in made if one.stage is not None]
    assert places == [(stage, view) for stage in (1, 2, 3, 4) for view in (1, 2, 3, 4)]
    for one in made:
        stage = one.stage
        assert stage is not None
        name, faster, _, elapsed_ms = STRESS_STAGES[stage.number - 1]
        assert stage.name == name.upper()
        assert (stage.of_stages, stage.of_views) == (4, 4)
        assert stage.event_elapsed_ms == elapsed_ms
        assert bool(stage.event_name) == bool(elapsed_ms)
        assert one.heart_rate_bpm is not None
        resting = made[0].heart_rate_bpm
        assert resting is not None
        assert one.heart_rate_bpm - resting == pytest.approx(faster)


def test_a_stress_clip_is_one_beat(examined: Examined) -> None:
    for one in examined("stress echo"):
        assert one.frame_time_ms is not None
        assert one.heart_rate_bpm is not None
        length_s = len(one.frames) * one.frame_time_ms / 1000
        assert length_s == pytest.approx(60 / one.heart_rate_bpm, abs=0.05)


def test_a_childs_heart_is_small_fast_and_seen_from_under_the_ribs(
    examined: Examined, appointment: Callable[..., Appointment]
) -> None:
    adult, child = examined("adult echo"), examined("child echo")
    assert child[0].view_name == "SC4C"
    assert appointment("child echo").patient.height_cm < 130
    assert max(one.depth_cm for one in child) < 0.8 * max(one.depth_cm for one in adult)
    rates = [one.heart_rate_bpm for one in child if one.heart_rate_bpm is not None]
    assert min(rates) > 100
    clips = [one for one in child if one.is_multi_frame]
    assert min(one.frame_time_ms or 99 for one in clips) < 25


def test_the_childs_pictures_are_calibrated_to_the_child(examined: Examined) -> None:
    for one in examined("child echo"):
        tissue = one.regions[0]
        assert tissue.spatial_format is SpatialFormat.TWO_DIMENSIONAL
        depth = (tissue.max_y1 - tissue.min_y0) * tissue.delta_y
        assert depth == pytest.approx(one.depth_cm, rel=0.05)


def test_frames_of_a_clip_differ(examined: Examined) -> None:
    for kind in ("adult echo", "child echo", "stress echo"):
        for one in examined(kind):
            if one.is_multi_frame:
                assert len(set(one.frames)) == len(one.frames)
                assert np.std([len(frame) for frame in one.frames]) > 0
