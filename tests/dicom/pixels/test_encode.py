import numpy as np
import pytest
from tests.dicom.pixels.objects import ultrasound_like

from sonarium.dicom.pixels.encode import ENCODERS, FrameShape, encode_native
from sonarium.dicom.pixels.jpeg2000_stream import read_jpeg2000_head
from sonarium.dicom.pixels.jpeg_stream import read_jpeg_head
from sonarium.dicom.uids import (
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    HTJ2K_LOSSLESS_RPCL,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LOSSLESS_SV1,
    JPEG_LS_LOSSLESS,
    transfer_syntax,
)

TWELVE = np.arange(4096, dtype=np.uint16).reshape(64, 64)
RGB = FrameShape(8, "RGB", 90)


def test_native_frames_follow_the_byte_order() -> None:
    values = np.array([[0x1234]], np.uint16)
    assert encode_native(values, transfer_syntax(EXPLICIT_VR_LITTLE_ENDIAN)) == b"\x34\x12"
    assert encode_native(values, transfer_syntax(EXPLICIT_VR_BIG_ENDIAN)) == b"\x12\x34"


def test_codestreams_state_the_bits_that_are_stored() -> None:
    shape = FrameShape(12, "MONOCHROME2", 90)
    for uid in (JPEG_LS_LOSSLESS, JPEG_LOSSLESS_SV1):
        assert read_jpeg_head(ENCODERS[uid].encode(TWELVE, shape)).precision == 12
    stream = ENCODERS[JPEG_2000_LOSSLESS].encode(TWELVE, shape)
    assert read_jpeg2000_head(stream).precisions == (12,)


def test_only_rgb_gets_a_component_transform() -> None:
    picture = ultrasound_like()
    for uid in (JPEG_2000_LOSSLESS, HTJ2K_LOSSLESS_RPCL):
        assert read_jpeg2000_head(ENCODERS[uid].encode(picture, RGB)).has_component_transform
        chroma = ENCODERS[uid].encode(picture, FrameShape(8, "YBR_FULL", 90))
        assert not read_jpeg2000_head(chroma).has_component_transform


def test_lossless_jpeg_carries_no_marker_that_contradicts_the_label() -> None:
    head = read_jpeg_head(ENCODERS[JPEG_LOSSLESS_SV1].encode(ultrasound_like(), RGB))
    assert (head.process, head.has_jfif, head.adobe_transform) == (0xC3, False, None)


def test_baseline_halves_the_chroma_of_its_label() -> None:
    head = read_jpeg_head(ENCODERS[JPEG_BASELINE].encode(ultrasound_like(), RGB))
    assert (head.process, head.sampling) == (0xC0, (0x21, 0x11, 0x11))


@pytest.mark.parametrize("uid", sorted(ENCODERS))
def test_pictures_of_a_few_pixels_can_be_written(uid: str) -> None:
    encoder = ENCODERS[uid]
    assert encoder.encode(np.zeros((3, 3, 3), np.uint8), RGB)
    if encoder.most_bits >= 12:
        assert encoder.encode(np.zeros((2, 2), np.uint16), FrameShape(12, "MONOCHROME2", 90))
