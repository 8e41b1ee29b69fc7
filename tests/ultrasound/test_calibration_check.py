from collections.abc import Callable
from dataclasses import replace

import pytest

from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.calibration_check import (
    CHECKED_TAGS,
    STALE,
    Doubt,
    calibration_doubts,
)
from sonarium.ultrasound.regions import (
    Point,
    RegionDataType,
    SpatialFormat,
    Unit,
    USRegion,
)
from sonarium.ultrasound.synthetic.attribute_set import attribute_set
from sonarium.ultrasound.synthetic.data_sets import region_item

Read = Callable[[str], Attributes]

SECTOR = USRegion(
    SpatialFormat.TWO_DIMENSIONAL,
    RegionDataType.TISSUE,
    0,
    100,
    50,
    700,
    550,
    Unit.CENTIMETRE,
    Unit.CENTIMETRE,
    0.03,
    0.03,
    Point(300, -4),
    0.0,
    0.0,
)
SPECTRUM = replace(
    SECTOR,
    spatial_format=SpatialFormat.SPECTRAL,
    data_type=RegionDataType.PW_SPECTRAL_DOPPLER,
    units_x=Unit.SECOND,
    units_y=Unit.CENTIMETRE_PER_SECOND,
    delta_y=-1.0,
)


def doubts(region: USRegion, **more: int | list[int] | list[float]) -> list[Doubt]:
    attributes = attribute_set(
        SequenceOfUltrasoundRegions=[region_item(region)], Rows=600, Columns=800, **more
    )
    return [one.doubt for one in calibration_doubts(attributes)]


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("hp-pediatric-echo-1", {(Doubt.ANISOTROPIC_PIXELS, 0)}),
        (
            "toshiba-xario-mmode",
            {(Doubt.REFERENCE_UNWRAPPED, 1), (Doubt.PIXEL_SPACING_DIFFERS, None)},
        ),
        (
            "toshiba-xario-tdi-pw",
            {(Doubt.DIRECTION_UNCERTAIN, 2), (Doubt.PIXEL_SPACING_DIFFERS, None)},
        ),
        ("sonosite-30frames", {(Doubt.OUT_OF_BOUNDS, 0)}),
        (
            "acuson-8frames-implicit",
            {(Doubt.MIRRORED_AXIS, 1), (Doubt.ABSURD_SCALE, 1)},
        ),
    ],
)
def test_what_real_scanners_get_wrong_is_found(
    real_attributes: Read, stem: str, expected: set[tuple[Doubt, int | None]]
) -> None:
    found = {(one.doubt, one.region_index) for one in calibration_doubts(real_attributes(stem))}
    assert found == expected


def test_a_sound_calibration_raises_no_doubt() -> None:
    assert doubts(SECTOR) == []
    assert doubts(SPECTRUM) == []


def test_a_picture_without_regions_is_said_to_have_none() -> None:
    (only,) = calibration_doubts({})
    assert (only.doubt, only.region_index) == (Doubt.NO_REGIONS, None)


@pytest.mark.parametrize(
    ("region", "doubt"),
    [
        (replace(SECTOR, max_x1=1400), Doubt.OUT_OF_BOUNDS),
        (replace(SECTOR, max_y1=10), Doubt.OUT_OF_BOUNDS),
        (replace(SECTOR, reference_pixel=Point(400, 60)), Doubt.REFERENCE_MAYBE_ABSOLUTE),
        (replace(SECTOR, delta_y=0.04), Doubt.ANISOTROPIC_PIXELS),
        (replace(SECTOR, delta_x=0.2, delta_y=0.2), Doubt.ABSURD_SCALE),
        (replace(SECTOR, delta_x=0.0005, delta_y=0.0005), Doubt.ABSURD_SCALE),
        (replace(SECTOR, delta_x=-0.03), Doubt.MIRRORED_AXIS),
        (replace(SECTOR, delta_x=0.0), Doubt.NOT_CALIBRATED),
        (replace(SECTOR, units_x=Unit.NONE), Doubt.NOT_CALIBRATED),
        (replace(SPECTRUM, delta_y=1.0), Doubt.DIRECTION_UNCERTAIN),
    ],
)
def test_each_fault_raises_its_doubt(region: USRegion, doubt: Doubt) -> None:
    assert doubt in doubts(region)


def test_a_maximum_equal_to_the_size_is_harmless() -> None:
    assert doubts(replace(SECTOR, max_x1=800, max_y1=600)) == []


def test_scaling_protection_matters_only_where_nothing_is_calibrated() -> None:
    bare = replace(SECTOR, units_x=Unit.NONE, flags=2)
    assert Doubt.SCALING_PROTECTED in doubts(bare)
    assert doubts(replace(SECTOR, flags=2)) == []


def test_graphics_are_not_checked() -> None:
    graphics = replace(SECTOR, spatial_format=SpatialFormat.GRAPHICS, delta_x=0.0)
    assert doubts(graphics) == []


def test_pixel_spacing_is_compared_with_the_regions() -> None:
    assert doubts(SECTOR, PixelSpacing=[0.3, 0.3]) == []
    assert Doubt.PIXEL_SPACING_DIFFERS in doubts(SECTOR, PixelSpacing=[0.5, 0.5])
    assert Doubt.PIXEL_SPACING_DIFFERS in doubts(SPECTRUM, PixelSpacing=[0.3, 0.3])


def test_a_pixel_aspect_ratio_that_is_not_one_is_anisotropic() -> None:
    assert Doubt.ANISOTROPIC_PIXELS in doubts(SECTOR, PixelAspectRatio=[536, 670])
    assert doubts(SECTOR, PixelAspectRatio=[1, 1]) == []


def test_every_doubt_has_a_sentence_and_the_stale_ones_are_doubts() -> None:
    assert set(Doubt) >= STALE
    for doubt in Doubt:
        found = calibration_doubts({})[0]
        assert replace(found, doubt=doubt).sentence.endswith(".")


def test_the_checked_tags_are_enough(real_attributes: Read) -> None:
    whole = real_attributes("toshiba-xario-mmode")
    kept = {f"{tag:08X}": whole[f"{tag:08X}"] for tag in CHECKED_TAGS if f"{tag:08X}" in whole}
    assert calibration_doubts(kept) == calibration_doubts(whole)
