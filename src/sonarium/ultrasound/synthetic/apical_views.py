"""The heart from its apex: four chambers, two chambers."""

from sonarium.ultrasound.synthetic.heart_view import (
    BLOOD,
    FIBROUS,
    LUNG,
    MYOCARDIUM,
    PERICARDIUM,
    THIN_WALL,
    HeartView,
)
from sonarium.ultrasound.synthetic.leaflets import Leaflet, Strand
from sonarium.ultrasound.synthetic.motion import Descent, Squeeze, Sway
from sonarium.ultrasound.synthetic.tissue import TissuePainter


def apical_four_chamber() -> HeartView:
    """Left ventricle on the right of the picture, apex on top."""
    return HeartView(
        name="A4C",
        depth_cm=16.0,
        paint=_paint_four_chambers,
        ventricle=Squeeze(1.75, 9.3, -0.085, -0.996, 2.28, 7.0, 0.34),
        right_ventricle=Squeeze(-2.35, 9.2, 0.22, -0.975, 1.6, 5.4, 0.27, one_side=-1),
        descent=Descent(1.0, 2.4, 0.05, 0.999, 7.6, 1.35),
        sway=Sway(0.12, 0.05),
        valves=(
            (
                "mitral",
                Leaflet((0.05, 10.25), (2.35, 9.75), (0.75, 8.05), (1.1, 9.3), (0.1, 9.2)),
            ),
            (
                "mitral",
                Leaflet((3.95, 10.35), (2.3, 9.75), (3.25, 8.95), (3.2, 9.6), (3.85, 9.6)),
            ),
            (
                "tricuspid",
                Leaflet(
                    (-0.75, 9.75), (-2.2, 9.25), (-1.3, 8.25), (-1.4, 9.1), (-0.8, 8.9), -18, 0.12
                ),
            ),
            (
                "tricuspid",
                Leaflet(
                    (-4.1, 9.5), (-2.25, 9.25), (-3.35, 7.75), (-3.2, 8.8), (-4.0, 8.6), -18, 0.12
                ),
            ),
        ),
        strands=(
            Strand((2.35, 9.3), (3.15, 6.9)),
            Strand((1.3, 8.4), (2.9, 6.6), -33),
        ),
    )


def apical_two_chamber() -> HeartView:
    """Inferior wall on the left, anterior wall on the right."""
    return HeartView(
        name="A2C",
        depth_cm=16.0,
        paint=_paint_two_chambers,
        ventricle=Squeeze(0.6, 9.2, -0.02, -0.9998, 2.4, 6.9, 0.35),
        descent=Descent(0.4, 2.4, 0.03, 0.9995, 7.6, 1.3),
        sway=Sway(0.1, 0.05),
        valves=(
            (
                "mitral",
                Leaflet((-1.55, 10.3), (0.75, 9.75), (-0.95, 8.55), (-0.5, 9.4), (-1.6, 9.3)),
            ),
            (
                "mitral",
                Leaflet((2.75, 10.25), (0.7, 9.75), (1.9, 8.1), (1.8, 9.35), (2.7, 9.2)),
            ),
        ),
        strands=(
            Strand((-0.5, 9.0), (-1.25, 6.9)),
            Strand((1.6, 8.7), (2.15, 6.6), -32),
        ),
    )


def _paint_four_chambers(paint: TissuePainter) -> None:
    paint.area(_A4C_HEART, -36)
    paint.band(_A4C_HEART, -22, 0.2, closed=True)
    paint.band(_A4C_HEART[:8], PERICARDIUM - 7, 0.16)
    paint.band(_A4C_HEART[10:14], PERICARDIUM - 6, 0.25)
    _paint_right_heart(paint)
    paint.area(_A4C_LEFT_MUSCLE, MYOCARDIUM)
    paint.band(_A4C_LATERAL, PERICARDIUM - 4, 0.12)
    paint.area(_A4C_LEFT_ATRIUM, BLOOD)
    paint.band(_A4C_LEFT_ATRIUM, THIN_WALL, 0.24, closed=True)
    paint.band([(-0.45, 10.3), (-0.5, 11.2), (-0.42, 11.9)], THIN_WALL + 4, 0.34)
    paint.band([(-0.42, 11.9), (-0.4, 12.9)], THIN_WALL - 9, 0.16)  # the oval fossa drops out
    paint.area(_A4C_LEFT_VENTRICLE, BLOOD)
    # The mouths of both ventricles: blood reaches through the annulus into the atrium.
    paint.area([(0.35, 9.6), (3.55, 9.6), (3.5, 11.2), (0.4, 11.2)], BLOOD, smooth=False)
    paint.area([(-1.2, 9.1), (-3.7, 8.9), (-3.7, 10.6), (-1.2, 10.6)], BLOOD, smooth=False)
    paint.ellipse(3.25, 6.6, 0.34, 0.75, MYOCARDIUM + 2, turned_deg=12)  # papillary muscle
    paint.ellipse(-0.3, 10.15, 0.36, 0.3, FIBROUS + 2)
    paint.ellipse(4.25, 10.4, 0.34, 0.24, FIBROUS + 3)
    paint.ellipse(-4.35, 9.55, 0.3, 0.22, FIBROUS - 1)
    paint.area([(1.3, 14.95), (1.9, 14.7), (2.4, 15.3), (2.0, 16.6), (1.2, 16.6)], BLOOD)
    paint.area([(3.6, 13.9), (4.1, 13.5), (5.4, 14.9), (4.7, 15.5)], BLOOD)


def _paint_right_heart(paint: TissuePainter) -> None:
    paint.area(_A4C_RIGHT_MUSCLE, MYOCARDIUM + 1)
    paint.area(_A4C_RIGHT_VENTRICLE, BLOOD + 3)
    paint.band([(-1.5, 6.0), (-2.3, 5.5), (-3.2, 6.0)], MYOCARDIUM, 0.22)  # moderator band
    paint.area(_A4C_RIGHT_ATRIUM, BLOOD + 1)
    paint.band(_A4C_RIGHT_ATRIUM, THIN_WALL, 0.22, closed=True)


def _paint_two_chambers(paint: TissuePainter) -> None:
    paint.area(_A2C_HEART, -36)
    paint.band(_A2C_HEART, -20, 0.2, closed=True)
    paint.band(_A2C_HEART[10:15], PERICARDIUM - 5, 0.2)
    paint.area(_A2C_MUSCLE, MYOCARDIUM)
    paint.area(_A2C_ATRIUM, BLOOD)
    paint.band(_A2C_ATRIUM, THIN_WALL, 0.25, closed=True)
    paint.area(_A2C_VENTRICLE, BLOOD)
    paint.area([(-1.25, 9.6), (2.4, 9.6), (2.3, 11.2), (-1.2, 11.2)], BLOOD, smooth=False)
    paint.ellipse(-1.45, 6.7, 0.34, 0.8, MYOCARDIUM + 2, turned_deg=-8)
    paint.ellipse(2.3, 6.4, 0.3, 0.7, MYOCARDIUM + 1, turned_deg=10)
    paint.ellipse(-1.9, 10.35, 0.36, 0.26, FIBROUS + 2)
    paint.ellipse(3.05, 10.3, 0.34, 0.26, FIBROUS + 2)
    paint.ellipse(-2.15, 10.95, 0.34, 0.3, BLOOD + 6)  # coronary sinus
    paint.band([(2.9, 10.9), (3.5, 11.2), (3.9, 10.9)], BLOOD + 8, 0.5)  # appendage


BACKGROUND = LUNG

_A4C_HEART = [
    (-0.7, 2.6), (1.0, 1.45), (2.6, 2.0), (4.1, 3.8), (5.0, 6.2), (5.2, 8.6), (5.0, 10.6),
    (4.9, 12.6), (4.2, 14.6), (2.6, 15.9), (0.8, 15.9), (-1.2, 15.1), (-3.0, 15.5), (-4.8, 14.5),
    (-5.5, 12.4), (-5.4, 10.2), (-5.2, 8.0), (-4.6, 6.0), (-3.2, 4.2), (-1.8, 3.2),
]  # fmt: skip
_A4C_LEFT_MUSCLE = [
    (-0.75, 10.2), (-1.25, 8.6), (-1.45, 6.6), (-1.25, 4.9), (-0.6, 3.2), (0.9, 1.65),
    (2.3, 2.05), (3.6, 3.6), (4.6, 6.0), (4.95, 8.4), (4.85, 10.4), (3.9, 10.6), (2.0, 10.2),
    (0.2, 10.6),
]  # fmt: skip
_A4C_LATERAL = [(2.5, 1.95), (3.75, 3.55), (4.75, 5.95), (5.1, 8.4), (4.95, 10.5)]
_A4C_LEFT_VENTRICLE = [
    (0.15, 10.1), (-0.25, 8.6), (-0.5, 6.6), (-0.3, 4.7), (0.25, 3.25), (1.05, 2.5),
    (2.0, 3.05), (2.95, 4.5), (3.65, 6.5), (3.95, 8.5), (3.85, 10.1), (2.0, 10.4),
]  # fmt: skip
_A4C_RIGHT_MUSCLE = [
    (-0.5, 10.0), (-1.1, 8.0), (-1.3, 6.0), (-1.0, 3.5), (-2.2, 3.7), (-3.6, 5.2), (-4.6, 7.0),
    (-4.9, 9.6), (-3.0, 10.0),
]  # fmt: skip
_A4C_RIGHT_VENTRICLE = [
    (-1.0, 9.6), (-1.4, 8.2), (-1.6, 6.6), (-1.5, 5.2), (-1.15, 4.2), (-2.1, 4.4), (-3.2, 5.7),
    (-4.1, 7.3), (-4.4, 9.3), (-2.8, 9.7),
]  # fmt: skip
_A4C_RIGHT_ATRIUM = [
    (-0.8, 10.3), (-0.62, 11.6), (-0.7, 13.0), (-1.2, 14.2), (-2.5, 14.8), (-3.9, 14.2),
    (-4.7, 12.6), (-4.75, 10.9), (-4.1, 9.9), (-2.5, 9.9),
]  # fmt: skip
_A4C_LEFT_ATRIUM = [
    (0.2, 10.6), (-0.2, 11.8), (-0.25, 13.2), (0.5, 14.5), (1.9, 15.0), (3.3, 14.4), (4.05, 13.1),
    (4.2, 11.6), (3.9, 10.6), (2.0, 10.5),
]  # fmt: skip
_A2C_HEART = [
    (0.4, 1.45), (2.0, 2.1), (3.5, 4.1), (4.1, 6.6), (4.2, 9.2), (4.4, 11.2), (4.2, 13.4),
    (2.9, 15.5), (0.6, 16.0), (-1.7, 15.2), (-3.0, 13.2), (-3.3, 10.8), (-3.2, 8.4), (-2.9, 6.0),
    (-2.0, 3.6), (-0.9, 2.0),
]  # fmt: skip
_A2C_MUSCLE = [
    (-2.2, 10.4), (-2.85, 8.6), (-2.75, 6.4), (-2.0, 4.0), (-0.9, 2.3), (0.4, 1.65), (1.7, 2.2),
    (3.0, 4.0), (3.75, 6.4), (3.9, 8.8), (3.4, 10.4), (0.6, 10.5),
]  # fmt: skip
_A2C_VENTRICLE = [
    (-1.5, 10.1), (-1.85, 8.6), (-1.8, 6.6), (-1.2, 4.4), (-0.4, 3.0), (0.4, 2.5), (1.2, 3.0),
    (2.2, 4.5), (2.9, 6.6), (3.05, 8.6), (2.7, 10.1), (0.6, 10.4),
]  # fmt: skip
_A2C_ATRIUM = [
    (-1.6, 10.6), (-2.1, 11.9), (-2.0, 13.4), (-1.0, 14.8), (0.6, 15.3), (2.2, 14.8),
    (3.2, 13.4), (3.3, 11.9), (2.7, 10.6), (0.6, 10.5),
]  # fmt: skip
