"""What a measurement must be before it is written into a document."""

from collections.abc import Mapping, Sequence
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.base.identifiers import is_valid_uid
from sonarium.dicom.sr.content import GraphicType
from sonarium.ultrasound.measuring.labels import LABELS
from sonarium.ultrasound.measuring.measurement import Figure, Measurement

MOST_MEASUREMENTS: Final = 1000
MOST_POINTS: Final = 4000
"""In one measurement."""
MOST_POINTS_OF_A_STUDY: Final = 100_000
LONGEST_TEXT: Final = 1024

_FARTHEST: Final = 1 << 16
_LARGEST_NUMBER: Final = 1e9
_MOST_FIGURES: Final = 8
_POINTS: Final[Mapping[GraphicType, tuple[int, int]]] = {
    GraphicType.POINT: (1, 1),
    GraphicType.MULTIPOINT: (1, MOST_POINTS),
    GraphicType.POLYLINE: (2, MOST_POINTS),
    GraphicType.CIRCLE: (2, 2),
    GraphicType.ELLIPSE: (4, 4),
}
"""How many places a graphic has at least and at most (PS3.3 C.18.6.1.1)."""


class ImplausibleMeasurement(RequestError):
    """A measurement that cannot be kept; the message says why."""


def check_measurements(measurements: Sequence[Measurement], frames: Mapping[str, int]) -> None:
    """Refuse what could not be read back, or is absurd.

    Args:
        measurements: all of one study.
        frames: number of frames by SOP Instance UID, of the objects that the study has.

    Raises:
        ImplausibleMeasurement: with the reason in words.
    """
    if len(measurements) > MOST_MEASUREMENTS:
        raise ImplausibleMeasurement(f"A study keeps {MOST_MEASUREMENTS} measurements at most.")
    uids = [measurement.tracking_uid for measurement in measurements]
    if len(set(uids)) != len(uids):
        raise ImplausibleMeasurement("Two measurements have the same identifier.")
    points = 0
    for measurement in measurements:
        points += _check(measurement, frames)
    if points > MOST_POINTS_OF_A_STUDY:
        raise ImplausibleMeasurement("The measurements of a study have too many points.")


def _check(measurement: Measurement, frames: Mapping[str, int]) -> int:
    if not is_valid_uid(measurement.tracking_uid):
        raise ImplausibleMeasurement("A measurement's identifier is not a UID.")
    if measurement.measured_at.tzinfo is None:
        raise ImplausibleMeasurement("A measurement's time has no zone.")
    _check_label(measurement)
    if not 1 <= len(measurement.figures) <= _MOST_FIGURES:
        raise ImplausibleMeasurement("A measurement must be drawn on a picture.")
    if len(measurement.text) > LONGEST_TEXT:
        raise ImplausibleMeasurement(f"A note has {LONGEST_TEXT} characters at most.")
    quantities = [value.quantity for value in measurement.values]
    if len(set(quantities)) != len(quantities):
        raise ImplausibleMeasurement("A measurement names one quantity twice.")
    if any(not abs(value.number) <= _LARGEST_NUMBER for value in measurement.values):
        raise ImplausibleMeasurement("A measured number is not finite, or absurdly large.")
    scale = measurement.manual_scale
    if scale is not None and not (0 < scale.cm_per_column < 100 and 0 < scale.cm_per_row < 100):
        raise ImplausibleMeasurement("The scale given by hand is absurd.")
    return sum(_check_figure(figure, frames) for figure in measurement.figures)


def _check_label(measurement: Measurement) -> None:
    if not measurement.label:
        return
    label = LABELS.get(measurement.label)
    if label is None:
        raise ImplausibleMeasurement("This archive knows no label of that name.")
    if measurement.tool not in label.tools:
        raise ImplausibleMeasurement(f"{label.key} is not measured in this way.")
    if measurement.find(label.quantity) is None:
        raise ImplausibleMeasurement(f"{label.key} lacks its number.")


def _check_figure(figure: Figure, frames: Mapping[str, int]) -> int:
    number_of_frames = frames.get(figure.sop_instance_uid)
    if number_of_frames is None:
        raise ImplausibleMeasurement("A measurement refers to an object that the study lacks.")
    if not 1 <= figure.frame <= max(1, number_of_frames):
        raise ImplausibleMeasurement("A measurement refers to a frame that the object lacks.")
    fewest, most = _POINTS[figure.graphic_type]
    if not fewest <= len(figure.points) <= most:
        raise ImplausibleMeasurement(f"A {figure.graphic_type} cannot have that many points.")
    if any(not abs(part) <= _FARTHEST for point in figure.points for part in point):
        raise ImplausibleMeasurement("A point lies absurdly far outside its picture.")
    return len(figure.points)
