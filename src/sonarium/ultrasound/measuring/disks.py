"""The method of disks on a drawn outline: twenty diameters across the long axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import Final, NamedTuple

from sonarium.ultrasound.measuring.errors import NotComputable

DISKS: Final = 20


class Place(NamedTuple):
    """A place in centimetres, any origin."""

    x_cm: float
    y_cm: float


@dataclass(frozen=True, slots=True)
class Disks:
    """A cavity cut across its long axis."""

    length_cm: float
    diameters_cm: tuple[float, ...]
    """From the base to the apex."""


def cut_into_disks(outline: Sequence[Place]) -> Disks:
    """Cut a closed outline whose first and last places are the two ends of its base.

    The long axis goes from the middle of the base to the place farthest from it. Each disk
    is cut at the middle of its height.

    Raises:
        NotComputable: fewer than three places, or all on one line.
    """
    if len(outline) < 3:
        raise NotComputable("the method of disks needs an outline")
    first, last = outline[0], outline[-1]
    base = Place((first.x_cm + last.x_cm) / 2, (first.y_cm + last.y_cm) / 2)
    apex = max(outline, key=lambda place: hypot(place.x_cm - base.x_cm, place.y_cm - base.y_cm))
    length = hypot(apex.x_cm - base.x_cm, apex.y_cm - base.y_cm)
    if length == 0:
        raise NotComputable("the outline has no length")
    along = Place((apex.x_cm - base.x_cm) / length, (apex.y_cm - base.y_cm) / length)
    turned = [_turn(place, base, along) for place in (*outline, first)]
    heights = [(disk + 0.5) * length / DISKS for disk in range(DISKS)]
    diameters = tuple(_width_at(turned, height) for height in heights)
    if not any(diameters):
        raise NotComputable("the outline holds no area")
    return Disks(length, diameters)


def _turn(place: Place, base: Place, along: Place) -> Place:
    """Return where a place lies across (x) and along (y) the long axis."""
    x, y = place.x_cm - base.x_cm, place.y_cm - base.y_cm
    return Place(x * along.y_cm - y * along.x_cm, x * along.x_cm + y * along.y_cm)


def _width_at(closed: Sequence[Place], height_cm: float) -> float:
    """Return how wide the outline is at a height, from its first to its last crossing."""
    crossings = [
        a.x_cm + (height_cm - a.y_cm) / (b.y_cm - a.y_cm) * (b.x_cm - a.x_cm)
        for a, b in pairwise(closed)
        if (a.y_cm <= height_cm) != (b.y_cm <= height_cm)
    ]
    return max(crossings) - min(crossings) if crossings else 0.0
