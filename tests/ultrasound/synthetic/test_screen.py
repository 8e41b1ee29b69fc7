import numpy as np

from sonarium.ultrasound.synthetic.beam import Beam, Placement
from sonarium.ultrasound.synthetic.screen import (
    AMBER,
    DIM,
    YELLOW,
    Banner,
    Box,
    Screen,
    TraceStrip,
    draw_banner,
    draw_depth_scale,
    draw_grey_bar,
    draw_probe_mark,
    draw_settings,
    grey_map,
)

BANNER = Banner("SYNTHETIC^A", "SYN-0001", "2026-05-20", "Adult echo", "P4-2", 1.2, 0.7)


def test_a_box_counts_its_inclusive_pixels() -> None:
    box = Box(10, 20, 19, 24)
    assert (box.width, box.height) == (10, 5)


def test_the_centre_of_a_cross_is_on_its_pixel() -> None:
    screen = Screen(40, 40)
    screen.cross(20.4, 10.6)
    picture = screen.picture()
    rows, columns = np.nonzero(picture[..., 0])
    assert (rows.mean(), columns.mean()) == (11, 20)
    assert tuple(picture[11, 20]) == YELLOW


def test_the_banner_says_that_nothing_is_real() -> None:
    screen = Screen(600, 800)
    draw_banner(screen, BANNER)
    banner = screen.picture()[:36]
    assert np.count_nonzero(np.all(banner == AMBER, axis=-1)) > 60


def test_ticks_of_the_depth_scale_are_centimetres_apart() -> None:
    screen = Screen(600, 800)
    draw_depth_scale(screen, Beam(10.0, 40.0), Placement(400, 50, 40.0), 700)
    rows = np.flatnonzero(screen.picture()[:, 700].max(axis=-1))
    assert rows.tolist() == [50 + 40 * cm for cm in range(11)]


def test_a_smaller_body_has_more_ticks_on_the_same_screen() -> None:
    screen = Screen(600, 800)
    draw_depth_scale(screen, Beam(10.0, 40.0), Placement(400, 50, 40.0), 700, 0.5)
    rows = np.flatnonzero(screen.picture()[:, 700].max(axis=-1))
    assert np.diff(rows).tolist() == [80] * 5


def test_settings_grey_bar_and_mark_are_drawn() -> None:
    screen = Screen(600, 800)
    draw_settings(screen, ("A4C", "FR 30 Hz"))
    draw_grey_bar(screen, 780, 84, "grey")
    draw_probe_mark(screen, Placement(400, 60, 30.0))
    picture = screen.picture()
    assert picture[48:80, 8:80].max() > DIM[0]
    assert picture[84, 785].tolist() == [255, 255, 255]
    assert picture[50:64, 418:434].max() > 0


def test_each_grey_map_is_as_bright_as_its_level() -> None:
    for tint in ("grey", "blue", "warm"):
        colours = grey_map(tint)
        assert colours[0].max() == 0
        assert colours[250].min() > 200
        assert np.all(np.diff(colours[:, 1].astype(int)) >= 0)


def test_a_trace_is_bright_up_to_where_the_clip_has_come() -> None:
    box = Box(10, 5, 209, 44)
    strip = TraceStrip(box, np.zeros(100, dtype=np.float32), 2.0)
    picture = Screen(50, 220).picture()
    strip.paint(picture, 1.0)
    assert strip.column(1.0) == 100
    row = picture[5:45, 10:210, 1].max(axis=0)
    assert row[50] > row[150] > 0
    assert strip.column(9.0) == box.width - 1


def test_a_picture_is_a_copy() -> None:
    screen = Screen(10, 10)
    screen.picture()[:] = 255
    assert screen.picture().max() == 0
