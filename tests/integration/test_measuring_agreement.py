"""The browser's tools read phantoms and real pictures as the formulas here do.

The calibration that the server gives and what each tool must read are written to a file that
the browser's own tests use. Run this module to write it anew.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from sonarium.dicom.header import header_of
from sonarium.dicom.part10 import split_part10
from sonarium.dicom.scanner import DataSetScanner
from sonarium.faces.ui_api.measurement_model import InstanceCalibration, RegionDetail
from sonarium.faces.ui_api.measurement_present import _region, study_calibration
from sonarium.services.measurements import InstanceHeader
from sonarium.ultrasound.regions import USRegion
from sonarium.ultrasound.synthetic.phantoms import Phantom, Truth, phantoms

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "web" / "src" / "measure" / "examples.json"
PICTURES = ROOT.parent / "shared" / "testdata" / "dicom" / "us"

Example = dict[str, object]

TOOLS = {
    "distance mm": ("distance", "length", 0.1),
    "area cm2": ("area", "area", 1.0),
    "circumference mm": ("area", "circumference", 0.1),
    "depth mm": ("depth", "length", 0.1),
    "interval s": ("time", "time", 1000.0),
    "rate bpm": ("heart-rate", "heart-rate", 1.0),
    "slope cm/s": ("slope", "slope", 1.0),
    "speed cm/s": ("velocity", "velocity", 1.0),
    "velocity time integral cm": ("envelope", "vti", 1.0),
}
"""Tool, quantity, and what turns the truth into the quantity's unit."""


def examples() -> list[Example]:
    """Every picture with what tools must read on it."""
    return [*map(_phantom, phantoms()), *_real_pictures()]


def _phantom(phantom: Phantom) -> Example:
    regions = [_region(region, []) for region in phantom.acquisition.regions]
    cases = [_case(truth, phantom.region) for truth in phantom.truths]
    return _example(phantom.name, regions, cases)


def _example(name: str, regions: Sequence[RegionDetail], cases: Sequence[Example]) -> Example:
    calibration = InstanceCalibration(
        sop_instance_uid="1.2.3", rows=0, columns=0, regions=list(regions), doubts=[]
    )
    return {"name": name, "calibration": msgspec.to_builtins(calibration), "cases": list(cases)}


def _case(truth: Truth, region: USRegion) -> Example:
    tool, quantity, factor = TOOLS[truth.quantity]
    # The browser counts from the corner of the first pixel, a region from its centre.
    places = [[place.column + 0.5, place.row + 0.5] for place in truth.places]
    return {
        "name": truth.name,
        "tool": tool,
        "quantity": quantity,
        "places": places,
        "expected": truth.value * factor,
        "halfPixel": _half_pixel(truth, region),
    }


def _half_pixel(truth: Truth, region: USRegion) -> float:
    """What half a pixel, wrong at one end, makes of the quantity."""
    across, down = abs(region.delta_x) / 2, abs(region.delta_y) / 2
    match truth.quantity:
        case "distance mm" | "depth mm":
            return max(across, down)
        case "area cm2":
            return 22.1 * down
        case "circumference mm":
            return 6.3 * down
        case "interval s":
            return 1000 * across
        case "rate bpm":
            return truth.value**2 / 60 * across
        case "slope cm/s":
            return down / 0.5
        case "speed cm/s":
            return _speed_of_a_row(region) / 2
        case "velocity time integral cm":
            return 0.3 * _speed_of_a_row(region) / 2


def _speed_of_a_row(region: USRegion) -> float:
    return _region(region, []).velocity_per_row or 0.0


def _real_pictures() -> Iterator[Example]:
    echo = _regions("hp-pediatric-echo-1.dcm")
    yield _example(
        "HP still", echo, [_real("distance", "length", 4.463, 5e-4, (100, 100), (200, 250))]
    )
    m_mode = _regions("toshiba-xario-mmode.dcm")
    strip = next(region for region in m_mode if region.spatial_format == "M-mode")
    left, top = strip.min_column + 5, strip.min_row + 5
    yield _example(
        "Toshiba M-mode",
        m_mode,
        [
            _real("depth", "length", 2.662, 5e-4, (left, top), (left + 60, top + 50)),
            _real("heart-rate", "heart-rate", 69.9, 0.05, (left, top), (left + 206, top)),
        ],
    )
    tissue = _regions("toshiba-xario-tdi-pw.dcm")
    spectrum = next(region for region in tissue if region.spatial_format == "spectral")
    column = spectrum.min_column + 9
    yield _example(
        "Toshiba tissue Doppler",
        tissue,
        [
            _real("velocity", "velocity", 20.0, 0.05, (column, 240)),
            _real("heart-rate", "heart-rate", 55.0, 0.05, (column, 240), (column + 262, 240)),
        ],
    )
    for name in ("sonosite-30frames.dcm", "acuson-8frames-implicit.dcm"):
        refused: Example = {
            "tool": "distance",
            "places": [[100, 100], [150, 100]],
            "expected": None,
        }
        yield _example(name, _regions(name), [{"name": "a scale that would lie", **refused}])


def _real(
    tool: str, quantity: str, expected: float, tolerance: float, *places: tuple[int, int]
) -> Example:
    return {
        "name": f"{tool} of a worked example",
        "tool": tool,
        "quantity": quantity,
        "places": [[column + 0.5, row + 0.5] for column, row in places],
        "expected": expected,
        "halfPixel": tolerance,
    }


def _regions(name: str) -> Sequence[RegionDetail]:
    content = (PICTURES / name).read_bytes()
    start = split_part10(content)
    scanner = DataSetScanner(start.transfer_syntax_uid)
    scanner.feed(content[start.data_set_offset :])
    header = header_of(scanner.finish())
    return study_calibration([InstanceHeader("1.2.3", header)]).instances[0].regions


def document() -> str:
    """Write the examples."""
    return json.dumps(examples(), indent=1) + "\n"


def test_the_browser_measures_the_phantoms_and_pictures_that_are_here() -> None:
    assert json.loads(EXAMPLES.read_text()) == json.loads(document()), (
        "run: python -m tests.integration.test_measuring_agreement"
    )


@pytest.mark.parametrize("phantom", phantoms(), ids=lambda phantom: phantom.name)
def test_every_truth_of_a_phantom_has_its_tool(phantom: Phantom) -> None:
    assert {truth.quantity for truth in phantom.truths} <= set(TOOLS)


if __name__ == "__main__":
    EXAMPLES.write_text(document())
