"""Reading a stream that comes in chunks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.chunk_reader import ChunkReader
from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.scanned_data_set import Hole

LARGE = 6


class Records(ChunkReader):
    """Reads records of a length byte and a value; large values are left out."""

    def __init__(self, max_kept_bytes: int = 1 << 20) -> None:
        super().__init__(max_kept_bytes)
        self.tails: list[bytes] = []

    def _advance(self) -> bool:
        pos, have = self._pos, len(self._buffer) - self._pos
        if not have:
            return self._starve(1)
        length = self._buffer[pos]
        if length >= LARGE:
            self._begin_hole(pos + 1)
            self._end_hole(pos + 1 + length)
            return not self._skip
        if have < 1 + length:
            return self._starve(1 + length)
        self._pos += 1 + length
        return True

    def _skipped(self) -> None:
        self.tails.append(self._tail)

    def feed(self, chunk: bytes) -> None:
        self._read(chunk)

    @property
    def outcome(self) -> tuple[bytes, list[Hole], int, bytes]:
        return b"".join(self._pieces), self._holes, self._base, bytes(self._pending)


@given(
    sizes=st.lists(st.integers(0, 60), max_size=30),
    cuts=st.lists(st.integers(1, 50), min_size=1, max_size=10),
    torn=st.integers(0, 3),
)
def test_any_chunking_keeps_and_leaves_out_the_same(
    sizes: list[int], cuts: list[int], torn: int
) -> None:
    stream = b"".join(bytes([size]) + bytes(range(size)) for size in sizes)
    stream = stream[: max(0, len(stream) - torn)]
    whole = Records()
    whole.feed(stream)
    pieces = Records()
    at = turn = 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        pieces.feed(stream[at : at + step])
        at, turn = at + step, turn + 1
    assert pieces.outcome == whole.outcome
    kept, holes, _, pending = pieces.outcome
    left_out = sum(hole.length for hole in holes)
    if not torn:
        assert len(kept) + left_out == len(stream)
        assert pending == b""


def test_the_end_of_what_was_skipped_is_remembered_across_chunks() -> None:
    records = Records()
    for chunk in (b"\x0aABCDE", b"FGH", b"I", b"J\x01K"):
        records.feed(chunk)
    assert records.tails == [b"GHIJ"]
    assert records.outcome == (b"\x0a\x01K", [Hole(1, 10)], 13, b"")


def test_what_waits_is_no_more_than_what_is_needed() -> None:
    records = Records()
    records.feed(b"\x05AB")
    assert records.outcome[3] == b"\x05AB"
    records.feed(b"CDE\x01")
    assert records.outcome == (b"\x05ABCDE", [], 6, b"\x01")


def test_what_is_kept_is_bounded() -> None:
    records = Records(max_kept_bytes=10)
    records.feed(b"\x05ABCDE")
    with pytest.raises(MalformedDataSet, match="header is too long"):
        records.feed(b"\x05ABCDE")
