from collections.abc import Callable

import numpy as np
import pytest

from sonarium.ultrasound.calibration import baseline_row, speed_cm_per_s
from sonarium.ultrasound.regions import RegionDataType
from sonarium.ultrasound.synthetic.body_clips import BodyPlan
from sonarium.ultrasound.synthetic.body_traces import (
    Gate,
    VesselSpectrum,
    record_vessel_spectrum,
)
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.screen import Banner, Picture
from sonarium.ultrasound.synthetic.spectra import arterial_flow, measured
from sonarium.ultrasound.synthetic.traces import STRIP
from sonarium.ultrasound.synthetic.vessel_views import common_carotid

CYCLE = Cycle(66)
PLAN = BodyPlan(
    common_carotid(),
    Banner("SYNTHETIC^A", "SYN-0001", "", "Carotid", "L12-3", 1.0, 0.5),
    "CCA",
    ("CCA",),
    CYCLE,
    frequency_khz=5000,
    laterality="L",
    heart_rate_bpm=66.0,
)
GATE = Gate(0.0, 1.9, steer_deg=-18.0, angle_deg=60.0)


def test_the_peak_is_drawn_at_its_velocity(decoded: Callable[[bytes], Picture]) -> None:
    streams = arterial_flow(90, 22)
    spectrum = VesselSpectrum(streams, 130, -45, GATE)
    made = record_vessel_spectrum(PLAN, spectrum, np.random.default_rng(6))
    tissue, trace = made.regions
    assert trace.data_type is RegionDataType.PW_SPECTRAL_DOPPLER
    assert trace.doppler_correction_angle_deg == 60
    strip = decoded(made.frames[0])[STRIP.top : STRIP.bottom + 1, STRIP.left : STRIP.right + 1, 1]
    baseline = int(baseline_row(trace)) - STRIP.top
    bright = np.count_nonzero(strip[: baseline - 8] > 90, axis=1)
    top = STRIP.top + int(np.flatnonzero(bright >= 3)[0])
    painted = measured(streams[0], CYCLE).peak_cm_per_s
    # Beats differ by a few per cent; the highest of them stands out.
    assert speed_cm_per_s(trace, top) == pytest.approx(painted, rel=0.1)
    assert made.laterality == "L"
    assert made.heart_rate_bpm == 66
    assert trace.sample_volume is not None
    assert tissue.min_x0 < trace.sample_volume.x < tissue.max_x1
    assert tissue.min_y0 < trace.sample_volume.y < tissue.max_y1


def test_a_longer_sweep_has_longer_columns() -> None:
    spectrum = VesselSpectrum(arterial_flow(90, 22), 130, -45, GATE, seconds=8.5)
    trace = record_vessel_spectrum(PLAN, spectrum, np.random.default_rng(6)).regions[1]
    assert trace.delta_x * STRIP.width == pytest.approx(8.5)
