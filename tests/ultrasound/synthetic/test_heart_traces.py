from collections.abc import Callable

import numpy as np
import pytest

from sonarium.ultrasound.calibration import baseline_row, physical_y, speed_cm_per_s
from sonarium.ultrasound.regions import RegionDataType, SpatialFormat
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.heart_traces import (
    HeartStill,
    Spectrum,
    aortic_spectrum,
    inflow_spectrum,
    record_m_mode,
    record_spectrum,
    tissue_spectrum,
)
from sonarium.ultrasound.synthetic.loop import Heart
from sonarium.ultrasound.synthetic.screen import Banner, Picture
from sonarium.ultrasound.synthetic.traces import STRIP

STILL = HeartStill(
    Heart(Cycle(70)), Banner("SYNTHETIC^A", "SYN-0001", "", "Adult echo", "P4-2", 1.0, 0.5)
)


def strip_of(picture: Picture) -> np.ndarray:
    return picture[STRIP.top : STRIP.bottom + 1, STRIP.left : STRIP.right + 1, 1]


@pytest.mark.parametrize(
    ("spectrum", "fastest", "goes_up"),
    [
        (inflow_spectrum(84, 60), 84, True),
        (aortic_spectrum(310), 310, False),
        (tissue_spectrum("lateral", 8.0, 11.0, 7.0), 11.0, False),
    ],
    ids=["inflow", "aortic", "tissue"],
)
def test_the_peak_measures_as_it_is_written(
    decoded: Callable[[bytes], Picture], spectrum: Spectrum, fastest: float, *, goes_up: bool
) -> None:
    made = record_spectrum(STILL, spectrum, np.random.default_rng(3))
    trace = made.regions[1]
    strip = strip_of(decoded(made.frames[0]))
    baseline = round(baseline_row(trace)) - STRIP.top
    bright = np.flatnonzero(np.count_nonzero(strip > 80, axis=1) >= 3)
    side = bright[bright < baseline - 8] if goes_up else bright[bright > baseline + 8]
    row = STRIP.top + int(side.min() if goes_up else side.max())
    # The highest of a few beats that differ by 3.5 per cent.
    assert speed_cm_per_s(trace, row) == pytest.approx(fastest, rel=0.11)


def test_tissue_doppler_is_pulsed_and_names_its_site() -> None:
    made = record_spectrum(
        STILL, tissue_spectrum("septal", 8.0, 9.0, 7.0), np.random.default_rng(3)
    )
    assert made.description == "TDI septal annulus"
    assert made.regions[1].data_type is RegionDataType.PW_SPECTRAL_DOPPLER
    assert made.mode == 0x09
    assert made.regions[1].sample_volume is not None


def test_continuous_wave_says_so() -> None:
    made = record_spectrum(STILL, aortic_spectrum(150), np.random.default_rng(3))
    assert made.regions[1].data_type is RegionDataType.CW_SPECTRAL_DOPPLER
    assert made.mode == 0x05


def test_the_posterior_wall_moves_in_m_mode(decoded: Callable[[bytes], Picture]) -> None:
    made = record_m_mode(STILL, -0.28, "left ventricle", np.random.default_rng(3))
    trace = made.regions[1]
    assert trace.spatial_format is SpatialFormat.M_MODE
    assert made.mode == 0x03
    strip = strip_of(decoded(made.frames[0])).astype(float)
    rows = np.arange(strip.shape[0])
    first = int(6.0 / trace.delta_y)
    wall = strip[first:] ** 3
    centre = (wall * rows[first:, None]).sum(axis=0) / wall.sum(axis=0)
    assert np.ptp(centre) * trace.delta_y > 0.15  # it moves
    assert physical_y(trace, STRIP.bottom) == pytest.approx(15.0)


def test_a_child_is_measured_at_its_own_scale() -> None:
    child = HeartStill(STILL.heart, STILL.banner, cm_per_unit=0.5)
    made = record_m_mode(child, -0.28, "left ventricle", np.random.default_rng(3))
    assert physical_y(made.regions[1], STRIP.bottom) == pytest.approx(7.5)
    assert made.depth_cm == 7.5
