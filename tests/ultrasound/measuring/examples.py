"""Measurements for tests: what a person might have drawn."""

from datetime import UTC, datetime

from sonarium.dicom.sr.content import GraphicPoint, GraphicType
from sonarium.dicom.sr.document_modules import Observer, ReferencedImage
from sonarium.ultrasound.measuring.measurement import (
    Figure,
    ManualScale,
    MeasuredValue,
    Measurement,
    Quantity,
    Tool,
)

STILL = ReferencedImage("1.2.3.4.1", "1.2.840.10008.5.1.4.1.1.6.1", "1.2.3.4", 1)
LOOP = ReferencedImage("1.2.3.4.2", "1.2.840.10008.5.1.4.1.1.3.1", "1.2.3.4", 30)
IMAGES = {image.sop_instance_uid: image for image in (STILL, LOOP)}
OBSERVER = Observer("This workstation", "1.2.3.9", "Sonarium")
MEASURED_AT = datetime(2026, 11, 23, 17, 58, 1, 250000, UTC)


def figure(
    *places: tuple[float, float],
    kind: GraphicType = GraphicType.POLYLINE,
    image: ReferencedImage = LOOP,
    frame: int = 12,
) -> Figure:
    points = tuple(GraphicPoint(*place) for place in places)
    return Figure(image.sop_instance_uid, frame, kind, points)


def length(label: str, number: float, uid: str = "2.25.1") -> Measurement:
    return Measurement(
        tracking_uid=uid,
        tool=Tool.DISTANCE,
        label=label,
        figures=(figure((100.25, 80.5), (140.75, 191)),),
        values=(MeasuredValue(Quantity.LENGTH, number),),
        measured_at=MEASURED_AT,
        measured_by="This workstation",
    )


def one_of_each() -> tuple[Measurement, ...]:
    """One measurement of several kinds, with and without labels."""
    return (
        length("LVIDd", 5.0123456789012345, "2.25.1"),
        length("LVIDd", 5.1, "2.25.2"),
        length("LVIDs", 3.2, "2.25.3"),
        Measurement(
            "2.25.4",
            Tool.ELLIPSE,
            "HC",
            (
                figure(
                    (10, 10),
                    (110, 10),
                    (60, 40),
                    (60, -20.5),
                    kind=GraphicType.ELLIPSE,
                    image=STILL,
                    frame=1,
                ),
            ),
            (
                MeasuredValue(Quantity.CIRCUMFERENCE, 19.5),
                MeasuredValue(Quantity.AREA, 29.1),
                MeasuredValue(Quantity.MAJOR_AXIS, 7.0),
                MeasuredValue(Quantity.MINOR_AXIS, 5.3),
            ),
            MEASURED_AT,
            "SYNTHETIC Sonographer",
            manual_scale=ManualScale(0.025, 0.0251),
        ),
        Measurement(
            "2.25.5",
            Tool.ENVELOPE,
            "AV VTI",
            (figure((10, 200), (30, 120), (50, 200), image=STILL, frame=1),),
            (
                MeasuredValue(Quantity.VTI, 80.0),
                MeasuredValue(Quantity.VELOCITY, 420.0),
                MeasuredValue(Quantity.MEAN_GRADIENT, 42.0),
            ),
            MEASURED_AT,
            "This workstation",
        ),
        Measurement(
            "2.25.6",
            Tool.VELOCITY,
            "Right ICA PSV",
            (figure((33, 44), kind=GraphicType.POINT, image=STILL, frame=1),),
            (
                MeasuredValue(Quantity.VELOCITY, 180.0),
                MeasuredValue(Quantity.PEAK_GRADIENT, 12.96),
            ),
            MEASURED_AT,
            "This workstation",
        ),
        Measurement(
            "2.25.7",
            Tool.B_LINES,
            "B-lines",
            (figure((1, 2), (3, 4), (5, 6), kind=GraphicType.MULTIPOINT),),
            (MeasuredValue(Quantity.COUNT, 3),),
            MEASURED_AT,
            "This workstation",
        ),
        Measurement(
            "2.25.8",
            Tool.ARROW,
            "",
            (figure((5, 5), (50, 60)),),
            (),
            MEASURED_AT,
            "This workstation",
            text="Flattes Segel – näher ansehen",
        ),
    )
