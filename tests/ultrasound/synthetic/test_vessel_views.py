from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sonarium.ultrasound.calibration import caliper_length_mm
from sonarium.ultrasound.regions import Pixel
from sonarium.ultrasound.synthetic.body_clips import COLUMNS, BodyPlan, body_placement, record_body
from sonarium.ultrasound.synthetic.body_view import BLOOD, BodyView
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.screen import Banner, Picture
from sonarium.ultrasound.synthetic.tissue import TissuePainter
from sonarium.ultrasound.synthetic.vessel_views import (
    FEMORAL,
    INTIMA_MEDIA_CM,
    POPLITEAL,
    LegLevel,
    arterial_pulse,
    breathing,
    carotid_across,
    carotid_bulb,
    carotid_flow,
    common_carotid,
    distension,
    femoral_vein_along,
    femoral_vein_flow,
    leg_across,
)

BANNER = Banner("SYNTHETIC^A", "SYN-0001", "", "Carotid", "L12-3", 1.0, 0.5)


def dark_cells(view: BodyView) -> int:
    painter = TissuePainter(-2.2, -0.3, 2.2, 4.4, background=-30, cells_per_cm=110)
    view.paint(painter)
    return int(np.count_nonzero(painter.decibels() < BLOOD + 4))


def test_intima_and_media_of_the_far_wall_measure_as_painted(
    decoded: Callable[[bytes], Picture],
) -> None:
    view = common_carotid()
    made = record_body(BodyPlan(view, BANNER, "CCA", ("CCA",)), np.random.default_rng(4))
    region = made.regions[0]
    placement = body_placement(view.beam, COLUMNS // 2)
    column, lumen = map(round, placement.pixel(0.0, 1.9))
    grey = decoded(made.frames[0])[:, column - 6 : column + 7, 1].mean(axis=1)
    wall = grey[lumen : lumen + 80]
    intima = int(np.flatnonzero(wall > 60)[0])
    dark = intima + int(np.argmin(wall[intima + 2 : intima + 16])) + 2
    adventitia = dark + int(np.flatnonzero(wall[dark:] > 0.5 * wall.max())[0])
    thickness = caliper_length_mm(region, Pixel(column, intima), Pixel(column, adventitia))
    assert thickness == pytest.approx(10 * INTIMA_MEDIA_CM, abs=0.25)
    assert wall[dark] < 0.6 * wall[adventitia]


def test_a_plaque_narrows_the_bulb() -> None:
    assert dark_cells(carotid_bulb(plaque=True)) < 0.85 * dark_cells(carotid_bulb())


def test_the_jugular_vein_lies_beside_the_artery_on_either_side() -> None:
    left, right = (carotid_across(midline=midline) for midline in (-1, 1))
    assert dark_cells(left) == pytest.approx(dark_cells(right), rel=0.02)
    assert left.motions[0].x == -right.motions[0].x


@pytest.mark.parametrize("level", [FEMORAL, POPLITEAL], ids=lambda level: level.name)
def test_a_healthy_vein_closes_and_the_artery_stays_round(level: LegLevel) -> None:
    free, pressed = (dark_cells(leg_across(level, pressed=state)) for state in (False, True))
    artery = np.pi * level.artery[2] ** 2 * 110**2
    assert free > 1.6 * artery
    assert artery < pressed < 1.2 * artery  # what is left of the vein is a slit


def test_a_clot_keeps_the_vein_open_and_fills_it_with_echoes() -> None:
    clot = replace(POPLITEAL, veins=tuple(replace(vein, clot=True) for vein in POPLITEAL.veins))
    artery = np.pi * clot.artery[2] ** 2 * 110**2
    assert dark_cells(leg_across(clot, pressed=False)) == pytest.approx(artery, rel=0.05)
    assert not np.array_equal(
        _painted(leg_across(clot, pressed=True)), _painted(leg_across(POPLITEAL, pressed=True))
    )


def test_artery_and_vein_run_in_opposite_directions() -> None:
    vein, artery = femoral_vein_flow().jets
    assert (vein.towards_x - vein.x) * (artery.towards_x - artery.x) < 0
    assert dark_cells(femoral_vein_along()) > 0


def test_flow_behind_a_plaque_is_fast_and_turbulent() -> None:
    assert not any(jet.turbulence for jet in carotid_flow(tilt=0.03).jets)
    fast = carotid_flow(tilt=0.0, fast=True)
    assert fast.jets[-1].turbulence > 0
    assert fast.jets[-1].velocity_cm_per_s > 230


def test_arteries_pulse_and_widen_together() -> None:
    cycle = Cycle(70)
    shares = [arterial_pulse(cycle, at / 100) for at in range(100)]
    widths = [distension(cycle, at / 100) for at in range(100)]
    assert max(shares) == pytest.approx(1.0, abs=0.1)
    assert min(shares) > 0.2
    assert int(np.argmax(shares)) == int(np.argmin(widths))
    assert -0.08 < min(widths) < max(widths) <= 0.001


def test_breathing_never_stops_the_blood_for_long() -> None:
    shares = [breathing(Cycle(15), at / 100) for at in range(100)]
    assert min(shares) >= 0.0
    assert max(shares) == pytest.approx(1.0)


def _painted(view: BodyView) -> np.ndarray:
    painter = TissuePainter(-2.2, -0.3, 2.2, 4.4, background=-30, cells_per_cm=60)
    view.paint(painter)
    return painter.decibels()
