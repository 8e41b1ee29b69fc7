import pytest

from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.flow import ColourFlow
from sonarium.ultrasound.synthetic.jets import (
    long_axis_flow,
    mitral_flow,
    ventricular_septal_defect,
)

CYCLE = Cycle(70)


@pytest.mark.parametrize(
    ("healthy", "ill"),
    [(mitral_flow(), mitral_flow(leak=True)), (long_axis_flow(), long_axis_flow(leak=True))],
)
def test_a_leak_adds_a_fast_turbulent_jet_in_systole(healthy: ColourFlow, ill: ColourFlow) -> None:
    assert len(ill.jets) == len(healthy.jets) + 1
    leak = ill.jets[-1]
    assert leak.turbulence > 0
    assert leak.velocity_cm_per_s > 4 * ill.nyquist_cm_per_s
    assert leak.pulse(CYCLE, 0.5 * CYCLE.end_systole) > 0.5
    assert leak.pulse(CYCLE, CYCLE.end_systole + 0.2) == 0


def test_filling_runs_to_the_apex_in_diastole() -> None:
    filling = mitral_flow().jets[0]
    assert filling.towards_y < filling.y
    assert filling.pulse(CYCLE, 0.4 * CYCLE.end_systole) == 0


def test_the_defect_shunts_from_left_to_right() -> None:
    defect = ventricular_septal_defect().jets[-1]
    assert defect.towards_x < defect.x  # the right ventricle is on the left of the picture
