"""Answers A-ASSOCIATE-RQ: which contexts, roles and extensions we take."""

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from sonarium.domain.device import Caller, DevicePermission
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import (
    ServiceClass,
    choose_transfer_syntax,
    service_class_of,
)
from sonarium.net.negotiation import (
    CALLED_AE_TITLE_NOT_RECOGNIZED,
    CALLING_AE_TITLE_NOT_RECOGNIZED,
    TEMPORARY_CONGESTION,
    Acceptance,
    AssociateRequest,
    Rejection,
    answer_contexts,
)
from sonarium.services.callers import CallerRefused, CallerService, DevicesUnread
from sonarium.wire.upper_layer.presentation_context import ContextResult, ProposedContext
from sonarium.wire.upper_layer.user_information import AsynchronousOperationsWindow, RoleSelection

# Which of the requested extensions we agree to, byte by byte.
FIND_EXTENSIONS: Final = b"\x01\x01\x01\x00\x00"
"""Relational queries, combined date-time matching, fuzzy person names; neither timezone
adjustment nor enhanced multi-frame conversion (PS3.4 C.5.1.1)."""
RETRIEVE_EXTENSIONS: Final = b"\x01\x00"
"""Relational retrieval; no enhanced multi-frame conversion (PS3.4 C.5.2.1, C.5.3.1)."""
STORAGE_EXTENSIONS: Final = b"\x02\x00\x03\x00\x00"
"""Level 2 (full) storage, digital signatures kept (level 3), no coercion (PS3.4 B.3.1)."""

PERMISSION_OF: Final[Mapping[ServiceClass, DevicePermission | None]] = {
    ServiceClass.VERIFICATION: None,
    ServiceClass.STORAGE: DevicePermission.STORE,
    ServiceClass.COMMITMENT: DevicePermission.STORE,
    ServiceClass.FIND: DevicePermission.QUERY,
    ServiceClass.MOVE: DevicePermission.RETRIEVE,
    ServiceClass.GET: DevicePermission.RETRIEVE,
}
"""What a device must be allowed for each service; None: it need only be known."""

RELATIONAL: Final = 0
"""Byte of the relational extension, in queries and retrievals."""
COMBINED_DATE_TIME: Final = 1
FUZZY_PERSON_NAMES: Final = 2


class Negotiator:
    """Decides on association requests by the settings and the devices that we know."""

    def __init__(self, settings: DimseSettings, callers: CallerService) -> None:
        self._settings = settings
        self._callers = callers

    def negotiate(self, request: AssociateRequest) -> Acceptance | Rejection:
        """Answer one association request.

        A user identity gets no positive response: nobody here could have checked it
        (PS3.7 D.3.3.7.2).
        """
        settings = self._settings
        caller = _caller_of(request)
        if request.called_ae_title != settings.ae_title and not settings.any_called_ae_title:
            self._callers.note_refusal(caller, "it called another AE title")
            return CALLED_AE_TITLE_NOT_RECOGNIZED
        try:
            may = self._callers.permissions_of(caller)
        except CallerRefused:
            return CALLING_AE_TITLE_NOT_RECOGNIZED
        except DevicesUnread:
            return TEMPORARY_CONGESTION
        services = self._services_of(request)
        allowed = {
            uid
            for uid, service in services.items()
            if _is_allowed(uid, service, may, request.roles)
        }
        if forbidden := {services[uid].value for uid in services.keys() - allowed}:
            reason = f"the device may not use: {', '.join(sorted(forbidden))}"
            self._callers.note_refusal(caller, reason, is_known=True)
        return Acceptance(
            contexts=answer_contexts(
                request, lambda context: self._choose(context, services, allowed)
            ),
            roles=_agree_to_roles(request.roles, services, may),
            extended_negotiation=_agree_to_extensions(request.extended_negotiation, services),
            window=self._agree_to_window(request.window),
        )

    def _services_of(self, request: AssociateRequest) -> dict[str, ServiceClass]:
        services = {}
        for context in request.presentation_contexts:
            service = service_class_of(
                context.abstract_syntax, unknown_sop_classes=self._settings.unknown_sop_classes
            )
            if service is not None:
                services[context.abstract_syntax] = service
        return services

    def _choose(
        self,
        context: ProposedContext,
        services: Mapping[str, ServiceClass],
        allowed: AbstractSet[str],
    ) -> str | ContextResult:
        service = services.get(context.abstract_syntax)
        if service is None:
            return ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED
        if context.abstract_syntax not in allowed:
            return ContextResult.USER_REJECTION
        chosen = choose_transfer_syntax(
            service,
            context.abstract_syntax,
            context.transfer_syntaxes,
            unknown_transfer_syntaxes=self._settings.unknown_transfer_syntaxes,
        )
        return ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED if chosen is None else chosen

    def _agree_to_window(
        self, window: AsynchronousOperationsWindow | None
    ) -> AsynchronousOperationsWindow | None:
        """Let the requestor have several operations under way; we invoke one at a time."""
        if window is None:
            return None
        most = self._settings.maximum_operations
        asked = window.maximum_invoked or most
        return AsynchronousOperationsWindow(maximum_invoked=min(asked, most), maximum_performed=1)


def _caller_of(request: AssociateRequest) -> Caller:
    shown = request.peer_certificate
    return Caller(
        request.calling_ae_title,
        request.peer_address,
        hashlib.sha256(shown).hexdigest() if shown else "",
    )


def _is_allowed(
    uid: str,
    service: ServiceClass,
    may: AbstractSet[DevicePermission],
    roles: Mapping[str, RoleSelection],
) -> bool:
    """Tell whether a device may open a context; for C-GET it takes objects as an SCP."""
    needed = PERMISSION_OF[service]
    if needed is None or needed in may:
        return True
    takes = service is ServiceClass.STORAGE and uid in roles and roles[uid].scp_role
    return takes and DevicePermission.RETRIEVE in may


def _agree_to_roles(
    proposed: Mapping[str, RoleSelection],
    services: Mapping[str, ServiceClass],
    may: AbstractSet[DevicePermission],
) -> dict[str, RoleSelection]:
    """Take storage in both roles (C-GET makes the requestor an SCP), all else as SCP only."""
    return {
        uid: RoleSelection(
            uid,
            scu_role=role.scu_role
            and (services[uid] is not ServiceClass.STORAGE or DevicePermission.STORE in may),
            scp_role=role.scp_role and services[uid] is ServiceClass.STORAGE,
        )
        for uid, role in proposed.items()
        if uid in services
    }


def _agree_to_extensions(
    proposed: Mapping[str, bytes], services: Mapping[str, ServiceClass]
) -> dict[str, bytes]:
    """Answer each application information with as many bytes as were asked, at most ours."""
    agreed = {}
    for uid, asked in proposed.items():
        service = services.get(uid)
        if service is ServiceClass.STORAGE:
            agreed[uid] = STORAGE_EXTENSIONS
        elif service is ServiceClass.FIND:
            agreed[uid] = _both(asked, FIND_EXTENSIONS)
        elif service in (ServiceClass.MOVE, ServiceClass.GET):
            agreed[uid] = _both(asked, RETRIEVE_EXTENSIONS)
    return agreed


def _both(asked: bytes, offered: bytes) -> bytes:
    return bytes(int(a == 1 and b == 1) for a, b in zip(asked, offered, strict=False))
