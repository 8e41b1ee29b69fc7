"""What a view of the heart consists of, whichever view it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.leaflets import Leaflet, Strand
from sonarium.ultrasound.synthetic.motion import Descent, Squeeze, Sway, Twist
from sonarium.ultrasound.synthetic.tissue import TissuePainter

BLOOD: Final = -62.0
LUNG: Final = -43.0
MYOCARDIUM: Final = -27.5
THIN_WALL: Final = -24.0
FIBROUS: Final = -12.0
PERICARDIUM: Final = -5.0

Valve: TypeAlias = Literal["mitral", "aortic", "tricuspid"]


@dataclass(frozen=True, slots=True)
class HeartView:
    """One plane through the heart: its tissue, and how the tissue moves.

    Coordinates are those of an adult of ordinary size, in centimetres from the probe.
    """

    name: str
    depth_cm: float
    paint: Callable[[TissuePainter], None]
    ventricle: Squeeze | Twist
    descent: Descent | None = None
    right_ventricle: Squeeze | None = None
    sway: Sway = field(default_factory=Sway)
    valves: tuple[tuple[Valve, Leaflet], ...] = ()
    strands: tuple[Strand, ...] = field(default=())
    half_angle_deg: float = 40.0


def opening(valve: Valve, cycle: Cycle, phase: float) -> float:
    """How far a valve is open."""
    return cycle.aortic_opening(phase) if valve == "aortic" else cycle.mitral_opening(phase)
