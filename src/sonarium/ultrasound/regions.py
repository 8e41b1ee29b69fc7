"""The Sequence of Ultrasound Regions: what each part of a picture shows, and in which units."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias, TypeVar

from sonarium.domain.attributes import Attributes, JSONValue

SEQUENCE_OF_ULTRASOUND_REGIONS: Final = "00186011"

_SIGNED_WRAP: Final = 1 << 32
_SHORT_WRAP: Final = 1 << 16
_LARGEST_PICTURE: Final = 1 << 15


class Unit(IntEnum):
    """Physical Units X and Y Direction (0018,6024), (0018,6026)."""

    UNKNOWN = -1
    NONE = 0
    PERCENT = 1
    DECIBEL = 2
    CENTIMETRE = 3
    SECOND = 4
    HERTZ = 5
    DECIBEL_PER_SECOND = 6
    CENTIMETRE_PER_SECOND = 7
    SQUARE_CENTIMETRE = 8
    SQUARE_CENTIMETRE_PER_SECOND = 9
    CUBIC_CENTIMETRE = 10
    CUBIC_CENTIMETRE_PER_SECOND = 11
    DEGREE = 12


class SpatialFormat(IntEnum):
    """Region Spatial Format (0018,6012)."""

    UNKNOWN = -1
    NONE = 0
    TWO_DIMENSIONAL = 1
    M_MODE = 2
    SPECTRAL = 3
    WAVEFORM = 4
    GRAPHICS = 5


class RegionDataType(IntEnum):
    """Region Data Type (0018,6014)."""

    UNKNOWN = -1
    NONE = 0
    TISSUE = 1
    COLOUR_FLOW = 2
    PW_SPECTRAL_DOPPLER = 3
    CW_SPECTRAL_DOPPLER = 4
    DOPPLER_MEAN_TRACE = 5
    DOPPLER_MODE_TRACE = 6
    DOPPLER_MAX_TRACE = 7
    VOLUME_TRACE = 8
    VOLUME_PER_TIME_TRACE = 9
    ECG_TRACE = 10
    PULSE_TRACE = 11
    PHONOCARDIOGRAM_TRACE = 12
    GREY_BAR = 13
    COLOUR_BAR = 14
    INTEGRATED_BACKSCATTER = 15
    AREA_TRACE = 16
    AREA_PER_TIME_TRACE = 17
    OTHER_PHYSIOLOGICAL = 18


class ComponentOrganization(IntEnum):
    """Pixel Component Organization (0018,6044)."""

    UNKNOWN = -1
    BIT_ALIGNED_POSITIONS = 0
    RANGES = 1
    TABLE_LOOK_UP = 2
    CODE_SEQUENCE_LOOK_UP = 3


class Scrolling(IntEnum):
    """How a trace moves: bits 3 and 4 of Region Flags (0018,6016)."""

    UNSPECIFIED = 0
    SCROLL = 1
    SWEEP = 2
    BOTH = 3


class Pixel(NamedTuple):
    """A place in the whole frame, origin at the centre of the top left pixel."""

    column: float
    row: float


class Point(NamedTuple):
    """A whole pixel that an attribute names; its frame of reference is said where it is used."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class ComponentCalibration:
    """What the pixel values of a region mean (colour to velocity, grey to decibel)."""

    organization: ComponentOrganization
    mask: int | None
    range_start: int | None
    range_stop: int | None
    units: Unit
    data_type: int | None
    break_points: tuple[tuple[float, float], ...]
    """(pixel value, physical value) of a piecewise linear curve."""
    table: tuple[tuple[int, float], ...]
    """(pixel value, parameter value) pairs."""
    codes: tuple[tuple[str, str, str], ...]
    """(value, scheme, meaning) of the Pixel Value Mapping Code Sequence (0040,9098)."""


@dataclass(frozen=True, slots=True)
class USRegion:
    """One item of the Sequence of Ultrasound Regions (0018,6011).

    Bounds are inclusive pixels of the whole frame; the reference pixel counts from the
    region's own top left corner and may lie outside. Source: PS3.3 C.8.5.5.
    """

    spatial_format: SpatialFormat
    data_type: RegionDataType
    flags: int
    min_x0: int
    min_y0: int
    max_x1: int
    max_y1: int
    units_x: Unit
    units_y: Unit
    delta_x: float
    delta_y: float
    reference_pixel: Point | None = None
    reference_value_x: float | None = None
    reference_value_y: float | None = None
    transducer_frequency_khz: int | None = None
    pulse_repetition_frequency_hz: int | None = None
    doppler_correction_angle_deg: float | None = None
    steering_angle_deg: float | None = None
    sample_volume: Point | None = None
    tm_line: tuple[Point, Point] | None = None
    components: ComponentCalibration | None = None
    unwrapped: tuple[str, ...] = ()
    """Attributes that held a negative number written as an unsigned one."""

    @property
    def width(self) -> int:
        """Columns of the region."""
        return self.max_x1 - self.min_x0 + 1

    @property
    def height(self) -> int:
        """Rows of the region."""
        return self.max_y1 - self.min_y0 + 1

    @property
    def is_low_priority(self) -> bool:
        """Another region has better pixel-component calibration; geometry stays valid."""
        return bool(self.flags & 1)

    @property
    def is_scaling_protected(self) -> bool:
        """Users may not calibrate again."""
        return bool(self.flags & 2)

    @property
    def is_doppler_frequency(self) -> bool:
        """The Doppler axis is a frequency, not a velocity."""
        return bool(self.flags & 4) or self.units_y is Unit.HERTZ

    @property
    def scrolling(self) -> Scrolling:
        """How the trace moves."""
        return Scrolling(self.flags >> 3 & 3)

    def contains(self, pixel: Pixel) -> bool:
        """Tell whether a place lies inside the bounds."""
        return (
            self.min_x0 <= pixel.column <= self.max_x1 and self.min_y0 <= pixel.row <= self.max_y1
        )


class AxisUnits(NamedTuple):
    """The units that a tool needs on both axes; None where any will do."""

    x: Unit | None
    y: Unit | None


DISTANCE_AXES: Final = AxisUnits(Unit.CENTIMETRE, Unit.CENTIMETRE)
M_MODE_AXES: Final = AxisUnits(Unit.SECOND, Unit.CENTIMETRE)
VELOCITY_AXES: Final = AxisUnits(Unit.SECOND, Unit.CENTIMETRE_PER_SECOND)
FREQUENCY_AXES: Final = AxisUnits(Unit.SECOND, Unit.HERTZ)
TIME_AXES: Final = AxisUnits(Unit.SECOND, None)

_UNMEASURABLE: Final = frozenset({SpatialFormat.NONE, SpatialFormat.GRAPHICS})


def read_regions(attributes: Attributes) -> tuple[USRegion, ...]:
    """Read the regions of an instance in their order; none where it has none.

    Numbers that cannot be read count as absent, and unknown codes as UNKNOWN, so that a
    strange region is still listed and never measured.

    Args:
        attributes: the instance in the DICOM JSON Model (of a pydicom data set, what its
            `to_json_dict` returns).
    """
    return tuple(_read_region(item) for item in _items(attributes, SEQUENCE_OF_ULTRASOUND_REGIONS))


def find_region(regions: Sequence[USRegion], pixel: Pixel, axes: AxisUnits) -> USRegion | None:
    """Find the smallest region at a place whose axes have the units that a tool needs."""
    fitting = [region for region in regions if region.contains(pixel) and fits(region, axes)]
    return min(fitting, key=lambda region: region.width * region.height, default=None)


def find_shared_region(
    regions: Sequence[USRegion], start: Pixel, end: Pixel, axes: AxisUnits
) -> USRegion | None:
    """Find the region that calibrates both ends of a caliper.

    Two regions serve when their deltas and units are equal (a split screen, say).
    """
    first = find_region(regions, start, axes)
    second = find_region(regions, end, axes)
    if first is None or second is None:
        return None
    both = [region for region in (first, second) if region.contains(start) and region.contains(end)]
    if both:
        return min(both, key=lambda region: region.width * region.height)
    return first if _scale(first) == _scale(second) else None


def fits(region: USRegion, axes: AxisUnits) -> bool:
    """Tell whether a region has the axis units that a tool needs, and usable deltas."""
    if region.spatial_format in _UNMEASURABLE:
        return False
    return (axes.x is None or (region.units_x is axes.x and region.delta_x != 0)) and (
        axes.y is None or (region.units_y is axes.y and region.delta_y != 0)
    )


def _scale(region: USRegion) -> tuple[Unit, Unit, float, float]:
    return region.units_x, region.units_y, region.delta_x, region.delta_y


_Item: TypeAlias = dict[str, JSONValue]
_Code = TypeVar("_Code", bound=IntEnum)


def _read_region(item: _Item) -> USRegion:
    unwrapped: list[str] = []

    def point(x_tag: str, y_tag: str) -> Point | None:
        x, y = _signed(item, x_tag, unwrapped), _signed(item, y_tag, unwrapped)
        return None if x is None or y is None else Point(x, y)

    sample_volume = point("00186039", "0018603B") or point("00186038", "0018603A")
    line_start = point("0018603D", "0018603F") or point("0018603C", "0018603E")
    line_end = point("00186041", "00186043") or point("00186040", "00186042")
    return USRegion(
        spatial_format=_code(SpatialFormat, item, "00186012"),
        data_type=_code(RegionDataType, item, "00186014"),
        flags=_whole(item, "00186016") or 0,
        min_x0=_whole(item, "00186018") or 0,
        min_y0=_whole(item, "0018601A") or 0,
        max_x1=_whole(item, "0018601C") or 0,
        max_y1=_whole(item, "0018601E") or 0,
        reference_pixel=point("00186020", "00186022"),
        units_x=_code(Unit, item, "00186024"),
        units_y=_code(Unit, item, "00186026"),
        reference_value_x=_number(item, "00186028"),
        reference_value_y=_number(item, "0018602A"),
        delta_x=_number(item, "0018602C") or 0.0,
        delta_y=_number(item, "0018602E") or 0.0,
        transducer_frequency_khz=_whole(item, "00186030"),
        pulse_repetition_frequency_hz=_whole(item, "00186032"),
        doppler_correction_angle_deg=_number(item, "00186034"),
        steering_angle_deg=_number(item, "00186036"),
        sample_volume=sample_volume,
        tm_line=None if line_start is None or line_end is None else (line_start, line_end),
        components=_read_components(item),
        unwrapped=tuple(unwrapped),
    )


def _read_components(item: _Item) -> ComponentCalibration | None:
    if _whole(item, "00186044") is None:
        return None
    break_points = zip(_numbers(item, "00186052"), _numbers(item, "00186054"), strict=False)
    table = zip(_numbers(item, "00186058"), _numbers(item, "0018605A"), strict=False)
    return ComponentCalibration(
        organization=_code(ComponentOrganization, item, "00186044"),
        mask=_whole(item, "00186046"),
        range_start=_whole(item, "00186048"),
        range_stop=_whole(item, "0018604A"),
        units=_code(Unit, item, "0018604C"),
        data_type=_whole(item, "0018604E"),
        break_points=tuple(break_points),
        table=tuple((int(pixel), parameter) for pixel, parameter in table),
        codes=tuple(
            (_text(code, "00080100"), _text(code, "00080102"), _text(code, "00080104"))
            for code in _items(item, "00409098")
        ),
    )


def _items(attributes: Attributes | _Item, tag: str) -> Iterator[_Item]:
    for value in _values(attributes, tag):
        if isinstance(value, dict):
            yield value


def _values(attributes: Attributes | _Item, tag: str) -> list[JSONValue]:
    element = attributes.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    return values if isinstance(values, list) else []


def _numbers(item: _Item, tag: str) -> list[float]:
    """Return the values that are finite numbers; JSON may hold a number as text (PS3.18 F.2.3)."""
    found = []
    for value in _values(item, tag):
        try:
            number = float(value) if isinstance(value, int | float | str) else float("nan")
        except ValueError:
            continue
        if abs(number) < float("inf"):  # neither infinite nor NaN
            found.append(number)
    return found


def _number(item: _Item, tag: str) -> float | None:
    numbers = _numbers(item, tag)
    return numbers[0] if numbers else None


def _whole(item: _Item, tag: str) -> int | None:
    number = _number(item, tag)
    return None if number is None else int(number)


def _signed(item: _Item, tag: str, unwrapped: list[str]) -> int | None:
    """Read a signed pixel that some scanners write in 16 or 32 bits without its sign."""
    value = _whole(item, tag)
    if value is None or abs(value) < _LARGEST_PICTURE:
        return value
    for wrap in (_SHORT_WRAP, _SIGNED_WRAP):
        if abs(value - wrap) <= _LARGEST_PICTURE:
            unwrapped.append(tag)
            return value - wrap
    return value


def _text(item: _Item, tag: str) -> str:
    values = _values(item, tag)
    return str(values[0]) if values else ""


def _code(kind: type[_Code], item: _Item, tag: str) -> _Code:
    value = _whole(item, tag)
    return kind(value) if value in {member.value for member in kind} else kind(-1)
