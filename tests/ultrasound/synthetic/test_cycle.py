import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.ultrasound.synthetic.cycle import Cycle, curve, ecg_mv

RATES = st.floats(45, 180)


@given(st.floats(45, 105))
def test_systole_shortens_less_than_diastole(rate: float) -> None:
    slow, fast = Cycle(rate), Cycle(rate * 1.2)
    assert fast.end_systole * fast.beat_s <= slow.end_systole * slow.beat_s + 1e-9
    assert fast.end_systole >= slow.end_systole - 1e-9
    assert 0.2 < fast.end_systole < 0.9


@given(RATES, st.floats(0, 1))
def test_every_curve_stays_between_closed_and_open(rate: float, phase: float) -> None:
    cycle = Cycle(rate)
    for share in (cycle.contraction, cycle.atrial_size, cycle.mitral_opening,
                  cycle.aortic_opening, cycle.ejection, cycle.early_filling,
                  cycle.atrial_filling):  # fmt: skip
        assert -0.01 <= share(phase) <= 1.001


@pytest.mark.parametrize("rate", [50, 72, 110, 140])
def test_the_valves_are_never_wide_open_together(rate: int) -> None:
    cycle = Cycle(rate)
    for at in range(200):
        phase = at / 200
        assert min(cycle.mitral_opening(phase), cycle.aortic_opening(phase)) < 0.3


def test_the_ventricle_is_empty_at_end_systole_and_full_at_the_r_peak() -> None:
    cycle = Cycle(70)
    assert cycle.contraction(0) == 0
    assert cycle.contraction(cycle.end_systole) == pytest.approx(1)


def test_phases_repeat_every_beat() -> None:
    cycle = Cycle(75)
    assert cycle.beat_s == pytest.approx(0.8)
    assert cycle.phase(0.2) == pytest.approx(cycle.phase(1.0))


def test_the_electrocardiogram_is_highest_at_the_r_peak() -> None:
    cycle = Cycle(70)
    phases = np.linspace(0, 1, 2000, endpoint=False)
    trace = ecg_mv(phases, cycle)
    peak = float(phases[int(np.argmax(trace))])
    assert min(peak, 1 - peak) < 0.01
    t_wave = phases[(phases > 0.2) & (phases < 0.6)]
    assert ecg_mv(t_wave, cycle).max() > 0.2


def test_a_curve_goes_through_its_places() -> None:
    for sharp in (False, True):
        assert curve(0.25, (0, 0.0), (0.25, 0.8), (1, 0.1), sharp=sharp) == pytest.approx(0.8)
