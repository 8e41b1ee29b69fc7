from datetime import UTC, datetime

from sonarium.dicom.presentation_state import Shape
from sonarium.dicom.sr.content import GraphicPoint, GraphicType
from sonarium.ultrasound.measuring.measurement import (
    Figure,
    MeasuredValue,
    Measurement,
    Quantity,
    Tool,
)
from sonarium.ultrasound.measuring.presentation import marked_frames

AT = datetime(2026, 11, 23, tzinfo=UTC)


def measured(
    tool: Tool, kind: GraphicType, points: int, value: MeasuredValue | None, **said: str
) -> Measurement:
    places = tuple(GraphicPoint(10.0 * at, 5.0 * at) for at in range(points))
    figure = Figure("2.25.1", 3, kind, places)
    values = () if value is None else (value,)
    return Measurement(
        "2.25.9", tool, said.get("label", ""), (figure,), values, AT, "Mary", said.get("text", "")
    )


def test_each_shape_is_drawn_with_its_name_and_number() -> None:
    gradient = MeasuredValue(Quantity.PEAK_GRADIENT, 36.04)
    marks = list(
        marked_frames(
            [
                measured(Tool.AREA, GraphicType.POLYLINE, 4, MeasuredValue(Quantity.AREA, 12.345)),
                measured(Tool.VELOCITY, GraphicType.POINT, 1, gradient, label="AV Vmax"),
                measured(Tool.B_LINES, GraphicType.MULTIPOINT, 3, None),
                measured(Tool.ELLIPSE, GraphicType.ELLIPSE, 4, None),
                measured(Tool.NOTE, GraphicType.POINT, 1, None, text="Look here"),
            ],
            frozenset(),
        )
    )
    assert [mark.words for mark in marks] == ["12.3 cm²", "AV Vmax 36 mmHg", "", "", "Look here"]
    shapes = [[graphic.shape for graphic in mark.graphics] for mark in marks]
    assert shapes == [
        [Shape.POLYLINE], [Shape.POINT], [Shape.POINT] * 3, [Shape.ELLIPSE], [Shape.POINT],
    ]  # fmt: skip
    (outline,) = marks[0].graphics
    assert outline.points[0] == outline.points[-1]
    assert {mark.frame for mark in marks} == {3}


def test_a_still_has_no_frame_to_name() -> None:
    (mark,) = marked_frames(
        [measured(Tool.ARROW, GraphicType.POLYLINE, 2, None)], frozenset({"2.25.1"})
    )
    assert mark.frame is None
