"""Frames that are blank outside what may be shown."""

import numpy as np
import pytest
import rle.rle

from sonarium.dicom.pixels.format import Greyscale, LookupTable, Palette, PixelFormat
from sonarium.dicom.pixels.masking import blank_outside, clean_format, clean_frame
from sonarium.dicom.pixels.rendering import Rectangle
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN

KEPT = (Rectangle(1, 1, 2, 2),)
INSIDE = (slice(1, 3), slice(1, 3))


def layout(photometric: str, samples: int = 1, bits: int = 8, **more: object) -> PixelFormat:
    shape = {
        "transfer_syntax_uid": EXPLICIT_VR_LITTLE_ENDIAN,
        "rows": 4,
        "columns": 4,
        "samples_per_pixel": samples,
        "bits_allocated": bits,
        "bits_stored": bits,
        "high_bit": bits - 1,
        "is_signed": False,
        "photometric_interpretation": photometric,
        "planar_configuration": 0,
        "number_of_frames": 1,
        **more,
    }
    return PixelFormat(**shape)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("photometric", "samples", "blank"),
    [
        ("RGB", 3, (0, 0, 0)),
        ("YBR_FULL", 3, (0, 128, 128)),
        ("MONOCHROME2", 1, (0,)),
        ("MONOCHROME1", 1, (255,)),
    ],
)
def test_what_is_kept_is_untouched_and_the_rest_is_black(
    photometric: str, samples: int, blank: tuple[int, ...]
) -> None:
    stored = np.arange(1, 1 + 16 * samples, dtype=np.uint8).reshape(4, 4, samples)
    clean = clean_frame(stored.tobytes(), layout(photometric, samples), KEPT)
    planes = np.frombuffer(rle.rle.decode_frame(clean, 16, 8, "<"), np.uint8)
    after = planes.reshape(samples, 4, 4).transpose(1, 2, 0)
    assert (after[INSIDE] == stored[INSIDE]).all()
    outside = np.ones((4, 4), bool)
    outside[INSIDE] = False
    assert (after[outside] == blank).all()


def test_indexes_of_a_palette_leave_as_their_colours() -> None:
    table = LookupTable(entries=256, first_mapped=0, bits=8, encoded=bytes(range(255, -1, -1)))
    coloured = layout("PALETTE COLOR", palette=Palette(table, table, table))
    assert clean_format(coloured).photometric_interpretation == "RGB"
    clean = clean_frame(bytes(16), coloured, KEPT)
    after = np.frombuffer(rle.rle.decode_frame(clean, 16, 8, "<"), np.uint8).reshape(3, 4, 4)
    assert after[0, 1, 1] == 255
    assert after[0, 0, 0] == 0


def test_signed_values_and_tables_leave_as_shown() -> None:
    table = LookupTable(entries=256, first_mapped=0, bits=8, encoded=bytes(256))
    assert not clean_format(layout("MONOCHROME2", is_signed=True)).is_as_stored
    tabled = layout("MONOCHROME2", greyscale=Greyscale(voi_lut=table))
    assert not clean_format(tabled).is_as_stored
    assert clean_format(layout("MONOCHROME2", bits=16)).bits_allocated == 16


def test_a_rectangle_beyond_the_picture_is_cut_off() -> None:
    values = np.ones((4, 4), np.uint8)
    assert (blank_outside(values, (Rectangle(-5, -5, 99, 1),), (0,))[:2] == 1).all()
    assert (blank_outside(values, (), (7,)) == 7).all()
