"""Deflated data sets."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.deflate import BoundedInflater, Deflater, deflate
from sonarium.dicom.errors import MalformedDataSet, TruncatedDataSet

LIMIT = 1 << 20


def inflate(deflated: bytes, cut: int = 1 << 30, limit: int = LIMIT) -> bytes:
    inflater = BoundedInflater(limit)
    pieces = [
        piece
        for at in range(0, len(deflated), cut)
        for piece in inflater.inflate(memoryview(deflated)[at : at + cut])
    ]
    inflater.finish()
    return b"".join(pieces)


@given(content=st.binary(max_size=2000), cut=st.integers(1, 50))
def test_any_chunking_inflates_to_the_same(content: bytes, cut: int) -> None:
    assert inflate(deflate(content), cut) == content


def test_a_deflated_data_set_has_even_length() -> None:
    assert all(len(deflate(b"x" * size)) % 2 == 0 for size in range(20))


def test_a_zlib_wrapper_is_taken() -> None:
    assert inflate(zlib.compress(b"data set")) == b"data set"


def test_the_trailer_of_a_gzip_file_is_taken() -> None:
    content = b"data set" * 100
    assert inflate(gzip.compress(content)[10:]) == content


def test_something_else_after_the_stream_is_refused() -> None:
    with pytest.raises(MalformedDataSet, match="something else"):
        inflate(deflate(b"data set") + b"more")
    with pytest.raises(MalformedDataSet, match="something else"):
        inflate(deflate(b"data set") + bytes(100))


def test_padding_after_the_stream_is_taken() -> None:
    assert inflate(deflate(b"data set") + b"\0\0") == b"data set"


def test_a_truncated_stream_is_told() -> None:
    with pytest.raises(TruncatedDataSet):
        inflate(deflate(b"data set" * 100)[:-4])
    with pytest.raises(TruncatedDataSet):
        inflate(b"")


def test_a_corrupt_stream_is_refused() -> None:
    with pytest.raises(MalformedDataSet, match="corrupt"):
        inflate(b"\xff" * 64)


def test_growth_beyond_the_limit_is_refused_in_small_pieces() -> None:
    pieces: list[bytes] = []
    bomb = deflate(bytes(8 * LIMIT))
    with pytest.raises(MalformedDataSet, match="beyond bounds"):
        pieces.extend(BoundedInflater(LIMIT).inflate(bomb))
    assert sum(map(len, pieces)) <= LIMIT


def test_a_bomb_is_refused_by_its_ratio_before_its_size() -> None:
    with pytest.raises(MalformedDataSet, match="beyond bounds"):
        inflate(deflate(bytes(64 << 20)), limit=1 << 40)


def test_a_small_black_image_is_no_bomb() -> None:
    assert len(inflate(deflate(bytes(LIMIT)))) == LIMIT


def test_what_is_deflated_in_pieces_inflates_to_the_whole_and_is_even() -> None:
    pieces = [bytes([at]) * (at * 37) for at in range(60)]
    deflater = Deflater()
    stream = b"".join(map(deflater.deflate, pieces)) + deflater.finish()
    assert len(stream) % 2 == 0
    assert b"".join(BoundedInflater(1 << 20).inflate(stream)) == b"".join(pieces)
