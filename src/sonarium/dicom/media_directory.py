"""Writes a DICOMDIR: the Basic Directory Information Object of a file-set (PS3.3 Annex F)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sonarium.dicom.encode import encode_attributes
from sonarium.dicom.part10 import file_meta
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.attributes import Attributes, Element, JSONValue

MEDIA_STORAGE_DIRECTORY: Final = "1.2.840.10008.1.3.10"

_ITEM: Final = b"\xfe\xff\x00\xe0"
_ITEM_HEAD_BYTES: Final = 8
_RECORD_SEQUENCE: Final = b"\x04\x00\x20\x12SQ\0\0"
_SEQUENCE_HEAD_BYTES: Final = 12

# Offset of the Next Directory Record (0004,1400) and Offset of Referenced Lower-Level
# Directory Entity (0004,1420) are the first and third element of each record: their values
# lie at fixed places.
_NEXT_AT: Final = 8
_LOWER_AT: Final = 30
_FIRST_ROOT: Final = "00041200"
_LAST_ROOT: Final = "00041202"

_RECORD_TYPE_OF: Final[Mapping[str, str]] = {
    "1.2.840.10008.5.1.4.1.1.9.": "WAVEFORM",
    "1.2.840.10008.5.1.4.1.1.11.": "PRESENTATION",
    "1.2.840.10008.5.1.4.1.1.66.1": "REGISTRATION",
    "1.2.840.10008.5.1.4.1.1.66.2": "FIDUCIAL",
    "1.2.840.10008.5.1.4.1.1.66.3": "REGISTRATION",
    "1.2.840.10008.5.1.4.1.1.66.5": "SURFACE",
    "1.2.840.10008.5.1.4.1.1.67": "VALUE MAP",
    "1.2.840.10008.5.1.4.1.1.88.59": "KEY OBJECT DOC",
    "1.2.840.10008.5.1.4.1.1.88.": "SR DOCUMENT",
    "1.2.840.10008.5.1.4.1.1.104.": "ENCAP DOC",
}  # PS3.3 table F.4-1, by the beginning of the SOP Class UID
_RAW_DATA: Final = "1.2.840.10008.5.1.4.1.1.66"


@dataclass(frozen=True, slots=True)
class ReferencedFile:
    """A file of the file-set; each component of its ID has at most 8 of A-Z, 0-9 and _."""

    file_id: tuple[str, ...]
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str


@dataclass(frozen=True, slots=True)
class DirectoryRecord:
    """A directory record with those below it."""

    record_type: str
    keys: Attributes
    lower: Sequence["DirectoryRecord"] = ()
    file: ReferencedFile | None = None


def record_type_of(sop_class_uid: str) -> str:
    """Return the Directory Record Type (0004,1430) for an instance of a SOP class."""
    if sop_class_uid == _RAW_DATA:
        return "RAW DATA"
    for beginning, record_type in _RECORD_TYPE_OF.items():
        if sop_class_uid.startswith(beginning):
            return record_type
    return "IMAGE"


def media_directory(
    roots: Sequence[DirectoryRecord], sop_instance_uid: str, file_set_id: str = ""
) -> bytes:
    """Write a DICOMDIR in Explicit VR Little Endian (PS3.10 8.6).

    Raises:
        InvalidAttribute: a key does not fit its VR.
    """
    meta = file_meta(
        sop_class_uid=MEDIA_STORAGE_DIRECTORY,
        sop_instance_uid=sop_instance_uid,
        transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN,
    )
    records = list(_depth_first(roots))
    first_item = len(meta) + len(_file_set(file_set_id, 0, 0)) + _SEQUENCE_HEAD_BYTES
    bodies = [bytearray(_encode(record)) for record in records]
    offsets: dict[int, int] = {}
    position = first_item
    for record, body in zip(records, bodies, strict=True):
        offsets[id(record)] = position
        position += _ITEM_HEAD_BYTES + len(body)
    _link(roots, records, bodies, offsets)
    items = b"".join(_ITEM + len(body).to_bytes(4, "little") + body for body in bodies)
    first = offsets[id(roots[0])] if roots else 0
    last = offsets[id(roots[-1])] if roots else 0
    sequence = _RECORD_SEQUENCE + len(items).to_bytes(4, "little") + items
    return meta + _file_set(file_set_id, first, last) + sequence


def _depth_first(records: Sequence[DirectoryRecord]) -> Iterator[DirectoryRecord]:
    for record in records:
        yield record
        yield from _depth_first(record.lower)


def _link(
    roots: Sequence[DirectoryRecord],
    records: Sequence[DirectoryRecord],
    bodies: Sequence[bytearray],
    offsets: Mapping[int, int],
) -> None:
    body_of = {id(record): body for record, body in zip(records, bodies, strict=True)}
    for siblings in (roots, *(record.lower for record in records)):
        for record, following in pairwise(siblings):
            _put(body_of[id(record)], _NEXT_AT, offsets[id(following)])
    for record in records:
        if record.lower:
            _put(body_of[id(record)], _LOWER_AT, offsets[id(record.lower[0])])


def _put(body: bytearray, at: int, offset: int) -> None:
    body[at : at + 4] = offset.to_bytes(4, "little")


def _file_set(file_set_id: str, first: int, last: int) -> bytes:
    attributes: Attributes = {
        "00041130": _element("CS", file_set_id) if file_set_id else {"vr": "CS"},
        _FIRST_ROOT: _element("UL", first),
        _LAST_ROOT: _element("UL", last),
        "00041212": _element("US", 0),
    }
    return encode_attributes(attributes, EXPLICIT_VR_LITTLE_ENDIAN)


def _encode(record: DirectoryRecord) -> bytes:
    attributes: Attributes = {
        "00041400": _element("UL", 0),
        "00041410": _element("US", 0xFFFF),
        "00041420": _element("UL", 0),
        "00041430": _element("CS", record.record_type),
    }
    if record.file is not None:
        attributes["00041500"] = {"vr": "CS", "Value": list(record.file.file_id)}
        attributes["00041510"] = _element("UI", record.file.sop_class_uid)
        attributes["00041511"] = _element("UI", record.file.sop_instance_uid)
        attributes["00041512"] = _element("UI", record.file.transfer_syntax_uid)
    return encode_attributes({**attributes, **record.keys}, EXPLICIT_VR_LITTLE_ENDIAN)


def _element(vr: str, value: JSONValue) -> Element:
    return {"vr": vr, "Value": [value]}
