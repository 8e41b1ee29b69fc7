"""Items and sub-items inside association PDUs: one byte of type, one reserved, two of length."""

import re
import struct
from collections.abc import Iterator
from typing import Final

from sonarium.wire.upper_layer.errors import AbortReason, InvalidPDU

_HEADER: Final = struct.Struct(">BxH")
_LENGTH: Final = struct.Struct(">H")
_UID_TEXT: Final = re.compile(r"[0-9.]{0,64}", re.ASCII)
_MAX_ITEM_LENGTH: Final = 0xFFFF


def pack_item(item_type: int, body: bytes) -> bytes:
    """Encode one item.

    Raises:
        ValueError: the body does not fit; ours to avoid.
    """
    if len(body) > _MAX_ITEM_LENGTH:
        raise ValueError("an upper layer item holds at most 65535 bytes")
    return _HEADER.pack(item_type, len(body)) + body


def iter_items(body: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Split `body` into items of (type, content).

    Raises:
        InvalidPDU: an item that leaves the body, or bytes that are no item.
    """
    offset = 0
    end = len(body)
    while offset < end:
        if end - offset < _HEADER.size:
            raise InvalidPDU("bytes remain after the last item")
        item_type, length = _HEADER.unpack_from(body, offset)
        offset += _HEADER.size
        if length > end - offset:
            raise InvalidPDU("an item is longer than what contains it")
        yield item_type, body[offset : offset + length]
        offset += length


def pack_field(content: bytes) -> bytes:
    """Encode a field that carries its own two-byte length."""
    if len(content) > _MAX_ITEM_LENGTH:
        raise ValueError("an upper layer field holds at most 65535 bytes")
    return _LENGTH.pack(len(content)) + content


def take_field(body: memoryview, offset: int) -> tuple[memoryview, int]:
    """Return a field that carries its own two-byte length, and the offset after it."""
    start = offset + _LENGTH.size
    if start > len(body):
        raise InvalidPDU("an item ends inside a length")
    (length,) = _LENGTH.unpack_from(body, offset)
    if length > len(body) - start:
        raise InvalidPDU("a field is longer than its item")
    return body[start : start + length], start + length


def uid_text(content: memoryview) -> str:
    """Decode a UID; peers that pad with NUL or space are forgiven (PS3.8 Annex F)."""
    text = str(content, "ascii", "replace").strip("\0 ")
    if _UID_TEXT.fullmatch(text) is None:
        raise InvalidPDU("a UID holds something else than digits and dots")
    return text


def lenient_text(content: memoryview) -> str:
    """Decode text that nothing depends on, without padding and whatever is not printable."""
    text = str(content[:64], "ascii", "replace").strip("\0 ")
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def ae_title_text(content: memoryview) -> str:
    """Decode an AE title field of 16 bytes; peers that pad with NUL are forgiven.

    Raises:
        InvalidPDU: a control character, backslash or non-ASCII byte (PS3.5 6.2, AE).
    """
    text = str(content, "ascii", "replace").strip("\0 ")
    if not text.isprintable() or "\\" in text or "\ufffd" in text:
        raise InvalidPDU("an AE title holds a forbidden character")
    return text


def require_length(content: memoryview, length: int, name: str) -> None:
    """Check the fixed size of an item.

    Raises:
        InvalidPDU: it has another.
    """
    if len(content) != length:
        raise InvalidPDU(f"the {name} has a wrong length", AbortReason.INVALID_PDU_PARAMETER_VALUE)
