"""The heads of JPEG and JPEG-LS codestreams: sizes, components, whose colours they hold.

Reads markers only (ISO/IEC 10918-1 Annex B, ISO/IEC 14495-1 Annex C); decodes nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sonarium.dicom.pixels.errors import DecodeFailed

SOI: Final = b"\xff\xd8"
EOI: Final = b"\xff\xd9"
JPEG_LS_FRAME: Final = 0xF7
_SOS: Final = 0xDA
_DHT_JPG_DAC: Final = frozenset({0xC4, 0xC8, 0xCC})
_APP0: Final = 0xE0
_APP14: Final = 0xEE
_COM: Final = 0xFE
_STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_LOSSLESS: Final = frozenset({0xC3, 0xC7, 0xCB, 0xCF, JPEG_LS_FRAME})
_WEB_PROCESSES: Final = frozenset({0xC0, 0xC1, 0xC2})
_RGB_IDS: Final = (0x52, 0x47, 0x42)
_LARGEST_PADDING: Final = 64

_JFIF_SEGMENT: Final = b"\xff\xe0\x00\x10JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_ADOBE_RGB_SEGMENT: Final = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"


class Colour(StrEnum):
    """What the three components of a stream are."""

    RGB = "RGB"
    YCBCR = "YCbCr"


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker segment before the first scan: `stream[start:stop]`, marker included."""

    marker: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class JPEGStream:
    """What the head of a codestream declares."""

    process: int
    """The marker SOFn (C0H baseline, C1H extended, C3H lossless), or F7H for JPEG-LS."""
    precision: int
    rows: int
    columns: int
    component_ids: tuple[int, ...]
    sampling: tuple[int, ...]
    """Horizontal and vertical sampling factor of each component, in one byte."""
    has_jfif: bool
    adobe_transform: int | None
    segments: tuple[Segment, ...]
    scan_start: int
    """Where the first Start Of Scan marker lies."""

    @property
    def is_lossless(self) -> bool:
        """Tell whether the process keeps every value (JPEG-LS may be near-lossless)."""
        return self.process in _LOSSLESS

    @property
    def is_for_web(self) -> bool:
        """Tell whether every browser decodes this process: Huffman DCT of 8 bits."""
        return self.process in _WEB_PROCESSES and self.precision == 8

    @property
    def is_subsampled(self) -> bool:
        """Tell whether the components have different resolutions."""
        return len(set(self.sampling)) > 1


def read_jpeg_head(stream: bytes) -> JPEGStream:
    """Read the markers up to the first scan.

    Raises:
        DecodeFailed: this is no JPEG or JPEG-LS codestream.
    """
    if stream[:2] != SOI:
        raise DecodeFailed("a frame is not a JPEG codestream")
    segments: list[Segment] = []
    frame: tuple[int, bytes] | None = None
    has_jfif, adobe = False, None
    at = 2
    while True:
        at, marker = _next_marker(stream, at)
        if marker == _SOS:
            break
        if marker in _STANDALONE:
            at += 2
            continue
        stop = at + 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
        body = stream[at + 4 : stop]
        if stop < at + 4 or stop > len(stream):
            raise DecodeFailed("a JPEG codestream ends within its head")
        if _is_frame_head(marker):
            frame = marker, body
        elif marker == _APP0 and body[:5] == b"JFIF\0":
            has_jfif = True
        elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
            adobe = body[11]
        segments.append(Segment(marker, at, stop))
        at = stop
    if frame is None:
        raise DecodeFailed("a JPEG codestream has no frame head")
    return _jpeg_stream(*frame, has_jfif, adobe, tuple(segments), at)


def _next_marker(stream: bytes, at: int) -> tuple[int, int]:
    """Return the place and code of the marker at `at`, fill bytes passed over."""
    while stream[at : at + 2] == b"\xff\xff":
        at += 1
    if len(stream) < at + 4 or stream[at] != 0xFF or stream[at + 1] == 0:
        raise DecodeFailed("a JPEG codestream is damaged in its head")
    return at, stream[at + 1]


def _is_frame_head(marker: int) -> bool:
    return marker == JPEG_LS_FRAME or (0xC0 <= marker <= 0xCF and marker not in _DHT_JPG_DAC)


def _jpeg_stream(
    process: int,
    body: bytes,
    has_jfif: bool,  # noqa: FBT001 - one caller, in order
    adobe: int | None,
    segments: tuple[Segment, ...],
    scan_start: int,
) -> JPEGStream:
    if len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise DecodeFailed("a JPEG codestream has a short frame head")
    components = [body[6 + 3 * number : 9 + 3 * number] for number in range(body[5])]
    return JPEGStream(
        process=process,
        precision=body[0],
        rows=int.from_bytes(body[1:3], "big"),
        columns=int.from_bytes(body[3:5], "big"),
        component_ids=tuple(component[0] for component in components),
        sampling=tuple(component[1] for component in components),
        has_jfif=has_jfif,
        adobe_transform=adobe,
        segments=segments,
        scan_start=scan_start,
    )


def colour_by_markers(head: JPEGStream, photometric_interpretation: str) -> Colour | None:
    """Tell which colours a three-component stream holds; None when only its pixels know.

    Scanners write YCbCr streams and call them RGB (Photometric Interpretation is a
    copy of the screen's), so the stream speaks first: nobody subsamples green and
    blue; then Adobe's marker, component names, JFIF. JFIF beside an Adobe marker
    that denies it proves nothing. In the lossless processes no decoder converts
    colours, and their writers add JFIF blindly: there the label decides alone.
    """
    if head.is_lossless:
        return None
    if head.is_subsampled:
        return Colour.YCBCR
    if head.adobe_transform is not None:
        by_adobe = Colour.YCBCR if head.adobe_transform else Colour.RGB
        return None if head.has_jfif and by_adobe is Colour.RGB else by_adobe
    if head.component_ids == _RGB_IDS:
        return Colour.RGB
    if head.has_jfif or photometric_interpretation.startswith("YBR"):
        return Colour.YCBCR
    return None


def colour_by_decoders(head: JPEGStream) -> Colour:
    """Tell what decoders that see the stream alone take it for (libjpeg, browsers)."""
    if head.has_jfif:
        return Colour.YCBCR
    if head.adobe_transform is not None:
        return Colour.YCBCR if head.adobe_transform else Colour.RGB
    return Colour.RGB if head.component_ids == _RGB_IDS else Colour.YCBCR


def retag(stream: bytes, head: JPEGStream, colour: Colour | None) -> bytes:
    """Return the stream with an application segment that tells decoders its colours.

    All other application segments and comments go: an Exif orientation would turn the
    picture in a browser, a comment may name somebody. The pixels stay as they are.
    `colour` is None for one component.
    """
    first = _ADOBE_RGB_SEGMENT if colour is Colour.RGB else _JFIF_SEGMENT
    return b"".join((SOI, first, *_coding_segments(stream, head), stream[head.scan_start :]))


def untag(stream: bytes, head: JPEGStream) -> bytes:
    """Return the stream without application segments: the DICOM label alone counts then."""
    return b"".join((SOI, *_coding_segments(stream, head), stream[head.scan_start :]))


def _coding_segments(stream: bytes, head: JPEGStream) -> list[bytes]:
    return [
        stream[segment.start : segment.stop]
        for segment in head.segments
        if not 0xE0 <= segment.marker <= 0xEF and segment.marker != _COM
    ]


def end_of_image(stream: bytes) -> int | None:
    """Return where the End Of Image ends; None when there is none at the end.

    Fragments are padded to an even length, and some writers pad with more.
    """
    tail = stream.rstrip(b"\0")
    found = tail.rfind(EOI, max(0, len(tail) - _LARGEST_PADDING))
    return found + 2 if found >= 0 else None


def end_properly(stream: bytes) -> bytes:
    """Return the stream up to its End Of Image, which is added where it is missing."""
    end = end_of_image(stream)
    return stream[:end] if end is not None else stream + EOI
