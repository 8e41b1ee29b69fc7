"""When each frame of a multi-frame instance was acquired, and so when it is to be shown."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

from sonarium.domain.attributes import Attributes

FRAME_INCREMENT_POINTER: Final = "00280009"
FRAME_TIME: Final = "00181063"
FRAME_TIME_VECTOR: Final = "00181065"
RECOMMENDED_DISPLAY_FRAME_RATE: Final = "00082144"
CINE_RATE: Final = "00180040"
EFFECTIVE_DURATION: Final = "00180072"
PREFERRED_PLAYBACK_SEQUENCING: Final = "00181244"

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
    )
)
"""What `frame_timing` looks at."""

_ASSUMED_RATE: Final = 30.0
_LONGEST_FRAME_MS: Final = 60_000.0

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


def frame_timing(attributes: Attributes, number_of_frames: int) -> FrameTiming:
    """Return when frames are due, from the best attribute that an instance has.

    The attribute that Frame Increment Pointer names comes first, then Frame Time, Frame Time
    Vector, Recommended Display Frame Rate, Cine Rate, Effective Duration, and at last an
    assumed rate. Cine Rate is a whole number and often wrong, so it comes late.

    Source: PS3.3 C.7.6.5.1, Cine Module.
    """
    pointed = _texts(attributes, FRAME_INCREMENT_POINTER)
    chosen = _even(attributes, number_of_frames)
    vector = _vector(attributes, number_of_frames)
    if vector is not None and (chosen is None or FRAME_TIME_VECTOR in pointed):
        starts, length = vector
        source: TimingSource = "Frame Time Vector"
    else:
        frame_ms, source = chosen or _by_rate(attributes, number_of_frames)
        starts = tuple(frame_ms * at for at in range(number_of_frames))
        length = frame_ms * number_of_frames
    sweeps = _texts(attributes, PREFERRED_PLAYBACK_SEQUENCING) == ["1"]
    return FrameTiming(starts, length, source, sweeps)


def _even(attributes: Attributes, number_of_frames: int) -> tuple[float, TimingSource] | None:
    frame_ms = _number(attributes, FRAME_TIME)
    return None if frame_ms is None or not number_of_frames else (frame_ms, "Frame Time")


def _vector(
    attributes: Attributes, number_of_frames: int
) -> tuple[tuple[float, ...], float] | None:
    """Add up the increments; the first shall be 0, and real scanners write another (ignored)."""
    try:
        increments = [float(text) for text in _texts(attributes, FRAME_TIME_VECTOR)]
    except ValueError:
        return None
    steps = increments[1:number_of_frames]
    if len(steps) != number_of_frames - 1 or not steps:
        return None
    if any(not 0 <= step <= _LONGEST_FRAME_MS for step in steps) or not any(steps):
        return None
    starts = tuple(accumulate(steps, initial=0.0))
    # The last frame has no increment of its own: it lasts as long as frames usually do here.
    return starts, starts[-1] + sorted(steps)[len(steps) // 2]


def _by_rate(attributes: Attributes, number_of_frames: int) -> tuple[float, TimingSource]:
    for tag, source in (
        (RECOMMENDED_DISPLAY_FRAME_RATE, "Recommended Display Frame Rate"),
        (CINE_RATE, "Cine Rate"),
    ):
        rate = _number(attributes, tag)
        if rate is not None:
            return 1000.0 / rate, source  # type: ignore[return-value]  # both are in the Literal
    duration_s = _number(attributes, EFFECTIVE_DURATION)
    if duration_s is not None and number_of_frames > 1:
        return 1000.0 * duration_s / number_of_frames, "Effective Duration"
    return 1000.0 / _ASSUMED_RATE, "assumed"


def _number(attributes: Attributes, tag: str) -> float | None:
    """Return a usable (positive, finite, not absurd) number."""
    texts = _texts(attributes, tag)
    try:
        value = float(texts[0])
    except (IndexError, ValueError):
        return None
    return value if 0 < value <= _LONGEST_FRAME_MS else None


def _texts(attributes: Attributes, tag: str) -> list[str]:
    values = attributes.get(tag, {}).get("Value")
    return [str(value) for value in values] if isinstance(values, list) else []
