import contextlib

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.pixels.errors import DecodeFailed
from sonarium.dicom.pixels.jpeg2000_stream import (
    codestream_of,
    end_codestream,
    read_jpeg2000_head,
)

PICTURE = np.zeros((5, 7, 3), np.uint8)
STREAM = bytes(imagecodecs.jpeg2k_encode(PICTURE, codecformat="j2k", reversible=True, level=0))


def test_a_head_tells_size_depth_and_transforms() -> None:
    head = read_jpeg2000_head(STREAM)
    assert (head.rows, head.columns, head.precisions) == (5, 7, (8, 8, 8))
    assert head.has_component_transform
    assert head.is_reversible
    assert not head.is_signed


def test_signed_and_lossy_streams_are_known() -> None:
    signed = bytes(imagecodecs.htj2k_encode(PICTURE[:, :, 0].astype(np.int16), reversible=False))
    head = read_jpeg2000_head(signed)
    assert (head.is_signed, head.is_reversible, head.precisions) == (True, False, (16,))


def test_a_codestream_is_taken_out_of_a_jp2_file() -> None:
    boxed = bytes(imagecodecs.jpeg2k_encode(PICTURE, codecformat="jp2", reversible=True, level=0))
    assert not boxed.startswith(STREAM[:4])
    assert read_jpeg2000_head(codestream_of(boxed)).columns == 7


@given(st.binary(max_size=150))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    for stream in (noise, STREAM[:4] + noise, STREAM[:60] + noise, b"\0\0\0\x0cjP  " + noise):
        with contextlib.suppress(DecodeFailed):
            read_jpeg2000_head(codestream_of(stream))


@pytest.mark.parametrize("stop", [0, 4, 30, 50])
def test_a_head_cut_short_is_refused(stop: int) -> None:
    with pytest.raises(DecodeFailed):
        read_jpeg2000_head(STREAM[:stop])


def test_a_head_without_components_is_refused() -> None:
    count_at = 4 + 2 + 34
    assert STREAM[count_at : count_at + 2] == b"\0\3"
    with pytest.raises(DecodeFailed, match="no image"):
        read_jpeg2000_head(STREAM[:count_at] + b"\0\0" + STREAM[count_at + 2 :])


def test_a_forgotten_end_is_added() -> None:
    assert end_codestream(STREAM) == STREAM
    assert end_codestream(STREAM + b"\0") == STREAM + b"\0"
    assert end_codestream(STREAM[:-2]) == STREAM
