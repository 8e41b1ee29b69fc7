"""What two application entities tell each other about themselves (PS3.7 D.3.3, PS3.8 D.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


@dataclass(frozen=True, slots=True)
class AsynchronousOperationsWindow:
    """How many operations may be outstanding; 0 means any number (PS3.7 D.3.3.3)."""

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
    user_identity_response: bytes | None = None
