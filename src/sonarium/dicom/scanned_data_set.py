"""What a scanner hands on: the header, the holes in it, the frames, the oddities."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from sonarium.dicom.frames import FrameIndex


class Oddity(StrEnum):
    """A departure from PS3.5 that loses nothing."""

    OUT_OF_ORDER = "elements are out of order"
    DUPLICATE = "an element occurs twice; the first counts"
    ODD_LENGTH = "a value has an odd length"
    UNKNOWN_VR = "an element has a VR that no edition knows"
    IMPLICIT_ITEM = "an implicit VR item lies in an explicit VR data set"
    STRAY_DELIMITATION = "a delimitation item has nothing to delimit"
    TRAILING_ZEROS = "the data set is followed by zero bytes"
    NO_PIXEL_DELIMITATION = "the encapsulated Pixel Data lacks its delimitation item"
    NO_OFFSET_TABLE = "the encapsulated Pixel Data lacks its Basic Offset Table item"
    NATIVE_PIXELS = "Pixel Data is native in an encapsulated transfer syntax"
    META_IN_DATA_SET = "file meta elements lie in the data set"
    FRAMES_UNCLEAR = "Number of Frames does not agree with Pixel Data"


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """How much a hostile data set may cost us."""

    header_bytes: int = 16 * 2**20
    elements: int = 500_000
    """With items; an enhanced object of 5,000 frames has some 300,000."""
    top_level_elements: int = 50_000
    depth: int = 32
    """Sequences within sequences."""
    fragments: int = 400_000
    inflated_bytes: int = 256 * 2**20


DEFAULT_LIMITS: Final = ScanLimits()


@dataclass(frozen=True, slots=True)
class Hole:
    """A bulk value taken out, in (inflated) data-set coordinates.

    For an encapsulated value it reaches from its first item to the end of its
    sequence delimitation item.
    """

    offset: int
    length: int


ElementTable: TypeAlias = dict[int, tuple[bytes, int, int]]
"""Tag → VR as written (empty in implicit VR), place in the header, length as written."""


@dataclass(frozen=True, slots=True)
class ScannedDataSet:
    """What remains of a data set once its bulk values are taken out.

    `length` counts the whole data set with its bulk values (inflated).
    `oddities` are for an administrator's eyes.
    """

    transfer_syntax_uid: str
    length: int
    header: bytes
    holes: tuple[Hole, ...]
    frames: FrameIndex | None
    oddities: tuple[str, ...] = ()
    table: ElementTable = field(default_factory=dict, repr=False, compare=False)
    """The top level, as the scanner met it; spares a second pass."""
