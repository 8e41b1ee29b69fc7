"""The shapes of measuring in the JSON API: calibration, measurements, labels."""

from typing import Literal

import msgspec

from sonarium.faces.ui_api.model import UIModel

AxisUnit = Literal["cm", "s", "Hz", "cm/s", "other"]
SpatialFormatName = Literal["2D", "M-mode", "spectral", "waveform", "other"]
ToolName = Literal[
    "distance",
    "ellipse",
    "area",
    "angle",
    "volume",
    "depth",
    "time",
    "heart-rate",
    "slope",
    "velocity",
    "deceleration",
    "envelope",
    "b-lines",
    "arrow",
    "note",
]
QuantityName = Literal[
    "length",
    "major-axis",
    "minor-axis",
    "area",
    "circumference",
    "angle",
    "volume",
    "time",
    "heart-rate",
    "slope",
    "velocity",
    "peak-gradient",
    "deceleration",
    "deceleration-time",
    "half-time",
    "vti",
    "mean-velocity",
    "mean-gradient",
    "duration",
    "count",
]
GraphicTypeName = Literal["POINT", "MULTIPOINT", "POLYLINE", "CIRCLE", "ELLIPSE"]


class DoubtDetail(UIModel, frozen=True):
    """Something odd about a calibration; `blocks` when lengths would be wrong."""

    kind: str
    sentence: str
    blocks: bool


class RegionDetail(UIModel, frozen=True):
    """One calibrated part of a picture (PS3.3 C.8.5.5).

    Bounds are inclusive pixels. `delta` is physical units for one pixel. `baseline_row` is the
    pixel row of velocity nought, counted to pixel centres; `velocity_per_row` is the cm/s of
    one row, also where the file counts hertz, and null where velocity cannot be told.
    """

    spatial_format: SpatialFormatName
    min_column: int
    min_row: int
    max_column: int
    max_row: int
    unit_x: AxisUnit
    unit_y: AxisUnit
    delta_x: float
    delta_y: float
    baseline_row: float | None
    velocity_per_row: float | None
    is_ecg: bool
    is_scaling_protected: bool
    doubts: list[DoubtDetail]


class InstanceCalibration(UIModel, frozen=True):
    """How one object is calibrated; its regions hold for all of its frames."""

    sop_instance_uid: str = msgspec.field(name="sopInstanceUID")
    rows: int
    columns: int
    regions: list[RegionDetail]
    doubts: list[DoubtDetail]


class StudyCalibration(UIModel, frozen=True):
    """How the pictures of a study are calibrated."""

    instances: list[InstanceCalibration]


class FigureDetail(UIModel, frozen=True):
    """Places on one frame (from 1); the corner of the first pixel is 0, 0 (PS3.3 C.18.6)."""

    sop_instance_uid: str = msgspec.field(name="sopInstanceUID")
    frame: int
    graphic_type: GraphicTypeName
    points: list[tuple[float, float]]


class ValueDetail(UIModel, frozen=True):
    """One number; the unit belongs to the quantity, see `labels`."""

    quantity: QuantityName
    number: float


class ManualScaleDetail(UIModel, frozen=True):
    """A scale that a person gave by a known distance."""

    cm_per_column: float
    cm_per_row: float


class MeasurementDetail(UIModel, frozen=True):
    """One measurement or mark."""

    tracking_uid: str = msgspec.field(name="trackingUID")
    tool: ToolName
    label: str
    figures: list[FigureDetail]
    values: list[ValueDetail]
    measured_at: str
    measured_by: str
    text: str = ""
    manual_scale: ManualScaleDetail | None = None


class MeanDetail(UIModel, frozen=True):
    """The repeats of one label, averaged."""

    label: str
    number: float
    unit: str
    count: int


class DerivedDetail(UIModel, frozen=True):
    """A value that follows from labels."""

    name: str
    number: float
    unit: str
    equation: str
    inputs: list[str]
    warning: str


class StudyMeasurements(UIModel, frozen=True):
    """Everything measured in a study, as of a version; 0 before anything was."""

    version: int
    document_uid: str | None = msgspec.field(name="documentUID")
    saved_at: str | None
    observer: str
    measurements: list[MeasurementDetail]
    means: list[MeanDetail]
    derived: list[DerivedDetail]


class MeasurementsToSave(UIModel, frozen=True):
    """All measurements of a study, and the version that they were made from."""

    version: int
    measurements: list[MeasurementDetail]


class LabelDetail(UIModel, frozen=True):
    """A label that a measurement can have, with its code."""

    key: str
    name: str
    group: str
    quantity: QuantityName
    tools: list[ToolName]
    code: str
    scheme: str
    meaning: str


class QuantityDetail(UIModel, frozen=True):
    """A quantity and its unit (UCUM)."""

    quantity: QuantityName
    unit: str


class MeasurementLabels(UIModel, frozen=True):
    """What measurements can be called and what they count."""

    labels: list[LabelDetail]
    quantities: list[QuantityDetail]


class MarkedImageDetail(UIModel, frozen=True):
    """An image, or one frame of it (from 1)."""

    sop_instance_uid: str = msgspec.field(name="sopInstanceUID")
    frame: int | None = None


class KeyImagesDetail(UIModel, frozen=True):
    """Images that somebody marked for a reason (Key Object Selection)."""

    document_uid: str = msgspec.field(name="documentUID")
    marked_at: str
    marked_by: str
    reason: str
    description: str
    images: list[MarkedImageDetail]


class ReasonDetail(UIModel, frozen=True):
    """A reason to mark an image (CID 7010)."""

    code: str
    meaning: str


class StudyKeyImages(UIModel, frozen=True):
    """What is marked in a study, and the reasons there are."""

    selections: list[KeyImagesDetail]
    reasons: list[ReasonDetail]


class ImagesToMark(UIModel, frozen=True):
    """Images to mark; `reason` is the code of a reason."""

    reason: str
    description: str
    images: list[MarkedImageDetail]
