"""The method of disks on drawn outlines."""

from math import cos, pi, sin

import pytest

from sonarium.ultrasound.measuring.disks import DISKS, Place, cut_into_disks
from sonarium.ultrasound.measuring.errors import NotComputable
from sonarium.ultrasound.measuring.heart_size import disks_volume_ml


def test_a_box_has_equal_disks() -> None:
    disks = cut_into_disks([Place(0, 0), Place(0, 8), Place(2, 8.0001), Place(4, 8), Place(4, 0)])
    assert len(disks.diameters_cm) == DISKS
    assert disks.length_cm == pytest.approx(8.246, abs=0.01)  # the corner is farthest


def test_half_an_ellipse_gives_half_an_ellipsoid() -> None:
    steps = [i * pi / 400 for i in range(401)]
    outline = [Place(2.5 * cos(t), 9.0 * sin(t)) for t in steps]
    disks = cut_into_disks(outline)
    assert disks.length_cm == pytest.approx(9.0, abs=1e-6)
    volume = disks_volume_ml(disks.diameters_cm, disks.diameters_cm, disks.length_cm)
    assert volume == pytest.approx(2 / 3 * pi * 2.5 * 2.5 * 9.0, rel=0.001)


def test_a_turned_and_moved_outline_has_the_same_disks() -> None:
    steps = [i * pi / 100 for i in range(101)]
    outline = [Place(2.0 * cos(t), 7.0 * sin(t)) for t in steps]
    turned = [
        Place(5 + p.x_cm * cos(0.7) - p.y_cm * sin(0.7), 3 + p.x_cm * sin(0.7) + p.y_cm * cos(0.7))
        for p in outline
    ]
    assert cut_into_disks(turned).diameters_cm == pytest.approx(
        cut_into_disks(outline).diameters_cm
    )


@pytest.mark.parametrize(
    "outline",
    [[], [Place(0, 0), Place(1, 1)], [Place(1, 1)] * 5, [Place(0, 0), Place(1, 1), Place(2, 2)]],
)
def test_what_holds_no_area_is_refused(outline: list[Place]) -> None:
    with pytest.raises(NotComputable):
        cut_into_disks(outline)
