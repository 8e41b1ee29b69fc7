"""The heads of JPEG 2000 codestreams (ISO/IEC 15444-1 Annex A), also high-throughput ones."""

from dataclasses import dataclass
from struct import Struct
from typing import Final

from sonarium.dicom.pixels.errors import DecodeFailed

_SOC_SIZ: Final = b"\xff\x4f\xff\x51"
_JP2_SIGNATURE: Final = b"\0\0\0\x0cjP  "
_CODESTREAM_BOX: Final = b"jp2c"
_COD: Final = 0xFF52
_SOT: Final = 0xFF90
_EOC: Final = b"\xff\xd9"
_SIZE: Final = Struct(">IIIIIIIIH")
_BOX: Final = Struct(">I4s")


@dataclass(frozen=True, slots=True)
class JPEG2000Stream:
    """What the main header of a codestream declares."""

    rows: int
    columns: int
    precisions: tuple[int, ...]
    """Bits of each component."""
    is_signed: bool
    is_subsampled: bool
    has_component_transform: bool
    """RCT or ICT lies over the first three components; decoders undo it."""
    is_reversible: bool


def codestream_of(stream: bytes) -> bytes:
    """Return the codestream, taken out of a JP2 file where a writer left it in one (PS3.5 A.4.4).

    Raises:
        DecodeFailed: there is none.
    """
    if stream[:4] == _SOC_SIZ:
        return stream
    at = 0
    while stream[:8] == _JP2_SIGNATURE and at + 8 <= len(stream):
        length, kind = _BOX.unpack_from(stream, at)
        body = at + 8
        if length == 1:
            length, body = int.from_bytes(stream[body : body + 8], "big"), body + 8
        stop = len(stream) if length == 0 else at + length
        if kind == _CODESTREAM_BOX and stream[body : body + 4] == _SOC_SIZ:
            return stream[body:stop]
        if stop <= at + 7:
            break
        at = stop
    raise DecodeFailed("a frame is not a JPEG 2000 codestream")


def end_codestream(codestream: bytes) -> bytes:
    """Add the end marker where a writer forgot it; missing data is still missed."""
    is_ended = codestream.rstrip(b"\0").endswith(_EOC)
    return codestream if is_ended else codestream + _EOC


def read_jpeg2000_head(codestream: bytes) -> JPEG2000Stream:
    """Read the main header.

    Raises:
        DecodeFailed: it is damaged.
    """
    size_length = int.from_bytes(codestream[4:6], "big")
    components = codestream[6 + 2 + _SIZE.size : 4 + size_length]
    if codestream[:4] != _SOC_SIZ or size_length < 41 or len(components) < 3:
        raise DecodeFailed("a JPEG 2000 codestream is damaged in its head")
    x1, y1, x0, y0, *_tiles, count = _SIZE.unpack_from(codestream, 8)
    if not 0 < 3 * count <= len(components) or x1 <= x0 or y1 <= y0:
        raise DecodeFailed("a JPEG 2000 codestream declares no image")
    depths = components[0 : 3 * count : 3]
    steps = components[1 : 3 * count : 3] + components[2 : 3 * count : 3]
    coding = _coding_style(codestream, 4 + size_length)
    return JPEG2000Stream(
        rows=y1 - y0,
        columns=x1 - x0,
        precisions=tuple((depth & 0x7F) + 1 for depth in depths),
        is_signed=bool(depths[0] & 0x80),
        is_subsampled=any(step != 1 for step in steps),
        has_component_transform=coding[6] == 1,
        is_reversible=coding[11] == 1,
    )


def _coding_style(codestream: bytes, at: int) -> bytes:
    """Return the COD segment after its marker (Lcod first)."""
    while at + 14 <= len(codestream):
        marker = int.from_bytes(codestream[at : at + 2], "big")
        if marker == _COD:
            return codestream[at + 2 : at + 16].ljust(14, b"\0")
        if marker == _SOT or marker < 0xFF00:
            break
        at += 2 + max(2, int.from_bytes(codestream[at + 2 : at + 4], "big"))
    raise DecodeFailed("a JPEG 2000 codestream lacks its coding style")
