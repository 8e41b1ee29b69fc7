"""Real objects opened, and made-up formats, for the tests of this room."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sonarium.dicom.deflate import BoundedInflater
from sonarium.dicom.frames import FrameIndex
from sonarium.dicom.header import Header, header_of
from sonarium.dicom.part10 import split_part10
from sonarium.dicom.pixels.format import BulkValues, PixelFormat, lut_holes, pixel_format
from sonarium.dicom.scanner import DataSetScanner
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN, transfer_syntax


@dataclass(frozen=True)
class OpenedObject:
    """A data set with everything that a server would have at hand."""

    header: Header
    frames: FrameIndex | None
    body: bytes
    bulk: BulkValues

    @property
    def layout(self) -> PixelFormat:
        return pixel_format(self.header, self.bulk)

    def frame(self, number: int) -> bytes:
        assert self.frames is not None
        return b"".join(self.read(*extent) for extent in self.frames.extents(number))

    def read(self, offset: int, length: int) -> bytes:
        return self.body[offset : offset + length]


def open_data_set(transfer_syntax_uid: str, body: bytes) -> OpenedObject:
    scanner = DataSetScanner(transfer_syntax_uid)
    scanner.feed(body)
    scanned = scanner.finish()
    if transfer_syntax(transfer_syntax_uid).is_deflated:
        body = b"".join(BoundedInflater(2**28).inflate(body))
    header = header_of(scanned)
    bulk = {hole: body[hole.offset : hole.offset + hole.length] for hole in lut_holes(header)}
    return OpenedObject(header, scanned.frames, body, bulk)


def open_file(path: Path) -> OpenedObject:
    content = path.read_bytes()
    start = split_part10(content)
    return open_data_set(start.transfer_syntax_uid, content[start.data_set_offset :])


def made_up(**changes: object) -> PixelFormat:
    """A format of 8-bit grey, 4 rows of 6 columns, with changes."""
    fields: dict[str, object] = {
        "transfer_syntax_uid": EXPLICIT_VR_LITTLE_ENDIAN,
        "rows": 4,
        "columns": 6,
        "samples_per_pixel": 1,
        "bits_allocated": 8,
        "bits_stored": 8,
        "high_bit": 7,
        "is_signed": False,
        "photometric_interpretation": "MONOCHROME2",
        "planar_configuration": 0,
        "number_of_frames": 1,
    }
    return PixelFormat(**{**fields, **changes})  # type: ignore[arg-type]


def colour_layout(**changes: object) -> PixelFormat:
    return made_up(**{"samples_per_pixel": 3, "photometric_interpretation": "RGB", **changes})


def ultrasound_like(rows: int = 64, columns: int = 96) -> npt.NDArray[np.uint8]:
    """A grey sector on black with a patch of colour flow."""
    y, x = np.mgrid[0:rows, 0:columns]
    speckle = np.random.default_rng(7).integers(20, 160, (rows, columns))
    in_sector = np.abs(x - columns / 2) < 0.5 * y + 4
    grey = np.where(in_sector, speckle, 0).astype(np.uint8)
    picture = np.stack((grey,) * 3, axis=2)
    patch = (slice(rows // 2, rows // 2 + rows // 5), slice(columns // 2, columns // 2 + 12))
    picture[patch] = (200, 60, 20)
    return picture
