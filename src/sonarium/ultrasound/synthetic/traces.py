"""Stills with a strip of time: M-mode and Doppler spectra under a small picture."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sonarium.ultrasound.regions import (
    Point,
    RegionDataType,
    SpatialFormat,
    Unit,
    USRegion,
)
from sonarium.ultrasound.synthetic.acquisition import (
    Acquisition,
    Code,
    encode,
    tissue_region,
    trace_region,
)
from sonarium.ultrasound.synthetic.beam import Beam, Placement, ScanConverter
from sonarium.ultrasound.synthetic.cycle import Cycle, ecg_mv
from sonarium.ultrasound.synthetic.screen import (
    DIM,
    GREEN,
    WHITE,
    YELLOW,
    Banner,
    Box,
    Picture,
    Screen,
    draw_banner,
    draw_settings,
    grey_map,
)

ROWS, COLUMNS = 600, 800
STRIP: Final = Box(56, 250, 735, 529)
ECG: Final = Box(56, 540, 735, 589)
INSET_TOP: Final = 42
INSET_HEIGHT: Final = 190
SWEEP_S: Final = 3.4
"""At 680 columns a column is 5 ms."""


@dataclass(frozen=True, slots=True)
class Inset:
    """The small picture over the strip, and the line along which the strip looks."""

    beam: Beam
    grey: NDArray[np.float32]
    """Grey levels: float32[lines, samples]."""
    across: float
    """Where the line lies in the fan, from -1 to 1."""
    gate_depth_cm: float | None = None
    steer_deg: float = 0.0
    """How far a linear probe turns the line."""


@dataclass(frozen=True, slots=True)
class TraceStill:
    """What goes into one still with a strip."""

    description: str
    banner: Banner
    inset: Inset
    strip: NDArray[np.uint8]
    """uint8[rows, columns] of `STRIP`."""
    region: USRegion
    cycle: Cycle | None
    labels: tuple[str, ...]
    results: tuple[str, ...]
    mode: int
    view_name: str = ""
    view: Code | None = None
    cm_per_unit: float = 1.0
    tint: str = "grey"
    frequency_khz: int = 2500
    laterality: str = ""
    anatomy: Code | None = None
    transducer_geometry: str = "SECTOR_PHASED"
    heart_rate_bpm: float | None = None
    """Where there is no electrocardiogram to take it from."""


def compose(still: TraceStill, marks: tuple[tuple[float, float], ...] = ()) -> Acquisition:
    """Put the small picture, the strip, the trace and the words together.

    Args:
        marks: caliper ends (column, row of the whole frame) to draw.
    """
    screen = Screen(ROWS, COLUMNS)
    draw_banner(screen, still.banner)
    draw_settings(screen, still.labels)
    for at, words in enumerate(still.results):
        screen.text(792, 78 + 15 * at, words, colour=YELLOW, size=12, anchor="ra")
    placement = _draw_inset(screen, still)
    screen.paste(grey_map(still.tint)[still.strip], STRIP.left, STRIP.top)
    _draw_axes(screen, still.region, STRIP)
    for column, row in marks:
        screen.cross(column, row)
    regions = [
        tissue_region(
            still.inset.beam,
            placement,
            ROWS,
            COLUMNS,
            cm_per_unit=still.cm_per_unit,
            frequency_khz=still.frequency_khz,
        ),
        still.region,
    ]
    if still.cycle is not None:
        _draw_ecg(screen, still.cycle)
        regions.append(trace_region(ECG, SWEEP_S))
    return Acquisition(
        description=still.description,
        frames=(encode(screen.picture()),),
        rows=ROWS,
        columns=COLUMNS,
        regions=tuple(regions),
        mode=still.mode,
        heart_rate_bpm=still.heart_rate_bpm if still.cycle is None else still.cycle.heart_rate_bpm,
        view_name=still.view_name,
        view=still.view,
        probe=still.banner.probe,
        depth_cm=still.inset.beam.depth_cm * still.cm_per_unit,
        mechanical_index=still.banner.mechanical_index,
        thermal_index=still.banner.thermal_index,
        laterality=still.laterality,
        anatomy=still.anatomy,
        transducer_geometry=still.transducer_geometry,
    )


def spectral_region(
    *,
    cm_per_s_per_row: float,
    baseline: int,
    is_continuous: bool = False,
    angle_deg: float = 0.0,
    frequency_khz: int = 2000,
    gate: Point | None = None,
    seconds: float = SWEEP_S,
) -> USRegion:
    """Calibrate a spectrum in the strip; rows grow downwards, so velocities fall.

    Args:
        baseline: row of velocity nought, from the top of the strip.
        gate: place of the sample volume in the whole frame.
    """
    return USRegion(
        spatial_format=SpatialFormat.SPECTRAL,
        data_type=RegionDataType.CW_SPECTRAL_DOPPLER
        if is_continuous
        else RegionDataType.PW_SPECTRAL_DOPPLER,
        flags=2,
        min_x0=STRIP.left,
        min_y0=STRIP.top,
        max_x1=STRIP.right,
        max_y1=STRIP.bottom,
        units_x=Unit.SECOND,
        units_y=Unit.CENTIMETRE_PER_SECOND,
        delta_x=seconds / STRIP.width,
        delta_y=-cm_per_s_per_row,
        reference_pixel=Point(0, baseline),
        reference_value_x=0.0,
        reference_value_y=0.0,
        transducer_frequency_khz=frequency_khz,
        pulse_repetition_frequency_hz=None if is_continuous else 4500,
        doppler_correction_angle_deg=angle_deg,
        sample_volume=gate,
    )


def m_mode_region(depth_cm: float, seconds: float = SWEEP_S) -> USRegion:
    """Calibrate an M-mode strip that shows `depth_cm` from its first row to its last."""
    return USRegion(
        spatial_format=SpatialFormat.M_MODE,
        data_type=RegionDataType.TISSUE,
        flags=2,
        min_x0=STRIP.left,
        min_y0=STRIP.top,
        max_x1=STRIP.right,
        max_y1=STRIP.bottom,
        units_x=Unit.SECOND,
        units_y=Unit.CENTIMETRE,
        delta_x=seconds / STRIP.width,
        delta_y=depth_cm / (STRIP.height - 1),
        reference_pixel=Point(0, 0),
        reference_value_x=0.0,
        reference_value_y=0.0,
        transducer_frequency_khz=2500,
    )


def inset_placement(beam: Beam) -> Placement:
    """Return where the small picture lies; a curved probe's face bulges down from its rim."""
    above = -min(float(beam.positions(lines=33, samples=2)[1].min()), 0.0)
    scale = INSET_HEIGHT / (beam.depth_cm + above)
    return Placement(400, INSET_TOP + round(above * scale), scale)


def gate_pixel(inset: Inset) -> Point:
    """Return the pixel of the sample volume."""
    depth = inset.gate_depth_cm or 0.0
    column, row = inset_placement(inset.beam).pixel(*_on_line(inset, depth))
    return Point(round(column), round(row))


def _on_line(inset: Inset, depth_cm: float) -> tuple[float, float]:
    beam = inset.beam
    if beam.is_linear:
        gate = inset.gate_depth_cm or 0.0
        lean = float(np.tan(np.radians(inset.steer_deg))) * (depth_cm - gate)
        return inset.across * beam.half_width_cm + lean, depth_cm
    angle = np.radians(inset.across * beam.half_angle_deg)
    r = depth_cm + beam.radius_cm
    return float(np.sin(angle) * r), float(np.cos(angle) * r - beam.radius_cm)


def _draw_inset(screen: Screen, still: TraceStill) -> Placement:
    inset = still.inset
    placement = inset_placement(inset.beam)
    converter = ScanConverter(inset.beam, placement, ROWS, COLUMNS)
    small: Picture = grey_map(still.tint)[converter.picture(inset.grey)]
    screen.paste(small[38:240, 160:640], 160, 38)
    deep = inset.beam.depth_cm
    places = [placement.pixel(*_on_line(inset, deep * at / 60)) for at in range(61)]
    gate = None if inset.gate_depth_cm is None else inset.gate_depth_cm / deep * 60
    for at, place in enumerate(places):
        if at % 2 == 0 and (gate is None or abs(at - gate) > 1.5):
            screen.dots([place, (place[0], place[1] + 1)], WHITE)
    if inset.gate_depth_cm is not None:
        for offset in (-0.18, 0.18):
            column, row = placement.pixel(*_on_line(inset, inset.gate_depth_cm + offset))
            screen.line((column - 6, row), (column + 6, row), colour=YELLOW)
    return placement


def _draw_axes(screen: Screen, region: USRegion, box: Box) -> None:
    screen.outline(box, (52, 56, 60))
    for at in range(int(box.width * region.delta_x * 5) + 1):
        column = box.left + at / 5 / region.delta_x
        if column <= box.right:
            long = at % 5 == 0
            screen.line((column, box.bottom + 2), (column, box.bottom + (8 if long else 4)))
    if region.spatial_format is SpatialFormat.M_MODE:
        for cm in range(int(box.height * region.delta_y) + 1):
            row = box.top + cm / region.delta_y
            screen.line((box.right + 2, row), (box.right + (8 if cm % 5 == 0 else 5), row))
            if cm % 5 == 0 and cm:
                screen.text(box.right + 12, row, str(cm), colour=DIM, size=11, anchor="lm")
        screen.text(792, box.top + 4, "cm", colour=DIM, size=11, anchor="ra")
        return
    _draw_velocity_axis(screen, region, box)


def _draw_velocity_axis(screen: Screen, region: USRegion, box: Box) -> None:
    reference = region.reference_pixel or Point(0, 0)
    baseline = box.top + reference.y
    screen.line((box.left, baseline), (box.right, baseline), colour=(150, 120, 60))
    per_row = abs(region.delta_y)
    span = box.height * per_row
    step = next(
        step for step in (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if span / step <= 9
    )
    reach = int(span / step) + 1
    for at in range(-reach, reach + 1):
        row = baseline - at * step / per_row
        if box.top <= row <= box.bottom:
            screen.line((box.right + 2, row), (box.right + 7, row))
            if abs(row - box.top) > 14:
                screen.text(box.right + 11, row, str(at * step), colour=DIM, size=11, anchor="lm")
    unit = "Hz" if region.is_doppler_frequency else "cm/s"
    screen.text(792, box.top - 2, unit, colour=DIM, size=11, anchor="ra")


def _draw_ecg(screen: Screen, cycle: Cycle) -> None:
    time = np.linspace(0, SWEEP_S, 1400)
    values = ecg_mv(time / cycle.beat_s % 1.0, cycle)
    columns = ECG.left + time / SWEEP_S * (ECG.width - 1)
    rows = ECG.top + (1.2 - values) / 1.5 * (ECG.height - 4) + 2
    screen.line(*[(float(c), float(r)) for c, r in zip(columns, rows, strict=True)], colour=GREEN)
    screen.text(796, 584, f"{cycle.heart_rate_bpm:.0f} bpm", colour=GREEN, size=12, anchor="rb")
