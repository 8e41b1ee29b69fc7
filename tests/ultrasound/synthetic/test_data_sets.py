import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from shutil import which
from typing import get_args

import pytest
from pydicom import Dataset
from pydicom.encaps import generate_frames

from sonarium.ultrasound.calibration_check import calibration_doubts
from sonarium.ultrasound.cine_timing import frame_timing
from sonarium.ultrasound.regions import read_regions
from sonarium.ultrasound.synthetic.acquisition import Acquisition
from sonarium.ultrasound.synthetic.data_sets import (
    US_IMAGE,
    US_MULTI_FRAME_IMAGE,
    Series,
    Study,
    image_object,
)
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.schedule import Appointment, Kind

Read = Callable[[SyntheticObject], Dataset]
Examined = Callable[..., tuple[Acquisition, ...]]

MADE = datetime(2026, 5, 20, 10, 30, 1, 250_000, tzinfo=UTC)
ALWAYS = (
    "SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Modality",
    "ImageType", "SamplesPerPixel", "PhotometricInterpretation", "Rows", "Columns",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelData",
    "LossyImageCompression", "StudyDate", "StudyTime", "PatientName", "PatientID",
    "SequenceOfUltrasoundRegions", "Manufacturer",
)  # fmt: skip


@pytest.fixture
def written(
    examined: Examined, appointment: Callable[..., Appointment]
) -> Callable[[str], Iterator[tuple[Acquisition, SyntheticObject]]]:
    """Write what was recorded of a kind of study."""

    def write(kind: str) -> Iterator[tuple[Acquisition, SyntheticObject]]:
        patient = appointment(kind).patient
        study = Study(
            patient, "1.2.3", "S1", "A1", MADE, "Study", "TTE", "Echo One", "US1", "SYN-4100"
        )
        for number, acquisition in enumerate(examined(kind), start=1):
            yield (
                acquisition,
                image_object(
                    Series(study, "1.2.3.1", 1),
                    acquisition,
                    sop_instance_uid=f"1.2.3.1.{number}",
                    number=number,
                    made=MADE,
                ),
            )

    return write


Written = Callable[[str], Iterator[tuple[Acquisition, SyntheticObject]]]


@pytest.mark.parametrize("kind", get_args(Kind))
def test_objects_have_what_their_iod_needs(kind: str, written: Written, read: Read) -> None:
    for acquisition, made in written(kind):
        found = read(made)
        for keyword in ALWAYS:
            assert found.get(keyword) not in (None, ""), keyword
        assert found.SOPClassUID == (
            US_MULTI_FRAME_IMAGE if acquisition.is_multi_frame else US_IMAGE
        )
        assert found.PhotometricInterpretation == "YBR_FULL_422"
        assert int(found.ImageType[3], 16) == acquisition.mode
        frames = list(generate_frames(found.PixelData, number_of_frames=len(acquisition.frames)))
        assert len(frames) == len(acquisition.frames)
        assert frames[0].rstrip(b"\0") == acquisition.frames[0].rstrip(b"\0")


@pytest.mark.parametrize("kind", get_args(Kind))
def test_objects_say_that_they_are_synthetic(kind: str, written: Written, read: Read) -> None:
    for _, made in written(kind):
        found = read(made)
        assert found.SyntheticData == "YES"
        assert str(found.PatientName).startswith("SYNTHETIC^")
        assert found.Manufacturer == "Sonarium synthetic"
        assert found.BurnedInAnnotation == "YES"
        assert "no patient" in found.DerivationDescription


@pytest.mark.parametrize("kind", get_args(Kind))
def test_regions_come_back_as_they_were_and_raise_no_doubt(
    kind: str, written: Written, read: Read
) -> None:
    for acquisition, made in written(kind):
        attributes = read(made).to_json_dict()
        for was, came in zip(acquisition.regions, read_regions(attributes), strict=True):
            assert (came.min_x0, came.min_y0, came.max_x1, came.max_y1) == (
                was.min_x0, was.min_y0, was.max_x1, was.max_y1,
            )  # fmt: skip
            assert (came.delta_x, came.delta_y) == (was.delta_x, was.delta_y)
            assert (came.units_x, came.units_y) == (was.units_x, was.units_y)
            assert came.reference_pixel == was.reference_pixel
            assert came.sample_volume == was.sample_volume
            assert came.max_x1 < acquisition.columns
            assert came.max_y1 < acquisition.rows
        assert calibration_doubts(attributes) == ()


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_clip_is_timed_as_it_was_recorded(kind: str, written: Written, read: Read) -> None:
    for acquisition, made in written(kind):
        if not acquisition.is_multi_frame:
            continue
        found = read(made)
        frames = len(acquisition.frames)
        assert found.NumberOfFrames == frames
        assert (found.StartTrim, found.StopTrim) == (1, frames)
        timing = frame_timing(found.to_json_dict(), frames)
        if acquisition.frame_times_ms:
            assert found.FrameIncrementPointer == 0x00181065
            assert found.FrameTimeVector[0] == 0
            assert timing.starts_ms == pytest.approx(acquisition.frame_times_ms, abs=0.1)
        else:
            assert found.FrameIncrementPointer == 0x00181063
            assert float(found.FrameTime) == acquisition.frame_time_ms
        mean_ms = timing.starts_ms[-1] / (frames - 1)
        assert abs(found.CineRate - 1000 / mean_ms) <= 0.5
        if "RWaveTimeVector" in found and isinstance(found.RWaveTimeVector, list):
            beats = [b - a for a, b in pairwise(map(float, found.RWaveTimeVector))]
            assert beats == pytest.approx([60_000 / float(found.HeartRate)] * len(beats), rel=0.02)


def test_stages_and_views_are_numbered(written: Written, read: Read) -> None:
    for acquisition, made in written("stress echo"):
        stage, found = acquisition.stage, read(made)
        assert stage is not None
        assert (found.StageName, found.StageNumber) == (stage.name, stage.number)
        assert (found.NumberOfStages, found.NumberOfViewsInStage) == (4, 4)
        assert found.ViewNumber == stage.view_number
        assert found.StageCodeSequence[0].CodeValue == stage.code.value
        assert found.ViewName == acquisition.view_name
        assert found.ViewCodeSequence[0].CodingSchemeDesignator == "SCT"
        if stage.event_name:
            assert found.NumberOfEventTimers == 1
            assert float(found.EventElapsedTimes) == stage.event_elapsed_ms


def test_the_side_of_a_vessel_belongs_to_its_picture(written: Written, read: Read) -> None:
    sides = set()
    for acquisition, made in written("carotid"):
        found = read(made)
        assert found.ImageLaterality == acquisition.laterality
        assert "Laterality" not in found
        assert found.AnatomicRegionSequence[0].CodeMeaning
        sides.add(found.ImageLaterality)
    assert sides == {"L", "R"}


def test_the_patient_has_a_body_and_an_age(written: Written, read: Read) -> None:
    _, made = next(written("child echo"))
    found = read(made)
    assert 0.7 < found.PatientSize < 1.3
    assert 8 < found.PatientWeight < 30
    assert found.PatientAge.endswith(("Y", "M"))
    assert found.AcquisitionDateTime == "20260520103001.250+0000"


@pytest.mark.skipif(which("dciodvfy") is None, reason="dicom3tools is not installed")
@pytest.mark.parametrize("kind", get_args(Kind))
def test_an_independent_validator_finds_no_error(
    kind: str, written: Written, tmp_path: Path
) -> None:
    seen = set()
    for acquisition, made in written(kind):
        if (shape := (acquisition.mode, acquisition.is_multi_frame)) in seen:
            continue
        seen.add(shape)
        file = tmp_path / "object.dcm"
        file.write_bytes(made.part10())
        told = subprocess.run(
            ["dciodvfy", "-new", str(file)], capture_output=True, text=True, check=False
        )
        errors = [
            line
            for line in told.stderr.splitlines()
            # Synthetic Data (0008,001C) is younger than the validator.
            if line.startswith("Error") and "(0008,001c)" not in line
        ]
        assert errors == []
