"""What is noted of encapsulated Pixel Data while it passes (PS3.5 A.4)."""

from array import array
from typing import Final

from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.frames import ENDS_CODESTREAM, STARTS_CODESTREAM, Fragments

_CODESTREAM_STARTS: Final = (
    b"\xff\xd8\xff",  # JPEG and JPEG-LS: SOI and the next marker
    b"\xff\x4f\xff\x51",  # JPEG 2000: SOC, SIZ
    b"\xff\x0a",  # JPEG XL
    b"\x00\x00\x00\x0c",  # JPEG 2000 or JPEG XL in its box
)


class FragmentRecorder:
    """Collects the items of one encapsulated value, never their content."""

    def __init__(self, max_fragments: int) -> None:
        self._max_fragments = max_fragments
        self._first_offset = 0
        self._lengths = array("I")
        self._marks = bytearray()
        self._offset_table: bytearray | None = None
        self.lacks_offset_table = False

    def begin_item(self, offset: int, length: int, head: bytes) -> bytearray | None:
        """Note an item whose value begins with `head`.

        Returns:
            Where to put the value when it is the Basic Offset Table. Some writers
            leave that item out; their first item begins a codestream.
        """
        if self._offset_table is None:
            self._offset_table = bytearray()
            if not head.startswith(_CODESTREAM_STARTS):
                if length > 4 * self._max_fragments:
                    raise MalformedDataSet("the Basic Offset Table is too long")
                return self._offset_table
            self.lacks_offset_table = True
        if len(self._lengths) >= self._max_fragments:
            raise MalformedDataSet("the encapsulated Pixel Data has too many fragments")
        if not self._lengths:
            self._first_offset = offset
        self._lengths.append(length)
        self._marks.append(STARTS_CODESTREAM if head.startswith(_CODESTREAM_STARTS) else 0)
        return None

    def end_item(self, tail: bytes) -> None:
        """Note how the value of the latest fragment ends: EOI or EOC, perhaps padded."""
        if self._marks and tail.rstrip(b"\0").endswith(b"\xff\xd9"):
            self._marks[-1] |= ENDS_CODESTREAM

    def ends_complete(self, number_of_frames: int) -> bool:
        """Tell whether nothing is missing after the latest fragment.

        Codestreams must have ended as often as there are frames; where fragments
        are no codestreams (RLE), there must be one for each frame.
        """
        if not self._marks or not self._marks[0] & STARTS_CODESTREAM:
            return len(self._marks) == number_of_frames
        ends = sum(1 for mark in self._marks if mark & ENDS_CODESTREAM)
        return ends == number_of_frames and bool(self._marks[-1] & ENDS_CODESTREAM)

    def fragments(self, extended_offset_table: bytes) -> Fragments:
        """Return what was collected."""
        return Fragments(
            self._first_offset,
            self._lengths,
            bytes(self._marks),
            bytes(self._offset_table or b""),
            extended_offset_table,
        )
