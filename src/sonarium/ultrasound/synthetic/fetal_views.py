"""The planes of fetal biometry, drawn to the size of the fetus."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, radians, sin
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.body_clips import Caliper, EllipseCaliper
from sonarium.ultrasound.synthetic.body_view import (
    BLOOD,
    BONE,
    FASCIA,
    FLUID,
    MUSCLE,
    ORGAN,
    THIN_BONE,
    BodyView,
)
from sonarium.ultrasound.synthetic.fetal_growth import FetalSizes
from sonarium.ultrasound.synthetic.imaging import Settings
from sonarium.ultrasound.synthetic.motion import Squeeze
from sonarium.ultrasound.synthetic.tissue import Outline, Texture, TissuePainter

_TEXTURE: Final = Texture(
    patchiness_db=1.8, dropout_db=1.4, bend_cm=0.0, roughness_cm=0.012, interface_db=-24.0
)
_SETTINGS: Final = Settings(
    axial_taps=3,
    lateral_taps=5,
    gain_db=3.0,
    dynamic_range_db=60.0,
    noise_db=-63.0,
    loss_db_per_cm=0.25,
    clutter_db=-36.0,
    clutter_depth_cm=1.2,
    uneven_lines_db=1.2,
    edge_loss_db=3.0,
    persistence=0.4,
)
_CELLS_PER_CM: Final = 40.0


@dataclass(frozen=True, slots=True)
class FetalPlane:
    """A view, and the calipers that a sonographer would set on it."""

    view: BodyView
    calipers: tuple[Caliper | EllipseCaliper, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """A part of the fetus that lies turned in the picture."""

    x: float
    y: float
    turned_deg: float

    def place(self, along: float, across: float) -> tuple[float, float]:
        """Return where a place of the part lies: along its length, and across it."""
        turn = radians(self.turned_deg)
        return (
            self.x + along * cos(turn) - across * sin(turn),
            self.y + along * sin(turn) + across * cos(turn),
        )

    def places(self, *places: tuple[float, float]) -> Outline:
        """Return where several places lie."""
        return [self.place(*one) for one in places]


def head_plane(sizes: FetalSizes, turned_deg: float = 7.0) -> FetalPlane:
    """Head across the thalami: midline, cavum, thalami; calipers for BPD and HC."""
    a, b = sizes.head_half_length_cm, sizes.head_half_height_cm
    depth = round(2 * b + 5.6, 1)
    head = _Frame(0.0, 3.1 + b, turned_deg)

    def paint(painter: TissuePainter) -> None:
        _paint_womb(painter, depth, 2.1)
        _paint_head(painter, head, a, b, sizes.skull_cm)

    near, far = head.place(0.06 * a, -b), head.place(0.06 * a, b - sizes.skull_cm)
    return FetalPlane(
        _view("Fetal head, transthalamic", depth, paint),
        (Caliper(near, far), EllipseCaliper(head.x, head.y, a, b, turned_deg)),
    )


def abdomen_plane(sizes: FetalSizes) -> FetalPlane:
    """Abdomen across stomach and umbilical vein; an ellipse for AC."""
    radius = sizes.abdomen_cm / (2 * pi)
    depth = round(2 * radius + 5.4, 1)
    middle = _Frame(0.1, 3.0 + radius, -14.0)

    def paint(painter: TissuePainter) -> None:
        _paint_womb(painter, depth, 1.9)
        _paint_abdomen(painter, middle, radius)

    return FetalPlane(
        _view("Fetal abdomen", depth, paint),
        (EllipseCaliper(middle.x, middle.y, radius, radius),),
    )


def femur_plane(sizes: FetalSizes) -> FetalPlane:
    """Thigh along the femur; a caliper for FL."""
    half = sizes.femur_cm / 2
    depth = round(6.4 + 0.45 * sizes.femur_cm, 1)
    thigh = _Frame(-0.1, 4.1 + 0.1 * sizes.femur_cm, -9.0)

    def paint(painter: TissuePainter) -> None:
        _paint_womb(painter, depth, 1.7)
        _paint_thigh(painter, thigh, half)

    return FetalPlane(
        _view("Fetal femur", depth, paint),
        (Caliper(thigh.place(-half, 0.0), thigh.place(half, 0.0)),),
    )


def four_chamber_plane(sizes: FetalSizes) -> FetalPlane:
    """Chest across the heart, apex up and to the right; the heart beats."""
    radius = 0.92 * sizes.abdomen_cm / (2 * pi)
    depth = round(2 * radius + 4.4, 1)
    chest = _Frame(0.0, 2.6 + radius, 0.0)
    heart = _Frame(chest.x + 0.2 * radius, chest.y - 0.16 * radius, -52.0)
    size = 0.64 * radius

    def paint(painter: TissuePainter) -> None:
        _paint_womb(painter, depth, 1.8)
        _paint_chest(painter, chest, radius)
        _paint_heart(painter, heart, size)

    turn = radians(heart.turned_deg)
    motions = tuple(
        Squeeze(
            *heart.place(0.3 * size, side * 0.33 * size),
            cos(turn),
            sin(turn),
            0.26 * size,
            0.85 * size,
            0.36,
            reach_cm=0.3 * size,
        )
        for side in (-1, 1)
    )
    view = _view("Fetal four chamber", depth, paint, motions)
    return FetalPlane(view, ())


def cord_plane() -> FetalPlane:
    """A free loop of the cord in fluid: two arteries wound around a vein."""
    depth = 9.0

    def paint(painter: TissuePainter) -> None:
        _paint_womb(painter, depth, 1.9)
        painter.area(_blob(0.0, 4.9, 4.2, 2.4), FLUID)
        _paint_cord(painter)

    return FetalPlane(_view("Umbilical cord", depth, paint), ())


def _view(
    name: str,
    depth: float,
    paint: Callable[[TissuePainter], None],
    motions: tuple[Squeeze, ...] = (),
) -> BodyView:
    beam = Beam(depth, 31.0, radius_cm=5.0, lines=256, samples=round(36 * depth))
    return BodyView(name, beam, paint, _TEXTURE, _SETTINGS, _CELLS_PER_CM, motions)


def _paint_womb(painter: TissuePainter, depth: float, wall_cm: float) -> None:
    """The mother's skin, fat and muscle, the wall of the womb, and fluid under it."""
    for top, thickness, decibel in (
        (0.25, 0.3, -22), (0.5, 0.05, FASCIA), (0.95, 0.55, -34), (1.15, 0.06, FASCIA),
        (1.32, 0.05, FASCIA - 3),
    ):  # fmt: skip
        painter.band(_sagging(top), decibel, thickness)
    painter.band(_sagging((wall_cm + 1.4) / 2 + 0.1), ORGAN - 4, wall_cm - 1.3)
    painter.area([(-14, wall_cm + 0.5), (-4, wall_cm + 0.1), (0, wall_cm), (4, wall_cm + 0.2),
                  (14, wall_cm + 0.4), (14, depth - 0.9), (3, depth - 0.6), (-3, depth - 0.7),
                  (-14, depth - 1.1)], FLUID, smooth=False)  # fmt: skip
    # Placenta along the back wall.
    painter.area([(-14, depth - 2.6), (-5, depth - 1.9), (-1, depth - 1.0), (4, depth - 0.7),
                  (14, depth - 1.2), (14, depth + 1), (-14, depth + 1)], ORGAN - 2)  # fmt: skip
    painter.band([(-14, depth - 0.2), (0, depth + 0.15), (14, depth - 0.3)], MUSCLE - 3, 0.7)


def _sagging(y: float) -> Outline:
    return [(x, y - 0.055 * x * x / 2.2) for x in (-7.0, -4.0, -1.5, 1.5, 4.0, 7.0)]


def _blob(x: float, y: float, half_width: float, half_height: float) -> Outline:
    return [
        (x + half_width * cos(t), y + half_height * sin(t))
        for t in np.linspace(0, 2 * pi, 14, endpoint=False)
    ]


def _paint_head(painter: TissuePainter, head: _Frame, a: float, b: float, skull: float) -> None:
    turn = head.turned_deg
    painter.ellipse(head.x, head.y, a + 0.22, b + 0.2, MUSCLE + 2, turned_deg=turn)  # scalp
    painter.ellipse(head.x, head.y, a, b, THIN_BONE, turned_deg=turn)
    # Where the skull lies along the beam it hardly answers.
    rim_a, rim_b = a - skull / 2, b - skull / 2
    for middle_deg, half_deg, decibel in (
        (0, 26, -22),
        (180, 28, -21),
        (148, 4, -24),
        (-38, 3, -24),
    ):
        arc = np.radians(np.linspace(middle_deg - half_deg, middle_deg + half_deg, 12))
        rim = [head.place(rim_a * cos(t), rim_b * sin(t)) for t in arc]
        painter.band(rim, decibel, skull + 0.05)
    inner_a, inner_b = a - skull, b - skull
    painter.ellipse(head.x, head.y, inner_a, inner_b, -58, turned_deg=turn)
    painter.ellipse(head.x, head.y, inner_a - 0.1, inner_b - 0.12, -43, turned_deg=turn)

    def at(along: float, across: float) -> tuple[float, float]:
        return head.place(along * a, across * b)

    # Insula and furrows of the far half; the near one drowns in reverberation.
    painter.band([at(-0.3, 0.58), at(-0.05, 0.5), at(0.22, 0.52), at(0.42, 0.62)], -27, 0.13)
    painter.band([at(0.22, 0.52), at(0.24, 0.72), at(0.12, 0.86)], -31, 0.1)
    painter.band([at(-0.45, 0.8), at(-0.5, 0.6), at(-0.62, 0.46)], -32, 0.08)
    painter.band([at(-0.3, -0.6), at(-0.05, -0.52), at(0.25, -0.55)], -34, 0.1)
    for side in (-1, 1):
        painter.area(
            [at(-0.2, 0.05 * side), at(-0.14, 0.28 * side), at(0.04, 0.32 * side),
             at(0.17, 0.17 * side), at(0.18, 0.05 * side)], -53,
        )  # fmt: skip
        painter.band([at(-0.62, 0.3 * side), at(-0.42, 0.36 * side), at(-0.24, 0.33 * side)],
                     -29, 0.12)  # fmt: skip
        painter.band([at(0.36, 0.16 * side), at(0.5, 0.26 * side), at(0.62, 0.3 * side)],
                     -33, 0.07)  # fmt: skip
    midline = 0.05
    painter.band([at(-0.93, 0), at(-0.22, 0)], -19, midline, smooth=False)
    painter.band([at(-0.2, 0), at(0.2, 0)], -23, midline, smooth=False)
    painter.band([at(0.46, 0), at(0.94, 0)], -19, midline, smooth=False)
    # Cavum of the septum: fluid between two short parallel lines, a third from the front.
    box = [at(0.24, -0.075), at(0.44, -0.085), at(0.44, 0.085), at(0.24, 0.075)]
    painter.area(box, FLUID, smooth=False)
    painter.band([box[0], box[1]], -21, 0.05, smooth=False)
    painter.band([box[3], box[2]], -21, 0.05, smooth=False)
    painter.band([box[1], box[2]], -27, 0.05, smooth=False)
    painter.area([at(-0.1, -0.018), at(0.12, -0.018), at(0.12, 0.018), at(-0.1, 0.018)], FLUID,
                 smooth=False)  # fmt: skip


def _paint_abdomen(painter: TissuePainter, middle: _Frame, radius: float) -> None:
    def at(along: float, across: float) -> tuple[float, float]:
        return middle.place(along * radius, across * radius)

    x, y = middle.x, middle.y
    painter.ellipse(x, y, radius, radius, FASCIA - 5)
    painter.ellipse(x, y, radius - 0.12, radius - 0.12, MUSCLE - 4)
    painter.ellipse(x, y, radius - 0.3, radius - 0.3, ORGAN - 3)
    # Spine on the left of the picture: three centres of bone, and their shadows.
    painter.ellipse(*at(-0.68, 0.0), 0.24 * radius, 0.25 * radius, MUSCLE - 3)
    for along, across in ((-0.6, 0.0), (-0.8, -0.13), (-0.8, 0.13)):
        painter.ellipse(*at(along, across), 0.075 * radius, 0.06 * radius, BONE)
    painter.ellipse(*at(-0.71, 0.0), 0.05 * radius, 0.05 * radius, FLUID)
    # Ribs: short bright arcs, one on either side.
    for side in (-1, 1):
        painter.band([at(-0.62, side * 0.62), at(-0.42, side * 0.77), at(-0.16, side * 0.86)],
                     THIN_BONE + 0.5, 0.11)  # fmt: skip
    # Aorta left of the spine, cava right and in front of it.
    painter.ellipse(*at(-0.4, 0.12), 0.075 * radius, 0.075 * radius, BLOOD)
    painter.ellipse(*at(-0.3, -0.17), 0.085 * radius, 0.06 * radius, BLOOD)
    stomach = [at(-0.22, 0.4), at(0.02, 0.36), at(0.2, 0.46), at(0.16, 0.66), at(-0.08, 0.7),
               at(-0.26, 0.6)]  # fmt: skip
    painter.area(stomach, FLUID)
    painter.band(stomach, FASCIA - 8, 0.06, closed=True)
    # The umbilical vein, a third of the way in, bends to the right: a hockey stick.
    vein = [at(0.62, 0.02), at(0.36, 0.0), at(0.2, -0.05), at(0.1, -0.19), at(0.06, -0.34)]
    painter.band(vein, FASCIA - 8, 0.165 * radius)
    painter.band(vein, FLUID, 0.125 * radius)
    painter.area([at(-0.1, -0.62), at(0.12, -0.5), at(0.2, -0.56), at(-0.02, -0.7)], -50)
    painter.ellipse(*at(-0.34, -0.5), 0.11 * radius, 0.08 * radius, MUSCLE - 6)  # adrenal
    for along, across in ((0.25, -0.42), (0.42, -0.28), (0.3, 0.24), (-0.02, -0.5)):
        painter.ellipse(*at(along, across), 0.035 * radius, 0.025 * radius, BLOOD + 8)


def _paint_thigh(painter: TissuePainter, thigh: _Frame, half: float) -> None:
    def at(along: float, across: float) -> tuple[float, float]:
        return thigh.place(along * half, across)

    girth = 0.5 + 0.42 * half
    skin = [at(-3.6, -1.5 * girth), at(-2.2, -1.35 * girth), at(-1.1, -1.2 * girth),
            at(-0.2, -1.1 * girth),
            at(0.7, -0.85 * girth), at(1.2, -0.62 * girth), at(1.6, -0.62 * girth),
            at(1.95, -0.4 * girth), at(1.95, 0.5 * girth), at(1.3, 0.7 * girth),
            at(0.7, 0.95 * girth), at(-0.2, 1.2 * girth), at(-1.1, 1.3 * girth),
            at(-2.0, 1.9 * girth), at(-3.6, 2.6 * girth)]  # fmt: skip
    painter.area(skin, ORGAN - 4)
    painter.band(skin, FASCIA - 9, 0.07, closed=True)
    for belly in (-0.55, 0.55):
        muscle = [(-1.3, belly - 0.26), (0.0, belly - 0.3), (0.95, belly - 0.12),
                  (0.95, belly + 0.12), (0.0, belly + 0.28), (-1.3, belly + 0.24)]  # fmt: skip
        painter.area([at(along, across * girth) for along, across in muscle], -36)
    # Cartilage at both ends is dark and does not count for the length.
    painter.ellipse(*at(1.16, 0.02), 0.17 * half + 0.1, 0.16 * half + 0.1, -52)
    painter.ellipse(*at(-1.14, -0.02), 0.15 * half + 0.1, 0.15 * half + 0.1, -52)
    thick = 0.13 + 0.035 * half
    upper = [(-1.0, 0.0), (-0.97, -thick), (-0.8, -0.75 * thick), (-0.3, -0.55 * thick),
             (0.3, -0.55 * thick), (0.8, -0.75 * thick), (0.97, -thick), (1.0, 0.0)]  # fmt: skip
    lower = [(0.97, thick), (0.7, 0.6 * thick), (0.2, 0.72 * thick), (-0.3, 0.72 * thick),
             (-0.7, 0.6 * thick), (-0.97, thick)]  # fmt: skip
    painter.area([at(*one) for one in (*upper, *lower)], BONE, smooth=False)


def _paint_chest(painter: TissuePainter, chest: _Frame, radius: float) -> None:
    def at(along: float, across: float) -> tuple[float, float]:
        return chest.place(along * radius, across * radius)

    x, y = chest.x, chest.y
    painter.ellipse(x, y, radius, radius, FASCIA - 6)
    painter.ellipse(x, y, radius - 0.1, radius - 0.1, MUSCLE - 3)
    painter.ellipse(x, y, 0.86 * radius, 0.86 * radius, ORGAN - 3)  # lung
    for side in (-1, 1):
        painter.band([at(side * 0.5, 0.74), at(side * 0.74, 0.5), at(side * 0.88, 0.16)],
                     THIN_BONE + 0.5, 0.1)  # fmt: skip
        painter.band([at(side * 0.89, -0.12), at(side * 0.86, -0.28)], THIN_BONE, 0.09)
    painter.ellipse(*at(0, 0.72), 0.2 * radius, 0.22 * radius, MUSCLE - 4)
    for along, across in ((0.0, 0.64), (-0.11, 0.83), (0.11, 0.83)):
        painter.ellipse(*at(along, across), 0.065 * radius, 0.055 * radius, BONE)
    painter.ellipse(*at(0.12, 0.45), 0.075 * radius, 0.075 * radius, FASCIA - 9)
    painter.ellipse(*at(0.12, 0.45), 0.055 * radius, 0.055 * radius, BLOOD)  # aorta


def _paint_heart(painter: TissuePainter, heart: _Frame, size: float) -> None:
    def at(along: float, across: float) -> tuple[float, float]:
        return heart.place(along * size, across * size)

    outside = [at(1.08, 0.05), at(0.8, 0.5), at(0.3, 0.72), at(-0.3, 0.72), at(-0.75, 0.5),
               at(-0.92, 0.0), at(-0.75, -0.5), at(-0.3, -0.74), at(0.3, -0.74),
               at(0.82, -0.48)]  # fmt: skip
    painter.area(outside, MUSCLE + 4)
    painter.band(outside, FASCIA - 5, 0.05, closed=True)
    for side, apex in ((1, 0.88), (-1, 0.76)):
        painter.area([at(apex, 0.2 * side), at(0.62, 0.44 * side), at(0.25, 0.58 * side),
                      at(0.0, 0.56 * side), at(-0.02, 0.12 * side), at(0.4, 0.11 * side)],
                     BLOOD)  # fmt: skip
        painter.area([at(-0.08, 0.12 * side), at(-0.07, 0.55 * side), at(-0.35, 0.62 * side),
                      at(-0.64, 0.42 * side), at(-0.76, 0.1 * side), at(-0.45, 0.08 * side)],
                     BLOOD)  # fmt: skip
        painter.band([at(-0.04, 0.6 * side), at(0.04, 0.06 * side)], FASCIA - 5, 0.06)
    painter.band([at(-0.08, 0.0), at(-0.26, 0.03)], FASCIA - 8, 0.05)
    painter.band([at(-0.3, 0.14), at(-0.48, 0.16)], FASCIA - 8, 0.04)  # flap of the oval foramen
    painter.band([at(-0.55, -0.02), at(-0.8, 0.0)], FASCIA - 8, 0.05)
    painter.band([at(0.6, -0.16), at(0.62, -0.36)], MUSCLE + 3, 0.1 * size)  # moderator band
    painter.ellipse(*at(-0.04, 0.0), 0.05 * size, 0.06 * size, FASCIA - 8)  # crux


def _paint_cord(painter: TissuePainter) -> None:
    middle = [(-4.6 + 0.35 * at, 5.0 + 0.5 * sin(at * 0.32)) for at in range(27)]
    painter.band(middle, ORGAN - 11, 1.5)
    for lag in (0.0, 2.1, 4.2):
        width, wall = (0.62, 0.78) if lag == 0.0 else (0.3, 0.44)
        path = [(x, y + 0.42 * sin(1.5 * x + lag)) for x, y in middle]
        painter.band(path, FASCIA - 14, wall)
        painter.band(path, BLOOD - 3, width)
