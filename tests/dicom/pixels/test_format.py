import struct
from pathlib import Path

import pytest
from tests.dicom.building import BIG_ENDIAN, EXPLICIT, element, item
from tests.dicom.pixels.objects import made_up, open_data_set, open_file

from sonarium.dicom.pixels.errors import FrameTooLarge, NotDisplayable, UnsupportedPixels
from sonarium.dicom.pixels.format import (
    PixelFormat,
    VOIFunction,
    Window,
    check_frame_size,
    lut_holes,
    pixel_format,
)


def us(number: int, order: str = "<") -> bytes:
    return struct.pack(order + "H", number)


def still(changes: dict[int, tuple[str, bytes]] | None = None, order: str = "<") -> bytes:
    elements: dict[int, tuple[str, bytes]] = {
        0x00080060: ("CS", b"US"),
        0x00280002: ("US", us(1, order)),
        0x00280004: ("CS", b"MONOCHROME2 "),
        0x00280010: ("US", us(4, order)),
        0x00280011: ("US", us(6, order)),
        0x00280100: ("US", us(8, order)),
        0x00280101: ("US", us(8, order)),
        0x00280102: ("US", us(7, order)),
        0x00280103: ("US", us(0, order)),
        0x7FE00010: ("OB", bytes(24)),
        **(changes or {}),
    }
    return b"".join(
        element(tag, vr, value, order=order) for tag, (vr, value) in sorted(elements.items())
    )


def layout_of(changes: dict[int, tuple[str, bytes]] | None = None) -> PixelFormat:
    return open_data_set(EXPLICIT, still(changes)).layout


def test_a_plain_still_is_described() -> None:
    assert layout_of() == made_up()


def test_what_makes_no_sense_is_mended_where_the_meaning_is_clear() -> None:
    layout = layout_of({0x00280101: ("US", us(17)), 0x00280102: ("US", us(3))})
    assert (layout.bits_stored, layout.high_bit) == (8, 7)


@pytest.mark.parametrize(
    "changes",
    [
        {0x00280010: ("US", us(0))},
        {0x00280100: ("US", us(24))},
        {0x00280002: ("US", us(3))},
        {0x00280002: ("US", us(1)), 0x00280004: ("CS", b"RGB ")},
        {0x00280002: ("US", us(4)), 0x00280004: ("CS", b"CMYK")},
    ],
)
def test_what_cannot_be_a_picture_is_refused(changes: dict[int, tuple[str, bytes]]) -> None:
    with pytest.raises(UnsupportedPixels):
        layout_of(changes)


def test_an_object_without_pixels_is_not_displayable(testdata: Path) -> None:
    for name in ("sr/basic-text-sr.dcm", "doc/encapsulated-pdf.dcm", "ecg/ecg-12lead-mortara.dcm"):
        with pytest.raises(NotDisplayable):
            pixel_format(open_file(testdata / "dicom" / name).header)


def test_frames_beyond_the_limit_are_refused_before_anything_is_allocated() -> None:
    with pytest.raises(FrameTooLarge):
        check_frame_size(made_up(rows=65535, columns=65535))
    check_frame_size(made_up(rows=4096, columns=4096, bits_allocated=16))


def test_windows_come_with_their_function() -> None:
    layout = layout_of(
        {
            0x00281050: ("DS", b"40\\60 "),
            0x00281051: ("DS", b"400\\80"),
            0x00281056: ("CS", b"SIGMOID "),
        }
    )
    assert layout.greyscale.window == Window(40, 400, VOIFunction.SIGMOID)


def test_pixels_that_are_not_square_are_known_by_their_aspect_ratio() -> None:
    assert layout_of({0x00280034: ("IS", b"536\\670 ")}).pixel_aspect_ratio == pytest.approx(0.8)
    assert layout_of({0x00280034: ("IS", b"1\\0 ")}).pixel_aspect_ratio == 1
    assert layout_of({0x00280034: ("IS", b"1\\900 ")}).pixel_aspect_ratio == 1


def test_pixel_spacing_counts_except_in_ultrasound() -> None:
    spacing = {0x00280030: ("DS", b"0.5\\0.25")}
    assert layout_of(spacing).pixel_aspect_ratio == 1
    assert layout_of({**spacing, 0x00080060: ("CS", b"MR")}).pixel_aspect_ratio == 2


def test_the_middle_frame_stands_for_the_object_unless_it_names_another() -> None:
    many = {0x00280008: ("IS", b"9 ")}
    assert layout_of(many).representative_frame == 4
    assert layout_of({**many, 0x00286010: ("US", us(3))}).representative_frame == 2
    assert layout_of({**many, 0x00286010: ("US", us(30))}).representative_frame == 4


def test_functional_groups_of_a_frame_come_before_shared_ones() -> None:
    def window(center: bytes) -> bytes:
        macro = element(0x00281050, "DS", center) + element(0x00281051, "DS", b"10")
        return item(element(0x00289132, "SQ", item(macro)))

    body = still(
        {
            0x00280008: ("IS", b"2 "),
            0x52009229: ("SQ", window(b"11")),
            0x52009230: ("SQ", window(b"22") + item(b"")),
            0x7FE00010: ("OB", bytes(48)),
        }
    )
    header = open_data_set(EXPLICIT, body).header
    windows = [pixel_format(header, frame=number).greyscale.window for number in (0, 1)]
    assert windows == [Window(22, 10), Window(11, 10)]


def test_lookup_tables_too_long_for_the_header_are_asked_for(testdata: Path) -> None:
    aloka = open_file(testdata / "dicom/us/aloka-16bit-palette.dcm")
    assert len(lut_holes(aloka.header)) == 3
    assert pixel_format(aloka.header).palette is None
    palette = aloka.layout.palette
    assert palette is not None
    assert (palette.red.entries, palette.red.bits, palette.red.is_segmented) == (65536, 16, True)


def test_tables_of_big_endian_objects_are_turned() -> None:
    descriptor = struct.pack(">HHH", 4, 0, 16)
    body = still(
        {
            0x00280004: ("CS", b"PALETTE COLOR "),
            **dict.fromkeys((2625793, 2625794, 2625795), ("US", descriptor)),
            **{
                tag: ("OW", struct.pack(">HHHH", 0, 0x100, 0x200, 0xFF00))
                for tag in (0x00281201, 0x00281202, 0x00281203)
            },
        },
        order=">",
    )
    palette = open_data_set(BIG_ENDIAN, body).layout.palette
    assert palette is not None
    assert palette.blue.encoded == struct.pack("<HHHH", 0, 0x100, 0x200, 0xFF00)
