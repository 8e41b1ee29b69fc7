import numpy as np
import pytest

from sonarium.ultrasound.synthetic.beam import Beam, Placement, ScanConverter

BEAMS = [
    Beam(15.0, 40.0),
    Beam(12.0, 32.0, radius_cm=5.0),
    Beam(4.0, 0.0, half_width_cm=1.9),
]


@pytest.mark.parametrize("beam", BEAMS, ids=["sector", "curved", "linear"])
def test_the_place_of_each_sample_has_the_index_of_that_sample(beam: Beam) -> None:
    line, sample = beam.indices(*beam.positions())
    assert np.allclose(line, np.arange(beam.lines)[:, None], atol=0.01)
    assert np.allclose(sample, np.arange(beam.samples)[None, :], atol=0.01)


@pytest.mark.parametrize("beam", BEAMS, ids=["sector", "curved", "linear"])
def test_directions_point_along_the_lines(beam: Beam) -> None:
    x, y = beam.positions()
    step_x, step_y = np.diff(x, axis=1), np.diff(y, axis=1)
    length = np.hypot(step_x, step_y)
    along_x, along_y = beam.directions(x[:, 1:], y[:, 1:])
    assert np.allclose(step_x / length, along_x, atol=0.01)
    assert np.allclose(step_y / length, along_y, atol=0.01)


@pytest.mark.parametrize("beam", BEAMS, ids=["sector", "curved", "linear"])
def test_scan_conversion_puts_a_sample_where_the_placement_says(beam: Beam) -> None:
    placement = Placement(200, 40, 300 / beam.depth_cm)
    echoes = np.zeros((beam.lines, beam.samples), dtype=np.float32)
    line, sample = beam.lines // 2 + 30, beam.samples // 2
    echoes[line - 1 : line + 2, sample - 1 : sample + 2] = 255
    picture = ScanConverter(beam, placement, 400, 400).picture(echoes)
    x, y = beam.positions()
    column, row = placement.pixel(float(x[line, sample]), float(y[line, sample]))
    rows, columns = np.nonzero(picture > 100)
    assert abs(columns.mean() - column) < 1
    assert abs(rows.mean() - row) < 1


def test_nothing_is_drawn_outside_the_fan() -> None:
    beam = BEAMS[0]
    converter = ScanConverter(beam, Placement(200, 40, 20.0), 400, 400)
    picture = converter.picture(np.full((beam.lines, beam.samples), 255, dtype=np.float32))
    assert picture[:38].max() == 0
    assert picture[300, 200] == 255
    assert picture[60, 20] == 0
    assert np.count_nonzero(picture) == converter.pixels.size


@pytest.mark.parametrize("beam", BEAMS, ids=["sector", "curved", "linear"])
def test_colours_are_painted_on_the_pixels_of_the_fan_and_no_others(beam: Beam) -> None:
    converter = ScanConverter(beam, Placement(200, 40, 300 / beam.depth_cm), 400, 400)
    colours = np.random.default_rng(1).integers(1, 255, (converter.pixels.size, 3), dtype=np.uint8)
    by_row, by_index = np.zeros((2, 400 * 400, 3), dtype=np.uint8)
    converter.paint(by_row, colours)
    by_index[converter.pixels] = colours
    assert np.array_equal(by_row, by_index)
