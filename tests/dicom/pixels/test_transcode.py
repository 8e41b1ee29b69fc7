"""Objects in another transfer syntax."""

import io
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from tests.dicom.pixels.objects import open_file

from sonarium.dicom.part10 import file_meta
from sonarium.dicom.pixels.errors import TranscodeRefused
from sonarium.dicom.pixels.transcode import can_transcode, iter_transcoded, plan_transcode
from sonarium.dicom.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LS_LOSSLESS,
    RLE_LOSSLESS,
)

GREY, PALETTE, NATIVE = (
    "us/philips-epiq5-grey-still.dcm", "us/palette-rle-10frames.dcm", "us/ge-logiq700-rgb.dcm",
)  # fmt: skip


def transcoded(path: Path, target: str) -> pydicom.Dataset:
    one = open_file(path)
    plan = plan_transcode(one.header, one.frames, target, one.bulk)
    data_set = b"".join(iter_transcoded(plan, one.read))
    meta = file_meta(
        sop_class_uid=one.header.text(0x00080016) or "",
        sop_instance_uid=plan.sop_instance_uid,
        transfer_syntax_uid=plan.transfer_syntax_uid,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(io.BytesIO(meta + data_set))


def pixels(data_set: pydicom.Dataset) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return data_set.pixel_array


@pytest.mark.parametrize("name", [GREY, PALETTE, NATIVE])
@pytest.mark.parametrize(
    "target",
    [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, RLE_LOSSLESS, JPEG_LS_LOSSLESS,
     JPEG_2000_LOSSLESS],
)  # fmt: skip
def test_a_lossless_target_keeps_every_pixel(testdata: Path, name: str, target: str) -> None:
    path = testdata / "dicom" / name
    made = transcoded(path, target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = pydicom.dcmread(path)
    assert made.file_meta.TransferSyntaxUID == target
    assert made.SOPInstanceUID == stored.SOPInstanceUID
    assert np.array_equal(pixels(made), pixels(stored))


def test_a_report_changes_its_encoding_alone(testdata: Path) -> None:
    path = testdata / "dicom/sr/basic-text-sr.dcm"
    made = transcoded(path, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
    assert made.ContentSequence == pydicom.dcmread(path).ContentSequence


def test_a_loss_must_be_allowed_and_makes_another_object(testdata: Path) -> None:
    one = open_file(testdata / "dicom" / NATIVE)
    assert not can_transcode(one.header, JPEG_BASELINE, allow_lossy=False)
    with pytest.raises(TranscodeRefused):
        plan_transcode(one.header, one.frames, JPEG_BASELINE)
    plan = plan_transcode(one.header, one.frames, JPEG_BASELINE, allow_lossy=True)
    assert plan.sop_instance_uid != one.header.text(0x00080018)


def test_what_a_target_cannot_hold_is_refused(testdata: Path) -> None:
    one = open_file(testdata / "dicom/us/aloka-16bit-palette.dcm")
    assert not can_transcode(one.header, "1.2.840.10008.1.2.4.102", allow_lossy=True)
