from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.cine_timing import (
    TIMING_TAGS,
    frame_at,
    frame_durations_ms,
    frame_timing,
    playback_order,
)
from sonarium.ultrasound.synthetic.attribute_set import attribute_set

Read = Callable[[str], Attributes]


def test_frame_time_gives_even_starts() -> None:
    timing = frame_timing(attribute_set(FrameIncrementPointer="00181063", FrameTime=40.0), 5)
    assert timing.starts_ms == (0, 40, 80, 120, 160)
    assert timing.length_ms == 200
    assert timing.source == "Frame Time"
    assert (timing.first_shown, timing.last_shown) == (0, 4)


def test_the_first_increment_of_a_vector_is_ignored() -> None:
    vector = [33.3, 30.0, 50.0, 30.0]
    timing = frame_timing(
        attribute_set(FrameIncrementPointer="00181065", FrameTimeVector=vector), 4
    )
    assert timing.starts_ms == (0, 30, 80, 110)
    assert timing.length_ms == 140
    assert timing.source == "Frame Time Vector"


def test_the_pointer_decides_between_time_and_vector() -> None:
    both = attribute_set(FrameTime=40.0, FrameTimeVector=[0.0, 30.0, 30.0])
    assert frame_timing(both, 3).source == "Frame Time"
    pointed = both | attribute_set(FrameIncrementPointer="00181065")
    assert frame_timing(pointed, 3).source == "Frame Time Vector"


def test_frame_time_is_preferred_to_cine_rate() -> None:
    uneven = attribute_set(FrameTime=38.647, CineRate=25)
    assert frame_timing(uneven, 10).starts_ms[1] == pytest.approx(38.647)


@pytest.mark.parametrize(
    ("attributes", "frame_ms", "source"),
    [
        (
            attribute_set(RecommendedDisplayFrameRate=50, CineRate=25),
            20,
            "Recommended Display Frame Rate",
        ),
        (attribute_set(CineRate=25), 40, "Cine Rate"),
        (attribute_set(EffectiveDuration=2.0), 100, "Effective Duration"),
        (attribute_set(), 1000 / 30, "assumed"),
        (attribute_set(FrameTime=0.0), 1000 / 30, "assumed"),
        (attribute_set(FrameTime=1e9, CineRate=10), 100, "Cine Rate"),
    ],
)
def test_what_is_left_is_tried_in_order(
    attributes: Attributes, frame_ms: float, source: str
) -> None:
    timing = frame_timing(attributes, 20)
    assert timing.source == source
    assert timing.length_ms == pytest.approx(20 * frame_ms)


@pytest.mark.parametrize(
    "vector", [[0.0, 33.0], [0.0, 0.0, 0.0, 0.0], [0.0, -5.0, 33.0, 33.0], [0.0, "x", 1.0, 1.0]]
)
def test_a_vector_that_no_clip_can_have_is_not_used(vector: list[float]) -> None:
    attributes: Attributes = {
        "00181065": {"vr": "DS", "Value": list(vector)},
        "00280009": {"vr": "AT", "Value": ["00181065"]},
        "00181063": {"vr": "DS", "Value": [50.0]},
    }
    assert frame_timing(attributes, 4).source == "Frame Time"


def test_sweeping_goes_forth_and_back_without_showing_the_ends_twice() -> None:
    sweep = frame_timing(attribute_set(FrameTime=10.0, PreferredPlaybackSequencing=1), 4)
    assert playback_order(sweep) == (0, 1, 2, 3, 2, 1)
    loop = frame_timing(attribute_set(FrameTime=10.0, PreferredPlaybackSequencing=0), 4)
    assert playback_order(loop) == (0, 1, 2, 3)


def test_trims_bound_what_is_shown() -> None:
    timing = frame_timing(attribute_set(FrameTime=10.0, StartTrim=3, StopTrim=5), 8)
    assert playback_order(timing) == (2, 3, 4)
    absurd = frame_timing(attribute_set(FrameTime=10.0, StartTrim=7, StopTrim=5), 8)
    assert playback_order(absurd) == tuple(range(8))


def test_the_frame_due_is_the_one_whose_time_has_come() -> None:
    vector = attribute_set(FrameIncrementPointer="00181065", FrameTimeVector=[0.0, 30.0, 50.0])
    timing = frame_timing(vector, 3)
    assert [frame_at(timing, at) for at in (0, 29.9, 30, 79.9, 80, timing.length_ms)] == [
        0, 0, 1, 1, 2, 0,
    ]  # fmt: skip


@given(st.lists(st.floats(1, 500), min_size=2, max_size=40), st.floats(0, 1e6))
def test_durations_add_up_and_every_moment_has_a_frame(steps: list[float], when: float) -> None:
    attributes = attribute_set(FrameIncrementPointer="00181065", FrameTimeVector=[0.0, *steps])
    timing = frame_timing(attributes, len(steps) + 1)
    order = playback_order(timing)
    assert sum(frame_durations_ms(timing, order)) == pytest.approx(timing.length_ms)
    assert frame_at(timing, when) in order


def test_a_real_clip_is_timed_by_what_its_pointer_names(real_attributes: Read) -> None:
    attributes = real_attributes("toshiba-xario-cine")
    frames = int(attributes["00280008"]["Value"][0])  # type: ignore[index,arg-type]
    timing = frame_timing(attributes, frames)
    assert timing.source in {"Frame Time", "Frame Time Vector"}
    assert len(timing.starts_ms) == frames
    looked_at = {f"{tag:08X}" for tag in TIMING_TAGS}
    kept = {tag: element for tag, element in attributes.items() if tag in looked_at}
    assert frame_timing(kept, frames) == timing
