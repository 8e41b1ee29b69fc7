"""Which media type a stored frame has (PS3.18 Table 8.7.3-5)."""

from typing import Final

from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.faces.dicomweb.media_types import OCTET_STREAM, MediaRange

_PREFIX: Final = "1.2.840.10008.1.2."
FRAME_TYPES: Final = {
    **{f"{_PREFIX}4.{number}": "image/jpeg" for number in (50, 51, 57, 70)},
    **{f"{_PREFIX}4.{number}": "image/jls" for number in (80, 81)},
    **{f"{_PREFIX}4.{number}": "image/jp2" for number in (90, 91)},
    **{f"{_PREFIX}4.{number}": "image/jpx" for number in (92, 93)},
    **{f"{_PREFIX}4.{number}": "image/jphc" for number in (201, 202, 203)},
    f"{_PREFIX}5": "image/dicom-rle",
    **{f"{_PREFIX}4.{number}": "video/mpeg2" for number in (100, 101)},
    **{f"{_PREFIX}4.{number}.1": "video/mpeg2" for number in (100, 101)},
    **{f"{_PREFIX}4.{number}": "video/mp4" for number in range(102, 107)},
    **{f"{_PREFIX}4.{number}.1": "video/mp4" for number in range(102, 107)},
    **{f"{_PREFIX}4.{number}": "video/H265" for number in (107, 108)},
}
_DEFAULT_SYNTAX: Final = {
    "image/jpeg": f"{_PREFIX}4.70",
    "image/jls": f"{_PREFIX}4.80",
    "image/jp2": f"{_PREFIX}4.90",
    "image/jphc": f"{_PREFIX}4.201",
    "image/dicom-rle": f"{_PREFIX}5",
    OCTET_STREAM: EXPLICIT_VR_LITTLE_ENDIAN,
}
"""What a media type means where no transfer syntax is named (PS3.18 8.7.3.3.2)."""


def frame_media_type(transfer_syntax_uid: str) -> str:
    """Return the type of a frame as it is stored."""
    return FRAME_TYPES.get(transfer_syntax_uid, OCTET_STREAM)


def wanted_syntax(wanted: MediaRange, stored: str) -> str | None:
    """Return the transfer syntax that an alternative of Accept asks frames in.

    A type without transfer syntax is satisfied by whatever is stored in that type: a viewer
    that asks for `image/jpeg` wants the scanner's own frames. So do the many that ask for
    `application/octet-stream` in any transfer syntax, OHIF among them: they get it by the name
    that they gave it. None: it cannot be satisfied.
    """
    named = wanted.transfer_syntax
    if named == "*":
        return stored if answered_type(wanted, stored) is not None else None
    if named is not None:
        return named if wanted.takes(frame_media_type(named)) else None
    if wanted.takes(frame_media_type(stored)):
        return stored
    return _DEFAULT_SYNTAX.get(wanted.part_type)


def answered_type(wanted: MediaRange, transfer_syntax_uid: str) -> str | None:
    """Return the type under which a frame satisfies an alternative; None: under none."""
    proper = frame_media_type(transfer_syntax_uid)
    if wanted.takes(proper):
        return proper
    is_any = wanted.transfer_syntax == "*" and wanted.part_type == OCTET_STREAM
    return OCTET_STREAM if is_any else None
