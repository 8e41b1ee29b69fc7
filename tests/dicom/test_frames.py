"""Where frames lie."""

import struct
from array import array
from collections.abc import Sequence
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.frames import (
    ENDS_CODESTREAM,
    STARTS_CODESTREAM,
    EncapsulatedFrames,
    Fragments,
    NativePixels,
    encapsulated_frames,
    native_frames,
    pack_frames,
    unpack_frames,
)


def pixels(
    rows: int = 4,
    columns: int = 6,
    samples: int = 1,
    bits: int = 8,
    photometric: str = "MONOCHROME2",
    frames: int = 1,
) -> NativePixels:
    return NativePixels(rows, columns, samples, bits, photometric, frames)


def fragments(
    lengths: list[int],
    *,
    marks: bytes = b"",
    table: Sequence[int] = (),
    extended: Sequence[int] = (),
) -> Fragments:
    return Fragments(
        first_offset=100,
        lengths=array("I", lengths),
        marks=marks or bytes(len(lengths)),
        basic_offset_table=struct.pack(f"<{len(table)}I", *table),
        extended_offset_table=struct.pack(f"<{len(extended)}Q", *extended),
    )


def all_extents(found: EncapsulatedFrames | None) -> list[list[int]]:
    assert found is not None
    return [[length for _, length in found.extents(frame)] for frame in range(found.count)]


def test_native_frames_follow_one_another() -> None:
    found = native_frames(1000, 72, pixels(frames=3))
    assert found is not None
    assert [found.extents(frame) for frame in range(3)] == [
        ((1000, 24),),
        ((1024, 24),),
        ((1048, 24),),
    ]


def test_frames_of_odd_size_have_no_padding_between_them() -> None:
    found = native_frames(0, 28, pixels(rows=3, columns=3, frames=3))
    assert found is not None
    assert [found.extents(frame)[0] for frame in range(3)] == [(0, 9), (9, 9), (18, 9)]


def test_one_bit_frames_share_a_byte() -> None:
    found = native_frames(0, 4, pixels(rows=3, columns=3, bits=1, frames=3))
    assert found is not None
    assert [found.extents(frame)[0] for frame in range(3)] == [(0, 2), (1, 2), (2, 2)]
    assert [found.bit_offset(frame) for frame in range(3)] == [0, 1, 2]


def test_subsampled_colour_takes_two_bytes_a_pixel() -> None:
    found = native_frames(0, 96, pixels(samples=3, photometric="YBR_FULL_422", frames=2))
    assert found is not None
    assert found.extents(1) == ((48, 48),)


def test_whole_colour_under_the_label_of_subsampled_colour_is_believed() -> None:
    found = native_frames(0, 72, pixels(samples=3, photometric="YBR_FULL_422"))
    assert found is not None
    assert found.extents(0) == ((0, 72),)


def test_a_value_too_short_for_the_declared_frames_holds_fewer() -> None:
    found = native_frames(0, 60, pixels(frames=3))
    assert found is not None
    assert found.count == 2
    assert native_frames(0, 20, pixels()) is None
    assert native_frames(0, 20, pixels(bits=0)) is None


def test_a_frame_that_is_not_there_is_refused() -> None:
    found = native_frames(0, 24, pixels())
    assert found is not None
    for frame in (-1, 1):
        with pytest.raises(IndexError):
            found.extents(frame)
        with pytest.raises(IndexError):
            found.bit_offset(frame)


def test_one_fragment_a_frame_needs_no_table() -> None:
    found = encapsulated_frames(fragments([10, 20, 30]), 3, is_video=False)
    assert found is not None
    assert found.firsts is None
    assert [found.extents(frame) for frame in range(3)] == [
        ((100, 10),),
        ((118, 20),),
        ((146, 30),),
    ]


def test_a_single_frame_may_lie_in_several_fragments() -> None:
    for declared in (None, 1):
        found = encapsulated_frames(fragments([10, 20, 30]), declared, is_video=False)
        assert all_extents(found) == [[10, 20, 30]]


def test_the_basic_offset_table_groups_fragments() -> None:
    found = encapsulated_frames(fragments([10, 20, 30], table=[0, 46]), 2, is_video=False)
    assert all_extents(found) == [[10, 20], [30]]


def test_the_basic_offset_table_counts_when_number_of_frames_is_absent() -> None:
    found = encapsulated_frames(fragments([10, 20], table=[0, 18]), None, is_video=False)
    assert all_extents(found) == [[10], [20]]


def test_the_extended_offset_table_groups_fragments() -> None:
    found = encapsulated_frames(fragments([10, 20, 30], extended=[0, 18, 46]), 3, is_video=False)
    assert all_extents(found) == [[10], [20], [30]]


def test_a_table_that_points_between_fragments_is_not_believed() -> None:
    wrong = fragments([10, 20], table=[0, 20])
    assert all_extents(encapsulated_frames(wrong, 2, is_video=False)) == [[10], [20]]


def test_codestreams_group_fragments_without_a_table() -> None:
    starts, goes_on = STARTS_CODESTREAM, 0
    marks = bytes([starts, goes_on, starts, goes_on, goes_on])
    found = encapsulated_frames(fragments([1, 2, 3, 4, 5], marks=marks), 2, is_video=False)
    assert all_extents(found) == [[1, 2], [3, 4, 5]]


def test_ends_of_codestreams_group_fragments_when_beginnings_do_not() -> None:
    marks = bytes([0, ENDS_CODESTREAM, 0, ENDS_CODESTREAM])
    found = encapsulated_frames(fragments([1, 2, 3, 4], marks=marks), 2, is_video=False)
    assert all_extents(found) == [[1, 2], [3, 4]]


def test_a_table_that_disagrees_with_number_of_frames_is_the_last_resort() -> None:
    found = encapsulated_frames(fragments([1, 2, 3, 4], table=[0, 19]), 3, is_video=False)
    assert all_extents(found) == [[1, 2], [3, 4]]


def test_fewer_fragments_than_frames_are_the_frames_that_are_there() -> None:
    found = encapsulated_frames(fragments([10, 20]), 5, is_video=False)
    assert all_extents(found) == [[10], [20]]


def test_fragments_that_nothing_tells_apart_have_no_index() -> None:
    assert encapsulated_frames(fragments([1, 2, 3]), 2, is_video=False) is None
    assert encapsulated_frames(fragments([]), 1, is_video=False) is None


def test_video_is_one_stream() -> None:
    found = encapsulated_frames(fragments([10, 20]), 300, is_video=True)
    assert found is not None
    assert found.is_single_stream
    assert found.count == 1
    assert found.extents(0) == ((100, 10), (118, 20))


def test_encapsulated_frames_begin_with_a_byte() -> None:
    found = encapsulated_frames(fragments([10]), 1, is_video=False)
    assert found is not None
    assert found.is_encapsulated
    assert found.bit_offset(0) == 0
    with pytest.raises(IndexError):
        found.extents(1)


@given(
    lengths=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=40),
    grouping=st.lists(st.integers(1, 5), max_size=40),
    declared=st.none() | st.integers(-5, 100),
)
def test_every_index_survives_packing(
    lengths: list[int], grouping: list[int], declared: int | None
) -> None:
    starts = list(accumulate((length + 8 for length in lengths), initial=0))
    firsts = [at for at in accumulate(grouping, initial=0) if at < len(lengths)]
    table = [starts[at] for at in firsts if starts[at] < 2**32]
    found = encapsulated_frames(fragments(lengths, table=table), declared, is_video=False)
    if found is None:
        return
    again = unpack_frames(pack_frames(found))
    assert again == found
    spread = [extent for frame in range(again.count) for extent in again.extents(frame)]
    assert spread == [(100 + start, length) for start, length in zip(starts, lengths, strict=False)]


@given(frames=st.integers(1, 10**6), bits=st.sampled_from([1, 8, 16, 32, 64]))
def test_every_native_index_survives_packing(frames: int, bits: int) -> None:
    found = native_frames(12, 10**9, pixels(bits=bits, frames=frames))
    assert found is not None
    assert unpack_frames(memoryview(pack_frames(found))) == found


def test_an_index_of_a_later_version_is_refused() -> None:
    with pytest.raises(MalformedDataSet, match="unknown to this version"):
        unpack_frames(b"\x09")
