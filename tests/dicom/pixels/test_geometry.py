import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.pixels.errors import ViewportRefused
from sonarium.dicom.pixels.geometry import fit, place
from sonarium.dicom.pixels.rendering import Viewport

SLOPE = np.arange(600, dtype=np.uint16).reshape(20, 30).astype(np.uint8)


def test_without_wishes_a_picture_stays_as_it_is() -> None:
    placement = place(20, 30, 1.0, None)
    assert (placement.width, placement.height) == (30, 20)
    assert (fit(SLOPE, placement) == SLOPE).all()


@pytest.mark.parametrize(
    ("aspect", "size"), [(0.8, (38, 20)), (0.5, (60, 20)), (2.0, (30, 40)), (1.0, (30, 20))]
)
def test_pixels_are_made_square_by_stretching(aspect: float, size: tuple[int, int]) -> None:
    placement = place(20, 30, aspect, None)
    assert (placement.width, placement.height) == size
    assert fit(SLOPE, placement).shape == (size[1], size[0])


def test_a_viewport_is_filled_without_distortion() -> None:
    placement = place(20, 30, 1.0, Viewport(300, 300))
    assert (placement.width, placement.height) == (300, 200)
    small = place(20, 30, 1.0, Viewport(10, 2))
    assert (small.width, small.height) == (3, 2)


def test_a_part_is_cropped_and_turned() -> None:
    part = Viewport(4, 3, source_x=2, source_y=5, source_width=4, source_height=3)
    assert (fit(SLOPE, place(20, 30, 1.0, part)) == SLOPE[5:8, 2:6]).all()
    mirrored = Viewport(4, 3, source_x=2, source_y=5, source_width=-4, source_height=3)
    assert (fit(SLOPE, place(20, 30, 1.0, mirrored)) == SLOPE[5:8, 2:6][:, ::-1]).all()
    turned = Viewport(4, 3, source_x=2, source_y=5, source_width=4, source_height=-3)
    assert (fit(SLOPE, place(20, 30, 1.0, turned)) == SLOPE[5:8, 2:6][::-1]).all()


@pytest.mark.parametrize(
    "viewport",
    [
        Viewport(0, 10),
        Viewport(10, 9000),
        Viewport(10, 10, source_x=30),
        Viewport(10, 10, source_width=0),
        Viewport(8192, 8192),
    ],
)
def test_viewports_that_show_nothing_or_too_much_are_refused(viewport: Viewport) -> None:
    with pytest.raises(ViewportRefused):
        place(20, 30 if viewport.width < 8192 else 20, 1.0, viewport)


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.floats(0.1, 10),
    st.builds(
        Viewport,
        st.integers(1, 80),
        st.integers(1, 80),
        st.floats(0, 59),
        st.floats(0, 59),
        st.none() | st.floats(-60, 60),
        st.none() | st.floats(-60, 60),
    ),
)
def test_any_viewport_is_kept_to_or_refused(
    rows: int, columns: int, aspect: float, viewport: Viewport
) -> None:
    try:
        placement = place(rows, columns, aspect, viewport)
    except ViewportRefused:
        return
    shown = fit(np.zeros((rows, columns, 3), np.uint8), placement)
    assert 1 <= shown.shape[0] <= viewport.height
    assert 1 <= shown.shape[1] <= viewport.width
