from collections.abc import Callable

import pytest

from sonarium.domain.attributes import Attributes, JSONValue
from sonarium.ultrasound.regions import (
    DISTANCE_AXES,
    FREQUENCY_AXES,
    M_MODE_AXES,
    TIME_AXES,
    VELOCITY_AXES,
    ComponentOrganization,
    Pixel,
    Point,
    RegionDataType,
    Scrolling,
    SpatialFormat,
    Unit,
    USRegion,
    find_region,
    find_shared_region,
    fits,
    read_regions,
)

Read = Callable[[str], Attributes]


def tissue(left: int, top: int, right: int, bottom: int, delta: float = 0.02) -> USRegion:
    return USRegion(
        SpatialFormat.TWO_DIMENSIONAL,
        RegionDataType.TISSUE,
        2,
        left,
        top,
        right,
        bottom,
        Unit.CENTIMETRE,
        Unit.CENTIMETRE,
        delta,
        delta,
    )


def sequence(**values: float) -> Attributes:
    item: dict[str, JSONValue] = {
        tag.removeprefix("t"): {"vr": "UL", "Value": [value]} for tag, value in values.items()
    }
    return {"00186011": {"vr": "SQ", "Value": [item]}}


def test_regions_of_a_real_picture_are_read_in_their_order(real_attributes: Read) -> None:
    regions = read_regions(real_attributes("toshiba-xario-tdi-pw"))
    assert [region.data_type for region in regions] == [
        RegionDataType.TISSUE,
        RegionDataType.COLOUR_FLOW,
        RegionDataType.PW_SPECTRAL_DOPPLER,
    ]
    trace = regions[2]
    assert (trace.min_x0, trace.min_y0, trace.max_x1, trace.max_y1) == (23, 221, 663, 484)
    assert (trace.width, trace.height) == (641, 264)
    assert (trace.units_x, trace.units_y) == (Unit.SECOND, Unit.CENTIMETRE_PER_SECOND)
    assert trace.reference_pixel == Point(640, 131)


def test_an_instance_without_regions_has_none() -> None:
    assert read_regions({}) == ()
    assert read_regions({"00186011": {"vr": "SQ"}}) == ()


def test_unknown_codes_and_unreadable_numbers_leave_a_region_that_fits_no_tool() -> None:
    strange = read_regions(sequence(t00186012=77, t00186014=99, t00186024=50))[0]
    assert strange.spatial_format is SpatialFormat.UNKNOWN
    assert strange.data_type is RegionDataType.UNKNOWN
    assert strange.units_x is Unit.UNKNOWN
    assert not any(
        fits(strange, axes) for axes in (DISTANCE_AXES, M_MODE_AXES, VELOCITY_AXES, FREQUENCY_AXES)
    )


@pytest.mark.parametrize(("written", "meant"), [(65425, -111), (4294967278, -18), (-5, -5)])
def test_a_negative_pixel_written_without_its_sign_is_mended(written: int, meant: int) -> None:
    region = read_regions(sequence(t00186020=written, t00186022=10))[0]
    assert region.reference_pixel == Point(meant, 10)
    assert bool(region.unwrapped) == (written != meant)


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "wide"])
def test_a_number_that_is_none_counts_as_absent(value: str) -> None:
    attributes = sequence()
    attributes["00186011"]["Value"] = [{"0018602C": {"vr": "FD", "Value": [value]}}]
    assert read_regions(attributes)[0].delta_x == 0


def test_flags_are_told_apart() -> None:
    flags = read_regions(sequence(t00186016=0b10110))[0]
    assert not flags.is_low_priority
    assert flags.is_scaling_protected
    assert flags.is_doppler_frequency
    assert flags.scrolling is Scrolling.SWEEP


def test_pixel_component_calibration_is_read_with_its_break_points() -> None:
    attributes = sequence(t00186044=1, t00186048=0, t0018604A=255, t0018604C=7)
    item = attributes["00186011"]["Value"][0]  # type: ignore[index]
    item["00186052"] = {"vr": "UL", "Value": [0, 255]}  # type: ignore[index,call-overload]
    item["00186054"] = {"vr": "FD", "Value": [-50.0, 50.0]}  # type: ignore[index,call-overload]
    components = read_regions(attributes)[0].components
    assert components is not None
    assert components.organization is ComponentOrganization.RANGES
    assert components.units is Unit.CENTIMETRE_PER_SECOND
    assert components.break_points == ((0, -50.0), (255, 50.0))


def test_the_smallest_region_that_has_the_units_is_found() -> None:
    whole, zoomed = tissue(0, 0, 639, 479), tissue(100, 100, 200, 200, 0.01)
    assert find_region((whole, zoomed), Pixel(150, 150), DISTANCE_AXES) is zoomed
    assert find_region((whole, zoomed), Pixel(50, 50), DISTANCE_AXES) is whole
    assert find_region((whole, zoomed), Pixel(150, 150), M_MODE_AXES) is None
    assert find_region((whole,), Pixel(640, 50), DISTANCE_AXES) is None


def test_both_ends_of_a_caliper_need_one_scale() -> None:
    left, right = tissue(0, 0, 99, 99), tissue(100, 0, 199, 99)
    other = tissue(100, 0, 199, 99, 0.05)
    start, end = Pixel(10, 10), Pixel(150, 10)
    assert find_shared_region((left, right), start, end, DISTANCE_AXES) is left
    assert find_shared_region((left, other), start, end, DISTANCE_AXES) is None
    assert find_shared_region((left,), start, end, DISTANCE_AXES) is None


def test_a_region_that_holds_both_ends_is_preferred() -> None:
    whole, zoomed = tissue(0, 0, 199, 199), tissue(50, 50, 100, 100)
    found = find_shared_region((whole, zoomed), Pixel(60, 60), Pixel(150, 150), DISTANCE_AXES)
    assert found is whole


def test_an_electrocardiogram_measures_time_but_nothing_upwards(real_attributes: Read) -> None:
    trace = read_regions(real_attributes("hp-pediatric-echo-1"))[1]
    assert trace.data_type is RegionDataType.ECG_TRACE
    assert fits(trace, TIME_AXES)
    assert not fits(trace, M_MODE_AXES)
