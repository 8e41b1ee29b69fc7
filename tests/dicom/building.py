"""Small encoded data sets, written byte by byte so that tests can also write them wrong."""

import struct
from collections.abc import Iterator
from pathlib import Path

from sonarium.base.errors import RequestError
from sonarium.dicom.part10 import Part10Start, split_part10
from sonarium.dicom.scanner import DataSetScanner, ScannedDataSet

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG = "1.2.840.10008.1.2.4.50"
RLE = "1.2.840.10008.1.2.5"
MPEG4 = "1.2.840.10008.1.2.4.102"

UNDEFINED = 0xFFFFFFFF
LONG_FORM = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
NOT_OBJECTS = {".md", ".tsv", ".raw", ".dump"}


def element(
    tag: int, vr: str, value: bytes = b"", *, length: int | None = None, order: str = "<"
) -> bytes:
    """Write an explicit VR element; `length` may lie."""
    size = len(value) if length is None else length
    head = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF) + vr.encode("latin-1")
    if vr in LONG_FORM:
        return head + struct.pack(order + "HI", 0, size) + value
    return head + struct.pack(order + "H", size) + value


def implicit(tag: int, value: bytes = b"", *, length: int | None = None) -> bytes:
    """Write an implicit VR element; `length` may lie."""
    size = len(value) if length is None else length
    return struct.pack("<HHI", tag >> 16, tag & 0xFFFF, size) + value


def item(content: bytes, *, length: int | None = None, order: str = "<") -> bytes:
    """Write an item; with length `UNDEFINED` its delimitation item too."""
    size = len(content) if length is None else length
    end = delimitation(0xFFFEE00D, order=order) if length == UNDEFINED else b""
    return struct.pack(order + "HHI", 0xFFFE, 0xE000, size) + content + end


def delimitation(tag: int, *, order: str = "<") -> bytes:
    """Write an item delimitation item or a sequence delimitation item."""
    return struct.pack(order + "HHI", tag >> 16, tag & 0xFFFF, 0)


END_OF_SEQUENCE = delimitation(0xFFFEE0DD)


def encapsulated(*fragments: bytes, offset_table: bytes = b"", vr: str = "OB") -> bytes:
    """Write an encapsulated Pixel Data."""
    items = b"".join(item(fragment) for fragment in (offset_table, *fragments))
    return element(0x7FE00010, vr, items + END_OF_SEQUENCE, length=UNDEFINED)


def scan(encoded: bytes, transfer_syntax_uid: str = EXPLICIT, cut: int = 1 << 30) -> ScannedDataSet:
    """Scan a data set in pieces of `cut` bytes."""
    scanner = DataSetScanner(transfer_syntax_uid)
    for at in range(0, len(encoded), cut):
        scanner.feed(memoryview(encoded)[at : at + cut])
    return scanner.finish()


def iter_objects(testdata: Path) -> Iterator[tuple[Path, Part10Start, bytes]]:
    """Yield the real files that begin like DICOM: where from, how, and the data set."""
    for path in sorted((testdata / "dicom").rglob("*")):
        if not path.is_file() or path.suffix in NOT_OBJECTS:
            continue
        raw = path.read_bytes()
        try:
            start = split_part10(raw)
        except RequestError:
            continue
        yield path, start, raw[start.data_set_offset :]
