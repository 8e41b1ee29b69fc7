"""What a scanner keeps of one press of a button: frames, and all that is known of them."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import simplejpeg

from sonarium.ultrasound.regions import (
    Point,
    RegionDataType,
    SpatialFormat,
    Unit,
    USRegion,
)
from sonarium.ultrasound.synthetic.beam import Beam, Placement
from sonarium.ultrasound.synthetic.screen import Box, Picture

JPEG_QUALITY: Final = 85

_NOT_SCALABLE: Final = 2
"""Region Flags bit 1: the scale is right and users may not change it."""


class Code(NamedTuple):
    """A coded concept."""

    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Stage:
    """Where an acquisition stands in a stress protocol (PS3.3 C.8.5.6)."""

    name: str
    number: int
    of_stages: int
    code: Code
    view_number: int
    of_views: int
    event_name: str = ""
    event_elapsed_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Frames as JPEG streams (4:2:2), and what the scanner knows of them."""

    description: str
    frames: tuple[bytes, ...]
    rows: int
    columns: int
    regions: tuple[USRegion, ...]
    mode: int
    """Image Type value 4: 1 2D, 2 M-mode, 4 CW, 8 PW, 10 (hex) colour."""
    frame_time_ms: float | None = None
    frame_times_ms: tuple[float, ...] = ()
    """Start of every frame where they are uneven (Frame Time Vector)."""
    heart_rate_bpm: float | None = None
    r_waves_ms: tuple[float, ...] = ()
    view_name: str = ""
    view: Code | None = None
    stage: Stage | None = None
    probe: str = ""
    transducer_geometry: str = "SECTOR_PHASED"
    depth_cm: float = 0.0
    mechanical_index: float = 0.0
    thermal_index: float = 0.0
    laterality: str = ""
    """Image Laterality: "L", "R", "U" for what is no pair, or none."""
    anatomy: Code | None = None
    """Anatomic region."""
    sizes_mm: dict[str, float] = field(default_factory=dict)
    """What is painted, for reports that agree with the picture."""

    @property
    def is_multi_frame(self) -> bool:
        """A clip, not a still."""
        return len(self.frames) > 1


def encode(picture: Picture) -> bytes:
    """Compress one frame as JPEG baseline with chroma 4:2:2."""
    stream: bytes = simplejpeg.encode_jpeg(
        np.ascontiguousarray(picture), quality=JPEG_QUALITY, colorsubsampling="422", fastdct=True
    )
    return stream if len(stream) % 2 == 0 else stream + b"\0"


def tissue_region(
    beam: Beam,
    placement: Placement,
    rows: int,
    columns: int,
    *,
    cm_per_unit: float = 1.0,
    data_type: RegionDataType = RegionDataType.TISSUE,
    frequency_khz: int = 2500,
) -> USRegion:
    """Calibrate the fan: centimetres both ways, reference where the middle line begins.

    Args:
        cm_per_unit: true size of a centimetre of the model (a child's heart is smaller).
    """
    x, y = beam.positions(lines=33, samples=2)
    scale = placement.pixels_per_cm
    left = max(int(placement.column + float(x.min()) * scale), 0)
    right = min(int(placement.column + float(x.max()) * scale) + 1, columns - 1)
    top = max(int(placement.row + min(float(y.min()), 0.0) * scale), 0)
    bottom = min(int(placement.row + float(y.max()) * scale) + 1, rows - 1)
    delta = cm_per_unit / scale
    # Placements are whole pixels, so that the reference pixel is exact.
    return USRegion(
        spatial_format=SpatialFormat.TWO_DIMENSIONAL,
        data_type=data_type,
        flags=_NOT_SCALABLE,
        min_x0=left,
        min_y0=top,
        max_x1=right,
        max_y1=bottom,
        units_x=Unit.CENTIMETRE,
        units_y=Unit.CENTIMETRE,
        delta_x=delta,
        delta_y=delta,
        reference_pixel=Point(round(placement.column) - left, round(placement.row) - top),
        reference_value_x=0.0,
        reference_value_y=0.0,
        transducer_frequency_khz=frequency_khz,
    )


def trace_region(box: Box, seconds: float) -> USRegion:
    """Calibrate an electrocardiogram: seconds along, no unit upwards."""
    return USRegion(
        spatial_format=SpatialFormat.WAVEFORM,
        data_type=RegionDataType.ECG_TRACE,
        flags=_NOT_SCALABLE,
        min_x0=box.left,
        min_y0=box.top,
        max_x1=box.right,
        max_y1=box.bottom,
        units_x=Unit.SECOND,
        units_y=Unit.NONE,
        delta_x=seconds / box.width,
        delta_y=0.0,
        reference_pixel=Point(0, box.height // 2),
        reference_value_x=0.0,
        reference_value_y=0.0,
    )
