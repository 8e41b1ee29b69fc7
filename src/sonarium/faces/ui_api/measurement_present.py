"""From measurements and calibration to the JSON API, and back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.sr.content import GraphicPoint, GraphicType
from sonarium.dicom.sr.key_objects import REASONS
from sonarium.faces.ui_api.measurement_model import (
    AxisUnit,
    DerivedDetail,
    DoubtDetail,
    FigureDetail,
    InstanceCalibration,
    KeyImagesDetail,
    LabelDetail,
    ManualScaleDetail,
    MarkedImageDetail,
    MeanDetail,
    MeasurementDetail,
    MeasurementLabels,
    QuantityDetail,
    ReasonDetail,
    RegionDetail,
    SpatialFormatName,
    StudyCalibration,
    StudyKeyImages,
    StudyMeasurements,
    ValueDetail,
)
from sonarium.services.key_images import MarkedImages
from sonarium.services.measurements import InstanceHeader, SavedMeasurements
from sonarium.ultrasound.calibration import NotCalibrated, baseline_row, speed_cm_per_s
from sonarium.ultrasound.calibration_check import (
    CHECKED_TAGS,
    STALE,
    CalibrationDoubt,
    calibration_doubts,
)
from sonarium.ultrasound.measuring.concepts import QUANTITIES
from sonarium.ultrasound.measuring.labels import LABELS, Label
from sonarium.ultrasound.measuring.measurement import (
    Figure,
    ManualScale,
    MeasuredValue,
    Measurement,
    Quantity,
    Tool,
)
from sonarium.ultrasound.regions import (
    RegionDataType,
    SpatialFormat,
    Unit,
    USRegion,
    read_regions,
)

_ROWS, _COLUMNS = 0x00280010, 0x00280011
_UNITS: Final[dict[Unit, AxisUnit]] = {
    Unit.CENTIMETRE: "cm",
    Unit.SECOND: "s",
    Unit.HERTZ: "Hz",
    Unit.CENTIMETRE_PER_SECOND: "cm/s",
}
_FORMATS: Final[dict[SpatialFormat, SpatialFormatName]] = {
    SpatialFormat.TWO_DIMENSIONAL: "2D",
    SpatialFormat.M_MODE: "M-mode",
    SpatialFormat.SPECTRAL: "spectral",
    SpatialFormat.WAVEFORM: "waveform",
}


def study_calibration(instances: Sequence[InstanceHeader]) -> StudyCalibration:
    """Present how the pictures of a study are calibrated; objects without pixels are left out."""
    return StudyCalibration(
        instances=[
            _instance_calibration(instance)
            for instance in instances
            if instance.header.integer(_ROWS)
        ]
    )


def _instance_calibration(instance: InstanceHeader) -> InstanceCalibration:
    attributes = header_to_json(instance.header, None, CHECKED_TAGS)
    doubts = calibration_doubts(attributes)
    return InstanceCalibration(
        sop_instance_uid=instance.sop_instance_uid,
        rows=instance.header.integer(_ROWS) or 0,
        columns=instance.header.integer(_COLUMNS) or 0,
        regions=[
            _region(region, [doubt for doubt in doubts if doubt.region_index == index])
            for index, region in enumerate(read_regions(attributes))
        ],
        doubts=[_doubt(doubt) for doubt in doubts if doubt.region_index is None],
    )


def _region(region: USRegion, doubts: Sequence[CalibrationDoubt]) -> RegionDetail:
    baseline = _baseline(region)
    return RegionDetail(
        spatial_format=_FORMATS.get(region.spatial_format, "other"),
        min_column=region.min_x0,
        min_row=region.min_y0,
        max_column=region.max_x1,
        max_row=region.max_y1,
        unit_x=_UNITS.get(region.units_x, "other"),
        unit_y=_UNITS.get(region.units_y, "other"),
        delta_x=region.delta_x,
        delta_y=region.delta_y,
        baseline_row=baseline,
        velocity_per_row=None if baseline is None else _velocity_per_row(region, baseline),
        is_ecg=region.data_type is RegionDataType.ECG_TRACE,
        is_scaling_protected=region.is_scaling_protected,
        doubts=[_doubt(doubt) for doubt in doubts],
    )


def _baseline(region: USRegion) -> float | None:
    try:
        return baseline_row(region)
    except NotCalibrated:
        return None


def _velocity_per_row(region: USRegion, baseline: float) -> float | None:
    try:
        return speed_cm_per_s(region, baseline + 1)
    except NotCalibrated:
        return None


def _doubt(doubt: CalibrationDoubt) -> DoubtDetail:
    return DoubtDetail(kind=doubt.doubt.value, sentence=doubt.sentence, blocks=doubt.doubt in STALE)


def study_measurements(saved: SavedMeasurements, observer: str) -> StudyMeasurements:
    """Present what was measured."""
    return StudyMeasurements(
        version=saved.version,
        document_uid=saved.sop_instance_uid,
        saved_at=saved.saved_at.isoformat() if saved.saved_at is not None else None,
        observer=observer,
        measurements=[_measurement(measurement) for measurement in saved.measurements],
        means=[
            MeanDetail(label=mean.label, number=mean.number, unit=mean.unit.value, count=mean.count)
            for mean in saved.means
        ],
        derived=[
            DerivedDetail(
                name=value.name,
                number=value.number,
                unit=value.unit.value,
                equation=value.equation,
                inputs=list(value.inputs),
                warning=value.warning,
            )
            for value in saved.derived
        ],
    )


def _measurement(measurement: Measurement) -> MeasurementDetail:
    scale = measurement.manual_scale
    return MeasurementDetail(
        tracking_uid=measurement.tracking_uid,
        tool=measurement.tool.value,
        label=measurement.label,
        figures=[
            FigureDetail(
                sop_instance_uid=figure.sop_instance_uid,
                frame=figure.frame,
                graphic_type=figure.graphic_type.value,
                points=[(point.column, point.row) for point in figure.points],
            )
            for figure in measurement.figures
        ],
        values=[
            ValueDetail(quantity=it.quantity.value, number=it.number) for it in measurement.values
        ],
        measured_at=measurement.measured_at.isoformat(),
        measured_by=measurement.measured_by,
        text=measurement.text,
        manual_scale=(
            None
            if scale is None
            else ManualScaleDetail(cm_per_column=scale.cm_per_column, cm_per_row=scale.cm_per_row)
        ),
    )


def measurement_of(detail: MeasurementDetail) -> Measurement:
    """Read a measurement that a page sends.

    Raises:
        ValueError: its time is none.
    """
    scale = detail.manual_scale
    return Measurement(
        tracking_uid=detail.tracking_uid,
        tool=Tool(detail.tool),
        label=detail.label,
        figures=tuple(
            Figure(
                sop_instance_uid=figure.sop_instance_uid,
                frame=figure.frame,
                graphic_type=GraphicType(figure.graphic_type),
                points=tuple(GraphicPoint(*point) for point in figure.points),
            )
            for figure in detail.figures
        ),
        values=tuple(MeasuredValue(Quantity(it.quantity), it.number) for it in detail.values),
        measured_at=datetime.fromisoformat(detail.measured_at),
        measured_by=detail.measured_by[:64],
        text=detail.text,
        manual_scale=(
            None if scale is None else ManualScale(scale.cm_per_column, scale.cm_per_row)
        ),
    )


def measurement_labels() -> MeasurementLabels:
    """Present every label and every unit."""
    return MeasurementLabels(
        labels=[_label(label) for label in LABELS.values()],
        quantities=[
            QuantityDetail(quantity=quantity.value, unit=concept.unit.value)
            for quantity, concept in QUANTITIES.items()
        ],
    )


def _label(label: Label) -> LabelDetail:
    return LabelDetail(
        key=label.key,
        name=label.name,
        group=label.group,
        quantity=label.quantity.value,
        tools=[tool.value for tool in label.tools],
        code=label.code.value,
        scheme=label.code.scheme,
        meaning=label.code.meaning,
    )


def study_key_images(marked: Sequence[MarkedImages]) -> StudyKeyImages:
    """Present what is marked in a study."""
    return StudyKeyImages(
        selections=[
            KeyImagesDetail(
                document_uid=selection.sop_instance_uid,
                marked_at=selection.marked_at.isoformat(),
                marked_by=selection.marked_by,
                reason=selection.reason.meaning,
                description=selection.description,
                images=[
                    MarkedImageDetail(sop_instance_uid=image.sop_instance_uid, frame=image.frame)
                    for image in selection.images
                ],
            )
            for selection in marked
        ],
        reasons=[ReasonDetail(code=reason.value, meaning=reason.meaning) for reason in REASONS],
    )
