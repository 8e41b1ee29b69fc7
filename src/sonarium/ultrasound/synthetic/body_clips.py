"""Stills and clips of a plane of the body, with calipers, colour and words."""

from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import numpy as np

from sonarium.ultrasound.synthetic.acquisition import Acquisition, Code, encode, tissue_region
from sonarium.ultrasound.synthetic.beam import Beam, Placement, ScanConverter
from sonarium.ultrasound.synthetic.body_view import BodyLoop, BodyView
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.flow import ColourFlow
from sonarium.ultrasound.synthetic.screen import (
    CYAN,
    WHITE,
    YELLOW,
    Banner,
    Screen,
    draw_banner,
    draw_depth_scale,
    draw_grey_bar,
    draw_probe_mark,
    draw_settings,
    grey_map,
)

ROWS, COLUMNS = 600, 800
_TOP: Final = 50
_BOTTOM: Final = 582
WIDEST: Final = 640
"""Columns that a picture may fill."""
_WIDEST_OF_TWO: Final = 322
_REST: Final = Cycle(70)

Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Caliper:
    """A measured line; places in centimetres of the body."""

    start: Place
    end: Place


@dataclass(frozen=True, slots=True)
class EllipseCaliper:
    """A measured ellipse by its centre, half axes and turn."""

    x: float
    y: float
    half_width: float
    half_height: float
    turned_deg: float = 0.0

    def rim(self) -> list[Place]:
        """List places around it."""
        around = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        turn = np.exp(1j * np.radians(self.turned_deg))
        places = (self.half_width * np.cos(around) + 1j * self.half_height * np.sin(around)) * turn
        return [(self.x + float(one.real), self.y + float(one.imag)) for one in places]


@dataclass(frozen=True, slots=True)
class BodyPlan:
    """How a plane is to be recorded."""

    view: BodyView
    banner: Banner
    description: str
    labels: tuple[str, ...]
    cycle: Cycle = _REST
    frames: int = 1
    frame_time_ms: float = 33.333
    flow: ColourFlow | None = None
    calipers: tuple[Caliper | EllipseCaliper, ...] = ()
    results: tuple[str, ...] = ()
    sizes_mm: dict[str, float] = field(default_factory=dict)
    tint: str = "grey"
    frequency_khz: int = 3500
    laterality: str = ""
    anatomy: Code | None = None
    view_name: str = ""
    view_code: Code | None = None
    heart_rate_bpm: float | None = None


def record_body(plan: BodyPlan, rng: np.random.Generator) -> Acquisition:
    """Record a still, or a clip when the plan has more than one frame."""
    beam = plan.view.beam
    placement = body_placement(beam, COLUMNS // 2)
    loop = BodyLoop(plan.view, plan.cycle, rng)
    converter = ScanConverter(beam, placement, ROWS, COLUMNS)
    canvas = _background(plan, placement)
    pixels = canvas.reshape(-1, 3)
    painted = (
        None if plan.flow is None else plan.flow.start(beam, plan.cycle, converter, rng, loop.blood)
    )
    frames = []
    for at in range(plan.frames):
        time_s = plan.frame_time_ms * at / 1000
        grey = converter.fan(loop.frame(time_s)).astype(np.uint8)
        converter.paint(pixels, np.take(grey_map(plan.tint), grey, axis=0))
        if painted is not None:
            painted.paint(pixels, grey, plan.cycle.phase(time_s))
        frames.append(canvas if not plan.calipers else _measured(canvas, plan, placement))
        frames[-1] = frames[-1].copy()
    region = tissue_region(beam, placement, ROWS, COLUMNS, frequency_khz=plan.frequency_khz)
    flow_regions = () if painted is None else (painted.region(region),)
    made = _acquisition(plan, 0x11 if plan.flow else 0x01)
    return replace(
        made,
        frames=tuple(encode(frame) for frame in frames),
        regions=(region, *flow_regions),
        frame_time_ms=plan.frame_time_ms if plan.frames > 1 else None,
    )


def record_pair(
    left: BodyPlan, right: BodyPlan, words: tuple[str, str], rng: np.random.Generator
) -> Acquisition:
    """Record two planes of equal scale side by side; what is not of the plane comes from `left`."""
    screen = Screen(ROWS, COLUMNS)
    draw_banner(screen, left.banner)
    draw_settings(screen, left.labels)
    regions = []
    seed = int(rng.integers(1 << 60))
    beam = left.view.beam
    for plan, column, label in zip((left, right), (232, 582), words, strict=True):
        placement = body_placement(beam, column, _WIDEST_OF_TWO)
        placement = replace(placement, row=float(96))
        # Both halves show the same patient: the same chance grows the same speckle.
        loop = BodyLoop(plan.view, plan.cycle, np.random.default_rng(seed))
        converter = ScanConverter(beam, placement, ROWS, COLUMNS)
        picture = grey_map(left.tint)[converter.picture(loop.frame())]
        region = tissue_region(beam, placement, ROWS, COLUMNS, frequency_khz=left.frequency_khz)
        screen.paste(
            picture[region.min_y0 : region.max_y1 + 1, region.min_x0 : region.max_x1 + 1],
            region.min_x0,
            region.min_y0,
        )
        screen.text(column, 78, label, colour=CYAN, size=13, anchor="ma")
        draw_probe_mark(screen, replace(placement, column=region.min_x0 - 16.0))
        draw_depth_scale(screen, beam, placement, region.max_x1 + 8)
        _draw_calipers(screen, plan, placement)
        regions.append(region)
    for at, line in enumerate((*left.results, *right.results)):
        screen.text(110, 500 + 16 * at, line, colour=YELLOW, size=13)
    made = _acquisition(left, 0x01)
    return replace(made, frames=(encode(screen.picture()),), regions=tuple(regions))


def body_placement(beam: Beam, column: int, widest: int = WIDEST) -> Placement:
    """Fit a beam into the picture; its origin lies on a whole pixel."""
    x, y = beam.positions(lines=33, samples=2)
    above = -min(float(y.min()), 0.0)
    tall = (_BOTTOM - _TOP) / (beam.depth_cm + above)
    scale = int(10 * min(tall, widest / float(x.max() - x.min()))) / 10
    return Placement(column, _TOP + round(above * scale), scale)


def _acquisition(plan: BodyPlan, mode: int) -> Acquisition:
    return Acquisition(
        description=plan.description,
        frames=(),
        rows=ROWS,
        columns=COLUMNS,
        regions=(),
        mode=mode,
        heart_rate_bpm=plan.heart_rate_bpm,
        view_name=plan.view_name,
        view=plan.view_code,
        probe=plan.banner.probe,
        transducer_geometry="LINEAR" if plan.view.beam.is_linear else "CURVED LINEAR",
        depth_cm=plan.view.beam.depth_cm,
        mechanical_index=plan.banner.mechanical_index,
        thermal_index=plan.banner.thermal_index,
        laterality=plan.laterality,
        anatomy=plan.anatomy,
        sizes_mm=plan.sizes_mm,
    )


def _background(
    plan: BodyPlan, placement: Placement
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    beam = plan.view.beam
    screen = Screen(ROWS, COLUMNS)
    draw_banner(screen, plan.banner)
    draw_settings(screen, plan.labels)
    if plan.flow is not None:
        plan.flow.label(screen)
    else:
        draw_grey_bar(screen, 780, 84, plan.tint)
    draw_depth_scale(screen, beam, placement, 738)
    _draw_probe_edge_mark(screen, beam, placement)
    for at, words in enumerate(plan.results):
        screen.text(12, 500 + 16 * at, words, colour=YELLOW, size=13)
    return screen.picture()


def _draw_probe_edge_mark(screen: Screen, beam: Beam, placement: Placement) -> None:
    """Mark the side of the probe that the picture's left is."""
    x, y = beam.positions(lines=3, samples=2)
    column, row = placement.pixel(float(x[0, 0]), float(y[0, 0]))
    draw_probe_mark(screen, Placement(column - 44, row + 2, placement.pixels_per_cm))


def _measured(
    canvas: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], plan: BodyPlan, placement: Placement
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    screen = Screen(ROWS, COLUMNS)
    screen.paste(canvas, 0, 0)
    _draw_calipers(screen, plan, placement)
    return screen.picture()


def _draw_calipers(screen: Screen, plan: BodyPlan, placement: Placement) -> None:
    for caliper in plan.calipers:
        if isinstance(caliper, EllipseCaliper):
            rim = [placement.pixel(*place) for place in caliper.rim()]
            screen.dots(rim, YELLOW)
            continue
        start, end = placement.pixel(*caliper.start), placement.pixel(*caliper.end)
        for share in np.linspace(0, 1, 24)[1:-1]:
            between = (
                start[0] + (end[0] - start[0]) * share,
                start[1] + (end[1] - start[1]) * share,
            )
            screen.dots([between], WHITE)
        screen.cross(*start)
        screen.cross(*end)
