"""Doubts about a calibration: what real scanners get wrong, found before anyone measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.regions import (
    DISTANCE_AXES,
    RegionDataType,
    SpatialFormat,
    Unit,
    USRegion,
    fits,
    read_regions,
)

CHECKED_TAGS: Final = (0x00186011, 0x00280010, 0x00280011, 0x00280030, 0x00280034)
"""What `calibration_doubts` looks at."""

_DEEPEST_CM: Final = 40.0
_SHALLOWEST_CM: Final = 0.5
_SQUARE_TOLERANCE: Final = 0.01


class Doubt(StrEnum):
    """What may be wrong; see PS3.3 C.8.5.5 for what would be right."""

    NO_REGIONS = "no regions"
    NOT_CALIBRATED = "not calibrated"
    SCALING_PROTECTED = "scaling protected"
    DIRECTION_UNCERTAIN = "direction uncertain"
    OUT_OF_BOUNDS = "out of bounds"
    REFERENCE_MAYBE_ABSOLUTE = "reference maybe absolute"
    REFERENCE_UNWRAPPED = "reference unwrapped"
    MIRRORED_AXIS = "mirrored axis"
    ANISOTROPIC_PIXELS = "anisotropic pixels"
    ABSURD_SCALE = "absurd scale"
    PIXEL_SPACING_DIFFERS = "pixel spacing differs"


STALE: Final = frozenset({Doubt.OUT_OF_BOUNDS, Doubt.ABSURD_SCALE})
"""Doubts that make a length wrong: never measure without asking."""

_SENTENCES: Final = {
    Doubt.NO_REGIONS: "The picture has no calibrated regions: calibrate by hand to measure.",
    Doubt.NOT_CALIBRATED: "This region has no units: calibrate by hand to measure.",
    Doubt.SCALING_PROTECTED: "The scanner forbids to calibrate this region again.",
    Doubt.DIRECTION_UNCERTAIN: "Velocities grow downwards in the file: take the direction from"
    " the screen.",
    Doubt.OUT_OF_BOUNDS: "The region reaches beyond the picture: it was scaled or cropped after"
    " calibration, and lengths are wrong.",
    Doubt.REFERENCE_MAYBE_ABSOLUTE: "The reference pixel seems to count from the corner of the"
    " picture: absolute depths and velocities may be shifted.",
    Doubt.REFERENCE_UNWRAPPED: "A negative pixel was written without its sign and was mended.",
    Doubt.MIRRORED_AXIS: "The horizontal axis runs from right to left.",
    Doubt.ANISOTROPIC_PIXELS: "Pixels are not square: stretch the picture to show true shapes.",
    Doubt.ABSURD_SCALE: "The depth that this scale implies is not that of a patient.",
    Doubt.PIXEL_SPACING_DIFFERS: "Pixel Spacing disagrees with the regions and is not used.",
}


@dataclass(frozen=True, slots=True)
class CalibrationDoubt:
    """One doubt, about one region or (index None) about the whole picture."""

    doubt: Doubt
    region_index: int | None

    @property
    def sentence(self) -> str:
        """Tell a user what is wrong."""
        return _SENTENCES[self.doubt]


def calibration_doubts(attributes: Attributes) -> tuple[CalibrationDoubt, ...]:
    """List every doubt about how an instance is calibrated, in the order of its regions."""
    regions = read_regions(attributes)
    if not regions:
        return (CalibrationDoubt(Doubt.NO_REGIONS, None),)
    rows, columns = _first(attributes, "00280010"), _first(attributes, "00280011")
    found = [
        CalibrationDoubt(doubt, index)
        for index, region in enumerate(regions)
        for doubt in (*_geometry(region, rows, columns), *_axes(region))
    ]
    ratio = _numbers(attributes, "00280034")
    if len(ratio) == 2 and ratio[0] != ratio[1] and not _has(found, Doubt.ANISOTROPIC_PIXELS):
        found.append(CalibrationDoubt(Doubt.ANISOTROPIC_PIXELS, None))
    if _spacing_differs(_numbers(attributes, "00280030"), regions):
        found.append(CalibrationDoubt(Doubt.PIXEL_SPACING_DIFFERS, None))
    return tuple(found)


def _geometry(region: USRegion, rows: float | None, columns: float | None) -> list[Doubt]:
    found = []
    # A maximum equal to the size is one pixel too far, common, and harmless.
    beyond = (columns is not None and region.max_x1 > columns) or (
        rows is not None and region.max_y1 > rows
    )
    if beyond or region.max_x1 < region.min_x0 or region.max_y1 < region.min_y0:
        found.append(Doubt.OUT_OF_BOUNDS)
    if _reference_is_absolute(region, rows, columns):
        found.append(Doubt.REFERENCE_MAYBE_ABSOLUTE)
    if region.unwrapped:
        found.append(Doubt.REFERENCE_UNWRAPPED)
    return found


def _reference_is_absolute(region: USRegion, rows: float | None, columns: float | None) -> bool:
    """Tell whether the reference makes sense only when it counts from the picture's corner."""
    point = region.reference_pixel
    if point is None or (region.min_x0 == 0 and region.min_y0 == 0):
        return False
    inside_if_absolute = (
        region.min_x0 <= point.x <= region.max_x1 and region.min_y0 <= point.y <= region.max_y1
    )
    if not inside_if_absolute:
        return False
    outside = (rows is not None and region.min_y0 + point.y > rows) or (
        columns is not None and region.min_x0 + point.x > columns
    )
    # The apex of a sector is at its middle: an absolute middle betrays an absolute reference.
    middle = (region.min_x0 + region.max_x1) / 2
    centred = (
        region.spatial_format is SpatialFormat.TWO_DIMENSIONAL
        and region.min_x0 > 2
        and abs(point.x - middle) <= 1
    )
    return outside or centred


def _axes(region: USRegion) -> list[Doubt]:
    if region.spatial_format in {SpatialFormat.NONE, SpatialFormat.GRAPHICS}:
        return []
    trace = region.data_type in {RegionDataType.ECG_TRACE, RegionDataType.PULSE_TRACE}
    if region.delta_x == 0 or (region.delta_y == 0 and not trace):
        return [Doubt.NOT_CALIBRATED]
    if region.units_x in {Unit.NONE, Unit.UNKNOWN}:
        protected = [Doubt.SCALING_PROTECTED] if region.is_scaling_protected else []
        return [Doubt.NOT_CALIBRATED, *protected]
    found = []
    if region.spatial_format is SpatialFormat.SPECTRAL and region.delta_y > 0:
        found.append(Doubt.DIRECTION_UNCERTAIN)
    if region.delta_x < 0:
        found.append(Doubt.MIRRORED_AXIS)
    if fits(region, DISTANCE_AXES):
        if abs(abs(region.delta_x / region.delta_y) - 1) > _SQUARE_TOLERANCE:
            found.append(Doubt.ANISOTROPIC_PIXELS)
        if not _SHALLOWEST_CM <= region.height * abs(region.delta_y) <= _DEEPEST_CM:
            found.append(Doubt.ABSURD_SCALE)
    return found


def _spacing_differs(spacing_mm: Sequence[float], regions: Sequence[USRegion]) -> bool:
    if len(spacing_mm) != 2:
        return False
    row_cm, column_cm = spacing_mm[0] / 10, spacing_mm[1] / 10
    return any(
        region.spatial_format not in {SpatialFormat.NONE, SpatialFormat.GRAPHICS}
        and (
            region.units_y is not Unit.CENTIMETRE
            or region.units_x is not Unit.CENTIMETRE
            or abs(abs(region.delta_y) - row_cm) > _SQUARE_TOLERANCE * row_cm
            or abs(abs(region.delta_x) - column_cm) > _SQUARE_TOLERANCE * column_cm
        )
        for region in regions
    )


def _has(found: Sequence[CalibrationDoubt], doubt: Doubt) -> bool:
    return any(one.doubt is doubt for one in found)


def _first(attributes: Attributes, tag: str) -> float | None:
    numbers = _numbers(attributes, tag)
    return numbers[0] if numbers else None


def _numbers(attributes: Attributes, tag: str) -> list[float]:
    values = attributes.get(tag, {}).get("Value")
    if not isinstance(values, list):
        return []
    try:
        return [float(value) for value in values if isinstance(value, int | float | str)]
    except ValueError:
        return []
