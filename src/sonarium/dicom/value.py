"""One value: its bytes ↔ numbers, its text ↔ numbers and name groups (PS3.5 6.2)."""

from struct import Struct
from typing import Final

from sonarium.dicom.element import ByteOrder
from sonarium.dicom.value_representation import NUMBER_FORMATS, WORD_SIZES

_ORDERS: Final[tuple[ByteOrder, ByteOrder]] = ("<", ">")
_SINGLE: Final = {
    order + vr: Struct(order + letter) for vr, letter in NUMBER_FORMATS.items() for order in _ORDERS
}
_EXACT_IN_JSON: Final = 2**53
_LONGEST_NUMBER: Final = 64
_DS_CHARACTERS: Final = 16


def unpack_numbers(raw: bytes, vr: str, order: ByteOrder) -> tuple[int | float, ...]:
    """Read the binary numbers of a value; bytes too few for another number are left out."""
    single = _SINGLE[order + vr]
    if len(raw) == single.size:
        return single.unpack(raw)
    return Struct(f"{order}{len(raw) // single.size}{NUMBER_FORMATS[vr]}").unpack_from(raw)


def pack_number(number: float, vr: str, order: ByteOrder) -> bytes:
    """Write one binary number.

    Raises:
        struct.error: it does not fit.
    """
    return _SINGLE[order + vr].pack(number)


def unpack_tags(raw: bytes, order: ByteOrder) -> list[int]:
    """Read the tags of an AT value: group, then element, each in the byte order."""
    halves = unpack_numbers(raw, "US", order)
    return [
        int(group) << 16 | int(number)
        for group, number in zip(halves[::2], halves[1::2], strict=False)
    ]


def to_little_endian(raw: bytes, vr: str, order: ByteOrder) -> bytes:
    """Return an uninterpreted value as models and little endian syntaxes hold it.

    An incomplete word at the end stays as it is.
    """
    size = WORD_SIZES.get(vr, 1)
    if order == "<" or size == 1:
        return raw
    whole = len(raw) - len(raw) % size
    turned = bytearray(raw)
    for byte in range(size):
        turned[byte:whole:size] = raw[size - 1 - byte : whole : size]
    return bytes(turned)


def parse_number(text: str) -> int | float | None:
    """Read a DS or IS value, also one padded or with more digits than allowed.

    Returns None for anything else, and for what JSON cannot carry: infinities and
    whole numbers beyond 2⁵³.
    """
    text = text.strip(" \0")
    if len(text) > _LONGEST_NUMBER or "_" in text or not text.isascii():
        return None
    try:
        whole = int(text)
    except ValueError:
        pass
    else:
        return whole if -_EXACT_IN_JSON < whole < _EXACT_IN_JSON else None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number - number == 0 else None


def person_name_groups(text: str) -> tuple[str, str, str]:
    """Divide a PN value into its alphabetic, ideographic and phonetic groups."""
    alphabetic, _, rest = text.partition("=")
    ideographic, _, phonetic = rest.partition("=")
    return alphabetic.strip(" \0"), ideographic.strip(" \0"), phonetic.strip(" \0")


def decimal_text(number: float) -> str:
    """Write a DS value in its 16 characters, as exactly as they allow."""
    text = str(number)
    if len(text) <= _DS_CHARACTERS:
        return text.removesuffix(".0")
    for digits in range(_DS_CHARACTERS, 0, -1):
        text = f"{number:.{digits}g}"
        if len(text) <= _DS_CHARACTERS:
            return text
    return text
