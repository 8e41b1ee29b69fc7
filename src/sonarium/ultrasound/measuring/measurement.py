"""What a person measured or marked on a picture, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sonarium.dicom.sr.content import GraphicPoint, GraphicType


class Tool(StrEnum):
    """How a measurement was drawn."""

    DISTANCE = "distance"
    ELLIPSE = "ellipse"
    AREA = "area"
    ANGLE = "angle"
    VOLUME = "volume"
    DEPTH = "depth"
    TIME = "time"
    HEART_RATE = "heart-rate"
    SLOPE = "slope"
    VELOCITY = "velocity"
    DECELERATION = "deceleration"
    ENVELOPE = "envelope"
    B_LINES = "b-lines"
    ARROW = "arrow"
    NOTE = "note"


class Quantity(StrEnum):
    """What one number of a measurement is; its unit is fixed, see `concepts.QUANTITIES`."""

    LENGTH = "length"
    MAJOR_AXIS = "major-axis"
    MINOR_AXIS = "minor-axis"
    AREA = "area"
    CIRCUMFERENCE = "circumference"
    ANGLE = "angle"
    VOLUME = "volume"
    TIME = "time"
    HEART_RATE = "heart-rate"
    SLOPE = "slope"
    VELOCITY = "velocity"
    PEAK_GRADIENT = "peak-gradient"
    DECELERATION = "deceleration"
    DECELERATION_TIME = "deceleration-time"
    HALF_TIME = "half-time"
    VTI = "vti"
    MEAN_VELOCITY = "mean-velocity"
    MEAN_GRADIENT = "mean-gradient"
    DURATION = "duration"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Figure:
    """Places on one frame; the upper left corner of the first pixel is 0, 0."""

    sop_instance_uid: str
    frame: int
    """From 1."""
    graphic_type: GraphicType
    points: tuple[GraphicPoint, ...]


@dataclass(frozen=True, slots=True)
class MeasuredValue:
    """One number."""

    quantity: Quantity
    number: float


@dataclass(frozen=True, slots=True)
class ManualScale:
    """A scale that a person gave by drawing a known distance."""

    cm_per_column: float
    cm_per_row: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement or mark."""

    tracking_uid: str
    tool: Tool
    label: str
    """Key of a label, or empty."""
    figures: tuple[Figure, ...]
    values: tuple[MeasuredValue, ...]
    measured_at: datetime
    measured_by: str
    text: str = ""
    """The words of a note or an arrow."""
    manual_scale: ManualScale | None = None

    def find(self, quantity: Quantity) -> float | None:
        """Return the number of a quantity, if it was measured."""
        return next((it.number for it in self.values if it.quantity is quantity), None)


def values_of(measurements: Sequence[Measurement], label: str, quantity: Quantity) -> list[float]:
    """Return every number of one label, in the order in which it was measured."""
    found = [it.find(quantity) for it in measurements if it.label == label]
    return [number for number in found if number is not None]
