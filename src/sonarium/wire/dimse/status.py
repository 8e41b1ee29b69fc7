"""Status codes of DIMSE responses (PS3.7 Annex C; PS3.4 B.2.3, C.4, J.3)."""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final


class StatusCategory(StrEnum):
    """What a status means for the operation (PS3.7 C)."""

    SUCCESS = "success"
    PENDING = "pending"
    CANCEL = "cancel"
    WARNING = "warning"
    FAILURE = "failure"


class Status(IntEnum):
    """Status (0000,0900)."""

    SUCCESS = 0x0000
    REQUESTED_OPTIONAL_ATTRIBUTES_NOT_SUPPORTED = 0x0001
    SOP_CLASS_NOT_SUPPORTED = 0x0122
    CLASS_INSTANCE_CONFLICT = 0x0119
    DUPLICATE_SOP_INSTANCE = 0x0111
    DUPLICATE_INVOCATION = 0x0210
    INVALID_ARGUMENT_VALUE = 0x0115
    INVALID_ATTRIBUTE_VALUE = 0x0106
    INVALID_OBJECT_INSTANCE = 0x0117
    MISSING_ATTRIBUTE = 0x0120
    MISSING_ATTRIBUTE_VALUE = 0x0121
    MISTYPED_ARGUMENT = 0x0212
    NO_SUCH_ARGUMENT = 0x0114
    NO_SUCH_ATTRIBUTE = 0x0105
    NO_SUCH_EVENT_TYPE = 0x0113
    NO_SUCH_SOP_INSTANCE = 0x0112
    NO_SUCH_SOP_CLASS = 0x0118
    NO_SUCH_ACTION_TYPE = 0x0123
    NOT_AUTHORIZED = 0x0124
    PROCESSING_FAILURE = 0x0110
    RESOURCE_LIMITATION = 0x0213
    UNRECOGNIZED_OPERATION = 0x0211
    ATTRIBUTE_LIST_ERROR = 0x0107
    ATTRIBUTE_VALUE_OUT_OF_RANGE = 0x0116
    CANCEL = 0xFE00
    PENDING = 0xFF00
    PENDING_WITH_UNSUPPORTED_KEYS = 0xFF01

    # Storage, PS3.4 B.2.3; query and retrieve, PS3.4 C.4.1.1.4, C.4.2.1.5, C.4.3.1.4.
    OUT_OF_RESOURCES = 0xA700
    UNABLE_TO_CALCULATE_NUMBER_OF_MATCHES = 0xA701
    UNABLE_TO_PERFORM_SUB_OPERATIONS = 0xA702
    MOVE_DESTINATION_UNKNOWN = 0xA801
    DATA_SET_DOES_NOT_MATCH_SOP_CLASS = 0xA900
    COERCION_OF_DATA_ELEMENTS = 0xB000
    """In retrieval: sub-operations complete, one or more failures or warnings."""
    ELEMENTS_DISCARDED = 0xB006
    DATA_SET_DOES_NOT_MATCH_SOP_CLASS_WARNING = 0xB007
    CANNOT_UNDERSTAND = 0xC000


MEANING: Final[Mapping[int, str]] = {
    status.value: status.name.replace("_", " ").capitalize().replace("sop", "SOP")
    for status in Status
}

_WARNINGS: Final = frozenset(
    {
        Status.REQUESTED_OPTIONAL_ATTRIBUTES_NOT_SUPPORTED,
        Status.ATTRIBUTE_LIST_ERROR,
        Status.ATTRIBUTE_VALUE_OUT_OF_RANGE,
    }
)


def is_pending(status: int) -> bool:
    """Tell whether more responses follow (PS3.7 C.3)."""
    return status in (Status.PENDING, Status.PENDING_WITH_UNSUPPORTED_KEYS)


def status_category(status: int) -> StatusCategory:
    """Sort any status code, known or not, into its category (PS3.7 C)."""
    if status == Status.SUCCESS:
        return StatusCategory.SUCCESS
    if is_pending(status):
        return StatusCategory.PENDING
    if status == Status.CANCEL:
        return StatusCategory.CANCEL
    if status in _WARNINGS or status & 0xF000 == 0xB000:
        return StatusCategory.WARNING
    return StatusCategory.FAILURE
