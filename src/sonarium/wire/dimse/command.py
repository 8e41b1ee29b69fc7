"""Command sets: group 0000 in Implicit VR Little Endian (PS3.7 6.3, E.1)."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter
from typing import Any, Final

from sonarium.base.errors import PeerError


class MalformedCommand(PeerError):
    """A command set that cannot be understood."""


class CommandField(IntEnum):
    """Command Field (0000,0100), PS3.7 E.1."""

    C_STORE_RQ = 0x0001
    C_STORE_RSP = 0x8001
    C_GET_RQ = 0x0010
    C_GET_RSP = 0x8010
    C_FIND_RQ = 0x0020
    C_FIND_RSP = 0x8020
    C_MOVE_RQ = 0x0021
    C_MOVE_RSP = 0x8021
    C_ECHO_RQ = 0x0030
    C_ECHO_RSP = 0x8030
    N_EVENT_REPORT_RQ = 0x0100
    N_EVENT_REPORT_RSP = 0x8100
    N_GET_RQ = 0x0110
    N_GET_RSP = 0x8110
    N_SET_RQ = 0x0120
    N_SET_RSP = 0x8120
    N_ACTION_RQ = 0x0130
    N_ACTION_RSP = 0x8130
    N_CREATE_RQ = 0x0140
    N_CREATE_RSP = 0x8140
    N_DELETE_RQ = 0x0150
    N_DELETE_RSP = 0x8150
    C_CANCEL_RQ = 0x0FFF

    @property
    def is_response(self) -> bool:
        """Tell a response from a request; C-CANCEL-RQ is a request."""
        return self.value & 0x8000 != 0

    @property
    def response(self) -> "CommandField":
        """The field that answers this request."""
        return CommandField(self.value | 0x8000)


class Priority(IntEnum):
    """Priority (0000,0700), PS3.7 E.1."""

    MEDIUM = 0
    HIGH = 1
    LOW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command set; `None` where an element is absent.

    What stands where a UID should is not looked at here: a request about an instance with an
    impossible UID gets its status, and the association goes on (PS3.7 Annex C).
    """

    field: CommandField
    has_data_set: bool = False
    message_id: int | None = None
    message_id_responded_to: int | None = None
    affected_sop_class_uid: str | None = None
    requested_sop_class_uid: str | None = None
    affected_sop_instance_uid: str | None = None
    requested_sop_instance_uid: str | None = None
    priority: int | None = None
    status: int | None = None
    move_destination: str | None = None
    move_originator_ae_title: str | None = None
    move_originator_message_id: int | None = None
    number_of_remaining_sub_operations: int | None = None
    number_of_completed_sub_operations: int | None = None
    number_of_failed_sub_operations: int | None = None
    number_of_warning_sub_operations: int | None = None
    event_type_id: int | None = None
    action_type_id: int | None = None
    error_comment: str | None = None
    error_id: int | None = None
    offending_elements: tuple[int, ...] | None = None
    attribute_identifier_list: tuple[int, ...] | None = None


class _VR(IntEnum):
    """How a value is written; the data set type is a US of its own kind."""

    DATA_SET_TYPE = 0
    US = 1
    UI = 2
    AE = 3
    LO = 4
    AT = 5


_GROUP_LENGTH: Final = 0x0000
_NO_DATA_SET: Final = 0x0101
_DATA_SET_FOLLOWS: Final = 0x0001

# Element number in group 0000, attribute of `Command`, VR; ascending (PS3.7 E.1).
_ELEMENTS: Final = (
    (0x0002, "affected_sop_class_uid", _VR.UI),
    (0x0003, "requested_sop_class_uid", _VR.UI),
    (0x0100, "field", _VR.US),
    (0x0110, "message_id", _VR.US),
    (0x0120, "message_id_responded_to", _VR.US),
    (0x0600, "move_destination", _VR.AE),
    (0x0700, "priority", _VR.US),
    (0x0800, "has_data_set", _VR.DATA_SET_TYPE),
    (0x0900, "status", _VR.US),
    (0x0901, "offending_elements", _VR.AT),
    (0x0902, "error_comment", _VR.LO),
    (0x0903, "error_id", _VR.US),
    (0x1000, "affected_sop_instance_uid", _VR.UI),
    (0x1001, "requested_sop_instance_uid", _VR.UI),
    (0x1002, "event_type_id", _VR.US),
    (0x1005, "attribute_identifier_list", _VR.AT),
    (0x1008, "action_type_id", _VR.US),
    (0x1020, "number_of_remaining_sub_operations", _VR.US),
    (0x1021, "number_of_completed_sub_operations", _VR.US),
    (0x1022, "number_of_failed_sub_operations", _VR.US),
    (0x1023, "number_of_warning_sub_operations", _VR.US),
    (0x1030, "move_originator_ae_title", _VR.AE),
    (0x1031, "move_originator_message_id", _VR.US),
)
_BY_ELEMENT: Final = {element: (name, vr) for element, name, vr in _ELEMENTS}
_VALUES_OF: Final = attrgetter(*(name for _, name, _ in _ELEMENTS))
_KEYS: Final = tuple((element, vr) for element, _, vr in _ELEMENTS)
_FIELDS: Final = {field.value: field for field in CommandField}
_HEADER: Final = struct.Struct("<HHL")
_US_ELEMENT: Final = struct.Struct("<HHLH")
_GROUP_LENGTH_ELEMENT: Final = struct.Struct("<HHLL")
_US_VALUE: Final = struct.Struct("<H")
_COMMENT_LENGTH: Final = 64
_AE_TITLE_LENGTH: Final = 16


def encode_command(command: Command) -> bytes:
    """Encode a command set with its group length."""
    parts: list[bytes] = []
    for (element, vr), value in zip(_KEYS, _VALUES_OF(command), strict=True):
        if value is None:
            continue
        if vr is _VR.US:
            parts.append(_US_ELEMENT.pack(0, element, 2, value))
        elif vr is _VR.DATA_SET_TYPE:
            kind = _DATA_SET_FOLLOWS if value else _NO_DATA_SET
            parts.append(_US_ELEMENT.pack(0, element, 2, kind))
        else:
            content = _encode_value(vr, value)
            parts += (_HEADER.pack(0, element, len(content)), content)
    body = b"".join(parts)
    return _GROUP_LENGTH_ELEMENT.pack(0, _GROUP_LENGTH, 4, len(body)) + body


def decode_command(raw: bytes | memoryview) -> Command:
    """Decode a complete command set; elements that PS3.7 retired are skipped.

    Raises:
        MalformedCommand: a length that leaves the set, a missing or doubled element, a value
            of the wrong size, or an unknown command field.
    """
    values: dict[str, Any] = {}
    offset = 0
    end = len(raw)
    while offset < end:
        if end - offset < _HEADER.size:
            raise MalformedCommand("a command set ends inside an element header")
        group, element, length = _HEADER.unpack_from(raw, offset)
        offset += _HEADER.size
        if group != 0 or length > end - offset:
            raise MalformedCommand("a command element is outside group 0000 or the command set")
        known = _BY_ELEMENT.get(element)
        if known is not None:
            name, vr = known
            if name in values:
                raise MalformedCommand("a command element is given twice")
            if vr > _VR.US:
                values[name] = _decode_value(vr, raw[offset : offset + length])
            elif length == 2:
                (values[name],) = _US_VALUE.unpack_from(raw, offset)
            elif length:
                raise MalformedCommand("a command element has a wrong length")
        offset += length
    return _build(values)


def _build(values: dict[str, Any]) -> Command:
    """Make a command whose mandatory elements are there, whatever its service."""
    field = _FIELDS.get(values.get("field", -1))
    data_set_type = values.get("has_data_set")
    if field is None or data_set_type is None:
        raise MalformedCommand("a command set lacks a known command field or data set type")
    values["field"] = field
    values["has_data_set"] = data_set_type != _NO_DATA_SET
    if field.is_response:
        if "message_id_responded_to" not in values or "status" not in values:
            raise MalformedCommand("a response lacks its status or what it responds to")
    elif field is CommandField.C_CANCEL_RQ:
        if "message_id_responded_to" not in values:
            raise MalformedCommand("C-CANCEL-RQ does not say what to cancel")
    elif "message_id" not in values:
        raise MalformedCommand("a request lacks its message id")
    return Command(**values)


def _encode_value(vr: _VR, value: str | tuple[int, ...]) -> bytes:
    if not isinstance(value, str):
        return b"".join(struct.pack("<HH", tag >> 16, tag & 0xFFFF) for tag in value)
    if vr is _VR.UI:
        content = value.encode("ascii", "replace")
        return content + b"\0" if len(content) % 2 else content
    limit = _AE_TITLE_LENGTH if vr is _VR.AE else _COMMENT_LENGTH
    text = value[:limit].encode("ascii", "replace")
    return text + b" " if len(text) % 2 else text


def _decode_value(vr: _VR, content: bytes | memoryview) -> str | tuple[int, ...] | None:
    if vr is _VR.AT:
        if len(content) % 4:
            raise MalformedCommand("a list of tags has a wrong length")
        return tuple(group << 16 | element for group, element in struct.iter_unpack("<HH", content))
    text = str(content, "ascii", "replace").strip("\0 ")
    if not text:
        return None
    if vr is _VR.AE and (len(text) > _AE_TITLE_LENGTH or not text.isprintable()):
        raise MalformedCommand("a command element holds no AE title")
    return text
