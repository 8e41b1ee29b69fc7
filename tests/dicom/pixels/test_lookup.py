import struct

import numpy as np
import pytest

from sonarium.dicom.pixels.errors import UnsupportedPixels
from sonarium.dicom.pixels.format import LookupTable, Palette
from sonarium.dicom.pixels.lookup import apply_palette, palette_table, table_entries


def words(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}H", *numbers)


def same(table: LookupTable) -> Palette:
    return Palette(table, table, table)


def test_entries_are_bytes_or_words_as_the_length_says() -> None:
    assert table_entries(LookupTable(4, 0, 8, bytes((1, 2, 3, 4)))).tolist() == [1, 2, 3, 4]
    assert table_entries(LookupTable(4, 0, 8, words(1, 2, 3, 4))).tolist() == [1, 2, 3, 4]
    assert table_entries(LookupTable(4, 0, 16, words(1, 2, 3, 400))).tolist() == [1, 2, 3, 400]


def test_a_table_too_long_is_cut_and_one_too_short_goes_on() -> None:
    assert table_entries(LookupTable(2, 0, 16, words(7, 8, 9))).tolist() == [7, 8]
    assert table_entries(LookupTable(4, 0, 16, words(7, 8))).tolist() == [7, 8, 8, 8]
    with pytest.raises(UnsupportedPixels):
        table_entries(LookupTable(4, 0, 16, b""))


def test_wide_entries_are_scaled_to_the_screen() -> None:
    wide = palette_table(same(LookupTable(3, 0, 16, words(0, 0x8000, 0xFFFF))))
    assert wide[:, 0].tolist() == [0, 128, 255]
    narrow = palette_table(same(LookupTable(3, 0, 16, words(0, 128, 255))))
    assert narrow[:, 0].tolist() == [0, 128, 255]


def test_indexes_beyond_the_table_take_its_ends() -> None:
    palette = same(LookupTable(3, 10, 8, bytes((50, 60, 70, 0))))
    shown = apply_palette(np.array([[0, 10, 11, 12, 200]], np.uint8), palette)
    assert shown[0, :, 0].tolist() == [50, 50, 60, 70, 70]


def test_a_first_value_is_negative_when_pixels_are() -> None:
    palette = same(LookupTable(3, 0xFFFF, 16, words(10, 20, 30)))
    shown = apply_palette(np.array([[-1, 0, 1]], np.int16), palette)
    assert shown[0, :, 0].tolist() == [10, 20, 30]


def test_segments_are_expanded() -> None:
    """Discrete, linear and copied segments, as in PS3.3 C.7.9.2."""
    encoded = words(0, 2, 100, 200, 1, 4, 600, 2, 1, 8, 0)
    table = LookupTable(10, 0, 16, encoded, is_segmented=True)
    expected = [100, 200, 300, 400, 500, 600, 700, 700, 700, 700]
    copied = [*expected[:6], 600, 600, 600, 600]
    assert table_entries(table).tolist()[:6] == expected[:6]
    assert table_entries(table).tolist() == copied


@pytest.mark.parametrize(
    "encoded",
    [words(9, 1, 1), words(1, 5, 3), words(0, 1, 5, 2, 1, 6, 0, 2, 1, 6, 0, 9)],
)
def test_damaged_segments_are_refused(encoded: bytes) -> None:
    with pytest.raises(UnsupportedPixels):
        table_entries(LookupTable(50, 0, 16, encoded, is_segmented=True))


def test_segments_never_make_more_than_the_descriptor_says() -> None:
    bomb = words(0, 1, 1, *(1, 0xFFFF, 9) * 2000)
    table = LookupTable(256, 0, 16, bomb, is_segmented=True)
    assert len(table_entries(table)) == 256
    endless = words(0, 1, 1, *(0, 0) * 500, *(2, 0xFFFF, 6, 0) * 500)
    assert len(table_entries(LookupTable(256, 0, 16, endless, is_segmented=True))) == 256
