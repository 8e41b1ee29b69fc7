"""Who says what may stay visible."""

from dataclasses import replace

import pytest

from sonarium.ultrasound.identity_mask import MaskSource, Rectangle, identity_mask
from sonarium.ultrasound.regions import RegionDataType, SpatialFormat, Unit, USRegion

REGION = USRegion(
    spatial_format=SpatialFormat.TWO_DIMENSIONAL,
    data_type=RegionDataType.TISSUE,
    flags=0,
    min_x0=10,
    min_y0=20,
    max_x1=79,
    max_y1=89,
    units_x=Unit.CENTIMETRE,
    units_y=Unit.CENTIMETRE,
    delta_x=0.1,
    delta_y=0.1,
)


def test_regions_decide() -> None:
    mask = identity_mask([REGION], 100, 100)
    assert mask.kept == (Rectangle(10, 20, 79, 89),)
    assert mask.source is MaskSource.REGIONS


def test_a_region_that_leaves_the_picture_is_cut_at_its_border() -> None:
    assert identity_mask([replace(REGION, max_x1=800)], 100, 100).kept[0].right == 99


def test_a_drawn_rectangle_narrows_a_region_and_never_widens_it() -> None:
    mask = identity_mask([REGION], 100, 100, Rectangle(0, 0, 50, 50))
    assert mask.kept == (Rectangle(10, 20, 50, 50),)
    assert mask.source is MaskSource.REGIONS_AND_DRAWN
    assert identity_mask([REGION], 100, 100, Rectangle(90, 90, 99, 99)).kept == ()


@pytest.mark.parametrize(
    "regions", [[], [replace(REGION, max_x1=5)], [replace(REGION, min_x0=500, max_x1=600)]]
)
def test_without_regions_nothing_stays_until_somebody_draws(regions: list[USRegion]) -> None:
    mask = identity_mask(regions, 100, 100)
    assert (mask.kept, mask.source) == ((), MaskSource.NO_REGIONS)
    assert identity_mask(regions, 100, 100, Rectangle(0, 0, 500, 9)).kept == (
        Rectangle(0, 0, 99, 9),
    )
    assert identity_mask(regions, 100, 100, Rectangle(9, 9, 3, 3)).kept == ()


def test_a_region_over_the_whole_picture_masks_nothing_and_is_not_believed() -> None:
    whole = replace(REGION, min_x0=0, min_y0=0, max_x1=99, max_y1=99)
    mask = identity_mask([whole], 100, 100)
    assert (mask.kept, mask.source) == ((), MaskSource.REGION_OF_EVERYTHING)
    drawn = identity_mask([whole, REGION], 100, 100, Rectangle(0, 10, 99, 99))
    assert (drawn.kept, drawn.source) == ((Rectangle(0, 10, 99, 99),), MaskSource.DRAWN)
