from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from sonarium.ultrasound.calibration import baseline_row, interval_s, physical_y
from sonarium.ultrasound.regions import Pixel, RegionDataType, SpatialFormat, Unit
from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.screen import YELLOW, Banner, Picture
from sonarium.ultrasound.synthetic.traces import (
    ECG,
    STRIP,
    SWEEP_S,
    Inset,
    TraceStill,
    compose,
    gate_pixel,
    inset_placement,
    m_mode_region,
    spectral_region,
)

BANNER = Banner("SYNTHETIC^A", "SYN-0001", "", "Test", "P4-2", 1.0, 0.5)
BEAM = Beam(15.0, 40.0)
GREY = np.full((BEAM.lines, BEAM.samples), 90, dtype=np.float32)


def still(**changes: object) -> TraceStill:
    values: dict[str, object] = {
        "description": "Test",
        "banner": BANNER,
        "inset": Inset(BEAM, GREY, 0.2, 8.0),
        "strip": np.full((STRIP.height, STRIP.width), 40, dtype=np.uint8),
        "region": spectral_region(cm_per_s_per_row=0.7, baseline=190),
        "cycle": Cycle(75),
        "labels": ("Test",),
        "results": ("E 80",),
        "mode": 0x09,
    }
    return TraceStill(**(values | changes))  # type: ignore[arg-type]


def test_the_strip_lies_in_its_region() -> None:
    for region in (spectral_region(cm_per_s_per_row=0.7, baseline=190), m_mode_region(15.0)):
        assert (region.width, region.height) == (STRIP.width, STRIP.height)
        assert region.delta_x * region.width == pytest.approx(SWEEP_S)


def test_m_mode_depth_runs_from_the_first_row_to_the_last() -> None:
    region = m_mode_region(15.0)
    assert physical_y(region, STRIP.top) == 0
    assert physical_y(region, STRIP.bottom) == pytest.approx(15.0)


def test_velocity_grows_upwards_from_the_baseline() -> None:
    region = spectral_region(cm_per_s_per_row=0.7, baseline=190)
    assert baseline_row(region) == STRIP.top + 190
    assert physical_y(region, STRIP.top + 90) == pytest.approx(70)
    assert region.delta_y < 0


def test_continuous_wave_has_no_gate_and_no_repetition() -> None:
    region = spectral_region(cm_per_s_per_row=3.0, baseline=90, is_continuous=True)
    assert region.data_type is RegionDataType.CW_SPECTRAL_DOPPLER
    assert region.pulse_repetition_frequency_hz is None
    assert region.sample_volume is None


def test_a_still_has_picture_trace_and_electrocardiogram() -> None:
    made = compose(still())
    formats = [region.spatial_format for region in made.regions]
    assert formats == [
        SpatialFormat.TWO_DIMENSIONAL,
        SpatialFormat.SPECTRAL,
        SpatialFormat.WAVEFORM,
    ]
    assert made.heart_rate_bpm == 75


def test_r_peaks_are_a_beat_apart(decoded: Callable[[bytes], Picture]) -> None:
    made = compose(still())
    trace = decoded(made.frames[0])[ECG.top : ECG.top + 12, ECG.left : ECG.right + 1, 1] > 100
    columns = np.flatnonzero(trace.any(axis=0))
    peaks = [group.mean() for group in np.split(columns, np.flatnonzero(np.diff(columns) > 20) + 1)]
    gaps = [
        interval_s(made.regions[2], Pixel(start, 0), Pixel(end, 0))
        for start, end in pairwise(peaks[1:])
    ]
    assert gaps == pytest.approx([60 / 75] * len(gaps), abs=0.02)
    assert len(gaps) >= 2


def test_without_a_cycle_there_is_no_electrocardiogram() -> None:
    made = compose(still(cycle=None, heart_rate_bpm=145.0))
    assert len(made.regions) == 2
    assert made.heart_rate_bpm == 145


def test_the_gate_lies_on_its_line_at_its_depth() -> None:
    inset = Inset(BEAM, GREY, 0.0, 8.0)
    placement = inset_placement(BEAM)
    assert gate_pixel(inset) == (400, round(placement.pixel(0, 8.0)[1]))


def test_a_steered_line_crosses_the_gate_at_the_same_place() -> None:
    linear = Beam(4.0, 0.0, half_width_cm=1.9)
    grey = np.zeros((linear.lines, linear.samples), dtype=np.float32)
    straight, steered = (Inset(linear, grey, 0.3, 2.0, steer) for steer in (0.0, -18.0))
    assert gate_pixel(straight) == gate_pixel(steered)


def test_the_face_of_a_curved_probe_stays_below_the_banner() -> None:
    curved = Beam(9.0, 31.0, radius_cm=5.0)
    placement = inset_placement(curved)
    _, y = curved.positions()
    assert placement.row + float(y.min()) * placement.pixels_per_cm >= 41
    assert placement.row + 9.0 * placement.pixels_per_cm < STRIP.top


def test_caliper_marks_are_drawn(decoded: Callable[[bytes], Picture]) -> None:
    made = compose(still(), marks=((300, 400),))
    place = decoded(made.frames[0])[400, 300].astype(int)
    assert np.abs(place - YELLOW).max() < 90


def test_hertz_are_written_where_the_axis_is_in_hertz() -> None:
    region = spectral_region(cm_per_s_per_row=10.0, baseline=190)
    assert region.units_y is Unit.CENTIMETRE_PER_SECOND
    assert not region.is_doppler_frequency
