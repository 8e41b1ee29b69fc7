"""The seven protocol data units of PS3.8 9.3, to bytes and back."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, TypeAlias

from sonarium.wire.upper_layer.errors import AbortReason, AbortSource, InvalidPDU
from sonarium.wire.upper_layer.items import (
    ae_title_text,
    iter_items,
    lenient_text,
    pack_item,
    require_length,
    uid_text,
)
from sonarium.wire.upper_layer.presentation_context import (
    AnsweredContext,
    ContextResult,
    ProposedContext,
)
from sonarium.wire.upper_layer.user_information import (
    UserInformation,
    decode_user_information,
    encode_user_information,
)

DICOM_APPLICATION_CONTEXT_NAME: Final = "1.2.840.10008.3.1.1.1"
PROTOCOL_VERSION: Final = 1
AE_TITLE_LENGTH: Final = 16
PDU_HEADER_LENGTH: Final = 6
PDV_HEADER_LENGTH: Final = 6
"""Four bytes of length, the presentation context id and the message control header."""

_MAX_CONTEXTS: Final = 128
_MAX_TRANSFER_SYNTAXES: Final = 256
_HEADER: Final = struct.Struct(">BxL")
_ASSOCIATE_FIXED: Final = struct.Struct(">HH16s16s32s")
_PDV_HEADER: Final = struct.Struct(">LBB")
_DATA_HEADER: Final = struct.Struct(">BxLLBB")

# Item types, PS3.8 9.3.2 and 9.3.3.
_APPLICATION_CONTEXT: Final = 0x10
_PROPOSED_CONTEXT: Final = 0x20
_ANSWERED_CONTEXT: Final = 0x21
_ABSTRACT_SYNTAX: Final = 0x30
_TRANSFER_SYNTAX: Final = 0x40
_USER_INFORMATION: Final = 0x50

# Message control header, PS3.8 E.2.
_IS_COMMAND: Final = 0x01
_IS_LAST: Final = 0x02


class PDUType(IntEnum):
    """First byte of each PDU."""

    A_ASSOCIATE_RQ = 0x01
    A_ASSOCIATE_AC = 0x02
    A_ASSOCIATE_RJ = 0x03
    P_DATA_TF = 0x04
    A_RELEASE_RQ = 0x05
    A_RELEASE_RP = 0x06
    A_ABORT = 0x07


@dataclass(frozen=True, slots=True)
class AssociateRQ:
    """A-ASSOCIATE-RQ (PS3.8 9.3.2)."""

    called_ae_title: str
    calling_ae_title: str
    presentation_contexts: tuple[ProposedContext, ...]
    user_information: UserInformation
    application_context_name: str = DICOM_APPLICATION_CONTEXT_NAME
    protocol_version: int = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class AssociateAC:
    """A-ASSOCIATE-AC (PS3.8 9.3.3); the titles repeat the request's and are never tested."""

    called_ae_title: str
    calling_ae_title: str
    presentation_contexts: tuple[AnsweredContext, ...]
    user_information: UserInformation


@dataclass(frozen=True, slots=True)
class AssociateRJ:
    """A-ASSOCIATE-RJ (PS3.8 9.3.4)."""

    result: int
    source: int
    reason: int


class PresentationDataValue(NamedTuple):
    """One PDV of a P-DATA-TF: a fragment of a command set or of a data set (PS3.8 9.3.5, E.2)."""

    context_id: int
    is_command: bool
    is_last: bool
    fragment: memoryview


@dataclass(frozen=True, slots=True)
class ReleaseRQ:
    """A-RELEASE-RQ (PS3.8 9.3.6)."""


@dataclass(frozen=True, slots=True)
class ReleaseRP:
    """A-RELEASE-RP (PS3.8 9.3.7)."""


@dataclass(frozen=True, slots=True)
class Abort:
    """A-ABORT (PS3.8 9.3.8)."""

    source: int = AbortSource.SERVICE_USER
    reason: int = AbortReason.NOT_SPECIFIED


AssociationPDU: TypeAlias = AssociateRQ | AssociateAC | AssociateRJ | ReleaseRQ | ReleaseRP | Abort


def encode_pdu(pdu: AssociationPDU) -> bytes:
    """Encode any PDU but P-DATA-TF."""
    match pdu:
        case AssociateRQ():
            return _pack(PDUType.A_ASSOCIATE_RQ, _encode_request(pdu))
        case AssociateAC():
            return _pack(PDUType.A_ASSOCIATE_AC, _encode_acceptance(pdu))
        case AssociateRJ():
            return _pack(PDUType.A_ASSOCIATE_RJ, bytes((0, pdu.result, pdu.source, pdu.reason)))
        case ReleaseRQ():
            return _pack(PDUType.A_RELEASE_RQ, bytes(4))
        case ReleaseRP():
            return _pack(PDUType.A_RELEASE_RP, bytes(4))
        case Abort():
            return _pack(PDUType.A_ABORT, bytes((0, 0, pdu.source, pdu.reason)))


def data_header(context_id: int, length: int, *, is_command: bool, is_last: bool) -> bytes:
    """Encode what precedes a fragment of `length` bytes in a P-DATA-TF with that one PDV."""
    control = is_command * _IS_COMMAND | is_last * _IS_LAST
    return _DATA_HEADER.pack(
        PDUType.P_DATA_TF, length + PDV_HEADER_LENGTH, length + 2, context_id, control
    )


def decode_data(body: memoryview) -> list[PresentationDataValue]:
    """Split the variable field of a P-DATA-TF into its PDVs, without copying.

    Raises:
        InvalidPDU: a PDV that leaves the PDU or has no room for its header, or none at all.
    """
    end = len(body)
    offset = 0
    values = []
    while offset < end:
        if end - offset < PDV_HEADER_LENGTH:
            raise InvalidPDU("a P-DATA-TF ends inside a PDV header")
        length, context_id, control = _PDV_HEADER.unpack_from(body, offset)
        stop = offset + 4 + length
        if length < 2 or stop > end:
            raise InvalidPDU("a PDV has an impossible length")
        values.append(
            PresentationDataValue(
                context_id,
                control & _IS_COMMAND != 0,
                control & _IS_LAST != 0,
                body[offset + PDV_HEADER_LENGTH : stop],
            )
        )
        offset = stop
    if not values:
        raise InvalidPDU("a P-DATA-TF without a PDV")
    return values


def decode_pdu(pdu_type: int, body: memoryview) -> AssociationPDU:
    """Decode the variable field of any PDU but P-DATA-TF.

    Raises:
        InvalidPDU: whatever is wrong with it, with the A-ABORT reason that says so.
    """
    match pdu_type:
        case PDUType.A_ASSOCIATE_RQ:
            return _decode_request(body)
        case PDUType.A_ASSOCIATE_AC:
            return _decode_acceptance(body)
        case PDUType.A_ASSOCIATE_RJ:
            require_length(body, 4, "A-ASSOCIATE-RJ")
            return AssociateRJ(body[1], body[2], body[3])
        case PDUType.A_RELEASE_RQ:
            require_length(body, 4, "A-RELEASE-RQ")
            return ReleaseRQ()
        case PDUType.A_RELEASE_RP:
            require_length(body, 4, "A-RELEASE-RP")
            return ReleaseRP()
        case PDUType.A_ABORT:
            require_length(body, 4, "A-ABORT")
            return Abort(body[2], body[3])
        case _:
            raise InvalidPDU("the PDU type is unknown", AbortReason.UNRECOGNIZED_PDU)


def _pack(pdu_type: PDUType, body: bytes) -> bytes:
    return _HEADER.pack(pdu_type, len(body)) + body


def _encode_fixed(called_ae_title: str, calling_ae_title: str) -> bytes:
    titles = []
    for title in (called_ae_title, calling_ae_title):
        if not 0 < len(title) <= AE_TITLE_LENGTH:
            raise ValueError("an AE title has 1 to 16 characters")
        titles.append(title.ljust(AE_TITLE_LENGTH).encode("ascii"))
    return _ASSOCIATE_FIXED.pack(PROTOCOL_VERSION, 0, *titles, bytes(32))


def _encode_request(pdu: AssociateRQ) -> bytes:
    parts = [
        _encode_fixed(pdu.called_ae_title, pdu.calling_ae_title),
        pack_item(_APPLICATION_CONTEXT, pdu.application_context_name.encode("ascii")),
    ]
    for context in pdu.presentation_contexts:
        body = bytes((context.context_id, 0, 0, 0))
        body += pack_item(_ABSTRACT_SYNTAX, context.abstract_syntax.encode("ascii"))
        for transfer_syntax in context.transfer_syntaxes:
            body += pack_item(_TRANSFER_SYNTAX, transfer_syntax.encode("ascii"))
        parts.append(pack_item(_PROPOSED_CONTEXT, body))
    parts.append(pack_item(_USER_INFORMATION, encode_user_information(pdu.user_information)))
    return b"".join(parts)


def _encode_acceptance(pdu: AssociateAC) -> bytes:
    parts = [
        _encode_fixed(pdu.called_ae_title, pdu.calling_ae_title),
        pack_item(_APPLICATION_CONTEXT, DICOM_APPLICATION_CONTEXT_NAME.encode("ascii")),
    ]
    for context in pdu.presentation_contexts:
        body = bytes((context.context_id, 0, context.result, 0))
        body += pack_item(_TRANSFER_SYNTAX, context.transfer_syntax.encode("ascii"))
        parts.append(pack_item(_ANSWERED_CONTEXT, body))
    parts.append(pack_item(_USER_INFORMATION, encode_user_information(pdu.user_information)))
    return b"".join(parts)


class _Variable(NamedTuple):
    application_context_name: str
    contexts: list[memoryview]
    user_information: UserInformation


def _decode_fixed(body: memoryview) -> tuple[int, memoryview, memoryview]:
    if len(body) < _ASSOCIATE_FIXED.size:
        raise InvalidPDU("an A-ASSOCIATE PDU is shorter than its fixed part")
    version = int.from_bytes(body[:2], "big")
    return version, body[4:20], body[20:36]


def _decode_variable(body: memoryview, context_type: int) -> _Variable:
    """Sort the items of an A-ASSOCIATE PDU; unknown ones are skipped (PS3.8 9.3.1)."""
    application_context: memoryview | None = None
    user_information: memoryview | None = None
    contexts: list[memoryview] = []
    for item_type, content in iter_items(body[_ASSOCIATE_FIXED.size :]):
        if item_type == context_type:
            contexts.append(content)
        elif item_type == _APPLICATION_CONTEXT and application_context is None:
            application_context = content
        elif item_type == _USER_INFORMATION and user_information is None:
            user_information = content
        elif item_type in (_APPLICATION_CONTEXT, _USER_INFORMATION):
            raise InvalidPDU("an item is given twice", AbortReason.UNEXPECTED_PDU_PARAMETER)
    if application_context is None or user_information is None:
        raise InvalidPDU("an A-ASSOCIATE PDU lacks a mandatory item")
    if len(contexts) > _MAX_CONTEXTS:
        raise InvalidPDU("more presentation contexts than there are odd ids")
    return _Variable(
        lenient_text(application_context), contexts, decode_user_information(user_information)
    )


def _decode_request(body: memoryview) -> AssociateRQ:
    version, called, calling = _decode_fixed(body)
    variable = _decode_variable(body, _PROPOSED_CONTEXT)
    contexts = tuple(map(_decode_proposed, variable.contexts))
    if len({context.context_id for context in contexts}) != len(contexts):
        raise InvalidPDU("a presentation context id is given twice")
    return AssociateRQ(
        ae_title_text(called),
        ae_title_text(calling),
        contexts,
        variable.user_information,
        variable.application_context_name,
        version,
    )


def _decode_acceptance(body: memoryview) -> AssociateAC:
    _, called, calling = _decode_fixed(body)
    variable = _decode_variable(body, _ANSWERED_CONTEXT)
    contexts = tuple(map(_decode_answered, variable.contexts))
    if len({context.context_id for context in contexts}) != len(contexts):
        raise InvalidPDU("a presentation context id is given twice")
    return AssociateAC(
        lenient_text(called), lenient_text(calling), contexts, variable.user_information
    )


def _decode_proposed(content: memoryview) -> ProposedContext:
    if len(content) < 4:
        raise InvalidPDU("a presentation context item is too short")
    context_id = content[0]
    if context_id % 2 == 0:
        raise InvalidPDU("a presentation context id is not odd")
    abstract_syntaxes: list[memoryview] = []
    transfer_syntaxes: list[str] = []
    for item_type, uid in iter_items(content[4:]):
        if item_type == _ABSTRACT_SYNTAX:
            abstract_syntaxes.append(uid)
        elif item_type == _TRANSFER_SYNTAX:
            transfer_syntaxes.append(uid_text(uid))
    if len(abstract_syntaxes) != 1:
        raise InvalidPDU("a presentation context needs one abstract syntax")
    if not 0 < len(transfer_syntaxes) <= _MAX_TRANSFER_SYNTAXES:
        raise InvalidPDU("a presentation context has no or too many transfer syntaxes")
    return ProposedContext(context_id, uid_text(abstract_syntaxes[0]), tuple(transfer_syntaxes))


def _decode_answered(content: memoryview) -> AnsweredContext:
    if len(content) < 4:
        raise InvalidPDU("a presentation context item is too short")
    try:
        result = ContextResult(content[2])
    except ValueError as error:
        raise InvalidPDU("a presentation context has an unknown result") from error
    if result is not ContextResult.ACCEPTANCE:
        return AnsweredContext(content[0], result)  # its transfer syntax shall not be tested
    transfer_syntaxes = [
        uid_text(uid) for item_type, uid in iter_items(content[4:]) if item_type == _TRANSFER_SYNTAX
    ]
    if len(transfer_syntaxes) != 1:
        raise InvalidPDU("an accepted presentation context needs one transfer syntax")
    return AnsweredContext(content[0], result, transfer_syntaxes[0])
