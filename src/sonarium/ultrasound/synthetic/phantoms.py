"""Test objects for calipers: pictures of known geometry, with the truth beside each.

Nothing in them moves or grows: what is painted is exactly what `Phantom.truths` says, and
the regions calibrate it. Places are pixels of the whole frame.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import pi
from typing import Final, Literal

import numpy as np

from sonarium.ultrasound.calibration import ellipse_circumference_mm
from sonarium.ultrasound.regions import Pixel, Unit, USRegion
from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.beam import Beam, Floats
from sonarium.ultrasound.synthetic.body_clips import (
    COLUMNS,
    BodyPlan,
    EllipseCaliper,
    body_placement,
    record_body,
)
from sonarium.ultrasound.synthetic.body_view import BodyLoop, BodyView
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.data_sets import Series, Study, image_object
from sonarium.ultrasound.synthetic.imaging import Settings
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.patients import Patient, Seed
from sonarium.ultrasound.synthetic.screen import Banner
from sonarium.ultrasound.synthetic.spectra import SpectralScale, Stream, draw_spectrum
from sonarium.ultrasound.synthetic.tissue import Texture, TissuePainter
from sonarium.ultrasound.synthetic.traces import (
    STRIP,
    SWEEP_S,
    Inset,
    TraceStill,
    compose,
    m_mode_region,
    spectral_region,
)

Quantity = Literal[
    "distance mm", "area cm2", "circumference mm", "depth mm", "interval s", "rate bpm",
    "slope cm/s", "speed cm/s", "velocity time integral cm",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Truth:
    """What a tool must read when it is set on these places."""

    name: str
    quantity: Quantity
    value: float
    places: tuple[Pixel, ...]


@dataclass(frozen=True, slots=True)
class Phantom:
    """One picture and its truths; each belongs to the region at `region_index`."""

    name: str
    acquisition: Acquisition
    region_index: int
    truths: tuple[Truth, ...]

    @property
    def region(self) -> USRegion:
        """The region in which the truths are measured."""
        return self.acquisition.regions[self.region_index]

    def truth(self, name: str) -> Truth:
        """Return one truth by its name."""
        return next(truth for truth in self.truths if truth.name == name)


WIRE_CM: Final[tuple[tuple[float, float], ...]] = (
    (-3.0, 2.0), (0.0, 2.0), (3.0, 2.0), (0.0, 5.0), (0.0, 8.0), (3.0, 6.0),
)  # fmt: skip
"""Wires in water: x and depth in centimetres; wires 2 and 5 are 4.0 cm apart, 1 and 5 7.21 cm."""

ELLIPSE_CM: Final = EllipseCaliper(0.5, 6.0, 4.0, 3.0, 20.0)
"""A cyst of 8.0 by 6.0 cm: 37.70 cm2, circumference 22.10 cm."""

M_MODE_RISE_CM_PER_S: Final = 4.0
"""The bar of the M-mode phantom falls from 3.0 to 5.0 cm in 0.5 s, and rises as fast."""

SPECTRUM_PEAK_CM_PER_S: Final = 100.0
"""Triangles of 0.3 s, every 0.8 s (75 a minute): velocity time integral 15.0 cm each."""

_BEAT_S: Final = 0.8
_FLOW_S: Final = 0.3
_HERTZ_PER_CM_PER_S: Final = 2 * 2_000_000 * 0.5 / 154_000
"""Doppler shift at 2 MHz and 60 degrees."""
_TOP_CM: Final = 3.0
_FALL_CM: Final = 2.0
_M_MODE_DEPTH_CM: Final = 10.0
_PLAIN: Final = Texture(0.0, 0.0, 0.0, 0.0)
_SETTINGS: Final = Settings(
    axial_taps=3, lateral_taps=3, uneven_lines_db=0.1, edge_loss_db=0.0, loss_db_per_cm=0.1,
    clutter_db=-60.0,
)  # fmt: skip
_BANNER: Final = Banner("SYNTHETIC^PHANTOM", "SYN-PHANTOM", "", "Phantom", "P4-2", 0.9, 0.4)


def phantoms() -> tuple[Phantom, ...]:
    """Make every phantom."""
    return (wires(), ellipse(), m_mode(), spectrum(), spectrum_in_hertz())


def wires() -> Phantom:
    """Six wires in water under a linear probe, for lengths along and across."""

    def paint(painter: TissuePainter) -> None:
        painter.area([(-6, -1), (6, -1), (6, 12), (-6, 12)], -62, smooth=False)
        for x, y in WIRE_CM:
            painter.ellipse(x, y, 0.05, 0.05, -3)

    beam = Beam(9.0, 0.0, half_width_cm=4.0, lines=320, samples=900)
    made, places = _still("Phantom wires", beam, paint, WIRE_CM)
    pairs = {
        "along the beam": (1, 4, 60.0),
        "across the beam": (0, 2, 60.0),
        "aslant": (0, 4, 10 * float(np.hypot(3, 6))),
        "short": (2, 5, 40.0),
    }
    truths = [
        Truth(name, "distance mm", value, (places[start], places[end]))
        for name, (start, end, value) in pairs.items()
    ]
    return Phantom("wires", made, 0, tuple(truths))


def ellipse() -> Phantom:
    """A cyst in even tissue under a curved probe, for areas and circumferences."""
    shape = ELLIPSE_CM

    def paint(painter: TissuePainter) -> None:
        painter.area([(-12, -3), (12, -3), (12, 15), (-12, 15)], -28, smooth=False)
        painter.ellipse(
            shape.x, shape.y, shape.half_width, shape.half_height, -62, turned_deg=shape.turned_deg
        )

    beam = Beam(12.0, 32.0, radius_cm=5.0, lines=320, samples=700)
    made, rim = _still("Phantom ellipse", beam, paint, shape.rim())
    wide, high = 20 * shape.half_width, 20 * shape.half_height
    quarter = len(rim) // 4
    return Phantom(
        "ellipse",
        made,
        0,
        (
            Truth("area", "area cm2", pi * shape.half_width * shape.half_height, tuple(rim)),
            Truth("circumference", "circumference mm", ellipse_circumference_mm(wide, high),
                  (*rim, rim[0])),
            Truth("long axis", "distance mm", wide, (rim[0], rim[2 * quarter])),
            Truth("short axis", "distance mm", high, (rim[quarter], rim[3 * quarter])),
        ),
    )  # fmt: skip


def m_mode() -> Phantom:
    """A bar that moves up and down at a constant speed, once a second."""
    region = m_mode_region(_M_MODE_DEPTH_CM)
    time = np.arange(STRIP.width) * region.delta_x
    deep = _TOP_CM + _FALL_CM * (1 - np.abs(1 - 2 * (time % 1.0)))
    row = np.arange(STRIP.height)[:, None] * region.delta_y
    strip = 230 * np.exp(-(((row - deep[None, :]) / 0.06) ** 2)) + 12
    made = _with_strip("Phantom M-mode", strip.astype(np.uint8), region, 0x03)

    def at(time_s: float, depth_cm: float) -> Pixel:
        return Pixel(STRIP.left + time_s / region.delta_x, STRIP.top + depth_cm / region.delta_y)

    top, bottom = _TOP_CM, _TOP_CM + _FALL_CM
    return Phantom(
        "M-mode",
        made,
        1,
        (
            Truth("excursion", "depth mm", 10 * _FALL_CM, (at(1.0, top), at(1.5, bottom))),
            Truth("fall", "slope cm/s", M_MODE_RISE_CM_PER_S, (at(1.0, top), at(1.5, bottom))),
            Truth("rise", "slope cm/s", -M_MODE_RISE_CM_PER_S, (at(0.5, bottom), at(1.0, top))),
            Truth("period", "interval s", 1.0, (at(1.0, top), at(2.0, top))),
            Truth("rate", "rate bpm", 60.0, (at(1.0, top), at(2.0, top))),
        ),
    )


def spectrum() -> Phantom:
    """Triangles of flow towards the probe in cm/s."""
    scale = _scale()
    region = spectral_region(cm_per_s_per_row=scale.cm_per_s_per_row, baseline=scale.baseline)
    return _flow_phantom("spectrum", region, scale)


def spectrum_in_hertz() -> Phantom:
    """The same flow with its axis in hertz: 2 MHz, corrected for 60 degrees."""
    scale = _scale()
    region = spectral_region(
        cm_per_s_per_row=scale.cm_per_s_per_row * _HERTZ_PER_CM_PER_S,
        baseline=scale.baseline,
        angle_deg=60.0,
    )
    region = replace(region, units_y=Unit.HERTZ, flags=region.flags | 4)
    return _flow_phantom("spectrum in hertz", region, scale)


def iter_phantom_objects(seed: Seed, moment: datetime) -> Iterator[SyntheticObject]:
    """Write every phantom as an object of one study."""
    patient = Patient(9999, "PHANTOM", 1, "O", date(2020, 1, 1), 170.0, 70.0)
    study = Study(
        patient, seed.uid("phantom study"), "PH1", "SYNAPHANTOM", moment, "Measuring phantoms",
        "PHANTOM", "Echo One", "US1", "SYN-4100",
    )  # fmt: skip
    series = Series(study, seed.uid("phantom series"), 1, description="Measuring phantoms")
    for number, phantom in enumerate(phantoms(), start=1):
        yield image_object(
            series,
            phantom.acquisition,
            sop_instance_uid=seed.uid("phantom", number),
            number=number,
            made=moment,
        )


def _still(
    description: str,
    beam: Beam,
    paint: Callable[[TissuePainter], None],
    places_cm: "list[tuple[float, float]] | tuple[tuple[float, float], ...]",
) -> tuple[Acquisition, list[Pixel]]:
    """Record a still, and say where places of the body lie in it."""
    view = BodyView(description, beam, paint, _PLAIN, _SETTINGS, cells_per_cm=60.0)
    plan = BodyPlan(view, _BANNER, description, (description,))
    placement = body_placement(beam, COLUMNS // 2)
    places = [Pixel(*placement.pixel(*place)) for place in places_cm]
    return record_body(plan, np.random.default_rng(7)), places


def _scale() -> SpectralScale:
    return SpectralScale(STRIP.height, STRIP.width, SWEEP_S, 140, -60)


def _flow_phantom(name: str, region: USRegion, scale: SpectralScale) -> Phantom:
    def envelope(_cycle: Cycle, phase: float) -> float:
        return SPECTRUM_PEAK_CM_PER_S * max(0.0, 1 - abs(phase * _BEAT_S / _FLOW_S * 2 - 1))

    strip = draw_spectrum(
        scale,
        Cycle(60 / _BEAT_S),
        (Stream(envelope, narrowness=0.3, spread_cm_per_s=1.0),),
        np.random.default_rng(7),
        variation=0.0,
    )
    made = _with_strip(f"Phantom {name}", strip, region, 0x09)

    def at(time_s: float, speed: float) -> Pixel:
        row = STRIP.top + scale.baseline - speed / scale.cm_per_s_per_row
        return Pixel(STRIP.left + time_s / region.delta_x, row)

    peaks = [at(beat * _BEAT_S + _FLOW_S / 2, SPECTRUM_PEAK_CM_PER_S) for beat in (1, 2)]
    trace = (at(_BEAT_S, 0), peaks[0], at(_BEAT_S + _FLOW_S, 0))
    integral = SPECTRUM_PEAK_CM_PER_S * _FLOW_S / 2
    return Phantom(
        name,
        made,
        1,
        (
            Truth("peak", "speed cm/s", SPECTRUM_PEAK_CM_PER_S, (peaks[0],)),
            Truth("period", "interval s", _BEAT_S, tuple(peaks)),
            Truth("rate", "rate bpm", 60 / _BEAT_S, tuple(peaks)),
            Truth("flow", "velocity time integral cm", integral, trace),
        ),
    )


def _with_strip(
    description: str,
    strip: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]",
    region: USRegion,
    mode: int,
) -> Acquisition:
    """Put a strip under a small picture of even tissue."""
    beam = Beam(_M_MODE_DEPTH_CM, 35.0, lines=128, samples=256)

    def paint(painter: TissuePainter) -> None:
        painter.area([(-9, -2), (9, -2), (9, 13), (-9, 13)], -30, smooth=False)

    view = BodyView(description, beam, paint, _PLAIN, _SETTINGS)
    grey: Floats = BodyLoop(view, Cycle(60), np.random.default_rng(7)).frame()
    return compose(
        TraceStill(
            description=description,
            banner=_BANNER,
            inset=Inset(beam, grey, 0.0),
            strip=np.ascontiguousarray(strip),
            region=region,
            cycle=None,
            labels=(description,),
            results=(),
            mode=mode,
        )
    )
