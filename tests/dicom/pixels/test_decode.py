import struct
from pathlib import Path

import numpy as np
import pydicom
import pytest
import simplejpeg
from pydicom.pixels import pixel_array
from tests.dicom.pixels.objects import colour_layout, made_up, open_file, ultrasound_like

from sonarium.dicom.pixels.decode import decode_frame
from sonarium.dicom.pixels.encode import ENCODERS, FrameShape
from sonarium.dicom.pixels.errors import DecodeFailed, FrameTooLarge, UnsupportedPixels
from sonarium.dicom.pixels.format import PixelLimits
from sonarium.dicom.pixels.native import native_values
from sonarium.dicom.uids import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    HTJ2K_LOSSLESS,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LOSSLESS_SV1,
    JPEG_LS_LOSSLESS,
    RLE_LOSSLESS,
)

LOSSLESS = (
    JPEG_LOSSLESS_SV1,
    JPEG_LS_LOSSLESS,
    JPEG_2000_LOSSLESS,
    HTJ2K_LOSSLESS,
    RLE_LOSSLESS,
)
RNG = np.random.default_rng(5)
MPEG4 = "1.2.840.10008.1.2.4.102"


@pytest.mark.parametrize("uid", LOSSLESS)
@pytest.mark.parametrize(
    ("kind", "bits"), [("u1", 8), ("u2", 12), ("u2", 16), ("i2", 12), ("i2", 16), ("u2", 10)]
)
def test_lossless_syntaxes_keep_every_bit_and_sign(uid: str, kind: str, bits: int) -> None:
    is_signed = kind[0] == "i"
    low, high = (-(1 << bits - 1), 1 << bits - 1) if is_signed else (0, 1 << bits)
    values = RNG.integers(low, high, (40, 52)).astype(kind)
    layout = made_up(
        transfer_syntax_uid=uid,
        rows=40,
        columns=52,
        bits_allocated=values.dtype.itemsize * 8,
        bits_stored=bits,
        high_bit=bits - 1,
        is_signed=is_signed,
    )
    stream = ENCODERS[uid].encode(values, FrameShape(bits, "MONOCHROME2", 90))
    decoded = decode_frame(stream, layout).values
    assert decoded.dtype == values.dtype
    assert (decoded == values).all()


def test_bits_above_and_below_the_value_are_dropped() -> None:
    stored = struct.pack("<4H", 0xF123, 0x0123, 0x8FFF, 0x7000)
    layout = made_up(rows=2, columns=2, bits_allocated=16, bits_stored=12, high_bit=11)
    assert decode_frame(stored, layout).values.tolist() == [[0x123, 0x123], [0xFFF, 0]]
    signed = made_up(
        rows=2, columns=2, bits_allocated=16, bits_stored=12, high_bit=11, is_signed=True
    )
    assert decode_frame(stored, signed).values.tolist() == [[0x123, 0x123], [-1, 0]]
    high = made_up(rows=2, columns=2, bits_allocated=16, bits_stored=12, high_bit=15)
    assert decode_frame(stored, high).values.tolist() == [[0xF12, 0x012], [0x8FF, 0x700]]


def test_what_is_too_large_or_unknown_is_refused() -> None:
    with pytest.raises(FrameTooLarge):
        decode_frame(b"", made_up(rows=65535, columns=65535))
    with pytest.raises(FrameTooLarge):
        decode_frame(bytes(24), made_up(), limits=PixelLimits(frame_bytes=23))
    with pytest.raises(UnsupportedPixels):
        decode_frame(b"\0\0\0\x18ftyp", made_up(transfer_syntax_uid=MPEG4))
    with pytest.raises(DecodeFailed):
        decode_frame(b"not a jpeg", made_up(transfer_syntax_uid=JPEG_BASELINE))


def test_a_stream_without_markers_is_judged_by_its_pixels() -> None:
    picture = ultrasound_like()
    marked = simplejpeg.encode_jpeg(picture, 95, colorsubsampling="444")
    bare = marked[:2] + marked[20:]
    layout = colour_layout(rows=64, columns=96, transfer_syntax_uid=JPEG_BASELINE)
    assert decode_frame(marked, layout).photometric_interpretation == "RGB"
    assert decode_frame(bare, layout).photometric_interpretation == "YBR_FULL"


def test_half_chroma_is_whole_once_it_is_read() -> None:
    layout = colour_layout(photometric_interpretation="YBR_FULL_422")
    assert decode_frame(bytes(48), layout).photometric_interpretation == "YBR_FULL"
    assert native_values(bytes(48), layout).shape == (4, 6, 3)


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_stored_values_of_every_object_agree_with_pydicom(testdata: Path) -> None:
    """Values before colour: bit for bit, but for the chroma of lossy JPEG.

    Not compared: JPEG lossless and 12-bit JPEG, for which pydicom finds no decoder here
    (`test_render` compares those with DCMTK's), and a Number of Frames of "1A".
    """
    compared = 0
    for path in sorted((testdata / "dicom").glob("[uo][sd]*/*.dcm")):
        if path.name in BEYOND_PYDICOM | NOT_PICTURES:
            continue
        opened = open_file(path)
        assert opened.frames is not None, path.name
        reference = pydicom.dcmread(path)
        layout = opened.layout
        last = opened.frames.count - 1
        decoded = decode_frame(opened.frame(last), layout, opened.frames.bit_offset(last))
        expected = pixel_array(reference, index=last if last else None, raw=True)
        if decoded.photometric_interpretation == "RGB":
            expected = pixel_array(reference, index=last if last else None)
        assert decoded.values.shape == expected.shape, path.name
        difference = np.abs(decoded.values.astype(np.int64) - expected).max()
        is_lossy = layout.transfer_syntax_uid == JPEG_BASELINE
        assert difference <= (1 if is_lossy else 0), path.name
        compared += 1
    assert compared >= 48


BEYOND_PYDICOM = {
    "JPGExtended.dcm",
    "badVR.dcm",
    "medistim-2frame-jpeg-lossless-rgb.dcm",
    "philips-epiq7-jpeg-lossless.dcm",
}
NOT_PICTURES = {
    "ExplVR_BigEndNoMeta.dcm",
    "ExplVR_LitEndNoMeta.dcm",
    "JPEG2000-embedded-sequence-delimiter.dcm",
    "MR_truncated.dcm",
    "Tag-0040-A170-VR-CS.dcm",
    "UN_sequence.dcm",
    "empty_charset_LEI.dcm",
    "meta_missing_tsyntax.dcm",
    "nested_priv_SQ.dcm",
    "no_meta.dcm",
    "no_meta_group_length.dcm",
    "priv_SQ.dcm",
    "rtplan_truncated.dcm",
}
"""No Pixel Data, no size, or truncated: and one codestream whose own head was overwritten."""


def test_a_codestream_whose_head_was_overwritten_is_refused(testdata: Path) -> None:
    opened = open_file(testdata / "dicom/odd/JPEG2000-embedded-sequence-delimiter.dcm")
    with pytest.raises(DecodeFailed):
        decode_frame(opened.frame(0), opened.layout)
    assert opened.layout.transfer_syntax_uid != EXPLICIT_VR_LITTLE_ENDIAN
