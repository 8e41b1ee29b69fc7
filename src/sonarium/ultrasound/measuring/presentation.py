"""Measurements as marks on their images, for viewers that draw presentation states."""

from collections.abc import Iterator, Sequence
from typing import Final

from sonarium.dicom.presentation_state import Graphic, MarkedFrame, Shape
from sonarium.dicom.sr.content import GraphicType
from sonarium.ultrasound.measuring.concepts import QUANTITIES
from sonarium.ultrasound.measuring.measurement import Figure, MeasuredValue, Measurement, Tool

_SHOWN_UNITS: Final = {
    "mm[Hg]": "mmHg",
    "{H.B.}/min": "bpm",
    "cm2": "cm²",
    "cm/s2": "cm/s²",
    "deg": "°",
    "{lines}": "",
}
_CLOSED: Final = frozenset({Tool.AREA, Tool.VOLUME})
_SIGNIFICANT: Final = 3


def marked_frames(
    measurements: Sequence[Measurement], single_frames: frozenset[str]
) -> Iterator[MarkedFrame]:
    """Draw each measurement on its frame, with its name and first number beside it.

    Args:
        measurements: all of a study.
        single_frames: images of one frame, which is not numbered.
    """
    for measurement in measurements:
        words = _words(measurement)
        for figure in measurement.figures:
            graphics = _graphics(figure, is_closed=measurement.tool in _CLOSED)
            frame = None if figure.sop_instance_uid in single_frames else figure.frame
            yield MarkedFrame(figure.sop_instance_uid, frame, graphics, words)
            words = ""


def _graphics(figure: Figure, *, is_closed: bool) -> list[Graphic]:
    points = [(point.column, point.row) for point in figure.points]
    match figure.graphic_type:
        case GraphicType.POINT | GraphicType.MULTIPOINT:
            return [Graphic(Shape.POINT, [point]) for point in points]
        case GraphicType.ELLIPSE:
            return [Graphic(Shape.ELLIPSE, points)]
        case _:
            return [Graphic(Shape.POLYLINE, [*points, points[0]] if is_closed else points)]


def _words(measurement: Measurement) -> str:
    name = measurement.label or measurement.text
    number = _number(measurement.values[0]) if measurement.values else ""
    return " ".join(part for part in (name, number) if part)


def _number(value: MeasuredValue) -> str:
    unit = QUANTITIES[value.quantity].unit.value
    shown = _SHOWN_UNITS.get(unit, unit)
    return f"{value.number:.{_SIGNIFICANT}g} {shown}".strip()
