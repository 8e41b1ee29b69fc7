import numpy as np
import pytest
import simplejpeg
from tests.dicom.pixels.objects import colour_layout, made_up, ultrasound_like

from sonarium.dicom.pixels.format import LookupTable, Palette
from sonarium.dicom.pixels.recode import Recoding, lossy_ratio, recode_frame, values_photometric
from sonarium.dicom.uids import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    RLE_LOSSLESS,
)

PICTURE = ultrasound_like()


@pytest.mark.parametrize(
    ("uid", "label", "expected"),
    [
        (JPEG_BASELINE, "YBR_FULL_422", "RGB"),
        (JPEG_BASELINE, "RGB", "RGB"),
        (JPEG_2000_LOSSLESS, "YBR_RCT", "RGB"),
        (JPEG_2000_LOSSLESS, "YBR_FULL", "YBR_FULL"),
        (RLE_LOSSLESS, "YBR_FULL", "YBR_FULL"),
        (EXPLICIT_VR_LITTLE_ENDIAN, "YBR_FULL_422", "YBR_FULL"),
    ],
)
def test_native_values_are_called_what_they_are(uid: str, label: str, expected: str) -> None:
    layout = colour_layout(transfer_syntax_uid=uid, photometric_interpretation=label)
    assert values_photometric(layout) == expected


def test_an_encapsulated_frame_is_an_item_of_even_length() -> None:
    layout = colour_layout(rows=64, columns=96)
    for uid in (RLE_LOSSLESS, JPEG_2000_LOSSLESS, JPEG_BASELINE):
        frame = recode_frame(PICTURE.tobytes(), Recoding(layout, uid))
        assert frame[:4] == b"\xfe\xff\x00\xe0"
        assert int.from_bytes(frame[4:8], "little") == len(frame) - 8
        assert len(frame) % 2 == 0


def test_an_unmarked_jpeg_becomes_rgb_whatever_its_label_says() -> None:
    marked = simplejpeg.encode_jpeg(PICTURE, 95, colorsubsampling="444")
    bare = marked[:2] + marked[20:]
    layout = colour_layout(rows=64, columns=96, transfer_syntax_uid=JPEG_BASELINE)
    native = recode_frame(bare, Recoding(layout, EXPLICIT_VR_LITTLE_ENDIAN))
    decoded = np.frombuffer(native, np.uint8).reshape(PICTURE.shape)
    assert np.abs(decoded.astype(int) - PICTURE).mean() < 2


def test_palettes_are_applied_only_where_information_is_lost_anyway() -> None:
    ramp = LookupTable(256, 0, 8, bytes(range(255, -1, -1)))
    layout = made_up(photometric_interpretation="PALETTE COLOR", palette=Palette(ramp, ramp, ramp))
    indexes = np.full(24, 10, np.uint8).tobytes()
    lossy = recode_frame(indexes, Recoding(layout, JPEG_BASELINE))[8:]
    assert np.abs(simplejpeg.decode_jpeg(lossy).astype(int) - 245).max() <= 2
    kept = recode_frame(indexes, Recoding(layout, EXPLICIT_VR_LITTLE_ENDIAN))
    assert kept == indexes


def test_the_ratio_compares_with_native_size() -> None:
    assert lossy_ratio(Recoding(made_up(), JPEG_BASELINE), bytes(6)) == 4
