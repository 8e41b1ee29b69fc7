"""What an object must say about information that it has lost (PS3.3 C.7.6.1.1.5)."""

import hashlib
import uuid
from typing import Final

from sonarium.dicom.header import Header
from sonarium.dicom.pixels.rewrite import Changes, NewElement
from sonarium.dicom.uids import transfer_syntax

_IMAGE_TYPE: Final = 0x00080008
_SOP_CLASS_UID: Final = 0x00080016
_SOP_INSTANCE_UID: Final = 0x00080018
_REFERENCED_SOP_CLASS_UID: Final = 0x00081150
_REFERENCED_SOP_INSTANCE_UID: Final = 0x00081155
_DERIVATION_DESCRIPTION: Final = 0x00082111
_SOURCE_IMAGES: Final = 0x00082112
_DERIVATION_CODE: Final = 0x00089215
_PURPOSE_OF_REFERENCE: Final = 0x0040A170
_LOSSY_IMAGE_COMPRESSION: Final = 0x00282110
_LOSSY_IMAGE_COMPRESSION_RATIO: Final = 0x00282112
_LOSSY_IMAGE_COMPRESSION_METHOD: Final = 0x00282114


def mark_past_loss(header: Header) -> Changes:
    """Say that pixels were lossy when their stored syntax always is and the header is silent.

    "01" never goes back to "00", also not when the pixels are decompressed.
    """
    is_silent = header.text(_LOSSY_IMAGE_COMPRESSION) != "01"
    if is_silent and transfer_syntax(header.transfer_syntax_uid).is_lossy:
        return {_LOSSY_IMAGE_COMPRESSION: NewElement(_LOSSY_IMAGE_COMPRESSION, "CS", b"01")}
    return {}


def mark_new_loss(header: Header, uid: str, method: str, ratio: float | None) -> Changes:
    """Describe a derived object: its own UID, DERIVED, and what was done.

    Args:
        header: of the stored object.
        uid: SOP Instance UID of the new one.
        method: term for Lossy Image Compression Method.
        ratio: native size by compressed size, where it was measured.
    """
    image_type = header.texts(_IMAGE_TYPE)
    kinds = ["DERIVED", *image_type[1:]] if image_type else ["DERIVED", "PRIMARY"]
    ratios, methods = (
        header.texts(_LOSSY_IMAGE_COMPRESSION_RATIO),
        header.texts(_LOSSY_IMAGE_COMPRESSION_METHOD),
    )
    description = f"Lossy compression {method}" + (f", {ratio:.1f}:1" if ratio else "")
    texts = {
        _IMAGE_TYPE: ("CS", "\\".join(kinds)),
        _SOP_INSTANCE_UID: ("UI", uid),
        _DERIVATION_DESCRIPTION: ("ST", description),
        _LOSSY_IMAGE_COMPRESSION: ("CS", "01"),
    }
    if ratio:
        texts[_LOSSY_IMAGE_COMPRESSION_RATIO] = ("DS", "\\".join([*ratios, f"{ratio:.4g}"]))
        texts[_LOSSY_IMAGE_COMPRESSION_METHOD] = ("CS", "\\".join([*methods, method]))
    changes = {tag: _text(tag, vr, text) for tag, (vr, text) in texts.items()}
    purpose = _code(_PURPOSE_OF_REFERENCE, "121320", "Uncompressed predecessor")
    source = (
        _text(_REFERENCED_SOP_CLASS_UID, "UI", header.text(_SOP_CLASS_UID) or ""),
        _text(_REFERENCED_SOP_INSTANCE_UID, "UI", header.text(_SOP_INSTANCE_UID) or ""),
        purpose,
    )
    changes[_SOURCE_IMAGES] = NewElement(_SOURCE_IMAGES, "SQ", items=(source,))
    changes[_DERIVATION_CODE] = _code(_DERIVATION_CODE, "113040", "Lossy Compression")
    return changes


def _text(tag: int, vr: str, text: str) -> NewElement:
    return NewElement(tag, vr, text.encode("ascii", "replace"))


def _code(tag: int, value: str, meaning: str) -> NewElement:
    """Write a code of the DICOM Controlled Terminology (PS3.16 Annex D)."""
    item = (
        _text(0x00080100, "SH", value),
        _text(0x00080102, "SH", "DCM"),
        _text(0x00080104, "LO", meaning),
    )
    return NewElement(tag, "SQ", items=(item,))


def derived_uid(header: Header, target_transfer_syntax_uid: str, quality: int) -> str:
    """Make the UID of a lossy copy: the same copy of the same object has the same UID."""
    original = header.text(_SOP_INSTANCE_UID) or ""
    name = f"{original} {target_transfer_syntax_uid} {quality}".encode()
    digest = hashlib.sha256(name).digest()[:16]
    return f"2.25.{uuid.UUID(bytes=digest, version=5).int}"
