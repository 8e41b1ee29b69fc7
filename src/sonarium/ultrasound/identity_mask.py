"""Which part of a picture may leave: the scanner's own regions, or what a person has drawn.

Patient banners stand beside the regions (PS3.3 C.8.5.5), hardly ever within.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sonarium.dicom.pixels.rendering import Rectangle
from sonarium.ultrasound.regions import USRegion

__all__ = ["IdentityMask", "MaskSource", "Rectangle", "identity_mask"]

_WHOLE: Final = 0.97
"""A region over more of the picture than this masks no banner, so it is not believed."""


class MaskSource(StrEnum):
    """Who says what may stay visible."""

    REGIONS = "regions"
    DRAWN = "drawn"
    REGIONS_AND_DRAWN = "regions and drawn"
    NO_REGIONS = "no regions"
    """Nothing may leave until a person draws what to keep."""
    REGION_OF_EVERYTHING = "region of everything"
    """The regions cover the banner too: nothing may leave until a person draws what to keep."""


@dataclass(frozen=True, slots=True)
class IdentityMask:
    """What stays visible; nothing where nobody has said."""

    kept: tuple[Rectangle, ...]
    source: MaskSource


def identity_mask(
    regions: Sequence[USRegion], rows: int, columns: int, drawn: Rectangle | None = None
) -> IdentityMask:
    """Decide what stays visible.

    A person's rectangle narrows what the regions show, and never widens it; where there are
    no regions to believe, it is all that stays.
    """
    inside = [_within(region, rows, columns) for region in regions]
    whole = rows * columns
    usable = tuple(one for one in inside if one.area)
    if drawn is not None:
        drawn = _clipped(drawn, Rectangle(0, 0, columns - 1, rows - 1))
    if not usable:
        return _of_person(drawn, MaskSource.NO_REGIONS)
    if any(one.area > _WHOLE * whole for one in usable):
        return _of_person(drawn, MaskSource.REGION_OF_EVERYTHING)
    if drawn is None:
        return IdentityMask(usable, MaskSource.REGIONS)
    narrowed = tuple(part for one in usable if (part := _clipped(one, drawn)).area)
    return IdentityMask(narrowed, MaskSource.REGIONS_AND_DRAWN)


def _of_person(drawn: Rectangle | None, otherwise: MaskSource) -> IdentityMask:
    if drawn is None or not drawn.area:
        return IdentityMask((), otherwise)
    return IdentityMask((drawn,), MaskSource.DRAWN)


def _within(region: USRegion, rows: int, columns: int) -> Rectangle:
    bounds = Rectangle(region.min_x0, region.min_y0, region.max_x1, region.max_y1)
    return _clipped(bounds, Rectangle(0, 0, columns - 1, rows - 1))


def _clipped(one: Rectangle, other: Rectangle) -> Rectangle:
    return Rectangle(
        max(one.left, other.left),
        max(one.top, other.top),
        min(one.right, other.right),
        min(one.bottom, other.bottom),
    )
