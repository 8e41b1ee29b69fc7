import numpy as np
import pytest

from sonarium.ultrasound.regions import RegionDataType
from sonarium.ultrasound.synthetic.acquisition import tissue_region
from sonarium.ultrasound.synthetic.beam import Beam, Placement, ScanConverter
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.flow import ColourFlow, Jet, colour_map
from sonarium.ultrasound.synthetic.screen import Picture, Screen

BEAM = Beam(10.0, 0.0, half_width_cm=4.0, lines=120, samples=240)
PLACEMENT = Placement(150, 0, 30.0)
CYCLE = Cycle(60)


def steady(_cycle: Cycle, _phase: float) -> float:
    return 1.0


def jet(velocity: float, *, up: bool = True) -> Jet:
    ends = ((0.0, 30.0), (0.0, -20.0)) if up else ((0.0, -20.0), (0.0, 30.0))
    return Jet(*ends[0], *ends[1], 3.0, 3.0, velocity, steady)


def painted(flow: ColourFlow, grey: int = 0, blood: np.ndarray | None = None) -> Picture:
    converter = ScanConverter(BEAM, PLACEMENT, 310, 300)
    picture = np.zeros((310 * 300, 3), dtype=np.uint8)
    levels = np.full(converter.pixels.size, grey, dtype=np.uint8)
    flow.start(BEAM, CYCLE, converter, np.random.default_rng(1), blood).paint(picture, levels, 0.0)
    return picture.reshape(310, 300, 3)


def flow(*jets: Jet, nyquist: float = 60.0, steer: float = 0.0) -> ColourFlow:
    return ColourFlow(jets, nyquist, (-0.6, 0.6), (2.0, 8.0), steer)


def test_blood_that_comes_is_red_and_blood_that_goes_is_blue() -> None:
    red, _, blue = painted(flow(jet(40)))[150, 150].tolist()
    assert red > blue + 60
    red, _, blue = painted(flow(jet(40, up=False)))[150, 150].tolist()
    assert blue > red + 60


def test_velocities_beyond_nyquist_fold() -> None:
    red, _, blue = painted(flow(jet(80), nyquist=60))[150, 150].tolist()
    assert blue > red


def test_colour_stays_in_its_box_and_off_bright_tissue() -> None:
    picture = painted(flow(jet(40)))
    assert picture[30].max() == 0
    assert picture[290].max() == 0
    assert painted(flow(jet(40)), grey=200)[150, 150].max() == 0


def test_colour_keeps_to_the_blood_where_it_is_known() -> None:
    blood = np.zeros((BEAM.lines, BEAM.samples), dtype=np.float32)
    blood[:, :120] = 1
    picture = painted(flow(jet(40)), blood=blood)
    assert picture[100, 150].max() > 0
    assert picture[200, 150].max() == 0


def test_the_box_of_a_linear_probe_leans_with_its_steering() -> None:
    straight = painted(flow(jet(40)))
    leaning = painted(flow(jet(40), steer=20.0))

    def left_edge(picture: Picture, row: int) -> int:
        return int(np.flatnonzero(picture[row].max(axis=1))[0])

    assert left_edge(straight, 90) == left_edge(straight, 210)
    assert left_edge(leaning, 210) - left_edge(leaning, 90) == pytest.approx(
        120 * np.tan(np.radians(20)), abs=4
    )


def test_flow_across_the_beam_is_seen_only_with_steering() -> None:
    across = Jet(-40.0, 5.0, 60.0, 5.0, 2.0, 2.0, 60.0, steady)
    assert painted(flow(across))[150, 150].max() == 0
    assert painted(flow(across, steer=-20.0))[150, 150].max() > 0


def test_the_map_runs_from_blue_through_black_to_red() -> None:
    colours = colour_map()
    assert colours.shape == (256, 3)
    assert colours[10, 2] > colours[10, 0]
    assert colours[245, 0] > colours[245, 2]
    assert colours[127].max() < 110


def test_the_region_of_colour_is_calibrated_like_the_picture_under_it() -> None:
    converter = ScanConverter(BEAM, PLACEMENT, 310, 300)
    tissue = tissue_region(BEAM, PLACEMENT, 310, 300)
    region = flow().start(BEAM, CYCLE, converter, np.random.default_rng(1)).region(tissue)
    assert region.data_type is RegionDataType.COLOUR_FLOW
    assert (region.delta_x, region.delta_y) == (tissue.delta_x, tissue.delta_y)


def test_the_colour_bar_names_its_limits() -> None:
    screen = Screen(600, 800)
    flow().label(screen)
    picture = screen.picture()
    assert picture[90, 783, 0] > picture[90, 783, 2]
    assert picture[205, 783, 2] > picture[205, 783, 0]
