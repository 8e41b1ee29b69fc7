"""What the header says about the frames."""

import pytest

from sonarium.dicom.element import ByteOrder
from sonarium.dicom.fragments import FragmentRecorder
from sonarium.dicom.pixel_layout import NUMBER_OF_FRAMES, TopLevel, frames_in_fragments
from sonarium.dicom.pixel_layout import frames_in_value as native
from sonarium.dicom.scanned_data_set import ElementTable, Hole

ROWS = 0x00280010


def top_level(values: dict[int, tuple[bytes, bytes]], order: ByteOrder = "<") -> TopLevel:
    header, table = b"", ElementTable()
    for tag, (vr, value) in values.items():
        table[tag] = (vr, len(header), len(value))
        header += value
    return TopLevel(header, table, order)


@pytest.mark.parametrize(
    ("vr", "value", "order", "number"),
    [
        (b"US", b"\x02\x01", "<", 258),
        (b"US", b"\x02\x01", ">", 513),
        (b"", b"\x02\x01", "<", 258),  # implicit VR: Rows is US
        (b"UL", b"\x02\x01\0\0", "<", 258),  # wrong VR
        (b"IS", b" 258", "<", 258),
        (b"IS", b"1A", "<", None),
        (b"US", b"\x01", "<", None),
        (b"US", b"", "<", None),
    ],
)
def test_a_number_is_read_whatever_its_vr(
    vr: bytes, value: bytes, order: ByteOrder, number: int | None
) -> None:
    assert top_level({ROWS: (vr, value)}, order).number(ROWS) == number


def test_an_absent_number_is_none() -> None:
    assert top_level({}).number(ROWS) is None


def test_native_frames_need_rows_and_columns() -> None:
    size = {ROWS: (b"US", b"\x04\0"), 0x00280011: (b"US", b"\x06\0")}
    more = {NUMBER_OF_FRAMES: (b"IS", b"2 "), 0x00280100: (b"US", b"\x08\0")}
    found = native(top_level(size | more), Hole(50, 48))
    assert found is not None
    assert found.extents(1) == ((74, 24),)
    assert native(top_level(more), Hole(50, 48)) is None


def test_the_extended_offset_table_is_found_in_the_header_too() -> None:
    fragments = FragmentRecorder(10)
    fragments.begin_item(8, 0, b"")
    for offset, length in ((16, 4), (28, 6), (42, 8)):
        fragments.begin_item(offset, length, b"")
    table = b"".join(offset.to_bytes(8, "little") for offset in (0, 26))
    values = {0x7FE00001: (b"OV", table), NUMBER_OF_FRAMES: (b"IS", b"2 ")}
    for top, extended in ((top_level(values), b""), (top_level({}), table)):
        found = frames_in_fragments(top, fragments, extended, is_video=False)
        assert found is not None
        assert [len(found.extents(frame)) for frame in range(found.count)] == [2, 1]
