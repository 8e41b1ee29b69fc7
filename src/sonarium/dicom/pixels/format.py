"""What a header says about its pixels (PS3.3 C.7.6.3, C.8.5.6, C.11.1 and C.11.2)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sonarium.dicom.element import DOUBLE_FLOAT_PIXEL_DATA, FLOAT_PIXEL_DATA, PIXEL_DATA
from sonarium.dicom.header import Header
from sonarium.dicom.pixels.errors import FrameTooLarge, NotDisplayable, UnsupportedPixels
from sonarium.dicom.scanned_data_set import Hole
from sonarium.dicom.uids import transfer_syntax

BulkValues = Mapping[Hole, bytes]
"""Bulk values that a caller has read, by the hole they left in the header."""

NO_BULK: Final[BulkValues] = MappingProxyType({})

_MODALITY: Final = 0x00080060
_SAMPLES_PER_PIXEL: Final = 0x00280002
_PHOTOMETRIC_INTERPRETATION: Final = 0x00280004
_PLANAR_CONFIGURATION: Final = 0x00280006
_NUMBER_OF_FRAMES: Final = 0x00280008
_ROWS: Final = 0x00280010
_COLUMNS: Final = 0x00280011
_PIXEL_SPACING: Final = 0x00280030
_PIXEL_ASPECT_RATIO: Final = 0x00280034
_BITS_ALLOCATED: Final = 0x00280100
_BITS_STORED: Final = 0x00280101
_HIGH_BIT: Final = 0x00280102
_PIXEL_REPRESENTATION: Final = 0x00280103
_PIXEL_PADDING_VALUE: Final = 0x00280120
_WINDOW_CENTER: Final = 0x00281050
_WINDOW_WIDTH: Final = 0x00281051
_RESCALE_INTERCEPT: Final = 0x00281052
_RESCALE_SLOPE: Final = 0x00281053
_VOI_LUT_FUNCTION: Final = 0x00281056
_PALETTE_DESCRIPTORS: Final = (0x00281101, 0x00281102, 0x00281103)
_PALETTE_VALUES: Final = (0x00281201, 0x00281202, 0x00281203)
_SEGMENTED_VALUES: Final = (0x00281221, 0x00281222, 0x00281223)
_MODALITY_LUT_SEQUENCE: Final = 0x00283000
_LUT_DESCRIPTOR: Final = 0x00283002
_LUT_VALUES: Final = 0x00283006
_VOI_LUT_SEQUENCE: Final = 0x00283010
_REPRESENTATIVE_FRAME: Final = 0x00286010
_FRAME_VOI_LUT_SEQUENCE: Final = 0x00289132
_PIXEL_VALUE_TRANSFORMATION_SEQUENCE: Final = 0x00289145
_PRESENTATION_LUT_SHAPE: Final = 0x20500020
_SHARED_FUNCTIONAL_GROUPS: Final = 0x52009229
_PER_FRAME_FUNCTIONAL_GROUPS: Final = 0x52009230

_INTEGER_BITS: Final = frozenset({1, 8, 16, 32})
_LARGEST_RATIO: Final = 10.0


class VOIFunction(StrEnum):
    """How a window maps values (VOI LUT Function, PS3.3 C.11.2.1.2 and .3)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Window:
    """One view of the greyscale: Window Center, Window Width and how they map."""

    center: float
    width: float
    function: VOIFunction = VOIFunction.LINEAR


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A lookup table as stored: descriptor and encoded entries (PS3.3 C.7.6.3.1.5, C.11.1.1)."""

    entries: int
    first_mapped: int
    bits: int
    encoded: bytes
    """Words in little endian, whatever the data set has."""
    is_segmented: bool = False


@dataclass(frozen=True, slots=True)
class Palette:
    """The three tables of a PALETTE COLOR image."""

    red: LookupTable
    green: LookupTable
    blue: LookupTable


@dataclass(frozen=True, slots=True)
class Greyscale:
    """From stored values to what is seen, in this order (PS3.4 N.2)."""

    rescale_slope: float = 1.0
    rescale_intercept: float = 0.0
    modality_lut: LookupTable | None = None
    voi_lut: LookupTable | None = None
    window: Window | None = None
    is_inverse: bool = False
    """Presentation LUT Shape INVERSE."""
    padding_value: int | None = None


IDENTITY_GREYSCALE: Final = Greyscale()


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How the frames of one object are stored, and how they want to be seen."""

    transfer_syntax_uid: str
    rows: int
    columns: int
    samples_per_pixel: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    photometric_interpretation: str
    planar_configuration: int
    number_of_frames: int
    is_float: bool = False
    is_word_value: bool = False
    """Pixel Data has VR OW: big endian syntaxes swap its bytes even at 8 bits a sample."""
    palette: Palette | None = None
    greyscale: Greyscale = IDENTITY_GREYSCALE
    pixel_aspect_ratio: float = 1.0
    """Height of a pixel divided by its width."""
    representative_frame: int = 0
    """The frame that stands for the object (the first is 0)."""

    @property
    def is_monochrome(self) -> bool:
        """Tell whether one value a pixel is a shade of grey."""
        return self.photometric_interpretation in {"MONOCHROME1", "MONOCHROME2"}

    @property
    def samples(self) -> int:
        """How many values one frame holds."""
        return self.rows * self.columns * self.samples_per_pixel

    @property
    def frame_bytes(self) -> int:
        """How many bytes one decoded frame takes."""
        return self.samples * max(8, self.bits_allocated) // 8


@dataclass(frozen=True, slots=True)
class PixelLimits:
    """How large a frame may be; checked before anything is allocated."""

    frame_bytes: int = 128 * 2**20


DEFAULT_LIMITS: Final = PixelLimits()


def check_frame_size(layout: PixelFormat, limits: PixelLimits = DEFAULT_LIMITS) -> None:
    """Refuse frames that would cost too much.

    Raises:
        FrameTooLarge: the declared frame exceeds `limits`.
    """
    if layout.frame_bytes > limits.frame_bytes:
        raise FrameTooLarge(
            f"a frame of {layout.columns} x {layout.rows} pixels is beyond the limit of "
            f"{limits.frame_bytes} bytes"
        )


def pixel_format(header: Header, bulk: BulkValues = NO_BULK, *, frame: int = 0) -> PixelFormat:
    """Read the description of an object's pixels.

    Args:
        header: the object's top level.
        bulk: the values of `lut_holes(header)`; a table whose value is missing here is
            taken to be absent.
        frame: whose functional groups count, in an enhanced multi-frame object.

    Raises:
        NotDisplayable: the object has no Pixel Data.
        UnsupportedPixels: its description is incomplete or contradicts itself.
    """
    tag = _pixel_tag(header)
    rows, columns = header.integer(_ROWS), header.integer(_COLUMNS)
    if not rows or not columns or rows < 0 or columns < 0:
        raise UnsupportedPixels("the object declares no rows or no columns")
    is_float = tag != PIXEL_DATA
    bits_allocated = _bits_allocated(header, tag)
    bits_stored = header.integer(_BITS_STORED) or bits_allocated
    if not 1 <= bits_stored <= bits_allocated:
        bits_stored = bits_allocated
    high_bit = header.integer(_HIGH_BIT)
    if high_bit is None or not bits_stored - 1 <= high_bit < bits_allocated:
        high_bit = bits_stored - 1
    samples = header.integer(_SAMPLES_PER_PIXEL) or 1
    photometric = header.text(_PHOTOMETRIC_INTERPRETATION) or _likely_photometric(samples)
    if samples not in {1, 3} or (samples == 3) != _is_three_sampled(photometric):
        raise UnsupportedPixels(f"{samples} samples a pixel do not make a picture of this kind")
    number_of_frames = max(1, header.integer(_NUMBER_OF_FRAMES) or 1)
    representative = header.integer(_REPRESENTATIVE_FRAME)
    return PixelFormat(
        transfer_syntax_uid=header.transfer_syntax_uid,
        rows=rows,
        columns=columns,
        samples_per_pixel=samples,
        bits_allocated=bits_allocated,
        bits_stored=bits_stored,
        high_bit=high_bit,
        is_signed=header.integer(_PIXEL_REPRESENTATION) == 1,
        photometric_interpretation=photometric,
        planar_configuration=header.integer(_PLANAR_CONFIGURATION) or 0,
        number_of_frames=number_of_frames,
        is_float=is_float,
        is_word_value=_is_word_value(header, tag),
        palette=_palette(header, bulk),
        greyscale=_greyscale(header, bulk, frame) if samples == 1 else IDENTITY_GREYSCALE,
        pixel_aspect_ratio=_pixel_aspect_ratio(header),
        representative_frame=(
            representative - 1
            if representative and 1 <= representative <= number_of_frames
            else number_of_frames // 2
        ),
    )


def lut_holes(header: Header) -> tuple[Hole, ...]:
    """List the bulk values that `pixel_format` needs: lookup tables left out of the header."""
    holes = [header.hole(tag) for tag in (*_PALETTE_VALUES, *_SEGMENTED_VALUES)]
    holes += [item.hole(_LUT_VALUES) for item in _lut_items(header)]
    return tuple(hole for hole in holes if hole is not None)


def _lut_items(header: Header) -> Iterator[Header]:
    levels: Collection[Header] = (header, *header.items(_SHARED_FUNCTIONAL_GROUPS))
    for level in levels:
        for place in (level, *level.items(_FRAME_VOI_LUT_SEQUENCE)):
            yield from place.items(_MODALITY_LUT_SEQUENCE)[:1]
            yield from place.items(_VOI_LUT_SEQUENCE)[:1]


def _pixel_tag(header: Header) -> int:
    for tag in (PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_FLOAT_PIXEL_DATA):
        if tag in header:
            return tag
    raise NotDisplayable("the object holds no pixels")


def _bits_allocated(header: Header, tag: int) -> int:
    if tag == FLOAT_PIXEL_DATA:
        return 32
    if tag == DOUBLE_FLOAT_PIXEL_DATA:
        return 64
    bits = header.integer(_BITS_ALLOCATED) or 8
    if bits not in _INTEGER_BITS:
        raise UnsupportedPixels(f"{bits} bits allocated a sample are not supported")
    return bits


def _likely_photometric(samples: int) -> str:
    return "MONOCHROME2" if samples == 1 else "RGB"


def _is_three_sampled(photometric: str) -> bool:
    return not photometric.startswith(("MONOCHROME", "PALETTE"))


def _is_word_value(header: Header, tag: int) -> bool:
    is_big_endian = transfer_syntax(header.transfer_syntax_uid).is_big_endian
    return is_big_endian and header.vr(tag) == "OW"


# Lookup tables.


def _palette(header: Header, bulk: BulkValues) -> Palette | None:
    tables = []
    for descriptor, plain, segmented in zip(
        _PALETTE_DESCRIPTORS, _PALETTE_VALUES, _SEGMENTED_VALUES, strict=True
    ):
        table = _lookup_table(header, bulk, descriptor, plain)
        if table is None:
            table = _lookup_table(header, bulk, descriptor, segmented, is_segmented=True)
        if table is None:
            return None
        tables.append(table)
    return Palette(*tables)


def _lookup_table(
    level: Header, bulk: BulkValues, descriptor: int, values: int, *, is_segmented: bool = False
) -> LookupTable | None:
    """Read one table; None when it is absent or its descriptor is no descriptor.

    The first value mapped is signed when the pixels are, whatever VR the descriptor has.
    """
    described = level.decimals(descriptor)
    if len(described) != 3:
        return None
    encoded = _value(level, bulk, values)
    if not encoded:
        return None
    entries, first_mapped, bits = (int(number) for number in described)
    return LookupTable(
        entries=(entries & 0xFFFF) or 0x10000,
        first_mapped=first_mapped,
        bits=bits,
        encoded=encoded,
        is_segmented=is_segmented,
    )


def _value(level: Header, bulk: BulkValues, tag: int) -> bytes | None:
    """Return an encoded table in little endian."""
    hole = level.hole(tag)
    raw = level.raw(tag) if hole is None else bulk.get(hole)
    is_big_endian = transfer_syntax(level.transfer_syntax_uid).is_big_endian
    if raw is None or not is_big_endian or level.vr(tag) not in {"OW", "US", "SS"}:
        return raw
    turned = bytearray(len(raw) & ~1)
    turned[0::2], turned[1::2] = raw[1::2], raw[0 : len(turned) : 2]
    return bytes(turned)


# Greyscale.


def _greyscale(header: Header, bulk: BulkValues, frame: int) -> Greyscale:
    rescale = _functional_group(header, frame, _PIXEL_VALUE_TRANSFORMATION_SEQUENCE)
    voi = _functional_group(header, frame, _FRAME_VOI_LUT_SEQUENCE)
    slope = rescale.decimal(_RESCALE_SLOPE)
    return Greyscale(
        rescale_slope=1.0 if slope is None or slope == 0 else slope,
        rescale_intercept=rescale.decimal(_RESCALE_INTERCEPT) or 0.0,
        modality_lut=_first_lut(rescale, bulk, _MODALITY_LUT_SEQUENCE),
        voi_lut=_first_lut(voi, bulk, _VOI_LUT_SEQUENCE),
        window=_window(voi),
        is_inverse=header.text(_PRESENTATION_LUT_SHAPE) == "INVERSE",
        padding_value=header.integer(_PIXEL_PADDING_VALUE),
    )


def _functional_group(header: Header, frame: int, sequence: int) -> Header:
    """Return the item that holds a macro for `frame`; the top level where there is none."""
    per_frame = header.items(_PER_FRAME_FUNCTIONAL_GROUPS)
    groups = per_frame[frame : frame + 1] + header.items(_SHARED_FUNCTIONAL_GROUPS)[:1]
    for group in groups:
        for item in group.items(sequence)[:1]:
            return item
    return header


def _first_lut(level: Header, bulk: BulkValues, sequence: int) -> LookupTable | None:
    for item in level.items(sequence)[:1]:
        return _lookup_table(item, bulk, _LUT_DESCRIPTOR, _LUT_VALUES)
    return None


def _window(level: Header) -> Window | None:
    center, width = level.decimal(_WINDOW_CENTER), level.decimal(_WINDOW_WIDTH)
    if center is None or width is None or width <= 0:
        return None
    function = level.text(_VOI_LUT_FUNCTION) or ""
    known = function in VOIFunction.__members__
    return Window(center, width, VOIFunction(function) if known else VOIFunction.LINEAR)


# Geometry.


def _pixel_aspect_ratio(header: Header) -> float:
    """Return height by width of a pixel; 1 where it is unknown or absurd.

    Pixel Aspect Ratio comes first: ultrasound has regions instead of Pixel Spacing,
    and scanners that send it mean an inset by it, so there it does not count.
    """
    ratio = header.decimals(_PIXEL_ASPECT_RATIO)
    if len(ratio) != 2 and header.text(_MODALITY) != "US":
        ratio = header.decimals(_PIXEL_SPACING)
    if len(ratio) != 2 or ratio[0] <= 0 or ratio[1] <= 0:
        return 1.0
    height_by_width = ratio[0] / ratio[1]
    if not 1 / _LARGEST_RATIO <= height_by_width <= _LARGEST_RATIO:
        return 1.0
    return height_by_width
