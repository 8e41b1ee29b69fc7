"""What a requestor asks of us and what we may answer, in plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sonarium.wire.upper_layer.presentation_context import ContextResult, ProposedContext
from sonarium.wire.upper_layer.user_information import (
    AsynchronousOperationsWindow,
    CommonExtendedNegotiation,
    RoleSelection,
    UserIdentity,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociateRequest:
    """An A-ASSOCIATE indication, and where it came from.

    `peer_certificate` is the verified client certificate in DER, where TLS gave one;
    `secured` tells whether the connection is TLS at all.
    """

    calling_ae_title: str
    called_ae_title: str
    peer_address: str
    presentation_contexts: tuple[ProposedContext, ...]
    roles: Mapping[str, RoleSelection] = field(default_factory=dict)
    extended_negotiation: Mapping[str, bytes] = field(default_factory=dict)
    common_extended_negotiation: tuple[CommonExtendedNegotiation, ...] = ()
    user_identity: UserIdentity | None = None
    window: AsynchronousOperationsWindow | None = None
    implementation_class_uid: str = ""
    implementation_version_name: str = ""
    secured: bool = False
    peer_certificate: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Our A-ASSOCIATE-AC.

    `contexts` gives for each proposed context id the transfer syntax we take, or the reason
    why we take none; ids left out are refused. `roles` holds what we agree to, in the
    requestor's view. `user_identity_response` is sent only when the requestor asked for a
    positive response: give `b""` for a user name that was recognised.
    """

    contexts: Mapping[int, str | ContextResult]
    roles: Mapping[str, RoleSelection] = field(default_factory=dict)
    extended_negotiation: Mapping[str, bytes] = field(default_factory=dict)
    user_identity_response: bytes | None = None
    window: AsynchronousOperationsWindow | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Our A-ASSOCIATE-RJ: result, source and reason of PS3.8 Table 9-21."""

    result: int
    source: int
    reason: int


# Result 1 is permanent, 2 transient; source 1 the service user, 2 the provider's ACSE part,
# 3 its presentation part.
NO_REASON_GIVEN = Rejection(1, 1, 1)
APPLICATION_CONTEXT_NAME_NOT_SUPPORTED = Rejection(1, 1, 2)
CALLING_AE_TITLE_NOT_RECOGNIZED = Rejection(1, 1, 3)
CALLED_AE_TITLE_NOT_RECOGNIZED = Rejection(1, 1, 7)
PROTOCOL_VERSION_NOT_SUPPORTED = Rejection(1, 2, 2)
TEMPORARY_CONGESTION = Rejection(2, 3, 1)
LOCAL_LIMIT_EXCEEDED = Rejection(2, 3, 2)


def answer_contexts(
    request: AssociateRequest, choose: Callable[[ProposedContext], str | ContextResult]
) -> dict[int, str | ContextResult]:
    """Answer each proposed context by one rule, for `Acceptance.contexts`."""
    return {context.context_id: choose(context) for context in request.presentation_contexts}
