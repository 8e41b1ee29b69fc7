import pytest

from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.heart_view import BLOOD, LUNG, MYOCARDIUM, PERICARDIUM, opening


def test_each_valve_opens_in_its_own_part_of_the_beat() -> None:
    cycle = Cycle(70)
    systole, filling = 0.5 * cycle.end_systole, cycle.end_systole + 0.15
    assert opening("aortic", cycle, systole) > 0.8
    assert opening("mitral", cycle, systole) < 0.05
    assert opening("aortic", cycle, filling) < 0.05
    assert opening("mitral", cycle, filling) > 0.5


def test_the_tricuspid_valve_follows_the_mitral() -> None:
    cycle = Cycle(70)
    for at in range(20):
        assert opening("tricuspid", cycle, at / 20) == pytest.approx(
            opening("mitral", cycle, at / 20)
        )


def test_blood_is_dark_and_the_pericardium_bright() -> None:
    assert BLOOD < LUNG < MYOCARDIUM < PERICARDIUM
