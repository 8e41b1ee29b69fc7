"""The heart from under the ribs, through the liver: where a child's examination begins."""

from cmath import exp
from dataclasses import replace
from math import radians
from typing import Final, NamedTuple

from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber
from sonarium.ultrasound.synthetic.heart_view import BLOOD, FIBROUS, HeartView
from sonarium.ultrasound.synthetic.leaflets import Leaflet, Place, Strand
from sonarium.ultrasound.synthetic.motion import Descent, Squeeze, Sway
from sonarium.ultrasound.synthetic.tissue import Outline, TissuePainter

_LIVER: Final = -29.0


class Turn(NamedTuple):
    """Turns the body around a place and shifts it; degrees run clockwise on the screen."""

    degrees: float
    about: Place
    to: Place

    def place(self, place: Place) -> Place:
        """Return where a place comes to lie."""
        x, y = self.direction((place[0] - self.about[0], place[1] - self.about[1]))
        return x + self.to[0], y + self.to[1]

    def direction(self, direction: Place) -> Place:
        """Return where a direction comes to point."""
        turned = complex(*direction) * exp(1j * radians(self.degrees))
        return turned.real, turned.imag

    def squeeze(self, motion: Squeeze) -> Squeeze:
        """Return the same motion of a heart that lies otherwise."""
        x, y = self.place((motion.x, motion.y))
        axis_x, axis_y = self.direction((motion.axis_x, motion.axis_y))
        return replace(motion, x=x, y=y, axis_x=axis_x, axis_y=axis_y)

    def descent(self, motion: Descent) -> Descent:
        """Return the same motion of a heart that lies otherwise."""
        x, y = self.place((motion.x, motion.y))
        axis_x, axis_y = self.direction((motion.axis_x, motion.axis_y))
        return replace(motion, x=x, y=y, axis_x=axis_x, axis_y=axis_y)

    def leaflet(self, leaflet: Leaflet) -> Leaflet:
        """Return the same leaflet of a heart that lies otherwise."""
        return replace(
            leaflet,
            hinge=self.place(leaflet.hinge),
            closed_tip=self.place(leaflet.closed_tip),
            open_tip=self.place(leaflet.open_tip),
            closed_bulge=self.place(leaflet.closed_bulge),
            open_bulge=self.place(leaflet.open_bulge),
        )

    def strand(self, strand: Strand) -> Strand:
        """Return the same string of a heart that lies otherwise."""
        return replace(strand, start=self.place(strand.start), end=self.place(strand.end))


class TurnedPainter(TissuePainter):
    """Paints on another painter's map what is drawn for a heart that lies otherwise."""

    def __init__(self, painter: TissuePainter, turn: Turn) -> None:
        self._painter, self._turn = painter, turn

    def area(self, points: Outline, decibel: float, *, smooth: bool = True) -> None:
        """Fill a closed outline."""
        self._painter.area([self._turn.place(one) for one in points], decibel, smooth=smooth)

    def band(
        self,
        points: Outline,
        decibel: float,
        width_cm: float,
        *,
        closed: bool = False,
        smooth: bool = True,
    ) -> None:
        """Draw a line of some thickness."""
        places = [self._turn.place(one) for one in points]
        self._painter.band(places, decibel, width_cm, closed=closed, smooth=smooth)


def subcostal_four_chamber() -> HeartView:
    """Liver on top, right ventricle under it; the apex points to the right of the picture."""
    apical = apical_four_chamber()
    if not isinstance(apical.ventricle, Squeeze) or apical.descent is None:
        raise TypeError("the apical view has lost its motion")
    turn = Turn(62.0, (0.0, 8.4), (0.3, 9.6))

    def paint(painter: TissuePainter) -> None:
        _paint_liver(painter)
        apical.paint(TurnedPainter(painter, turn))

    return replace(
        apical,
        name="SC4C",
        depth_cm=16.5,
        half_angle_deg=44.0,
        paint=paint,
        ventricle=turn.squeeze(apical.ventricle),
        right_ventricle=apical.right_ventricle and turn.squeeze(apical.right_ventricle),
        descent=turn.descent(apical.descent),
        sway=Sway(-0.1, 0.06),
        valves=tuple((valve, turn.leaflet(leaflet)) for valve, leaflet in apical.valves),
        strands=tuple(turn.strand(strand) for strand in apical.strands),
    )


def _paint_liver(painter: TissuePainter) -> None:
    liver = [
        (-9.0, 0.6), (0.0, 0.9), (5.0, 1.0), (5.6, 2.6), (3.6, 4.2), (0.5, 5.3), (-3.0, 6.6),
        (-6.5, 9.8), (-9.5, 10.5),
    ]  # fmt: skip
    painter.area(liver, _LIVER)
    painter.band(liver[3:8], FIBROUS - 4, 0.14)  # diaphragm
    painter.band([(-4.6, 2.6), (-4.1, 4.6), (-4.4, 6.6)], BLOOD, 0.5)  # hepatic vein
    for x, y in ((-1.6, 2.6), (0.9, 2.2), (-2.4, 4.4), (2.6, 2.8)):
        painter.ellipse(x, y, 0.24, 0.13, FIBROUS - 9, turned_deg=24)
        painter.ellipse(x, y, 0.17, 0.07, BLOOD, turned_deg=24)
