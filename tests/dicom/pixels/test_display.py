from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut, pixel_array
from tests.dicom.pixels.objects import colour_layout, made_up, open_file

from sonarium.dicom.pixels.decode import DecodedFrame, decode_frame
from sonarium.dicom.pixels.display import display_frame
from sonarium.dicom.pixels.errors import UnsupportedPixels
from sonarium.dicom.pixels.format import Window

TOLERANCE = 2


def reference_picture(dataset: pydicom.Dataset, frame: int, count: int) -> npt.NDArray[np.int64]:
    """Show a frame by pydicom's own functions, scaled to a screen of 8 bits."""
    stored = pixel_array(dataset, index=frame if count > 1 else None)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        colours = apply_color_lut(stored, dataset)
        return (colours >> 8 if colours.dtype == np.uint16 else colours).astype(np.int64)
    if stored.ndim == 3:
        return stored.astype(np.int64)
    shades = apply_modality_lut(stored, dataset).astype(np.float64)
    bits = dataset.BitsStored
    ends = [-(1 << bits - 1), (1 << bits - 1) - 1] if dataset.PixelRepresentation else [0, 2**bits]
    if "WindowCenter" in dataset:
        shades = apply_voi_lut(apply_modality_lut(stored, dataset), dataset).astype(np.float64)
        whole = apply_modality_lut(np.array([ends], np.int32), dataset)
        low, high = float(whole.min()), float(whole.max())
    elif bits <= 8:
        low, high = 0.0, float((1 << bits) - 1)
    else:
        low, high = float(shades.min()), float(shades.max())
    lit = np.clip((shades - low) / max(high - low, 1e-9), 0, 1)
    shown = np.floor(lit * 255 + 0.5).astype(np.int64)
    return 255 - shown if dataset.PhotometricInterpretation == "MONOCHROME1" else shown


SHOWN_BY_PYDICOM = (
    "us/*.dcm", "irwf/*.dcm", "charset/chr[AFGHIRX]*.dcm",
    "odd/*RGB.dcm", "odd/*small*.dcm", "odd/J2K*.dcm", "odd/JPEGLS*.dcm", "odd/examples*.dcm",
    "odd/image_dfl.dcm", "odd/liver*.dcm", "odd/rtdose.dcm", "dicomdir/**/*",
)  # fmt: skip
SKIPPED = {"medistim-2frame-jpeg-lossless-rgb.dcm", "philips-epiq7-jpeg-lossless.dcm"}
"""JPEG lossless: pydicom finds no decoder here. Compared with DCMTK's in `test_render`."""


def displayable(folder: Path) -> list[Path]:
    found = {path for pattern in SHOWN_BY_PYDICOM for path in folder.glob(pattern)}
    names = ("DICOMDIR", "README", "SC_rgb_small_odd_big", "MR_truncated")
    return sorted(
        path
        for path in found
        if path.is_file() and not path.name.startswith(names) and path.name not in SKIPPED
    )


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_every_displayable_object_looks_as_pydicom_shows_it(testdata: Path) -> None:
    compared = 0
    for path in displayable(testdata / "dicom"):
        opened = open_file(path)
        if opened.frames is None:
            continue
        dataset = pydicom.dcmread(path)
        layout = opened.layout
        for frame in {0, opened.frames.count // 2}:
            decoded = decode_frame(opened.frame(frame), layout, opened.frames.bit_offset(frame))
            shown = display_frame(decoded, layout).astype(np.int64)
            expected = reference_picture(dataset, frame, opened.frames.count)
            assert shown.shape == expected.shape, path.name
            assert np.abs(shown - expected).max() <= TOLERANCE, path.name
            compared += 1
    assert compared >= 118


def test_windows_are_for_grey_only() -> None:
    values = np.arange(72, dtype=np.uint8).reshape(4, 6, 3)
    shown = display_frame(DecodedFrame(values, "RGB"), colour_layout(), Window(1, 2))
    assert (shown == values).all()


@pytest.mark.parametrize(
    ("kind", "bits_stored"), [(np.uint8, 4), (np.uint16, 12), (np.uint16, 16), (np.uint32, 32)]
)
def test_colours_of_other_depths_are_scaled(
    kind: type[np.unsignedinteger], bits_stored: int
) -> None:
    bits = np.dtype(kind).itemsize * 8
    layout = colour_layout(bits_allocated=bits, bits_stored=bits_stored, high_bit=bits_stored - 1)
    white = np.full((4, 6, 3), (1 << bits_stored) - 1, kind)
    assert (display_frame(DecodedFrame(white, "RGB"), layout) == 255).all()
    assert (display_frame(DecodedFrame(white // 3, "RGB"), layout) == 85).all()


@pytest.mark.parametrize("label", ["PALETTE COLOR", "HSV", ""])
def test_what_has_no_colours_cannot_be_shown(label: str) -> None:
    with pytest.raises(UnsupportedPixels):
        display_frame(DecodedFrame(np.zeros((4, 6), np.uint8), label), made_up())


def test_negative_colours_are_refused() -> None:
    layout = colour_layout(is_signed=True)
    with pytest.raises(UnsupportedPixels):
        display_frame(DecodedFrame(np.zeros((4, 6, 3), np.int8), "RGB"), layout)
