"""Clips of the beating heart, as a scanner shows them."""

from dataclasses import dataclass, field

import numpy as np

from sonarium.ultrasound.synthetic.acquisition import (
    Acquisition,
    encode,
    tissue_region,
    trace_region,
)
from sonarium.ultrasound.synthetic.beam import Placement, ScanConverter
from sonarium.ultrasound.synthetic.codes import HEART, VIEWS
from sonarium.ultrasound.synthetic.cycle import Cycle, ecg_mv
from sonarium.ultrasound.synthetic.flow import ColourFlow
from sonarium.ultrasound.synthetic.heart_view import HeartView
from sonarium.ultrasound.synthetic.imaging import Settings
from sonarium.ultrasound.synthetic.loop import Heart, HeartLoop
from sonarium.ultrasound.synthetic.screen import (
    AMBER,
    GREEN,
    Banner,
    Box,
    Picture,
    Screen,
    TraceStrip,
    draw_banner,
    draw_depth_scale,
    draw_grey_bar,
    draw_probe_mark,
    draw_settings,
    grey_map,
)

ROWS, COLUMNS = 600, 800
_ECG_BOX = Box(60, 542, 739, 591)


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """How one clip is to be taken."""

    view: HeartView
    heart: Heart
    banner: Banner
    settings: Settings = field(default_factory=Settings)
    frames: int = 40
    frame_time_ms: float = 33.333
    uneven: bool = False
    """Write a Frame Time Vector, with the small differences that scanners have."""
    cm_per_unit: float = 1.0
    tint: str = "grey"
    flow: ColourFlow | None = None
    stage: str = ""
    """Stage of a stress protocol, to be painted."""


def record_heart(plan: ClipPlan, rng: np.random.Generator) -> Acquisition:
    """Record a clip from the first R peak on."""
    loop = HeartLoop(plan.view, plan.heart, plan.settings, rng)
    placement = Placement(400, 48, round(4760 / plan.view.depth_cm) / 10)
    converter = ScanConverter(loop.beam, placement, ROWS, COLUMNS)
    starts_ms = _frame_starts(plan, rng)
    seconds = (starts_ms[-1] + plan.frame_time_ms) / 1000
    strip = TraceStrip(_ECG_BOX, ecg_values(plan.heart.cycle, seconds, rng), seconds)
    canvas = _background(plan, loop, placement)
    pixels = canvas.reshape(-1, 3)
    colours = grey_map(plan.tint)
    painted = (
        None if plan.flow is None else plan.flow.start(loop.beam, plan.heart.cycle, converter, rng)
    )
    frames = []
    for start_ms in starts_ms:
        grey = converter.fan(loop.frame(start_ms / 1000)).astype(np.uint8)
        converter.paint(pixels, np.take(colours, grey, axis=0))
        if painted is not None:
            painted.paint(pixels, grey, plan.heart.cycle.phase(start_ms / 1000))
        strip.paint(canvas, start_ms / 1000)
        frames.append(encode(canvas))
    region = tissue_region(
        loop.beam,
        placement,
        ROWS,
        COLUMNS,
        cm_per_unit=plan.cm_per_unit,
        frequency_khz=round(2500 / plan.cm_per_unit),
    )
    flow_regions = () if painted is None else (painted.region(region),)
    beat_ms = 1000 * plan.heart.cycle.beat_s
    return Acquisition(
        description=f"{plan.view.name}{' colour' if plan.flow else ''}",
        frames=tuple(frames),
        rows=ROWS,
        columns=COLUMNS,
        regions=(region, *flow_regions, trace_region(_ECG_BOX, seconds)),
        mode=0x11 if plan.flow else 0x01,
        frame_time_ms=None if plan.uneven else plan.frame_time_ms,
        frame_times_ms=tuple(starts_ms) if plan.uneven else (),
        heart_rate_bpm=plan.heart.cycle.heart_rate_bpm,
        r_waves_ms=tuple(np.arange(0, 1000 * seconds, beat_ms).round(1).tolist()),
        view_name=plan.view.name,
        view=VIEWS[plan.view.name],
        anatomy=HEART,
        probe=plan.banner.probe,
        depth_cm=plan.view.depth_cm * plan.cm_per_unit,
        mechanical_index=plan.banner.mechanical_index,
        thermal_index=plan.banner.thermal_index,
    )


def ecg_values(
    cycle: Cycle, seconds: float, rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return an electrocardiogram from an R peak on, with a little noise and wander."""
    time = np.linspace(0, seconds, 1400)
    wander = 0.03 * np.sin(2 * np.pi * time / 3.1 + rng.random() * 6)
    noise = 0.006 * rng.standard_normal(time.size)
    return (ecg_mv(time / cycle.beat_s % 1.0, cycle) + wander + noise).astype(np.float32)


def _frame_starts(plan: ClipPlan, rng: np.random.Generator) -> list[float]:
    if not plan.uneven:
        return [plan.frame_time_ms * at for at in range(plan.frames)]
    steps = plan.frame_time_ms + rng.choice((-1.0, 0.0, 0.0, 1.0), plan.frames - 1)
    return [0.0, *np.cumsum(steps).round(3).tolist()]


def _background(plan: ClipPlan, loop: HeartLoop, placement: Placement) -> Picture:
    screen = Screen(ROWS, COLUMNS)
    draw_banner(screen, plan.banner)
    draw_settings(
        screen,
        (
            plan.view.name,
            f"FR {1000 / plan.frame_time_ms:.0f} Hz",
            f"{plan.view.depth_cm * plan.cm_per_unit:.1f} cm",
            "",
            "2D",
            f" {62 + round(plan.settings.gain_db)} %",
            f" C {plan.settings.dynamic_range_db:.0f}",
            " P Low",
            " HGen",
        ),
    )
    if plan.flow is not None:
        plan.flow.label(screen)
    else:
        draw_grey_bar(screen, 780, 84, plan.tint)
    draw_depth_scale(screen, loop.beam, placement, 738, plan.cm_per_unit)
    draw_probe_mark(screen, placement)
    if plan.stage:
        screen.text(8, 520, plan.stage, colour=AMBER, size=14)
    rate = round(plan.heart.cycle.heart_rate_bpm)
    screen.text(792, 584, f"{rate} bpm", colour=GREEN, size=12, anchor="rb")
    return screen.picture()
