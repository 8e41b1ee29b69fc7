import hashlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from tests.running_archive import RunningArchive

from sonarium.dicom.pixels.errors import TranscodeRefused
from sonarium.dicom.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    JPEG_BASELINE,
    JPEG_LS_LOSSLESS,
)
from sonarium.domain.selection import Selection
from sonarium.index.instances import InstanceRow, instances_of


async def keep(archive: RunningArchive, path: Path) -> InstanceRow:
    stored = await archive.keep(path)
    async with archive.database.transaction() as tx:
        [row] = await instances_of(tx, Selection(stored.study_instance_uid))
    return row


async def transcoded(archive: RunningArchive, row: InstanceRow, target: str) -> bytes:
    head = archive.transcoder.head(row, target)
    stream = await archive.transcoder.transcode(row, target)
    return head + b"".join([chunk async for chunk in stream])


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("us/palette-rle-10frames.dcm", EXPLICIT_VR_LITTLE_ENDIAN),
        ("us/palette-rle-10frames.dcm", JPEG_LS_LOSSLESS),
        ("us/ge-logiq700-rgb.dcm", IMPLICIT_VR_LITTLE_ENDIAN),
        ("us/ge-logiq700-bigendian.dcm", EXPLICIT_VR_LITTLE_ENDIAN),
        ("odd/image_dfl.dcm", EXPLICIT_VR_LITTLE_ENDIAN),
        ("us/ge-logiq700-rgb.dcm", DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN),
    ],
)
async def test_pixels_are_the_same_in_another_lossless_syntax(
    sonarium: RunningArchive, testdata: Path, name: str, target: str
) -> None:
    path = testdata / "dicom" / name
    row = await keep(sonarium, path)
    read = dcmread(BytesIO(await transcoded(sonarium, row, target)))
    assert read.file_meta.TransferSyntaxUID == target
    assert np.array_equal(read.pixel_array, dcmread(path).pixel_array)


async def test_without_leave_nothing_is_lost(sonarium: RunningArchive, testdata: Path) -> None:
    row = await keep(sonarium, testdata / "dicom" / "us" / "ge-logiq700-rgb.dcm")
    with pytest.raises(TranscodeRefused):
        await sonarium.transcoder.transcode(row, JPEG_BASELINE)


async def test_single_frames_can_be_had(sonarium: RunningArchive, testdata: Path) -> None:
    path = testdata / "dicom" / "us" / "palette-rle-10frames.dcm"
    row = await keep(sonarium, path)
    frames = await sonarium.transcoder.frames(row, EXPLICIT_VR_LITTLE_ENDIAN, [0, 9])
    pixels = dcmread(path).pixel_array
    assert [hashlib.sha256(frame).digest() for frame in frames] == [
        hashlib.sha256(pixels[number].tobytes()).digest() for number in (0, 9)
    ]
    with pytest.raises(TranscodeRefused):
        await sonarium.transcoder.frames(row, EXPLICIT_VR_LITTLE_ENDIAN, [10])
