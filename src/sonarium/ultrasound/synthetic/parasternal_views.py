"""The heart from beside the breastbone: long axis and short axis."""

from math import cos, radians, sin

from sonarium.ultrasound.synthetic.heart_view import (
    BLOOD,
    FIBROUS,
    MYOCARDIUM,
    PERICARDIUM,
    THIN_WALL,
    HeartView,
)
from sonarium.ultrasound.synthetic.leaflets import Leaflet, Strand
from sonarium.ultrasound.synthetic.motion import Descent, Squeeze, Sway, Twist
from sonarium.ultrasound.synthetic.tissue import Outline, TissuePainter


def parasternal_long_axis() -> HeartView:
    """Apex towards the left of the picture, aorta on the right, right ventricle on top."""
    return HeartView(
        name="PLAX",
        depth_cm=15.0,
        paint=_paint_long_axis,
        ventricle=Squeeze(0.6, 7.35, -0.9995, -0.03, 2.27, 7.4, 0.35, reach_cm=1.9),
        descent=Descent(-6.3, 7.0, 0.9995, 0.03, 7.3, 1.0, stretch_cm=4.2, width_cm=3.6),
        sway=Sway(0.0, -0.22),
        valves=(
            ("mitral", Leaflet((1.35, 6.35), (-0.05, 8.0), (-0.95, 6.15), (0.7, 7.5), (0.2, 5.9))),
            ("mitral", Leaflet((0.9, 8.9), (0.0, 8.02), (-0.35, 9.1), (0.3, 8.6), (0.4, 9.2))),
            (
                "aortic",
                Leaflet((1.08, 4.3), (2.0, 5.15), (2.55, 4.05), (1.7, 4.7), (1.7, 4.2), -20, 0.1),
            ),
            (
                "aortic",
                Leaflet((1.28, 6.1), (2.02, 5.2), (2.65, 6.1), (1.7, 5.7), (1.9, 6.05), -20, 0.1),
            ),
        ),
        strands=(
            Strand((-0.1, 7.95), (-2.6, 8.7), -32),
            Strand((-0.1, 8.2), (-2.5, 9.0), -34),
        ),
    )


def parasternal_short_axis() -> HeartView:
    """The left ventricle as a ring at the level of the papillary muscles."""
    return HeartView(
        name="PSAX",
        depth_cm=15.0,
        paint=_paint_short_axis,
        ventricle=Twist(_RING_X, _RING_Y, _RING_RADIUS, 0.35),
        sway=Sway(0.1, -0.12),
    )


def _paint_long_axis(paint: TissuePainter) -> None:
    paint.area(_LONG_AXIS_HEART, -34)
    paint.area(_LONG_AXIS_MUSCLE, MYOCARDIUM)
    paint.area(
        [(-7.0, 1.5), (-3, 1.25), (0, 1.2), (4.6, 1.3), (4.6, 3.0), (-6, 4.2)], THIN_WALL - 3
    )
    paint.area(_RIGHT_VENTRICLE, BLOOD + 4)
    paint.band([(-4.4, 2.9), (-3.2, 3.3), (-2.2, 3.1)], MYOCARDIUM, 0.22)
    # Fat and lung behind the heart shine; the pericardium is the brightest line of the view.
    paint.band(_BEHIND, -30, 1.3)
    paint.band(_POSTERIOR_PERICARDIUM, PERICARDIUM - 1, 0.16)
    paint.band([(1.4, 10.3), (3.2, 10.95), (4.9, 10.2), (5.9, 8.6)], FIBROUS - 2, 0.18)
    paint.area(_LEFT_ATRIUM, BLOOD)
    paint.band(_LEFT_ATRIUM[3:], THIN_WALL, 0.22)
    paint.area(_LEFT_VENTRICLE, BLOOD)
    paint.area([(-0.4, 6.4), (1.6, 6.7), (1.7, 8.8), (-0.2, 8.8)], BLOOD, smooth=False)
    paint.area(_AORTA, BLOOD)
    paint.area([(0.2, 4.9), (1.6, 4.6), (1.6, 5.9), (0.2, 6.2)], BLOOD, smooth=False)
    paint.band(_ANTERIOR_AORTIC_WALL, FIBROUS - 6, 0.2)
    paint.band(_POSTERIOR_AORTIC_WALL, FIBROUS - 5, 0.24)
    paint.ellipse(0.95, 9.2, 0.32, 0.28, FIBROUS - 1)
    paint.ellipse(-2.9, 8.95, 0.75, 0.3, MYOCARDIUM + 1, turned_deg=14)  # papillary muscle
    paint.ellipse(2.3, 12.1, 1.15, 1.05, FIBROUS - 8)  # descending aorta
    paint.ellipse(2.3, 12.1, 1.0, 0.9, BLOOD)


def _paint_short_axis(paint: TissuePainter) -> None:
    paint.area(_around(4.6, 0, 360, x=-0.4, y=6.7), -35)
    paint.area(_SHORT_AXIS_RIGHT_WALL, THIN_WALL - 2)
    paint.area(_SHORT_AXIS_RIGHT_VENTRICLE, BLOOD + 4)
    paint.band(_around(3.95, 5, 150), -31, 0.9)
    paint.area(_around(3.35, 0, 360), MYOCARDIUM)
    paint.band(_around(3.42, 10, 145), PERICARDIUM - 2, 0.15)
    paint.band(_around(3.42, -60, 10), FIBROUS - 8, 0.1)
    paint.ellipse(_RING_X, _RING_Y, _RING_RADIUS, _RING_RADIUS, BLOOD)
    paint.ellipse(-0.75, 8.25, 0.62, 0.52, MYOCARDIUM + 2, turned_deg=-40)
    paint.ellipse(2.2, 7.95, 0.6, 0.5, MYOCARDIUM + 2, turned_deg=35)
    paint.band([(-3.2, 8.6), (-2.9, 9.6), (-1.6, 10.5)], FIBROUS - 10, 0.2)


def _around(
    radius: float, start_deg: int, stop_deg: int, *, x: float = 0.6, y: float = 7.0
) -> Outline:
    """List places on a circle around the left ventricle; 0 is to the right, 90 is deep."""
    return [
        (x + radius * cos(radians(angle)), y + radius * sin(radians(angle)))
        for angle in range(start_deg, stop_deg, 12)
    ]


_RING_X, _RING_Y, _RING_RADIUS = 0.6, 7.0, 2.38

_LONG_AXIS_HEART = [
    (-8, 3.0), (-4, 1.4), (0, 1.2), (4.5, 1.4), (6.2, 4), (6.3, 8), (5.2, 10.6), (2.5, 11.2),
    (-1, 11.0), (-4, 10.9), (-7.5, 8.5),
]  # fmt: skip
_LONG_AXIS_MUSCLE = [
    (1.15, 4.15), (-0.5, 4.08), (-2.5, 4.12), (-4.6, 4.6), (-6.6, 5.6), (-7.6, 6.9), (-6.6, 8.7),
    (-5.0, 9.75), (-3.0, 10.6), (-1.0, 10.65), (0.9, 9.8), (0.9, 8.4), (0.6, 6.0),
]  # fmt: skip
_LEFT_VENTRICLE = [
    (0.9, 5.15), (-0.5, 5.05), (-2.5, 5.1), (-4.5, 5.6), (-6.3, 6.8), (-5.2, 8.3), (-3.0, 9.45),
    (-1.0, 9.6), (0.7, 8.9), (0.9, 7.4), (1.0, 6.1),
]  # fmt: skip
_RIGHT_VENTRICLE = [
    (-5.2, 3.0), (-3.0, 1.95), (-0.5, 1.7), (2.0, 1.8), (4.2, 1.9), (4.4, 2.5), (2.2, 3.1),
    (0.5, 3.6), (-2.5, 3.72), (-4.6, 4.1),
]  # fmt: skip
_LEFT_ATRIUM = [
    (1.5, 6.75), (3.2, 6.65), (4.8, 6.65), (5.5, 7.8), (5.0, 9.5), (3.4, 10.4), (1.9, 9.95),
    (1.1, 8.9), (1.2, 7.6),
]  # fmt: skip
_AORTA = [
    (1.0, 4.3), (1.4, 3.75), (2.1, 3.55), (3.1, 3.7), (5.2, 3.1), (5.6, 5.9), (3.3, 6.2),
    (2.2, 6.5), (1.5, 6.3), (1.25, 5.9),
]  # fmt: skip
_ANTERIOR_AORTIC_WALL = [(1.0, 4.15), (1.4, 3.7), (2.1, 3.45), (3.1, 3.6), (4.4, 3.25), (5.4, 2.95)]
_POSTERIOR_AORTIC_WALL = [
    (1.3, 6.25),
    (1.6, 6.5),
    (2.3, 6.62),
    (3.3, 6.35),
    (4.5, 6.25),
    (5.7, 6.1),
]
_POSTERIOR_PERICARDIUM = [(1.3, 10.0), (-0.9, 10.8), (-3.0, 10.75), (-5.2, 9.85), (-7.0, 8.6)]
_BEHIND = [(4.6, 11.3), (1.4, 11.2), (-0.9, 11.6), (-3.0, 11.5), (-5.4, 10.6), (-7.4, 9.2)]
_SHORT_AXIS_RIGHT_WALL = [
    (1.6, 2.9), (-0.5, 2.2), (-2.8, 2.7), (-4.4, 4.5), (-4.85, 6.8), (-4.1, 8.9), (-2.6, 9.3),
    (-1.0, 4.5),
]  # fmt: skip
_SHORT_AXIS_RIGHT_VENTRICLE = [
    (1.0, 3.2), (-0.6, 2.6), (-2.6, 3.1), (-4.0, 4.8), (-4.4, 6.8), (-3.75, 8.5), (-2.95, 8.9),
    (-2.75, 7.6), (-2.6, 6.2), (-1.95, 4.8), (-0.7, 3.9), (0.4, 3.62),
]  # fmt: skip
