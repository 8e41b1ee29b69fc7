"""What a requestor asks of us and what we may answer, in plain values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sonarium.base.identifiers import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from sonarium.net.incoming import AcceptedContext
from sonarium.net.settings import AssociationSettings
from sonarium.wire.dimse.message import SMALLEST_MAXIMUM_LENGTH
from sonarium.wire.upper_layer.pdu import (
    DICOM_APPLICATION_CONTEXT_NAME,
    AssociateAC,
    AssociateRQ,
)
from sonarium.wire.upper_layer.presentation_context import (
    AnsweredContext,
    ContextResult,
    ProposedContext,
)
from sonarium.wire.upper_layer.user_information import (
    AsynchronousOperationsWindow,
    CommonExtendedNegotiation,
    RoleSelection,
    UserIdentity,
    UserInformation,
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
NO_REASON_GIVEN: Final = Rejection(1, 1, 1)
APPLICATION_CONTEXT_NAME_NOT_SUPPORTED: Final = Rejection(1, 1, 2)
CALLING_AE_TITLE_NOT_RECOGNIZED: Final = Rejection(1, 1, 3)
CALLED_AE_TITLE_NOT_RECOGNIZED: Final = Rejection(1, 1, 7)
PROTOCOL_VERSION_NOT_SUPPORTED: Final = Rejection(1, 2, 2)
TEMPORARY_CONGESTION: Final = Rejection(2, 3, 1)
LOCAL_LIMIT_EXCEEDED: Final = Rejection(2, 3, 2)


def answer_contexts(
    request: AssociateRequest, choose: Callable[[ProposedContext], str | ContextResult]
) -> dict[int, str | ContextResult]:
    """Answer each proposed context by one rule, for `Acceptance.contexts`."""
    return {context.context_id: choose(context) for context in request.presentation_contexts}


def incoming_request(
    request: AssociateRQ, peer_address: str, peer_certificate: bytes | None
) -> AssociateRequest:
    """Join an A-ASSOCIATE-RQ with where it came from.

    `peer_certificate` is None without TLS and empty over TLS without a client certificate.
    """
    user = request.user_information
    return AssociateRequest(
        calling_ae_title=request.calling_ae_title,
        called_ae_title=request.called_ae_title,
        peer_address=peer_address,
        presentation_contexts=request.presentation_contexts,
        roles={role.sop_class_uid: role for role in user.roles},
        extended_negotiation=user.extended_negotiation,
        common_extended_negotiation=user.common_extended_negotiation,
        user_identity=user.user_identity,
        window=user.window,
        implementation_class_uid=user.implementation_class_uid,
        implementation_version_name=user.implementation_version_name,
        secured=peer_certificate is not None,
        peer_certificate=peer_certificate or None,
    )


def refusal_of(request: AssociateRQ) -> Rejection | None:
    """Return why nobody could accept this request, whoever asks (PS3.8 9.3.4)."""
    if request.application_context_name != DICOM_APPLICATION_CONTEXT_NAME:
        return APPLICATION_CONTEXT_NAME_NOT_SUPPORTED
    if 0 < request.user_information.maximum_length_received < SMALLEST_MAXIMUM_LENGTH:
        return NO_REASON_GIVEN
    if not request.called_ae_title:
        return CALLED_AE_TITLE_NOT_RECOGNIZED
    if not request.calling_ae_title:
        return CALLING_AE_TITLE_NOT_RECOGNIZED
    if not request.presentation_contexts:
        return NO_REASON_GIVEN
    return None


def build_answer(
    request: AssociateRQ, acceptance: Acceptance, settings: AssociationSettings
) -> AssociateAC:
    """Write the A-ASSOCIATE-AC that says what was accepted, and never more than was asked."""
    asked = request.user_information
    roles = tuple(
        RoleSelection(
            role.sop_class_uid,
            scu_role=role.scu_role and acceptance.roles[role.sop_class_uid].scu_role,
            scp_role=role.scp_role and acceptance.roles[role.sop_class_uid].scp_role,
        )
        for role in asked.roles
        if role.sop_class_uid in acceptance.roles
    )
    identity = asked.user_identity
    wants_response = identity is not None and identity.positive_response_requested
    return AssociateAC(
        request.called_ae_title,
        request.calling_ae_title,
        tuple(
            _answer_context(context, acceptance.contexts.get(context.context_id))
            for context in request.presentation_contexts
        ),
        UserInformation(
            maximum_length_received=settings.maximum_length_received,
            implementation_class_uid=IMPLEMENTATION_CLASS_UID,
            implementation_version_name=IMPLEMENTATION_VERSION_NAME,
            window=_answer_window(asked.window, acceptance.window, settings.maximum_operations),
            roles=roles,
            extended_negotiation={
                uid: answer
                for uid, answer in acceptance.extended_negotiation.items()
                if uid in asked.extended_negotiation
            },
            user_identity_response=acceptance.user_identity_response if wants_response else None,
        ),
    )


def agreed_contexts(
    request: AssociateRQ, answer: AssociateAC, *, is_requestor: bool
) -> dict[int, AcceptedContext]:
    """Work out what both sides may now use, with the roles of our side (PS3.7 D.3.3.4).

    An answer to what was not proposed is worth nothing.
    """
    proposed = {context.context_id: context for context in request.presentation_contexts}
    asked_roles = {role.sop_class_uid: role for role in request.user_information.roles}
    roles = {
        role.sop_class_uid: role
        for role in answer.user_information.roles
        if role.sop_class_uid in asked_roles
    }
    agreed = {}
    for context in answer.presentation_contexts:
        asked = proposed.get(context.context_id)
        if (
            asked is None
            or context.result is not ContextResult.ACCEPTANCE
            or context.transfer_syntax not in asked.transfer_syntaxes
        ):
            continue
        requestor_is_scu, requestor_is_scp = True, False
        if (role := roles.get(asked.abstract_syntax)) is not None:
            offered = asked_roles[asked.abstract_syntax]
            requestor_is_scu = role.scu_role and offered.scu_role
            requestor_is_scp = role.scp_role and offered.scp_role
        agreed[context.context_id] = AcceptedContext(
            context.context_id,
            asked.abstract_syntax,
            context.transfer_syntax,
            as_scu=requestor_is_scu if is_requestor else requestor_is_scp,
            as_scp=requestor_is_scp if is_requestor else requestor_is_scu,
        )
    return agreed


def _answer_context(
    context: ProposedContext, answer: str | ContextResult | None
) -> AnsweredContext:
    if isinstance(answer, ContextResult) or answer is None:
        refused = answer or ContextResult.NO_REASON
        # The item must be there although nobody may test it; peers expect one of theirs.
        return AnsweredContext(context.context_id, refused, context.transfer_syntaxes[0])
    return AnsweredContext(context.context_id, ContextResult.ACCEPTANCE, answer)


def _answer_window(
    asked: AsynchronousOperationsWindow | None,
    offered: AsynchronousOperationsWindow | None,
    most: int,
) -> AsynchronousOperationsWindow | None:
    if asked is None:
        return None
    limit = offered or AsynchronousOperationsWindow(most, most)
    return AsynchronousOperationsWindow(
        _smaller_window(asked.maximum_invoked, limit.maximum_invoked),
        _smaller_window(asked.maximum_performed, limit.maximum_performed),
    )


def _smaller_window(one: int, other: int) -> int:
    """Return the smaller number of operations, where 0 is any number."""
    return min(one, other) if one and other else one or other
