"""What is noted of fragments."""

import pytest

from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.fragments import FragmentRecorder
from sonarium.dicom.frames import ENDS_CODESTREAM, STARTS_CODESTREAM

JPEG_HEAD = b"\xff\xd8\xff\xe0"


def recorder(*, max_fragments: int = 10) -> FragmentRecorder:
    fragments = FragmentRecorder(max_fragments)
    table = fragments.begin_item(8, 0, b"")
    assert table is not None
    return fragments


def test_the_first_item_is_the_basic_offset_table() -> None:
    fragments = FragmentRecorder(10)
    table = fragments.begin_item(8, 4, bytes(4))
    assert table is not None
    table += bytes(4)
    fragments.begin_item(20, 6, JPEG_HEAD)
    found = fragments.fragments(b"extended")
    assert found.basic_offset_table == bytes(4)
    assert found.extended_offset_table == b"extended"
    assert (found.first_offset, list(found.lengths)) == (20, [6])


def test_a_missing_basic_offset_table_is_noticed() -> None:
    fragments = FragmentRecorder(10)
    assert fragments.begin_item(8, 600, JPEG_HEAD) is None
    assert fragments.lacks_offset_table
    assert list(fragments.fragments(b"").lengths) == [600]


@pytest.mark.parametrize(
    "head", [JPEG_HEAD, b"\xff\x4f\xff\x51", b"\xff\x0a\x01\x02", b"\0\0\0\x0c"]
)
def test_beginnings_of_codestreams_are_marked(head: bytes) -> None:
    fragments = recorder()
    fragments.begin_item(16, 100, head)
    fragments.begin_item(124, 100, b"\x12\x34\x56\x78")
    assert fragments.fragments(b"").marks == bytes([STARTS_CODESTREAM, 0])


@pytest.mark.parametrize("tail", [b"\x01\x02\xff\xd9", b"\x01\xff\xd9\x00", b"\xff\xd9"])
def test_ends_of_codestreams_are_marked_also_when_padded(tail: bytes) -> None:
    fragments = recorder()
    fragments.begin_item(16, 100, b"\x12\x34\x56\x78")
    fragments.end_item(tail)
    assert fragments.fragments(b"").marks == bytes([ENDS_CODESTREAM])


def test_all_is_there_when_codestreams_ended_as_often_as_there_are_frames() -> None:
    fragments = recorder()
    assert not fragments.ends_complete(1)
    fragments.begin_item(16, 100, JPEG_HEAD)
    fragments.end_item(b"\0\0\0\0")
    assert not fragments.ends_complete(1)
    fragments.begin_item(124, 100, b"\x12\x34\x56\x78")
    fragments.end_item(b"\0\0\xff\xd9")
    assert fragments.ends_complete(1)
    assert not fragments.ends_complete(2)


def test_all_is_there_when_each_frame_has_its_fragment() -> None:
    fragments = recorder()
    fragments.begin_item(16, 100, b"\x12\x34\x56\x78")
    assert fragments.ends_complete(1)
    assert not fragments.ends_complete(2)


def test_too_many_fragments_are_refused() -> None:
    fragments = recorder(max_fragments=1)
    fragments.begin_item(16, 0, b"")
    with pytest.raises(MalformedDataSet, match="too many"):
        fragments.begin_item(24, 0, b"")


def test_a_basic_offset_table_beyond_bounds_is_refused() -> None:
    with pytest.raises(MalformedDataSet, match="too long"):
        FragmentRecorder(10).begin_item(8, 44, bytes(4))
