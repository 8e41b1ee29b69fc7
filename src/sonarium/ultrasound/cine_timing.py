"""When each frame of a multi-frame instance was acquired, and so when it is to be shown."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, Literal

from sonarium.domain.attributes import Attributes

FRAME_INCREMENT_POINTER: Final = "00280009"
FRAME_TIME: Final = "00181063"
FRAME_TIME_VECTOR: Final = "00181065"
RECOMMENDED_DISPLAY_FRAME_RATE: Final = "00082144"
CINE_RATE: Final = "00180040"
EFFECTIVE_DURATION: Final = "00180072"
PREFERRED_PLAYBACK_SEQUENCING: Final = "00181244"
START_TRIM: Final = "00082142"
STOP_TRIM: Final = "00082143"

TIMING_TAGS: Final = tuple(
    int(tag, 16)
    for tag in (
        FRAME_INCREMENT_POINTER,
        FRAME_TIME,
        FRAME_TIME_VECTOR,
        RECOMMENDED_DISPLAY_FRAME_RATE,
        CINE_RATE,
        EFFECTIVE_DURATION,
        PREFERRED_PLAYBACK_SEQUENCING,
        START_TRIM,
        STOP_TRIM,
    )
)
"""What `frame_timing` looks at."""

_ASSUMED_RATE: Final = 30.0
_LONGEST_FRAME_MS: Final = 60_000.0
_HIGHEST_RATE: Final = 10_000.0

TimingSource = Literal[
    "Frame Time",
    "Frame Time Vector",
    "Recommended Display Frame Rate",
    "Cine Rate",
    "Effective Duration",
    "assumed",
]


@dataclass(frozen=True, slots=True)
class FrameTiming:
    """Start of every frame and length of one pass, in milliseconds; first start is 0."""

    starts_ms: tuple[float, ...]
    length_ms: float
    source: TimingSource
    sweeps: bool
    """Play forth and back (Preferred Playback Sequencing 1)."""
    first_shown: int = 0
    """Frame, from 0, that Start Trim names; the stored frames before it are not to be shown."""
    last_shown: int = 0
    """Frame, from 0, that Stop Trim names."""


def frame_timing(attributes: Attributes, number_of_frames: int) -> FrameTiming:
    """Return when frames are due, from the best attribute that an instance has.

    The attribute that Frame Increment Pointer names comes first, then Frame Time, Frame Time
    Vector, Recommended Display Frame Rate, Cine Rate, Effective Duration, and at last an
    assumed rate. Cine Rate is a whole number and often wrong, so it comes late.

    Source: PS3.3 C.7.6.5.1, Cine Module.
    """
    frames = max(number_of_frames, 1)
    frame_ms = _number(attributes, FRAME_TIME, _LONGEST_FRAME_MS)
    steps = _steps(attributes, frames)
    first, last = _trim(attributes, frames)
    sweeps = _texts(attributes, PREFERRED_PLAYBACK_SEQUENCING) == ["1"]
    if steps and (
        frame_ms is None or FRAME_TIME_VECTOR in _texts(attributes, FRAME_INCREMENT_POINTER)
    ):
        starts = tuple(accumulate(steps, initial=0.0))
        # The last frame has no increment of its own: it lasts as long as frames usually do here.
        length = starts[-1] + sorted(steps)[len(steps) // 2]
        return FrameTiming(starts, length, "Frame Time Vector", sweeps, first, last)
    source: TimingSource = "Frame Time"
    if frame_ms is None:
        frame_ms, source = _by_rate(attributes, frames)
    starts = tuple(frame_ms * at for at in range(frames))
    return FrameTiming(starts, frame_ms * frames, source, sweeps, first, last)


def playback_order(timing: FrameTiming) -> tuple[int, ...]:
    """List the frames of one pass: those between the trims, and back again when it sweeps."""
    forth = range(timing.first_shown, timing.last_shown + 1)
    back = reversed(forth[1:-1]) if timing.sweeps else ()
    return (*forth, *back)


def frame_durations_ms(timing: FrameTiming, frames: Sequence[int]) -> tuple[float, ...]:
    """Return how long each of `frames` stays on the screen."""
    lengths = [later - start for start, later in pairwise((*timing.starts_ms, timing.length_ms))]
    return tuple(lengths[frame] for frame in frames)


def frame_at(timing: FrameTiming, elapsed_ms: float) -> int:
    """Return the frame due when playback of the trimmed clip has run for `elapsed_ms`."""
    order = playback_order(timing)
    ends = list(accumulate(frame_durations_ms(timing, order)))
    return order[min(bisect_right(ends, elapsed_ms % ends[-1]), len(order) - 1)]


def _steps(attributes: Attributes, frames: int) -> list[float]:
    """Read the increments; the first shall be 0, and real scanners write another (ignored).

    Returns none when the vector is too short or holds what no clip can.
    """
    try:
        increments = [float(text) for text in _texts(attributes, FRAME_TIME_VECTOR)]
    except ValueError:
        return []
    steps = increments[1:frames]
    if len(steps) != frames - 1 or not any(steps):
        return []
    return steps if all(0 <= step <= _LONGEST_FRAME_MS for step in steps) else []


def _by_rate(attributes: Attributes, frames: int) -> tuple[float, TimingSource]:
    display_rate = _number(attributes, RECOMMENDED_DISPLAY_FRAME_RATE, _HIGHEST_RATE)
    if display_rate is not None:
        return 1000.0 / display_rate, "Recommended Display Frame Rate"
    cine_rate = _number(attributes, CINE_RATE, _HIGHEST_RATE)
    if cine_rate is not None:
        return 1000.0 / cine_rate, "Cine Rate"
    duration_s = _number(attributes, EFFECTIVE_DURATION, _LONGEST_FRAME_MS)
    if duration_s is not None and frames > 1:
        return 1000.0 * duration_s / frames, "Effective Duration"
    return 1000.0 / _ASSUMED_RATE, "assumed"


def _trim(attributes: Attributes, frames: int) -> tuple[int, int]:
    """Return the first and the last frame to show; trims that make no sense show everything."""
    start = _number(attributes, START_TRIM, frames) or 1
    stop = _number(attributes, STOP_TRIM, frames) or frames
    return (int(start) - 1, int(stop) - 1) if 1 <= start <= stop else (0, frames - 1)


def _number(attributes: Attributes, tag: str, largest: float) -> float | None:
    """Return a usable (positive, finite, not absurd) number."""
    texts = _texts(attributes, tag)
    try:
        value = float(texts[0])
    except (IndexError, ValueError):
        return None
    return value if 0 < value <= largest else None


def _texts(attributes: Attributes, tag: str) -> list[str]:
    values = attributes.get(tag, {}).get("Value")
    return [str(value) for value in values] if isinstance(values, list) else []
