"""Command sets: group 0000 in Implicit VR Little Endian (PS3.7 6.3, E.1)."""

from dataclasses import dataclass
from enum import IntEnum

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
    """One command set; `None` where an element is absent."""

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


def encode_command(command: Command) -> bytes:
    """Encode a command set with its group length."""
    raise NotImplementedError


def decode_command(raw: bytes | memoryview) -> Command:
    """Decode a complete command set.

    Raises:
        MalformedCommand: a length that leaves the set, a missing or doubled element, a value
            of the wrong size, or an unknown command field.
    """
    raise NotImplementedError
