"""Presentation states that we write are what PS3.3 asks for."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pydicom
import pytest

from sonarium.dicom.encode import encode_attributes
from sonarium.dicom.part10 import file_meta
from sonarium.dicom.presentation_state import (
    Graphic,
    MarkedFrame,
    PresentationLabel,
    PresentedImage,
    Shape,
    presentation_state,
)
from sonarium.dicom.sr.document_modules import DocumentIdentity, Observer
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN

IMAGE = PresentedImage("1.2.840.10008.5.1.4.1.1.6.1", "2.25.11", "2.25.10", 600, 800, (4, 5))
LOOP = PresentedImage("1.2.840.10008.5.1.4.1.1.3.1", "2.25.12", "2.25.10", 600, 800)
MARKS = [
    MarkedFrame("2.25.11", None, [Graphic(Shape.POLYLINE, [(1.5, 2.5), (30, 40)])], "LVIDd 4.5 cm"),
    MarkedFrame("2.25.12", 7, [Graphic(Shape.POINT, [(5, 6)]), Graphic(Shape.POINT, [(9, 6)])], ""),
]


def written(*, in_colour: bool) -> tuple[bytes, str]:
    identity = DocumentIdentity(
        "2.25.1", "2.25.2", "2.25.3", 4, datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    )
    state = presentation_state(
        identity,
        {},
        Observer("This workstation", "2.25.77", "Sonarium"),
        [IMAGE, LOOP],
        MARKS,
        PresentationLabel("MEASUREMENTS", "Measurements as marks", "Mary"),
        in_colour=in_colour,
    )
    uid = str(state["00080016"]["Value"][0])  # type: ignore[index]
    meta = file_meta(
        sop_class_uid=uid,
        sop_instance_uid="2.25.3",
        transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN,
    )
    return meta + encode_attributes(state, EXPLICIT_VR_LITTLE_ENDIAN, "ISO_IR 192"), uid


@pytest.mark.parametrize("in_colour", [False, True])
def test_dciodvfy_finds_no_error(tmp_path: Path, *, in_colour: bool) -> None:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy is not installed")
    path = tmp_path / "state.dcm"
    path.write_bytes(written(in_colour=in_colour)[0])
    told = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
    assert [line for line in told.stderr.splitlines() if line.startswith("Error")] == []


def test_marks_lie_where_they_were_drawn(tmp_path: Path) -> None:
    path = tmp_path / "state.dcm"
    path.write_bytes(written(in_colour=False)[0])
    state = pydicom.dcmread(path)
    line, points = state.GraphicAnnotationSequence
    assert list(line.GraphicObjectSequence[0].GraphicData) == [1.5, 2.5, 30, 40]
    assert line.TextObjectSequence[0].UnformattedTextValue == "LVIDd 4.5 cm"
    assert list(line.TextObjectSequence[0].AnchorPoint) == [30, 40]
    assert "ReferencedFrameNumber" not in line.ReferencedImageSequence[0]
    assert points.ReferencedImageSequence[0].ReferencedFrameNumber == 7
    assert len(points.GraphicObjectSequence) == 2
    assert "TextObjectSequence" not in points
    areas = state.DisplayedAreaSelectionSequence
    assert [list(area.PresentationPixelAspectRatio) for area in areas] == [[4, 5], [1, 1]]


def test_the_same_state_is_the_same_bytes() -> None:
    assert written(in_colour=True) == written(in_colour=True)
