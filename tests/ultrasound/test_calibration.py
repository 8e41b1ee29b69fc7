from collections.abc import Callable
from dataclasses import replace
from math import cos, hypot, pi, sin, tau

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.calibration import (
    NotCalibrated,
    area_cm2,
    baseline_row,
    caliper_length_mm,
    doppler_speed_cm_per_s,
    ellipse_area_cm2,
    ellipse_circumference_mm,
    heart_rate_bpm,
    interval_s,
    m_mode_depth_mm,
    m_mode_slope_cm_per_s,
    path_length_mm,
    physical_x,
    physical_y,
    pixels_area_cm2,
    speed_cm_per_s,
    velocity_time_integral_cm,
)
from sonarium.ultrasound.regions import (
    Pixel,
    Point,
    RegionDataType,
    SpatialFormat,
    Unit,
    USRegion,
    read_regions,
)

Read = Callable[[str], Attributes]

PICTURE = USRegion(
    SpatialFormat.TWO_DIMENSIONAL,
    RegionDataType.TISSUE,
    0,
    10,
    20,
    509,
    419,
    Unit.CENTIMETRE,
    Unit.CENTIMETRE,
    0.04,
    0.03,
)
SPECTRUM = USRegion(
    SpatialFormat.SPECTRAL,
    RegionDataType.PW_SPECTRAL_DOPPLER,
    0,
    50,
    200,
    449,
    399,
    Unit.SECOND,
    Unit.CENTIMETRE_PER_SECOND,
    0.01,
    -1.5,
    Point(0, 120),
    0.0,
    0.0,
    transducer_frequency_khz=2500,
)


def test_a_caliper_uses_both_deltas_of_pixels_that_are_not_square(real_attributes: Read) -> None:
    region = read_regions(real_attributes("hp-pediatric-echo-1"))[0]
    length = caliper_length_mm(region, Pixel(100, 100), Pixel(200, 250))
    assert length == pytest.approx(44.63, abs=0.005)


def test_a_real_m_mode_measures_depth_time_and_rate(real_attributes: Read) -> None:
    region = read_regions(real_attributes("toshiba-xario-mmode"))[1]
    start = Pixel(100, 300)
    assert m_mode_depth_mm(region, start, Pixel(100, 350)) == pytest.approx(26.62, abs=0.005)
    assert interval_s(region, start, Pixel(306, 300)) == pytest.approx(0.858, abs=0.0005)
    assert heart_rate_bpm(region, start, Pixel(306, 300)) == pytest.approx(69.9, abs=0.05)


def test_a_real_spectrum_measures_what_its_labels_say(real_attributes: Read) -> None:
    region = read_regions(real_attributes("toshiba-xario-tdi-pw"))[2]
    assert baseline_row(region) == 352
    assert speed_cm_per_s(region, 240) == pytest.approx(20.0, abs=0.05)
    assert physical_x(region, 423) == pytest.approx(-1.0, abs=0.0005)
    rate = heart_rate_bpm(region, Pixel(100, 300), Pixel(362, 300))
    assert rate == pytest.approx(55.0, abs=0.05)


def test_a_doppler_shift_becomes_a_speed() -> None:
    straight = doppler_speed_cm_per_s(shift_hz=2000, transducer_frequency_hz=2_500_000, angle_deg=0)
    aslant = doppler_speed_cm_per_s(shift_hz=2000, transducer_frequency_hz=2_500_000, angle_deg=60)
    assert straight == pytest.approx(61.6)
    assert aslant == pytest.approx(2 * 61.6)
    with pytest.raises(NotCalibrated):
        doppler_speed_cm_per_s(shift_hz=2000, transducer_frequency_hz=2_500_000, angle_deg=90)


@given(
    st.floats(0, 600), st.floats(0, 400), st.floats(0, 600), st.floats(0, 400), st.floats(-50, 50)
)
def test_a_length_does_not_depend_on_its_direction_or_place(
    x0: float, y0: float, x1: float, y1: float, shift: float
) -> None:
    forth = caliper_length_mm(PICTURE, Pixel(x0, y0), Pixel(x1, y1))
    back = caliper_length_mm(PICTURE, Pixel(x1 + shift, y1), Pixel(x0 + shift, y0))
    assert forth == pytest.approx(back, abs=1e-6)
    assert forth == pytest.approx(10 * hypot((x1 - x0) * 0.04, (y1 - y0) * 0.03), abs=1e-6)


def test_a_path_is_the_sum_of_its_pieces() -> None:
    corners = [Pixel(0, 0), Pixel(100, 0), Pixel(100, 100)]
    assert path_length_mm(PICTURE, corners) == pytest.approx(40 + 30)
    assert path_length_mm(PICTURE, corners[:1]) == 0


def test_the_area_of_an_outline_is_that_of_its_polygon() -> None:
    square = [Pixel(0, 0), Pixel(100, 0), Pixel(100, 100), Pixel(0, 100)]
    assert area_cm2(PICTURE, square) == pytest.approx(4 * 3)
    assert area_cm2(PICTURE, square[::-1]) == pytest.approx(4 * 3)
    assert area_cm2(PICTURE, []) == 0
    assert pixels_area_cm2(PICTURE, 10_000) == pytest.approx(4 * 3)


@given(st.floats(1, 200), st.floats(0.2, 1))
def test_the_circumference_of_an_ellipse_agrees_with_its_integral(
    axis_mm: float, share: float
) -> None:
    a, b, steps = axis_mm / 2, axis_mm * share / 2, 4000
    integral = sum(
        hypot(a * sin(tau * (at + 0.5) / steps), b * cos(tau * (at + 0.5) / steps))
        for at in range(steps)
    ) * (tau / steps)
    assert ellipse_circumference_mm(axis_mm, axis_mm * share) == pytest.approx(integral, rel=2e-5)


def test_a_circle_is_an_ellipse() -> None:
    assert ellipse_circumference_mm(100, 100) == pytest.approx(100 * pi)
    assert ellipse_area_cm2(100, 100) == pytest.approx(25 * pi)
    assert ellipse_circumference_mm(0, 0) == 0


def test_a_slope_has_a_direction() -> None:
    strip = replace(PICTURE, spatial_format=SpatialFormat.M_MODE, units_x=Unit.SECOND,
                    delta_x=0.005)  # fmt: skip
    down = m_mode_slope_cm_per_s(strip, Pixel(0, 0), Pixel(100, 100))
    assert down == pytest.approx(3 / 0.5)
    assert m_mode_slope_cm_per_s(strip, Pixel(0, 100), Pixel(100, 0)) == pytest.approx(-down)
    with pytest.raises(NotCalibrated):
        m_mode_slope_cm_per_s(strip, Pixel(0, 0), Pixel(0, 100))


def test_the_baseline_lies_where_the_reference_value_says() -> None:
    assert baseline_row(SPECTRUM) == 320
    assert baseline_row(replace(SPECTRUM, reference_value_y=30.0)) == 340
    with pytest.raises(NotCalibrated):
        baseline_row(replace(SPECTRUM, reference_pixel=None))


def test_speed_has_no_sign_whichever_way_the_scanner_counts() -> None:
    upwards = speed_cm_per_s(SPECTRUM, 300)
    assert upwards == pytest.approx(30)
    assert speed_cm_per_s(SPECTRUM, 340) == pytest.approx(upwards)
    assert speed_cm_per_s(replace(SPECTRUM, delta_y=1.5), 300) == pytest.approx(upwards)


def test_a_spectrum_in_hertz_needs_its_frequency() -> None:
    in_hertz = replace(SPECTRUM, units_y=Unit.HERTZ, delta_y=-20.0, flags=4)
    assert speed_cm_per_s(in_hertz, 220) == pytest.approx(61.6)
    corrected = replace(in_hertz, doppler_correction_angle_deg=60.0)
    assert speed_cm_per_s(corrected, 220) == pytest.approx(2 * 61.6)
    with pytest.raises(NotCalibrated):
        speed_cm_per_s(replace(in_hertz, transducer_frequency_khz=None), 220)


def test_a_spectrum_in_centimetres_is_not_corrected_again() -> None:
    corrected = replace(SPECTRUM, doppler_correction_angle_deg=60.0)
    assert speed_cm_per_s(corrected, 300) == speed_cm_per_s(SPECTRUM, 300)


def test_the_integral_under_a_triangle_is_half_its_box() -> None:
    triangle = [Pixel(100, 320), Pixel(120, 260), Pixel(140, 320)]
    assert velocity_time_integral_cm(SPECTRUM, triangle) == pytest.approx(90 * 0.4 / 2)
    shuffled = [triangle[1], triangle[2], triangle[0]]
    assert velocity_time_integral_cm(SPECTRUM, shuffled) == pytest.approx(90 * 0.4 / 2)


def test_absolute_values_need_a_reference() -> None:
    referenced = replace(
        PICTURE, reference_pixel=Point(5, -10), reference_value_x=1.0, reference_value_y=-2.0
    )
    assert physical_x(referenced, 15) == pytest.approx(1.0)
    assert physical_y(referenced, 110) == pytest.approx(-2.0 + 100 * 0.03)
    for physical in (physical_x, physical_y):
        with pytest.raises(NotCalibrated):
            physical(PICTURE, 15)


@pytest.mark.parametrize(
    "measure",
    [
        lambda start, end: caliper_length_mm(SPECTRUM, start, end),
        lambda start, end: area_cm2(SPECTRUM, [start, end]),
        lambda start, end: interval_s(PICTURE, start, end),
        lambda start, end: m_mode_depth_mm(PICTURE, start, end),
        lambda start, _end: speed_cm_per_s(PICTURE, start.row),
        lambda start, _end: heart_rate_bpm(SPECTRUM, start, start),
    ],
    ids=["length", "area", "interval", "depth", "speed", "rate"],
)
def test_a_tool_refuses_a_region_whose_units_it_cannot_use(
    measure: Callable[[Pixel, Pixel], float],
) -> None:
    with pytest.raises(NotCalibrated):
        measure(Pixel(100, 100), Pixel(120, 140))


def test_a_region_without_format_is_never_measured() -> None:
    graphics = replace(PICTURE, spatial_format=SpatialFormat.GRAPHICS)
    with pytest.raises(NotCalibrated):
        caliper_length_mm(graphics, Pixel(0, 0), Pixel(9, 9))
