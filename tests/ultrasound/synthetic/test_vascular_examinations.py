from collections import Counter
from collections.abc import Callable

import pytest

from sonarium.ultrasound.regions import RegionDataType
from sonarium.ultrasound.synthetic.acquisition import Acquisition

Examined = Callable[..., tuple[Acquisition, ...]]


def test_both_sides_of_the_neck_are_recorded_alike(examined: Examined) -> None:
    made = examined("carotid")
    sides = Counter(one.laterality for one in made)
    assert sides == {"R": 9, "L": 9}
    right = [one.description.removeprefix("Right ") for one in made if one.laterality == "R"]
    left = [one.description.removeprefix("Left ") for one in made if one.laterality == "L"]
    assert right == left
    assert {one.anatomy.meaning for one in made if one.anatomy is not None} == {
        "Common carotid artery",
        "Internal carotid artery",
        "External carotid artery",
        "Vertebral artery",
    }


def test_spectra_are_corrected_for_sixty_degrees(examined: Examined) -> None:
    traces = [
        region
        for one in examined("carotid")
        for region in one.regions
        if region.data_type is RegionDataType.PW_SPECTRAL_DOPPLER
    ]
    assert len(traces) == 8
    assert all(trace.doppler_correction_angle_deg == 60 for trace in traces)


def test_no_picture_of_a_vessel_shows_a_heart(examined: Examined) -> None:
    for kind in ("carotid", "leg veins"):
        for one in examined(kind):
            assert one.transducer_geometry == "LINEAR"
            assert one.depth_cm < 5
            assert one.view_name == ""


def test_each_level_of_the_leg_is_pressed(examined: Examined) -> None:
    made = examined("leg veins")
    pairs = [one for one in made if "compression" in one.description]
    assert len(pairs) == 3
    for pair in pairs:
        left, right = pair.regions
        assert (left.delta_x, left.delta_y) == (right.delta_x, right.delta_y)
        assert left.max_x1 < right.min_x0
    assert len({one.laterality for one in made}) == 1


def test_the_vein_is_heard_over_more_than_one_breath(examined: Examined) -> None:
    (trace,) = (
        region
        for one in examined("leg veins")
        for region in one.regions
        if region.data_type is RegionDataType.PW_SPECTRAL_DOPPLER
    )
    assert trace.width * trace.delta_x == pytest.approx(8.5)


def test_colour_is_recorded_as_a_clip(examined: Examined) -> None:
    for kind, clips in (("carotid", 4), ("leg veins", 1)):
        colour = [one for one in examined(kind) if one.mode == 0x11]
        assert len(colour) == clips
        assert all(one.is_multi_frame for one in colour)
