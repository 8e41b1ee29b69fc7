"""From a drawn cavity to its disks, by the picture's own calibration or a person's."""

from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.measuring.disks import Disks, Place, cut_into_disks
from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.measurement import Measurement
from sonarium.ultrasound.regions import DISTANCE_AXES, Pixel, find_region, read_regions


def cut_figure(measurement: Measurement, picture: Attributes) -> Disks | None:
    """Cut the first outline of a measurement; None where it has no scale or no area."""
    points = measurement.figures[0].points if measurement.figures else ()
    if not points:
        return None
    scale = measurement.manual_scale
    if scale is not None:
        across, down = scale.cm_per_column, scale.cm_per_row
    else:
        # A report counts from the corner of the first pixel, a region from its centre.
        start = Pixel(points[0].column - 0.5, points[0].row - 0.5)
        region = find_region(read_regions(picture), start, DISTANCE_AXES)
        if region is None:
            return None
        across, down = region.delta_x, region.delta_y
    try:
        return cut_into_disks([Place(it.column * across, it.row * down) for it in points])
    except NotComputable:
        return None
