"""How the head of one data element is written (PS3.5 7.1)."""

from dataclasses import dataclass
from struct import Struct
from typing import Final, Literal, TypeAlias

from sonarium.dicom.uids import TransferSyntax
from sonarium.dicom.value_representation import LONG_VRS, SHORT_VRS

UNDEFINED_LENGTH: Final = 0xFFFFFFFF

ITEM: Final = 0xFFFEE000
ITEM_DELIMITATION: Final = 0xFFFEE00D
SEQUENCE_DELIMITATION: Final = 0xFFFEE0DD
PIXEL_DATA: Final = 0x7FE00010
FLOAT_PIXEL_DATA: Final = 0x7FE00008
DOUBLE_FLOAT_PIXEL_DATA: Final = 0x7FE00009
EXTENDED_OFFSET_TABLE: Final = 0x7FE00001
EXTENDED_OFFSET_TABLE_LENGTHS: Final = 0x7FE00002

SHORT_HEADS: Final = {vr.encode(): vr for vr in SHORT_VRS}
LONG_HEADS: Final = {vr.encode(): vr for vr in LONG_VRS}
HEAD_VRS: Final = SHORT_HEADS | LONG_HEADS


ByteOrder: TypeAlias = Literal["<", ">"]
"""Little endian or big endian, as `struct` writes it."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """Byte order and VR style of a data set or of the items in a sequence."""

    is_explicit: bool
    order: ByteOrder
    explicit_head: Struct
    """Group, element, VR, two bytes of length."""
    implicit_head: Struct
    """Group, element, four bytes of length; also of every item."""
    length: Struct
    """The four bytes of length that long forms add."""


def _encoding(order: ByteOrder, *, is_explicit: bool) -> Encoding:
    return Encoding(
        is_explicit=is_explicit,
        order=order,
        explicit_head=Struct(order + "HH2sH"),
        implicit_head=Struct(order + "HHI"),
        length=Struct(order + "I"),
    )


IMPLICIT_LITTLE: Final = _encoding("<", is_explicit=False)
EXPLICIT_LITTLE: Final = _encoding("<", is_explicit=True)
EXPLICIT_BIG: Final = _encoding(">", is_explicit=True)


def encoding_of(syntax: TransferSyntax) -> Encoding:
    """Return how a transfer syntax writes its elements."""
    if syntax.is_implicit:
        return IMPLICIT_LITTLE
    return EXPLICIT_BIG if syntax.is_big_endian else EXPLICIT_LITTLE


def explicit_length_form(vr: bytes) -> int:
    """Return the size of an explicit head with this VR: 8 or 12 bytes.

    Unknown VRs of two capital letters are later additions and take the long
    form (PS3.5 7.1.2); anything else is a writer's slip, seen with the short form.
    """
    if vr in SHORT_HEADS:
        return 8
    if vr in LONG_HEADS or (vr.isalpha() and vr.isupper()):
        return 12
    return 8


def vr_text(vr: bytes) -> str:
    """Return a written VR as text; `UN` for one that no edition knows."""
    return HEAD_VRS.get(vr, "UN")


def item_encoding(encoding: Encoding, head: bytes) -> Encoding:
    """Return how an item is written, judged by the first eight bytes of its first element.

    Some scanners embed implicit VR items in explicit VR data sets: there is no VR
    where one must be, and the four bytes hold a small or undefined length.
    """
    if not encoding.is_explicit or len(head) < 8 or head[4:6].isalpha():
        return encoding
    group, _, length = IMPLICIT_LITTLE.implicit_head.unpack_from(head)
    if group == 0xFFFE or encoding.implicit_head.unpack_from(head)[0] == 0xFFFE:
        return encoding
    is_plausible = length < 0x10000 or length == UNDEFINED_LENGTH
    return IMPLICIT_LITTLE if is_plausible else encoding


def begins_with_item(buffer: bytes | memoryview, at: int, encoding: Encoding) -> bool:
    """Tell whether an item, or the end of a sequence, stands at `at`."""
    group, number, _ = encoding.implicit_head.unpack_from(buffer, at)
    return group << 16 | number in {ITEM, SEQUENCE_DELIMITATION}
