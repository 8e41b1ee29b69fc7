"""From what went wrong to the status that tells it, one table for each service.

The most special class of an error that a table names decides. Error Comment (0000,0902) and
Offending Element (0000,0901) come from the error itself; our messages carry no patient data.
"""

from collections.abc import Mapping
from typing import Final

from sonarium.base.errors import RequestError, SonariumError, UnavailableError
from sonarium.faces.dimse.errors import (
    InvalidIdentifier,
    InvalidSOPInstance,
    MistypedArgument,
    NoSuchAction,
    NoSuchInstance,
    SOPClassNotSupported,
    UnrecognizedOperation,
)
from sonarium.faces.dimse.sop_classes import ServiceClass
from sonarium.net.errors import DataSetTooLong
from sonarium.services.callers import DestinationRefused
from sonarium.services.devices import UnknownDevice
from sonarium.services.query import TooManyMatches
from sonarium.services.store import (
    InstanceUIDMismatch,
    MalformedDataSet,
    MissingIdentity,
    SOPClassMismatch,
)
from sonarium.wire.dimse.status import Status

StatusTable = Mapping[type[SonariumError], Status]

_ANY_SERVICE: Final[StatusTable] = {
    SOPClassNotSupported: Status.SOP_CLASS_NOT_SUPPORTED,
    UnrecognizedOperation: Status.UNRECOGNIZED_OPERATION,
    MistypedArgument: Status.MISTYPED_ARGUMENT,
}  # PS3.7 Annex C

C_STORE_STATUS: Final[StatusTable] = {
    **_ANY_SERVICE,
    UnavailableError: Status.OUT_OF_RESOURCES,
    SOPClassMismatch: Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
    InstanceUIDMismatch: Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
    InvalidSOPInstance: Status.INVALID_OBJECT_INSTANCE,
    MalformedDataSet: Status.CANNOT_UNDERSTAND,
    MissingIdentity: Status.CANNOT_UNDERSTAND,
    SonariumError: Status.CANNOT_UNDERSTAND,
}  # PS3.4 B.2.3, PS3.7 9.1.1.1.9

C_FIND_STATUS: Final[StatusTable] = {
    **_ANY_SERVICE,
    UnavailableError: Status.OUT_OF_RESOURCES,
    TooManyMatches: Status.OUT_OF_RESOURCES,
    InvalidIdentifier: Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
    DataSetTooLong: Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
    RequestError: Status.CANNOT_UNDERSTAND,
    SonariumError: Status.CANNOT_UNDERSTAND,
}  # PS3.4 C.4.1.1.4

C_MOVE_STATUS: Final[StatusTable] = {
    **_ANY_SERVICE,
    UnavailableError: Status.UNABLE_TO_CALCULATE_NUMBER_OF_MATCHES,
    UnknownDevice: Status.MOVE_DESTINATION_UNKNOWN,
    DestinationRefused: Status.NOT_AUTHORIZED,
    InvalidIdentifier: Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
    DataSetTooLong: Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
    RequestError: Status.CANNOT_UNDERSTAND,
    SonariumError: Status.CANNOT_UNDERSTAND,
}  # PS3.4 C.4.2.1.5

C_GET_STATUS: Final[StatusTable] = {
    **_ANY_SERVICE,
    UnavailableError: Status.UNABLE_TO_CALCULATE_NUMBER_OF_MATCHES,
    InvalidIdentifier: Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
    DataSetTooLong: Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS,
    RequestError: Status.CANNOT_UNDERSTAND,
    SonariumError: Status.CANNOT_UNDERSTAND,
}  # PS3.4 C.4.3.1.4

N_ACTION_STATUS: Final[StatusTable] = {
    **_ANY_SERVICE,
    UnavailableError: Status.RESOURCE_LIMITATION,
    DataSetTooLong: Status.RESOURCE_LIMITATION,
    NoSuchAction: Status.NO_SUCH_ACTION_TYPE,
    NoSuchInstance: Status.NO_SUCH_SOP_INSTANCE,
    InvalidIdentifier: Status.INVALID_ARGUMENT_VALUE,
    RequestError: Status.PROCESSING_FAILURE,
    SonariumError: Status.PROCESSING_FAILURE,
}  # PS3.7 10.1.4.1.10, PS3.4 J.3.2

C_ECHO_STATUS: Final[StatusTable] = {
    **_ANY_SERVICE,
    SonariumError: Status.PROCESSING_FAILURE,
}  # PS3.7 9.1.5.1.4

STATUS_TABLES: Final[Mapping[ServiceClass, StatusTable]] = {
    ServiceClass.VERIFICATION: C_ECHO_STATUS,
    ServiceClass.STORAGE: C_STORE_STATUS,
    ServiceClass.FIND: C_FIND_STATUS,
    ServiceClass.MOVE: C_MOVE_STATUS,
    ServiceClass.GET: C_GET_STATUS,
    ServiceClass.COMMITMENT: N_ACTION_STATUS,
}

OTHER_STATUSES: Final[Mapping[ServiceClass, tuple[Status, ...]]] = {
    ServiceClass.VERIFICATION: (Status.SUCCESS,),
    ServiceClass.STORAGE: (Status.SUCCESS,),
    ServiceClass.FIND: (
        Status.SUCCESS,
        Status.PENDING,
        Status.PENDING_WITH_UNSUPPORTED_KEYS,
        Status.CANCEL,
    ),
    ServiceClass.MOVE: (
        Status.SUCCESS,
        Status.PENDING,
        Status.CANCEL,
        Status.COERCION_OF_DATA_ELEMENTS,
        Status.UNABLE_TO_PERFORM_SUB_OPERATIONS,
    ),
    ServiceClass.GET: (
        Status.SUCCESS,
        Status.PENDING,
        Status.CANCEL,
        Status.COERCION_OF_DATA_ELEMENTS,
        Status.UNABLE_TO_PERFORM_SUB_OPERATIONS,
    ),
    ServiceClass.COMMITMENT: (Status.SUCCESS,),
}
"""What each service answers when no error is raised."""

UNFORESEEN: Final = Status.PROCESSING_FAILURE
"""Answered by every service when our own code failed in a way that nobody foresaw."""

_LONGEST_COMMENT: Final = 64  # LO, PS3.5 6.2


def status_of(error: SonariumError, service: ServiceClass) -> Status:
    """Return the status that tells `error` to the requestor."""
    table = STATUS_TABLES[service]
    return next(
        table[kind]
        for kind in type(error).__mro__
        if issubclass(kind, SonariumError) and kind in table
    )


def comment_of(error: SonariumError) -> str | None:
    """Return the Error Comment (0000,0902) for `error`."""
    text = str(error).encode("ascii", "replace").decode("ascii").replace("\\", "/")
    return text[:_LONGEST_COMMENT].strip() or None
