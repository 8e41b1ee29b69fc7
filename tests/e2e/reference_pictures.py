"""What pydicom and its plug-ins show of real objects: the truth that a browser's canvas meets."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.uid import JPEGBaseline8Bit
from tests.dicom.pixels.test_display import SKIPPED, displayable, reference_picture

NOT_COMPARED = {"rtdose.dcm"}
"""badVR.dcm, with other bytes, has its UID and comes first: the archive keeps that one."""


@dataclass(frozen=True, slots=True)
class ReferencePicture:
    """One frame (from 1) of an object, and the file that shows it."""

    sop_instance_uid: str
    frame: int
    picture: str
    name: str
    maker: str


def write_reference_pictures(testdata: Path, folder: Path) -> int:
    """Write a picture of the first, middle and last frame of each object, and their list."""
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, ReferencePicture] = {}
    for path in displayable(testdata):
        if path.name in NOT_COMPARED:
            continue
        for one in _pictures(path, path, folder):
            written.setdefault(one.picture, one)
    for name in sorted(SKIPPED):
        # pydicom finds no decoder of lossless JPEG here; DCMTK's comes first.
        stored, plain = testdata / "us" / name, folder / name
        subprocess.run(["dcmdjpeg", str(stored), str(plain)], check=True, capture_output=True)
        for one in _pictures(stored, plain, folder):
            written.setdefault(one.picture, one)
    (folder / "pictures.json").write_text(json.dumps([asdict(one) for one in written.values()]))
    return len(written)


def _pictures(path: Path, decodable: Path, folder: Path) -> Iterator[ReferencePicture]:
    dataset = pydicom.dcmread(decodable)
    is_kept = "StudyInstanceUID" in dataset and "SeriesInstanceUID" in dataset
    if not is_kept or "PixelData" not in dataset or _is_stretched(dataset):
        return
    count = int(dataset.get("NumberOfFrames", None) or 1)
    maker = str(dataset.get("Manufacturer", "") or "Maker not named")
    for frame in sorted({0, count // 2, count - 1}):
        name = f"{dataset.SOPInstanceUID}-{frame + 1}.png"
        if (folder / name).exists():
            continue  # two files share a UID: an archive keeps the first
        shown = reference_picture(dataset, frame, count).astype(np.uint8)
        Image.fromarray(shown).save(folder / name)
        yield ReferencePicture(str(dataset.SOPInstanceUID), frame + 1, name, path.name, maker)


def _is_stretched(dataset: pydicom.Dataset) -> bool:
    """Tell whether the server draws it with square pixels, so that rows and columns differ."""
    ratio = dataset.get("PixelAspectRatio", None) or dataset.get("PixelSpacing", None)
    is_square = ratio is None or ratio[0] == ratio[1]
    return not is_square and dataset.file_meta.TransferSyntaxUID != JPEGBaseline8Bit
