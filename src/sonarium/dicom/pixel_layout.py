"""What the top level of a scanned header says about the frames of its Pixel Data."""

from dataclasses import dataclass
from struct import Struct
from typing import Final

from sonarium.dicom.dictionary import VR_BY_TAG
from sonarium.dicom.element import EXTENDED_OFFSET_TABLE, ByteOrder, vr_text
from sonarium.dicom.fragments import FragmentRecorder
from sonarium.dicom.frames import FrameIndex, NativePixels, encapsulated_frames, native_frames
from sonarium.dicom.scanned_data_set import ElementTable, Hole

SAMPLES_PER_PIXEL: Final = 0x00280002
PHOTOMETRIC_INTERPRETATION: Final = 0x00280004
NUMBER_OF_FRAMES: Final = 0x00280008
ROWS: Final = 0x00280010
COLUMNS: Final = 0x00280011
BITS_ALLOCATED: Final = 0x00280100

_WHOLE: Final[dict[ByteOrder, dict[int, Struct]]] = {
    "<": {2: Struct("<H"), 4: Struct("<I")},
    ">": {2: Struct(">H"), 4: Struct(">I")},
}


@dataclass(frozen=True, slots=True)
class TopLevel:
    """Single values of a header that a scanner has just read."""

    header: bytes
    table: ElementTable
    order: ByteOrder

    def raw(self, tag: int) -> bytes:
        """Return the encoded value, empty when absent."""
        _, start, length = self.table.get(tag, (b"", 0, 0))
        return self.header[start : start + length]

    def number(self, tag: int) -> int | None:
        """Return a whole number, written as text or in binary; None when it is none."""
        value = self.raw(tag)
        vr = self.table[tag][0] if value else b""
        kind = vr_text(vr) if vr else VR_BY_TAG[tag]
        if kind in {"US", "SS", "UL", "SL"}:
            whole = _WHOLE[self.order].get(len(value))
            return None if whole is None else int(whole.unpack(value)[0])
        try:
            return int(value.strip(b" \0"))
        except ValueError:
            return None


def frames_in_fragments(
    top: TopLevel, fragments: FragmentRecorder, extended_offset_table: bytes, *, is_video: bool
) -> FrameIndex | None:
    """Divide an encapsulated Pixel Data.

    Args:
        top: the header.
        fragments: what passed.
        extended_offset_table: (7FE0,0001) when it was too long for the header.
        is_video: one stream holds all frames.
    """
    table = extended_offset_table or top.raw(EXTENDED_OFFSET_TABLE)
    return encapsulated_frames(
        fragments.fragments(table), top.number(NUMBER_OF_FRAMES), is_video=is_video
    )


def frames_in_value(top: TopLevel, pixels: Hole) -> FrameIndex | None:
    """Divide a native Pixel Data."""
    rows, columns = top.number(ROWS), top.number(COLUMNS)
    if not rows or not columns:
        return None
    photometric = top.raw(PHOTOMETRIC_INTERPRETATION).decode("latin-1").strip(" \0")
    return native_frames(
        pixels.offset,
        pixels.length,
        NativePixels(
            rows=rows,
            columns=columns,
            samples_per_pixel=top.number(SAMPLES_PER_PIXEL) or 1,
            bits_allocated=top.number(BITS_ALLOCATED) or 8,
            photometric_interpretation=photometric,
            number_of_frames=top.number(NUMBER_OF_FRAMES) or 1,
        ),
    )
