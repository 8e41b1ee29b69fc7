from sonarium.ultrasound.calibration import caliper_length_mm, interval_s, physical_y
from sonarium.ultrasound.regions import Pixel, RegionDataType, Unit
from sonarium.ultrasound.synthetic.acquisition import (
    Acquisition,
    encode,
    tissue_region,
    trace_region,
)
from sonarium.ultrasound.synthetic.beam import Beam, Placement
from sonarium.ultrasound.synthetic.screen import Box, Screen

ROWS, COLUMNS = 600, 800
PLACEMENT = Placement(400, 60, 30.0)


def test_a_tissue_region_measures_what_the_placement_draws() -> None:
    region = tissue_region(Beam(15.0, 40.0), PLACEMENT, ROWS, COLUMNS)
    start, end = Pixel(*PLACEMENT.pixel(0, 2)), Pixel(*PLACEMENT.pixel(3, 6))
    assert abs(caliper_length_mm(region, start, end) - 50) < 1e-9
    assert abs(physical_y(region, start.row) - 2) < 1e-9


def test_a_smaller_body_has_smaller_pixels() -> None:
    region = tissue_region(Beam(15.0, 40.0), PLACEMENT, ROWS, COLUMNS, cm_per_unit=0.5)
    start, end = Pixel(*PLACEMENT.pixel(0, 2)), Pixel(*PLACEMENT.pixel(3, 6))
    assert abs(caliper_length_mm(region, start, end) - 25) < 1e-9


def test_a_region_stays_inside_the_picture() -> None:
    region = tissue_region(Beam(30.0, 45.0), PLACEMENT, ROWS, COLUMNS)
    assert (region.min_x0, region.min_y0) >= (0, 0)
    assert region.max_x1 < COLUMNS
    assert region.max_y1 < ROWS
    assert region.is_scaling_protected


def test_a_trace_measures_time_only() -> None:
    region = trace_region(Box(60, 540, 739, 589), 3.4)
    assert region.data_type is RegionDataType.ECG_TRACE
    assert region.units_y is Unit.NONE
    assert abs(interval_s(region, Pixel(60, 550), Pixel(740, 550)) - 3.4) < 1e-9


def test_a_frame_is_a_jpeg_of_even_length() -> None:
    for columns in range(60, 68):
        stream = encode(Screen(40, columns).picture())
        assert stream[:2] == b"\xff\xd8"
        assert len(stream) % 2 == 0


def test_more_than_one_frame_makes_a_clip() -> None:
    still = Acquisition("", (b"",), 1, 1, (), 1)
    assert not still.is_multi_frame
    assert Acquisition("", (b"", b""), 1, 1, (), 1).is_multi_frame
