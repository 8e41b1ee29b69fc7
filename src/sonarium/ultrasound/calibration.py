"""Calipers: from places in a picture to lengths, areas, times and velocities.

Nothing here guesses a scale: a region that lacks the units a tool needs is refused.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, hypot, pi, radians, sqrt

from sonarium.base.errors import RequestError
from sonarium.ultrasound.regions import (
    DISTANCE_AXES,
    FREQUENCY_AXES,
    M_MODE_AXES,
    TIME_AXES,
    VELOCITY_AXES,
    AxisUnits,
    Pixel,
    USRegion,
    fits,
)

_SPEED_OF_SOUND_CM_PER_S = 154_000.0
"""In soft tissue; what every scanner assumes."""


class NotCalibrated(RequestError):
    """The region does not say what its pixels measure, or not in the units that are needed."""


def caliper_length_mm(region: USRegion, start: Pixel, end: Pixel) -> float:
    """Measure a straight caliper inside one two-dimensional region.

    Raises:
        NotCalibrated: an axis is not in centimetres (a Doppler trace, say).

    Source: PS3.3 C.8.5.5, US Region Calibration Module.
    """
    _require(region, DISTANCE_AXES)
    return 10 * hypot(
        (end.column - start.column) * region.delta_x, (end.row - start.row) * region.delta_y
    )


def path_length_mm(region: USRegion, path: Sequence[Pixel]) -> float:
    """Measure a drawn line, corner to corner; a closed outline repeats its first place."""
    return sum(caliper_length_mm(region, start, end) for start, end in pairwise(path))


def area_cm2(region: USRegion, outline: Sequence[Pixel]) -> float:
    """Measure the area that a closed outline holds (the last place joins the first).

    Raises:
        NotCalibrated: an axis is not in centimetres.
    """
    _require(region, DISTANCE_AXES)
    closed = [*outline, outline[0]] if outline else []
    doubled = sum(a.column * b.row - b.column * a.row for a, b in pairwise(closed))
    return abs(doubled / 2 * region.delta_x * region.delta_y)


def pixels_area_cm2(region: USRegion, pixels: float) -> float:
    """Turn a number of pixels into an area.

    Raises:
        NotCalibrated: an axis is not in centimetres.
    """
    _require(region, DISTANCE_AXES)
    return pixels * abs(region.delta_x * region.delta_y)


def ellipse_area_cm2(axis_mm: float, other_axis_mm: float) -> float:
    """Return the area of an ellipse from its two whole axes."""
    return pi / 4 * (axis_mm / 10) * (other_axis_mm / 10)


def ellipse_circumference_mm(axis_mm: float, other_axis_mm: float) -> float:
    """Return the circumference of an ellipse from its two whole axes.

    Source: Ramanujan's second approximation; its error is below a millionth for every
    outline met in biometry.
    """
    a, b = axis_mm / 2, other_axis_mm / 2
    if a + b == 0:
        return 0.0
    h = ((a - b) / (a + b)) ** 2
    return pi * (a + b) * (1 + 3 * h / (10 + sqrt(4 - 3 * h)))


def interval_s(region: USRegion, start: Pixel, end: Pixel) -> float:
    """Measure the time between two places of an M-mode, spectral or ECG trace.

    Raises:
        NotCalibrated: the horizontal axis is not in seconds.
    """
    _require(region, TIME_AXES)
    return abs((end.column - start.column) * region.delta_x)


def heart_rate_bpm(region: USRegion, start: Pixel, end: Pixel, beats: int = 1) -> float:
    """Return beats a minute from two places that are `beats` apart.

    Raises:
        NotCalibrated: the horizontal axis is not in seconds, or both places are one.
    """
    interval = interval_s(region, start, end)
    if interval == 0:
        raise NotCalibrated("both ends of the interval are at the same time")
    return 60 * beats / interval


def m_mode_depth_mm(region: USRegion, start: Pixel, end: Pixel) -> float:
    """Measure the depth between two places of an M-mode trace.

    Raises:
        NotCalibrated: the axes are not seconds by centimetres.
    """
    _require(region, M_MODE_AXES)
    return abs(10 * (end.row - start.row) * region.delta_y)


def m_mode_slope_cm_per_s(region: USRegion, start: Pixel, end: Pixel) -> float:
    """Measure how fast a structure moves in an M-mode trace; positive is away from the probe.

    Raises:
        NotCalibrated: the axes are not seconds by centimetres, or no time passes.
    """
    _require(region, M_MODE_AXES)
    elapsed_s = (end.column - start.column) * region.delta_x
    if elapsed_s == 0:
        raise NotCalibrated("both ends of the slope are at the same time")
    return (end.row - start.row) * region.delta_y / elapsed_s


def baseline_row(region: USRegion) -> float:
    """Return the row of velocity nought in a spectral trace.

    Raises:
        NotCalibrated: the region names no reference pixel.
    """
    if region.reference_pixel is None or region.delta_y == 0:
        raise NotCalibrated("the spectral region does not say where its baseline is")
    offset = (region.reference_value_y or 0.0) / region.delta_y
    return region.min_y0 + region.reference_pixel.y - offset


def speed_cm_per_s(region: USRegion, row: float) -> float:
    """Measure the magnitude of a velocity in a spectral trace.

    Direction is the screen's business: scanners disagree about the sign of the delta. A
    trace in hertz is converted with its own frequency and correction angle; one in cm/s was
    corrected by the scanner and is not corrected again.

    Raises:
        NotCalibrated: the axis is no velocity, the baseline is unknown, or a trace in hertz
            lacks its transducer frequency.
    """
    if fits(region, VELOCITY_AXES) and not region.is_doppler_frequency:
        return abs((row - baseline_row(region)) * region.delta_y)
    _require(region, FREQUENCY_AXES)
    if not region.transducer_frequency_khz:
        raise NotCalibrated("a trace in hertz needs its transducer frequency")
    return doppler_speed_cm_per_s(
        shift_hz=abs((row - baseline_row(region)) * region.delta_y),
        transducer_frequency_hz=1000 * region.transducer_frequency_khz,
        angle_deg=region.doppler_correction_angle_deg or 0.0,
    )


def doppler_speed_cm_per_s(
    *, shift_hz: float, transducer_frequency_hz: float, angle_deg: float
) -> float:
    """Turn a Doppler shift into a speed.

    Raises:
        NotCalibrated: the beam is perpendicular to the flow.
    """
    cosine = cos(radians(angle_deg))
    if abs(cosine) < 1e-3:
        raise NotCalibrated("at this angle the Doppler shift says nothing about speed")
    return abs(_SPEED_OF_SOUND_CM_PER_S * shift_hz / (2 * transducer_frequency_hz * cosine))


def velocity_time_integral_cm(region: USRegion, trace: Sequence[Pixel]) -> float:
    """Integrate the speed along a traced envelope (trapezoids).

    Raises:
        NotCalibrated: see `speed_cm_per_s`.
    """
    ordered = sorted(trace)
    return sum(
        (speed_cm_per_s(region, start.row) + speed_cm_per_s(region, end.row))
        / 2
        * interval_s(region, start, end)
        for start, end in pairwise(ordered)
    )


def physical_x(region: USRegion, column: float) -> float:
    """Return the value of the horizontal axis at a column of the frame.

    Raises:
        NotCalibrated: the region names no reference, so that only differences are valid.
    """
    if region.reference_pixel is None:
        raise NotCalibrated("the region names no reference pixel: only differences are valid")
    offset = column - (region.min_x0 + region.reference_pixel.x)
    return (region.reference_value_x or 0.0) + offset * region.delta_x


def physical_y(region: USRegion, row: float) -> float:
    """Return the value of the vertical axis at a row of the frame.

    Raises:
        NotCalibrated: the region names no reference, so that only differences are valid.
    """
    if region.reference_pixel is None:
        raise NotCalibrated("the region names no reference pixel: only differences are valid")
    offset = row - (region.min_y0 + region.reference_pixel.y)
    return (region.reference_value_y or 0.0) + offset * region.delta_y


def _require(region: USRegion, axes: AxisUnits) -> None:
    if not fits(region, axes):
        wanted = " by ".join("any unit" if unit is None else unit.name.lower() for unit in axes)
        raise NotCalibrated(f"the region's axes are not {wanted}".replace("_", " "))
