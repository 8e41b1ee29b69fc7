"""Which jets a view of the heart shows, in health and with a leaking valve."""

from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.flow import ColourFlow, Jet


def mitral_flow(*, leak: bool = False) -> ColourFlow:
    """Four chambers: filling in red, outflow in blue; with `leak`, a jet into the atrium."""
    filling = Jet(2.0, 11.6, 1.55, 4.2, 2.6, 2.3, 88, _filling)
    outflow = Jet(0.9, 6.0, 0.1, 10.6, 1.4, 1.3, 82, Cycle.ejection)
    venous = Jet(1.6, 15.2, 2.0, 10.6, 1.6, 2.4, 38, _filling)
    jets: tuple[Jet, ...] = (filling, outflow, venous)
    if leak:
        jets = (*jets, Jet(2.1, 9.9, 2.9, 14.6, 0.5, 2.3, 480, Cycle.ejection, 0.95))
    return ColourFlow(jets, 61.6, (-0.34, 0.58), (4.0, 15.4))


def long_axis_flow(*, leak: bool = False) -> ColourFlow:
    """Parasternal long axis: little of the flow runs along the beam."""
    filling = Jet(2.6, 8.4, -2.6, 6.9, 2.4, 2.2, 76, _filling)
    outflow = Jet(-1.4, 6.5, 3.8, 4.7, 1.7, 1.8, 95, Cycle.ejection)
    jets: tuple[Jet, ...] = (filling, outflow)
    if leak:
        jets = (*jets, Jet(0.1, 8.0, 3.6, 9.6, 0.45, 1.9, 460, Cycle.ejection, 0.95))
    return ColourFlow(jets, 61.6, (-0.30, 0.86), (3.4, 11.2))


def ventricular_septal_defect() -> ColourFlow:
    """A small hole in a child's septum: a narrow fast jet from left to right."""
    filling = Jet(2.0, 11.6, 1.55, 4.2, 2.6, 2.3, 88, _filling)
    defect = Jet(-0.2, 7.4, -3.0, 6.9, 0.45, 1.5, 390, Cycle.ejection, 0.9)
    return ColourFlow((filling, defect), 69.3, (-0.75, 0.58), (4.0, 14.5))


def _filling(cycle: Cycle, phase: float) -> float:
    return max(cycle.early_filling(phase), 0.75 * cycle.atrial_filling(phase))
