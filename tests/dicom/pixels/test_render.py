import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
import simplejpeg
from PIL import Image
from pydicom.pixels import pixel_array
from tests.dicom.pixels.objects import colour_layout, made_up, open_file, ultrasound_like

from sonarium.dicom.pixels.decode import decode_frame
from sonarium.dicom.pixels.display import display_frame
from sonarium.dicom.pixels.format import Greyscale, Window
from sonarium.dicom.pixels.render import picture_of, render_frame, stored_picture
from sonarium.dicom.pixels.rendering import Rendering, StillMediaType, Viewport
from sonarium.dicom.uids import JPEG_BASELINE

PICTURE = ultrasound_like()
USUAL = simplejpeg.encode_jpeg(PICTURE, 90, colorsubsampling="422")
COLOUR = colour_layout(
    rows=64,
    columns=96,
    transfer_syntax_uid=JPEG_BASELINE,
    photometric_interpretation="YBR_FULL_422",
)
GREY_JPEG = simplejpeg.encode_jpeg(PICTURE[:, :, :1].copy(), 90, "GRAY", colorsubsampling="Gray")
GREY = made_up(rows=64, columns=96, transfer_syntax_uid=JPEG_BASELINE)
JPEG = StillMediaType.JPEG


def opened(picture: bytes) -> Image.Image:
    image = Image.open(BytesIO(picture))
    image.load()
    return image


@pytest.mark.parametrize("media_type", list(StillMediaType))
@pytest.mark.parametrize(("stored", "layout"), [(USUAL, COLOUR), (GREY_JPEG, GREY)])
def test_each_media_type_shows_the_frame(
    media_type: StillMediaType, stored: bytes, layout: object
) -> None:
    picture = opened(render_frame(stored, layout, media_type))  # type: ignore[arg-type]
    assert f"image/{(picture.format or '').lower()}" == media_type
    assert picture.size == (96, 64)
    assert np.abs(np.asarray(picture.convert("RGB")).astype(int) - PICTURE).mean() < 16


def test_png_loses_nothing() -> None:
    layout = colour_layout(rows=64, columns=96)
    picture = opened(render_frame(PICTURE.tobytes(), layout, StillMediaType.PNG))
    assert (np.asarray(picture) == PICTURE).all()


def test_quality_is_kept_to() -> None:
    sizes = [
        len(render_frame(USUAL, COLOUR, JPEG, Rendering(quality=quality)))
        for quality in (5, 50, 90, 100)
    ]
    assert sizes == sorted(sizes)


def test_a_stored_jpeg_serves_where_it_would_not_lie() -> None:
    served = stored_picture(USUAL, COLOUR, JPEG)
    assert served is not None
    assert (simplejpeg.decode_jpeg(served) == simplejpeg.decode_jpeg(USUAL)).all()
    assert stored_picture(GREY_JPEG + b"\0", GREY, JPEG) is not None


def test_a_stored_jpeg_labelled_rgb_is_served_in_its_true_colours() -> None:
    unmarked = USUAL[:2] + USUAL[20:]
    label = colour_layout(rows=64, columns=96, transfer_syntax_uid=JPEG_BASELINE)
    served = stored_picture(unmarked, label, JPEG)
    assert served is not None
    shown = np.asarray(opened(served).convert("RGB")).astype(int)
    assert np.abs(shown - simplejpeg.decode_jpeg(USUAL)).mean() < 1


@pytest.mark.parametrize(
    ("stored", "changes", "rendering", "media_type"),
    [
        (USUAL, {}, Rendering(quality=80), JPEG),
        (USUAL, {}, Rendering(viewport=Viewport(50, 50)), JPEG),
        (USUAL, {}, Rendering(), StillMediaType.PNG),
        (USUAL, {"pixel_aspect_ratio": 0.8}, Rendering(), JPEG),
        (USUAL, {"rows": 63}, Rendering(), JPEG),
        (b"damaged", {}, Rendering(), JPEG),
        (GREY_JPEG, {}, Rendering(), JPEG),
    ],
)
def test_a_stored_jpeg_does_not_serve_where_it_would_lie(
    stored: bytes, changes: dict[str, object], rendering: Rendering, media_type: StillMediaType
) -> None:
    layout = colour_layout(
        **{"rows": 64, "columns": 96, "transfer_syntax_uid": JPEG_BASELINE, **changes}
    )
    assert stored_picture(stored, layout, media_type, rendering) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"photometric_interpretation": "MONOCHROME1"},
        {"photometric_interpretation": "PALETTE COLOR"},
        {"greyscale": Greyscale(window=Window(50, 20))},
        {"greyscale": Greyscale(is_inverse=True)},
    ],
)
def test_a_stored_grey_jpeg_that_wants_a_change_is_rendered(changes: dict[str, object]) -> None:
    fields = {"rows": 64, "columns": 96, "transfer_syntax_uid": JPEG_BASELINE, **changes}
    assert stored_picture(GREY_JPEG, made_up(**fields), JPEG) is None


def test_stored_and_rendered_frames_of_real_scanners_look_the_same(testdata: Path) -> None:
    served = 0
    for path in sorted((testdata / "dicom/us").glob("*.dcm")):
        scanned = open_file(path)
        stored, layout = scanned.frame(0), scanned.layout
        picture = stored_picture(stored, layout, JPEG)
        if picture is None:
            continue
        expected = picture_of(stored, layout)
        shown = np.asarray(opened(picture).convert("RGB"))
        assert np.abs(shown.astype(int) - expected).max() <= 2, path.name
        served += 1
    assert served >= 10


def test_echoes_of_pixels_that_are_not_square_are_stretched(testdata: Path) -> None:
    scanned = open_file(testdata / "dicom/us/hp-pediatric-echo-1.dcm")
    picture = opened(render_frame(scanned.frame(0), scanned.layout, JPEG))
    assert picture.size == (600, 430)


def test_a_window_that_was_asked_for_is_applied() -> None:
    values = np.arange(24, dtype=np.uint8)
    rendering = Rendering(window=Window(11.5, 2))
    picture = opened(render_frame(values.tobytes(), made_up(), StillMediaType.PNG, rendering))
    assert np.asarray(picture).reshape(-1).tolist() == [0] * 11 + [128] + [255] * 12


@pytest.mark.skipif(shutil.which("dcmdjpeg") is None, reason="DCMTK is not installed")
@pytest.mark.parametrize(
    "name",
    [
        "odd/JPGExtended.dcm",
        "us/medistim-2frame-jpeg-lossless-rgb.dcm",
        "us/philips-epiq7-jpeg-lossless.dcm",
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_what_pydicom_cannot_decode_agrees_with_dcmtk(
    testdata: Path, tmp_path: Path, name: str
) -> None:
    native = tmp_path / "native.dcm"
    subprocess.run(("dcmdjpeg", testdata / "dicom" / name, native), check=True)
    scanned = open_file(testdata / "dicom" / name)
    assert scanned.frames is not None
    last = scanned.frames.count - 1
    expected = pixel_array(pydicom.dcmread(native), index=last if last else None, raw=True)
    decoded = decode_frame(scanned.frame(last), scanned.layout)
    assert (decoded.values == expected).all()
    assert display_frame(decoded, scanned.layout).dtype == np.uint8
