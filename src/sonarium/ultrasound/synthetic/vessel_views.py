"""Vessels of the neck and the leg under a linear probe."""

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, pi, radians, sin
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.body_view import (
    BLOOD,
    BONE,
    FASCIA,
    FAT,
    MUSCLE,
    ORGAN,
    BodyView,
)
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.flow import ColourFlow, Jet
from sonarium.ultrasound.synthetic.imaging import Settings
from sonarium.ultrasound.synthetic.motion import Squeeze
from sonarium.ultrasound.synthetic.tissue import Outline, Texture, TissuePainter

_TEXTURE: Final = Texture(
    patchiness_db=2.0, dropout_db=1.6, bend_cm=0.012, roughness_cm=0.004, interface_db=-26.0
)
_SETTINGS: Final = Settings(
    axial_taps=3,
    lateral_taps=5,
    gain_db=2.0,
    dynamic_range_db=55.0,
    noise_db=-66.0,
    loss_db_per_cm=1.0,
    clutter_db=-42.0,
    clutter_depth_cm=0.5,
    uneven_lines_db=1.0,
    edge_loss_db=1.5,
    persistence=0.45,
)
_CELLS_PER_CM: Final = 110.0
INTIMA_MEDIA_CM: Final = 0.068


@dataclass(frozen=True, slots=True)
class Vein:
    """A vein beside its artery, seen across."""

    x: float
    y: float
    half_width: float
    half_height: float
    clot: bool = False


@dataclass(frozen=True, slots=True)
class LegLevel:
    """One place of the leg at which veins are pressed shut."""

    name: str
    depth_cm: float
    artery: tuple[float, float, float]
    """x, y and radius."""
    veins: tuple[Vein, ...]
    bone: tuple[float, float, float] | None = None
    """x, y and radius of a bone under the vessels."""


def common_carotid(*, radius_cm: float = 0.31) -> BodyView:
    """Common carotid artery along its length: near wall, lumen, intima and media far."""

    def paint(painter: TissuePainter) -> None:
        _paint_neck(painter)
        _paint_tube(painter, _CAROTID, radius_cm)

    return _view("Common carotid, long axis", 3.8, paint, _pulsating(radius_cm))


def carotid_bulb(*, plaque: bool = False) -> BodyView:
    """Bulb and internal carotid artery along their length; with `plaque`, a narrow inlet."""

    def paint(painter: TissuePainter) -> None:
        _paint_neck(painter)
        painter.area([(-2.4, 2.55), (0.2, 2.6), (2.4, 2.95), (2.4, 4.2), (-2.4, 4.2)], FAT - 4)
        _paint_wall(painter, _BULB_NEAR, _BULB_FAR)
        if plaque:
            painter.area(
                [
                    (-0.35, 2.24),
                    (-0.05, 2.02),
                    (0.3, 1.8),
                    (0.62, 1.78),
                    (0.95, 1.92),
                    (1.25, 2.12),
                    (0.6, 2.24),
                    (0.1, 2.29),
                ],
                -36,
            )
            painter.ellipse(0.55, 2.02, 0.28, 0.1, -46, turned_deg=-8)
            painter.ellipse(0.9, 2.08, 0.12, 0.07, -28)  # fmt: skip
            painter.area([(0.1, 1.42), (0.4, 1.58), (0.75, 1.6), (1.0, 1.47), (0.6, 1.4)], -38)
            painter.band([(0.2, 1.9), (0.42, 1.8), (0.7, 1.8)], FASCIA - 2, 0.04)

    return _view("Carotid bulb and internal carotid, long axis", 3.8, paint, _pulsating(0.33))


def carotid_across(*, midline: int = -1) -> BodyView:
    """Common carotid across, with the jugular vein over it and the thyroid beside it.

    Args:
        midline: -1 when the patient's middle lies to the left of the picture, 1 to the right.
    """

    def at(*places: tuple[float, float]) -> Outline:
        return [(-midline * x, y) for x, y in places]

    def paint(painter: TissuePainter) -> None:
        _paint_neck(painter)
        thyroid = at(
            (-2.4, 1.1), (-1.2, 1.05), (-0.55, 1.35), (-0.5, 2.1), (-1.2, 2.5), (-2.4, 2.4)
        )
        painter.area(thyroid, ORGAN - 1)
        painter.band(thyroid[:4], FASCIA - 6, 0.03)
        painter.ellipse(2.5 * midline, 2.7, 1.1, 0.9, -44)
        for size, decibel in ((0.03, FASCIA - 9), (0.0, BLOOD)):
            painter.ellipse(
                -0.78 * midline, 1.32, 0.61 + size, 0.275 + size, decibel, turned_deg=-12 * midline
            )
        _paint_round_artery(painter, -0.12 * midline, 1.86, 0.31)
        painter.ellipse(-0.95 * midline, 2.0, 0.09, 0.07, -47)  # vagus nerve

    artery = Squeeze(-0.12 * midline, 1.86, 1.0, 0.0, 0.31, 0.34, 1.0, reach_cm=0.25)
    return _view("Common carotid, short axis", 3.8, paint, (artery,))


def carotid_flow(*, tilt: float, fast: bool = False) -> ColourFlow:
    """Blood along the carotid, away from the heart; `fast` shows a narrow inlet."""
    if fast:
        jets = (
            Jet(-12.0, 1.88, 20.0, 1.86, 0.6, 0.6, 62, arterial_pulse),
            Jet(0.2, 1.68, 3.6, 2.0, 0.2, 0.62, 250, arterial_pulse, 0.8),
        )
        return ColourFlow(jets, 46.2, (-0.72, 0.72), (1.0, 2.75), steer_deg=-18.0)
    jet = Jet(-14.0, 1.9 - 14 * tilt, 22.0, 1.9 + 22 * tilt, 0.58, 0.58, 78, arterial_pulse)
    return ColourFlow((jet,), 38.5, (-0.72, 0.72), (1.0, 2.75), steer_deg=-18.0)


def leg_across(level: LegLevel, *, pressed: bool) -> BodyView:
    """Artery and veins across; pressed, a healthy vein closes and the artery stays round."""

    def paint(painter: TissuePainter) -> None:
        _paint_leg(painter, level, pressed=pressed)

    words = "compressed" if pressed else "not compressed"
    return _view(f"{level.name}, {words}", level.depth_cm, paint, half_width=1.9)


def femoral_vein_along() -> BodyView:
    """Femoral vein under the femoral artery, along both."""

    def paint(painter: TissuePainter) -> None:
        _paint_layers(painter, 0.9)
        painter.area([(-2.4, 0.9), (2.4, 0.75), (2.4, 4.6), (-2.4, 4.6)], MUSCLE - 6)
        _paint_stripes(painter, 0.95, 1.35)
        _paint_stripes(painter, 3.3, 4.4)
        _paint_wall(painter, _SFA_NEAR, _SFA_FAR)
        painter.band(_FEMORAL_VEIN, FASCIA - 10, 0.78)
        painter.band(_FEMORAL_VEIN, BLOOD - 1, 0.73)

    return _view("Femoral vein, long axis", 4.2, paint)


def femoral_vein_flow() -> ColourFlow:
    """Blood towards the heart, in waves of breathing; the artery over it the other way."""
    vein = Jet(14.0, 3.67, -22.0, 0.54, 0.66, 0.66, 24, breathing)
    artery = Jet(-14.0, 0.48, 22.0, 3.48, 0.44, 0.44, 46, arterial_pulse)
    return ColourFlow((vein, artery), 19.3, (-0.75, 0.75), (1.1, 3.4), steer_deg=-18.0)


def arterial_pulse(cycle: Cycle, phase: float) -> float:
    """Share of the peak velocity in an artery of the neck."""
    rise = min(max((phase - 0.06) / 0.09, 0.0), 1.0)
    fall = exp(-max(phase - 0.15, 0.0) / (0.62 * cycle.end_systole))
    return 0.24 + 0.76 * rise * rise * fall


def breathing(_cycle: Cycle, phase: float) -> float:
    """Share of the peak velocity in a vein: `phase` runs over one breath."""
    return 0.55 + 0.45 * cos(2 * pi * (phase - 0.1))


def distension(cycle: Cycle, phase: float) -> float:
    """How much an artery is wider than at end-diastole, as a (negative) narrowing."""
    return -0.065 * (arterial_pulse(cycle, phase) - 0.24) / 0.76


def _view(
    name: str,
    depth: float,
    paint: Callable[[TissuePainter], None],
    motions: tuple[Squeeze, ...] = (),
    *,
    half_width: float = 1.9,
) -> BodyView:
    beam = Beam(depth, 0.0, half_width_cm=half_width, lines=256, samples=round(130 * depth))
    return BodyView(
        name, beam, paint, _TEXTURE, _SETTINGS, _CELLS_PER_CM, motions, pulse=distension
    )


def _pulsating(radius_cm: float) -> tuple[Squeeze, ...]:
    turn = radians(1.7)
    return (Squeeze(0.0, 1.9, cos(turn), sin(turn), radius_cm, 60.0, 1.0, reach_cm=0.3),)


def _paint_layers(painter: TissuePainter, fat_cm: float) -> None:
    """Skin and the fat under it, with its strands."""
    painter.area([(-3, 0), (3, 0), (3, 0.13), (-3, 0.13)], -17, smooth=False)
    painter.area([(-3, 0.13), (3, 0.13), (3, fat_cm), (-3, fat_cm)], -41, smooth=False)
    for at in range(7):
        y = 0.2 + (fat_cm - 0.28) * ((at * 0.618) % 1.0)
        x = -1.9 + 0.6 * at
        painter.band([(x - 0.9, y + 0.03), (x, y), (x + 0.9, y + 0.05)], -24, 0.022)
    painter.band([(-3, fat_cm + 0.04), (-1, fat_cm), (1, fat_cm + 0.01), (3, fat_cm + 0.05)],
                 FASCIA, 0.035)  # fmt: skip


def _paint_stripes(painter: TissuePainter, top: float, bottom: float) -> None:
    """The bright strands of muscle, nearly along the skin."""
    count = int((bottom - top) / 0.07)
    for at in range(count):
        y = top + (at + 0.5) * (bottom - top) / count
        x = -2.2 + 4.4 * ((at * 0.382) % 1.0)
        length = 0.5 + 0.7 * ((at * 0.618) % 1.0)
        painter.band([(x - length, y + 0.04), (x, y), (x + length, y + 0.03)], MUSCLE + 8, 0.02)


def _paint_neck(painter: TissuePainter) -> None:
    _paint_layers(painter, 0.42)
    painter.area([(-3, 0.45), (0, 0.42), (3, 0.46), (3, 1.12), (0, 1.02), (-3, 1.0)], MUSCLE - 7,
                 smooth=False)  # fmt: skip
    _paint_stripes(painter, 0.48, 1.0)
    painter.band([(-3, 1.02), (0, 1.05), (3, 1.14)], FASCIA - 2, 0.035)
    painter.area([(-3, 1.04), (3, 1.16), (3, 2.7), (-3, 2.5)], FAT - 6, smooth=False)
    painter.area([(-3, 2.5), (3, 2.75), (3, 4.6), (-3, 4.6)], MUSCLE - 5, smooth=False)
    painter.band([(-3, 2.5), (0, 2.6), (3, 2.75)], FASCIA - 5, 0.04)
    _paint_stripes(painter, 2.75, 3.5)
    painter.band([(-3, 3.6), (-1.4, 3.45), (-0.2, 3.62), (1.2, 3.5), (3, 3.7)], -9, 0.06)


def _paint_tube(painter: TissuePainter, middle: Outline, radius: float) -> None:
    near = [(x, y - radius) for x, y in middle]
    far = [(x, y + radius) for x, y in middle]
    _paint_wall(painter, near, far)


def _paint_wall(painter: TissuePainter, near: Outline, far: Outline) -> None:
    """An artery along its length: adventitia, media and intima on both sides, and blood.

    The outlines are where blood meets the intima.
    """
    painter.area([*near, *reversed(far)], BLOOD - 2, smooth=False)
    for wall, outwards in ((near, -1), (far, 1)):

        def off(distance: float, wall: Outline = wall, outwards: int = outwards) -> Outline:
            return [(x, y + outwards * distance) for x, y in wall]

        painter.band(off(INTIMA_MEDIA_CM / 2), -49, INTIMA_MEDIA_CM, smooth=False)
        painter.band(off(INTIMA_MEDIA_CM + 0.045), FASCIA + 1, 0.09, smooth=False)
        # The near intima hides in the reverberation of the wall above it.
        painter.band(off(0.008), -19 if outwards > 0 else -25, 0.018, smooth=False)


def _paint_round_artery(painter: TissuePainter, x: float, y: float, radius: float) -> None:
    painter.ellipse(x, y, radius + 0.15, radius + 0.15, FASCIA - 5)
    painter.ellipse(x, y, radius + 0.068, radius + 0.068, -47)
    painter.ellipse(x, y, radius + 0.02, radius + 0.02, -21)
    painter.ellipse(x, y, radius, radius, BLOOD - 2)


def _paint_leg(painter: TissuePainter, level: LegLevel, *, pressed: bool) -> None:
    squash = 0.86 if pressed else 1.0
    depth = level.depth_cm

    def deep(y: float) -> float:
        return y * squash

    fat = deep(0.75)
    _paint_layers(painter, fat)
    painter.area([(-3, fat + 0.05), (3, fat + 0.05), (3, depth + 0.4), (-3, depth + 0.4)],
                 MUSCLE - 6, smooth=False)  # fmt: skip
    _paint_stripes(painter, fat + 0.1, deep(1.25))
    _paint_stripes(painter, deep(depth * 0.72), depth)
    painter.area([(-1.7, deep(1.3)), (0.0, deep(1.15)), (1.5, deep(1.3)), (1.6, deep(2.5)),
                  (0.2, deep(2.9)), (-1.4, deep(2.6))], FAT - 3)  # fmt: skip
    if level.bone is not None:
        x, y, radius = level.bone
        arc = np.radians(np.linspace(205, 335, 14))
        painter.band([(x + radius * float(np.cos(t)), deep(y) + radius * float(np.sin(t)))
                      for t in arc], BONE, 0.09)  # fmt: skip
    artery_x, artery_y, radius = level.artery
    for vein in level.veins:
        _paint_vein(painter, vein, squash, pressed=pressed)
    _paint_round_artery(painter, artery_x, deep(artery_y), radius)


def _paint_vein(painter: TissuePainter, vein: Vein, squash: float, *, pressed: bool) -> None:
    y = vein.y * squash
    shut = pressed and not vein.clot
    half_height = 0.018 if shut else vein.half_height * (0.9 if pressed else 1.0)
    half_width = vein.half_width * (1.1 if shut else 1.0)
    painter.ellipse(vein.x, y, half_width + 0.045, half_height + 0.04, FASCIA - 8)
    painter.ellipse(vein.x, y, half_width, half_height, -40 if vein.clot else BLOOD - 1)
    if vein.clot:
        painter.ellipse(vein.x - 0.2 * half_width, y + 0.15 * half_height, 0.62 * half_width,
                        0.6 * half_height, -34)  # fmt: skip


FEMORAL: Final = LegLevel(
    "Common femoral vein", 3.6, (0.55, 1.72, 0.4), (Vein(-0.5, 1.9, 0.58, 0.44),)
)
SAPHENOFEMORAL: Final = LegLevel(
    "Saphenofemoral junction", 3.6, (0.62, 1.85, 0.38),
    (Vein(-0.42, 1.95, 0.54, 0.42), Vein(-0.86, 1.42, 0.26, 0.2)),
)  # fmt: skip
POPLITEAL: Final = LegLevel(
    "Popliteal vein", 4.2, (0.05, 2.62, 0.29), (Vein(0.12, 1.82, 0.5, 0.4),), (0.0, 5.4, 1.7)
)

_CAROTID: Final = [(-3.0, 1.81), (-1.0, 1.87), (1.0, 1.93), (3.0, 1.99)]
_BULB_NEAR: Final = [
    (-3.0, 1.57), (-1.6, 1.58), (-0.9, 1.52), (-0.2, 1.42), (0.5, 1.4), (1.1, 1.5), (1.7, 1.66),
    (3.0, 1.86),
]  # fmt: skip
_BULB_FAR: Final = [
    (-3.0, 2.18), (-1.6, 2.2), (-0.9, 2.24), (-0.2, 2.3), (0.5, 2.3), (1.1, 2.2), (1.7, 2.16),
    (3.0, 2.3),
]  # fmt: skip
_SFA_NEAR: Final = [(-3.0, 1.18), (0.0, 1.43), (3.0, 1.68)]
_SFA_FAR: Final = [(-3.0, 1.62), (0.0, 1.87), (3.0, 2.12)]
_FEMORAL_VEIN: Final = [(-3.0, 2.21), (0.0, 2.47), (3.0, 2.74)]
