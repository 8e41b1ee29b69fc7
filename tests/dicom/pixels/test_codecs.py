import struct
import time
import zlib

import imagecodecs
import numpy as np
import pytest
import simplejpeg
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dicom.pixels.objects import colour_layout, made_up, ultrasound_like

from sonarium.dicom.pixels.codecs import DECODERS, DEFLATED_IMAGE_FRAME, decode_jpeg
from sonarium.dicom.pixels.encode import ENCODERS, FrameShape
from sonarium.dicom.pixels.errors import DecodeFailed, UnsupportedPixels
from sonarium.dicom.pixels.jpeg_stream import Colour
from sonarium.dicom.uids import (
    ENCAPSULATED_UNCOMPRESSED,
    HTJ2K,
    HTJ2K_LOSSLESS,
    JPEG_2000,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_LOSSLESS,
    JPEG_LS_LOSSLESS,
    RLE_LOSSLESS,
)

PICTURE = ultrasound_like()
USUAL = simplejpeg.encode_jpeg(PICTURE, 90, colorsubsampling="422")
LAYOUT = colour_layout(rows=64, columns=96, transfer_syntax_uid=JPEG_BASELINE)
LOSSLESS = [uid for uid, encoder in ENCODERS.items() if not encoder.lossy_method]


def encoded(uid: str, values: np.ndarray, bits: int) -> bytes:  # type: ignore[type-arg]
    label = "RGB" if values.ndim == 3 else "MONOCHROME2"
    return ENCODERS[uid].encode(values, FrameShape(bits, label, 90))


@pytest.mark.parametrize("uid", LOSSLESS)
def test_each_lossless_syntax_gives_colours_back(uid: str) -> None:
    layout = colour_layout(rows=64, columns=96, transfer_syntax_uid=uid)
    assert (DECODERS[uid](encoded(uid, PICTURE, 8), layout).values == PICTURE).all()


def test_frames_that_are_only_wrapped_or_deflated_come_back() -> None:
    native = PICTURE.tobytes()
    squeezed = zlib.compress(native, wbits=-15)
    for uid, stored in ((ENCAPSULATED_UNCOMPRESSED, native), (DEFLATED_IMAGE_FRAME, squeezed)):
        layout = colour_layout(rows=64, columns=96, transfer_syntax_uid=uid)
        assert (DECODERS[uid](stored, layout).values == PICTURE).all()


def huffman_table(number: int, lengths: dict[int, int]) -> tuple[bytes, dict[int, str]]:
    """Write a DHT segment for code lengths by symbol; return it and the codes."""
    ordered = sorted(lengths, key=lambda symbol: (lengths[symbol], symbol))
    counts = bytes(list(lengths.values()).count(length) for length in range(1, 17))
    codes: dict[int, str] = {}
    code = previous = 0
    for symbol in ordered:
        code <<= lengths[symbol] - previous
        previous = lengths[symbol]
        codes[symbol] = format(code, f"0{previous}b")
        code += 1
    body = bytes([number]) + counts + bytes(ordered)
    return b"\xff\xc4" + struct.pack(">H", 2 + len(body)) + body, codes


def lossless_jpeg_with_a_table_each(picture: np.ndarray) -> bytes:  # type: ignore[type-arg]
    """Encode process 14, selection value 1, with another Huffman table for each component."""
    rows, columns, samples = picture.shape
    tables = [
        huffman_table(0, {0: 2, 1: 3, 2: 3, 3: 3, 4: 3, 5: 4, 6: 4, 7: 5, 8: 6, 9: 7}),
        huffman_table(1, {8: 2, 7: 2, 6: 3, 5: 4, 4: 5, 3: 6, 2: 7, 1: 8, 0: 9, 9: 10}),
        huffman_table(2, {4: 1, 5: 2, 6: 3, 7: 4, 8: 5, 3: 6, 2: 7, 1: 8, 0: 9}),
    ]
    frame = struct.pack(">HHBHHB", 0xFFC3, 8 + 3 * samples, 8, rows, columns, samples)
    frame += b"".join(bytes((number + 1, 0x11, 0)) for number in range(samples))
    scan = struct.pack(">HHB", 0xFFDA, 6 + 2 * samples, samples)
    scan += b"".join(bytes((n + 1, n << 4)) for n in range(samples)) + bytes((1, 0, 0))
    bits = ""
    for row in range(rows):
        for column in range(columns):
            for sample in range(samples):
                before = 128 if not row else int(picture[row - 1, 0, sample])
                if column:
                    before = int(picture[row, column - 1, sample])
                step = int(picture[row, column, sample]) - before
                size = abs(step).bit_length()
                bits += tables[sample][1][size]
                if size:
                    bits += format(step if step > 0 else step + (1 << size) - 1, f"0{size}b")
    bits += "1" * (-len(bits) % 8)
    coded = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    heads = b"".join(segment for segment, _ in tables)
    return b"\xff\xd8" + heads + frame + scan + coded + b"\xff\xd9"


def test_a_lossless_scan_with_a_table_for_each_component_is_read_right() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (20, 24, 3)).astype(np.uint8)
    layout = colour_layout(rows=20, columns=24, transfer_syntax_uid=JPEG_LOSSLESS)
    assert (decode_jpeg(lossless_jpeg_with_a_table_each(noise), layout).values == noise).all()


def test_lossy_high_throughput_values_beyond_white_stay_white() -> None:
    white = np.full((32, 32, 3), 255, np.uint8)
    white[8:24:2, 8:24] = 0
    stream = bytes(imagecodecs.htj2k_encode(white, reversible=False, rgb=True, level=0.05))
    layout = colour_layout(rows=32, columns=32, transfer_syntax_uid=HTJ2K)
    error = np.abs(DECODERS[HTJ2K](stream, layout).values.astype(int) - white)
    assert error.max() < 60


def test_streams_of_other_sizes_than_declared_are_refused() -> None:
    streams = {uid: encoded(uid, PICTURE, 8) for uid in LOSSLESS if uid != RLE_LOSSLESS}
    streams[JPEG_BASELINE] = USUAL
    for uid, stream in streams.items():
        for wrong in ({"rows": 63}, {"columns": 97}, {"samples_per_pixel": 1}):
            shape = {"rows": 64, "columns": 96, "transfer_syntax_uid": uid, **wrong}
            with pytest.raises(DecodeFailed):
                DECODERS[uid](stream, colour_layout(**shape))


def test_a_jpeg_that_claims_to_be_huge_is_refused_at_once() -> None:
    place = USUAL.index(b"\xff\xc0") + 5
    bomb = USUAL[:place] + b"\xff\xff\xff\xff" + USUAL[place + 4 :]
    began = time.process_time()
    with pytest.raises(DecodeFailed):
        decode_jpeg(bomb, LAYOUT)
    assert time.process_time() - began < 1


def test_a_truncated_jpeg_is_refused_and_not_shown_half_grey() -> None:
    with pytest.raises(DecodeFailed):
        decode_jpeg(USUAL[: len(USUAL) // 2], LAYOUT)
    assert decode_jpeg(USUAL[:-2], LAYOUT).values.shape == (64, 96, 3)


@pytest.mark.parametrize("uid", [JPEG_LOSSLESS, JPEG_LS_LOSSLESS, RLE_LOSSLESS])
def test_a_truncated_lossless_frame_is_refused(uid: str) -> None:
    stream = encoded(uid, PICTURE, 8)
    layout = colour_layout(rows=64, columns=96, transfer_syntax_uid=uid)
    with pytest.raises(DecodeFailed):
        DECODERS[uid](stream[: len(stream) // 2], layout)


@pytest.mark.parametrize("uid", [JPEG_2000_LOSSLESS, HTJ2K_LOSSLESS])
def test_a_truncated_jpeg_2000_is_refused(uid: str) -> None:
    stream = encoded(uid, PICTURE, 8)
    layout = colour_layout(rows=64, columns=96, transfer_syntax_uid=uid)
    for missing in (12, len(stream) // 2):
        with pytest.raises(DecodeFailed):
            DECODERS[uid](stream[:-missing], layout)
    assert (DECODERS[uid](stream[:-2], layout).values == PICTURE).all()


def test_stray_bytes_before_a_marker_harm_nothing() -> None:
    stray = USUAL[:-2] + b"\x01\x02\x03\x04" * 8 + USUAL[-2:]
    assert (decode_jpeg(stray, LAYOUT).values == decode_jpeg(USUAL, LAYOUT).values).all()


def test_unmarked_colours_are_left_for_the_pixels_to_tell() -> None:
    head = simplejpeg.encode_jpeg(PICTURE, 90, colorsubsampling="444")
    bare = head[:2] + head[20:]
    decoded = decode_jpeg(bare, LAYOUT)
    assert decoded.colour is None
    assert decode_jpeg(head, LAYOUT).colour is Colour.RGB


def test_components_of_odd_sampling_are_decoded() -> None:
    """As an Agilent writes them: 2x2, 1x2, 1x2."""
    base = simplejpeg.encode_jpeg(PICTURE, 90, colorsubsampling="422")
    place = base.index(b"\xff\xc0") + 10
    assert base[place + 1] == 0x21
    assert decode_jpeg(base, LAYOUT).values.shape == (64, 96, 3)


def test_an_rle_frame_of_other_segments_than_declared_is_refused() -> None:
    layout = made_up(transfer_syntax_uid=RLE_LOSSLESS)
    with pytest.raises(DecodeFailed):
        DECODERS[RLE_LOSSLESS](struct.pack("<16I", 3, 64, 70, 80, *[0] * 12) + bytes(40), layout)


def test_an_inflating_bomb_gives_no_more_than_the_frame() -> None:
    bomb = zlib.compress(bytes(50_000_000), wbits=-15)
    layout = made_up(transfer_syntax_uid=DEFLATED_IMAGE_FRAME)
    assert DECODERS[DEFLATED_IMAGE_FRAME](bomb, layout).values.shape == (4, 6)


@pytest.mark.parametrize(
    "uid", [JPEG_BASELINE, JPEG_LOSSLESS, JPEG_LS_LOSSLESS, JPEG_2000_LOSSLESS, HTJ2K_LOSSLESS]
)
@settings(max_examples=30, deadline=None)
@given(places=st.lists(st.integers(0, 10_000), min_size=1, max_size=4), value=st.integers(0, 255))
def test_damaged_streams_fail_as_ours_or_give_a_picture(
    uid: str, places: list[int], value: int
) -> None:
    stream = bytearray(USUAL if uid == JPEG_BASELINE else encoded(uid, PICTURE, 8))
    for place in places:
        stream[place % len(stream)] = value
    layout = colour_layout(rows=64, columns=96, transfer_syntax_uid=uid)
    try:
        decoded = DECODERS[uid](bytes(stream), layout)
    except (DecodeFailed, UnsupportedPixels):
        return
    assert decoded.values.shape == (64, 96, 3)


def test_jpeg_2000_in_a_jp2_file_is_read() -> None:
    boxed = bytes(imagecodecs.jpeg2k_encode(PICTURE, codecformat="jp2", reversible=True, level=0))
    layout = colour_layout(rows=64, columns=96, transfer_syntax_uid=JPEG_2000)
    assert (DECODERS[JPEG_2000](boxed, layout).values == PICTURE).all()
