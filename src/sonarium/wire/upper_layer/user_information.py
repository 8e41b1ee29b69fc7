"""What two application entities tell each other about themselves (PS3.7 D.3.3, PS3.8 D.1)."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from sonarium.wire.upper_layer.errors import AbortReason, InvalidPDU
from sonarium.wire.upper_layer.items import (
    iter_items,
    lenient_text,
    pack_field,
    pack_item,
    require_length,
    take_field,
    uid_text,
)

DEFAULT_MAXIMUM_LENGTH: Final = 16 * 1024
"""Taken for a peer that names no maximum length, which PS3.8 D.1 makes it owe."""

# Item types, PS3.8 D.1.1 and PS3.7 D.3.3.
MAXIMUM_LENGTH: Final = 0x51
IMPLEMENTATION_CLASS_UID: Final = 0x52
ASYNCHRONOUS_OPERATIONS_WINDOW: Final = 0x53
ROLE_SELECTION: Final = 0x54
IMPLEMENTATION_VERSION_NAME: Final = 0x55
SOP_CLASS_EXTENDED_NEGOTIATION: Final = 0x56
SOP_CLASS_COMMON_EXTENDED_NEGOTIATION: Final = 0x57
USER_IDENTITY_RQ: Final = 0x58
USER_IDENTITY_AC: Final = 0x59

_ONLY_ONCE: Final = frozenset(
    {
        MAXIMUM_LENGTH,
        IMPLEMENTATION_CLASS_UID,
        ASYNCHRONOUS_OPERATIONS_WINDOW,
        IMPLEMENTATION_VERSION_NAME,
        USER_IDENTITY_RQ,
        USER_IDENTITY_AC,
    }
)


@dataclass(frozen=True, slots=True)
class AsynchronousOperationsWindow:
    """How many operations may be outstanding; 0 means any number (PS3.7 D.3.3.3).

    Both numbers are seen from the association requestor.
    """

    maximum_invoked: int = 1
    maximum_performed: int = 1


@dataclass(frozen=True, slots=True)
class RoleSelection:
    """Which roles the association requestor plays for a SOP Class (PS3.7 D.3.3.4)."""

    sop_class_uid: str
    scu_role: bool
    scp_role: bool


@dataclass(frozen=True, slots=True)
class CommonExtendedNegotiation:
    """The service class and general SOP classes that a SOP class belongs to (PS3.7 D.3.3.6)."""

    sop_class_uid: str
    service_class_uid: str
    related_general_sop_class_uids: tuple[str, ...] = ()


class UserIdentityType(IntEnum):
    """How the requestor names its user (PS3.7 D.3.3.7)."""

    USERNAME = 1
    USERNAME_AND_PASSCODE = 2
    KERBEROS = 3
    SAML = 4
    JWT = 5


@dataclass(frozen=True, slots=True)
class UserIdentity:
    """The user on whose behalf the requestor speaks; hides its own content."""

    identity_type: UserIdentityType
    positive_response_requested: bool
    primary_field: bytes = field(repr=False)
    secondary_field: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class UserInformation:
    """The User Information Item of A-ASSOCIATE-RQ and -AC.

    `maximum_length_received` bounds the P-DATA-TF PDUs that the sender of this item takes;
    0 means no bound. `user_identity` goes with a request, `user_identity_response` with its
    answer. `extended_negotiation` maps a SOP Class UID to its service class application
    information.
    """

    maximum_length_received: int
    implementation_class_uid: str
    implementation_version_name: str = ""
    window: AsynchronousOperationsWindow | None = None
    roles: tuple[RoleSelection, ...] = ()
    extended_negotiation: Mapping[str, bytes] = field(default_factory=dict)
    common_extended_negotiation: tuple[CommonExtendedNegotiation, ...] = ()
    user_identity: UserIdentity | None = None
    user_identity_response: bytes | None = field(default=None, repr=False)


def encode_user_information(information: UserInformation) -> bytes:
    """Encode the content of a User Information Item, sub-items in the order of their types."""
    parts = [
        pack_item(MAXIMUM_LENGTH, struct.pack(">L", information.maximum_length_received)),
        pack_item(IMPLEMENTATION_CLASS_UID, information.implementation_class_uid.encode("ascii")),
    ]
    if (window := information.window) is not None:
        numbers = struct.pack(">HH", window.maximum_invoked, window.maximum_performed)
        parts.append(pack_item(ASYNCHRONOUS_OPERATIONS_WINDOW, numbers))
    for role in information.roles:
        flags = bytes((role.scu_role, role.scp_role))
        body = pack_field(role.sop_class_uid.encode("ascii")) + flags
        parts.append(pack_item(ROLE_SELECTION, body))
    if name := information.implementation_version_name:
        parts.append(pack_item(IMPLEMENTATION_VERSION_NAME, name.encode("ascii")))
    for sop_class_uid, content in information.extended_negotiation.items():
        body = pack_field(sop_class_uid.encode("ascii")) + content
        parts.append(pack_item(SOP_CLASS_EXTENDED_NEGOTIATION, body))
    parts.extend(_encode_common(common) for common in information.common_extended_negotiation)
    if (identity := information.user_identity) is not None:
        body = bytes((identity.identity_type, identity.positive_response_requested))
        body += pack_field(identity.primary_field) + pack_field(identity.secondary_field)
        parts.append(pack_item(USER_IDENTITY_RQ, body))
    if (response := information.user_identity_response) is not None:
        parts.append(pack_item(USER_IDENTITY_AC, pack_field(response)))
    return b"".join(parts)


def _encode_common(common: CommonExtendedNegotiation) -> bytes:
    related = b"".join(
        pack_field(uid.encode("ascii")) for uid in common.related_general_sop_class_uids
    )
    body = pack_field(common.sop_class_uid.encode("ascii"))
    body += pack_field(common.service_class_uid.encode("ascii")) + pack_field(related)
    return pack_item(SOP_CLASS_COMMON_EXTENDED_NEGOTIATION, body)


def decode_user_information(content: memoryview) -> UserInformation:
    """Decode the content of a User Information Item; unknown sub-items are skipped.

    A SOP class named twice keeps its first word.

    Raises:
        InvalidPDU: a length that leaves its item, a value out of range, an item given twice.
    """
    single: dict[int, memoryview] = {}
    roles: dict[str, RoleSelection] = {}
    extended: dict[str, bytes] = {}
    common: list[CommonExtendedNegotiation] = []
    for item_type, body in iter_items(content):
        if item_type in _ONLY_ONCE:
            if item_type in single:
                raise InvalidPDU(
                    "a user information item is given twice", AbortReason.UNEXPECTED_PDU_PARAMETER
                )
            single[item_type] = body
        elif item_type == ROLE_SELECTION:
            role = _decode_role(body)
            roles.setdefault(role.sop_class_uid, role)
        elif item_type == SOP_CLASS_EXTENDED_NEGOTIATION:
            uid, offset = take_field(body, 0)
            extended.setdefault(uid_text(uid), bytes(body[offset:]))
        elif item_type == SOP_CLASS_COMMON_EXTENDED_NEGOTIATION:
            common.append(_decode_common(body))
    return UserInformation(
        maximum_length_received=_decode_maximum_length(single.get(MAXIMUM_LENGTH)),
        implementation_class_uid=lenient_text(
            single.get(IMPLEMENTATION_CLASS_UID, memoryview(b""))
        ),
        implementation_version_name=lenient_text(
            single.get(IMPLEMENTATION_VERSION_NAME, memoryview(b""))
        ),
        window=_decode_window(single.get(ASYNCHRONOUS_OPERATIONS_WINDOW)),
        roles=tuple(roles.values()),
        extended_negotiation=extended,
        common_extended_negotiation=tuple(common),
        user_identity=_decode_identity(single.get(USER_IDENTITY_RQ)),
        user_identity_response=_decode_identity_response(single.get(USER_IDENTITY_AC)),
    )


def _decode_maximum_length(body: memoryview | None) -> int:
    if body is None:
        return DEFAULT_MAXIMUM_LENGTH
    require_length(body, 4, "maximum length item")
    return int.from_bytes(body, "big")


def _decode_window(body: memoryview | None) -> AsynchronousOperationsWindow | None:
    if body is None:
        return None
    require_length(body, 4, "asynchronous operations window item")
    return AsynchronousOperationsWindow(*struct.unpack(">HH", body))


def _decode_role(body: memoryview) -> RoleSelection:
    uid, offset = take_field(body, 0)
    flags = body[offset:]
    require_length(flags, 2, "role selection item")
    if flags[0] > 1 or flags[1] > 1:
        raise InvalidPDU("a role is neither 0 nor 1")
    return RoleSelection(uid_text(uid), scu_role=flags[0] == 1, scp_role=flags[1] == 1)


def _decode_common(body: memoryview) -> CommonExtendedNegotiation:
    sop_class, offset = take_field(body, 0)
    service_class, offset = take_field(body, offset)
    related, _ = take_field(body, offset)  # later versions of the item may add fields
    uids = []
    at = 0
    while at < len(related):
        uid, at = take_field(related, at)
        uids.append(uid_text(uid))
    return CommonExtendedNegotiation(uid_text(sop_class), uid_text(service_class), tuple(uids))


def _decode_identity(body: memoryview | None) -> UserIdentity | None:
    if body is None:
        return None
    if len(body) < 2:
        raise InvalidPDU("the user identity item is too short")
    primary, offset = take_field(body, 2)
    secondary, offset = take_field(body, offset)
    require_length(body[offset:], 0, "end of the user identity item")
    try:
        identity_type = UserIdentityType(body[0])
    except ValueError as error:
        raise InvalidPDU("the user identity type is unknown") from error
    return UserIdentity(identity_type, body[1] != 0, bytes(primary), bytes(secondary))


def _decode_identity_response(body: memoryview | None) -> bytes | None:
    if body is None:
        return None
    response, _ = take_field(body, 0)
    return bytes(response)
