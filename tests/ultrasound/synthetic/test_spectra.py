import numpy as np
import pytest

from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.spectra import (
    Measured,
    SpectralScale,
    Stream,
    annular_motion,
    aortic_jet,
    arterial_flow,
    draw_spectrum,
    measured,
    mitral_inflow,
    umbilical_flow,
    venous_flow,
)

CYCLE = Cycle(70)
SCALE = SpectralScale(280, 680, 3.4, 130, -60)


def envelope(stream: Stream, cycle: Cycle = CYCLE) -> np.ndarray:
    return np.array([stream.envelope(cycle, at / 500) for at in range(500)])


def top_velocity(strip: np.ndarray, scale: SpectralScale) -> float:
    """Return the highest velocity that is brighter than the haze in some columns."""
    bright = np.count_nonzero(strip > 90, axis=1) >= 3
    return float(scale.velocities()[bright].max())


def test_the_baseline_is_velocity_nought() -> None:
    velocities = SCALE.velocities()
    assert velocities[SCALE.baseline] == 0
    assert velocities[0] == pytest.approx(130, abs=SCALE.cm_per_s_per_row)
    assert velocities[-1] == pytest.approx(-60, abs=2 * SCALE.cm_per_s_per_row)


@pytest.mark.parametrize("speed", [40.0, 80.0, 110.0])
def test_a_steady_stream_is_drawn_at_its_velocity(speed: float) -> None:
    stream = Stream(lambda _cycle, _phase: speed)
    strip = draw_spectrum(SCALE, CYCLE, [stream], np.random.default_rng(1), variation=0.0)
    assert strip.shape == (280, 680)
    assert top_velocity(strip, SCALE) == pytest.approx(speed, abs=2.5)


def test_flow_away_from_the_probe_is_drawn_below_the_baseline() -> None:
    stream = Stream(lambda _cycle, _phase: -40.0)
    strip = draw_spectrum(SCALE, CYCLE, [stream], np.random.default_rng(1), variation=0.0)
    assert strip[: SCALE.baseline - 10].mean() < 5
    assert strip[SCALE.baseline + 50 : SCALE.baseline + 58].mean() > 80


def test_the_wall_filter_removes_what_is_slow() -> None:
    stream = Stream(lambda _cycle, _phase: 30.0, narrowness=1.0)
    strip = draw_spectrum(
        SCALE, CYCLE, [stream], np.random.default_rng(1), wall_filter_cm_per_s=15.0
    )
    slow = strip[SCALE.baseline - 12 : SCALE.baseline - 7].mean()
    assert slow < 0.5 * strip[SCALE.baseline - 36 : SCALE.baseline - 30].mean()


def test_mitral_inflow_has_its_two_waves() -> None:
    waves = envelope(mitral_inflow(80, 60)[0])
    assert waves.max() == pytest.approx(80, rel=0.01)
    atrial = waves[int(500 * (CYCLE.end_systole + 0.75 * (1 - CYCLE.end_systole))) :]
    assert atrial.max() == pytest.approx(60, rel=0.01)
    assert np.all(waves[: int(500 * CYCLE.end_systole)] == 0)


def test_the_aortic_jet_goes_away_from_the_apex_at_its_peak() -> None:
    assert envelope(aortic_jet(310)[0]).min() == pytest.approx(-310, rel=0.01)


def test_the_annulus_moves_to_the_apex_and_back_in_two_steps() -> None:
    motion = envelope(annular_motion(8.2, 10.0, 7.0)[0])
    assert motion.max() == pytest.approx(8.2, rel=0.02)
    assert motion.min() == pytest.approx(-10.0, rel=0.02)
    late = motion[int(500 * (CYCLE.end_systole + 0.75 * (1 - CYCLE.end_systole))) :]
    assert late.min() == pytest.approx(-7.0, rel=0.02)


@pytest.mark.parametrize(
    "streams",
    [
        arterial_flow(80, 20),
        arterial_flow(285, 112, fall=1.1, narrowness=0.95),
        arterial_flow(90, 9, fall=0.36),
        umbilical_flow(50, 20),
        venous_flow(25),
    ],
)
def test_the_next_beat_begins_where_the_last_one_ended(streams: tuple[Stream, ...]) -> None:
    speeds = envelope(streams[0])
    assert abs(speeds[0] - speeds[-1]) < 0.03 * np.abs(speeds).max()


def test_resistance_is_higher_in_the_external_carotid() -> None:
    internal = measured(arterial_flow(75, 28, fall=0.85)[0], CYCLE)
    external = measured(arterial_flow(85, 9, fall=0.36)[0], CYCLE)
    assert internal.resistive_index < 0.68 < external.resistive_index


def test_the_umbilical_artery_measures_as_asked() -> None:
    found = measured(umbilical_flow(50, 20)[0], Cycle(145))
    assert found.peak_cm_per_s == pytest.approx(50, rel=0.01)
    assert found.end_diastolic_cm_per_s == pytest.approx(20)
    assert found.resistive_index == pytest.approx(0.6, abs=0.01)
    assert 0.7 < found.pulsatility_index < 1.2


def test_veins_flow_in_waves_and_never_back() -> None:
    speeds = envelope(venous_flow(25)[0], Cycle(15))
    assert speeds.min() == pytest.approx(-25, rel=0.06)
    assert -6 < speeds.max() < 1.5


def test_indices_follow_their_definitions() -> None:
    found = Measured(40, 15, 24)
    assert found.pulsatility_index == pytest.approx(1.042, abs=0.0005)
    assert found.resistive_index == pytest.approx(0.625)
