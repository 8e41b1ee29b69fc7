"""Who may use which route: every route names its rule, and one that names none is shut.

People come by a session cookie, programs by a bearer token (RFC 6750). The guard runs before
any route's own code and leaves the principal in the connection's scope.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Protocol

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from sonarium.domain.access import Viewer, ViewerKind
from sonarium.domain.audit import Actor, ActorKind
from sonarium.domain.principal import Permission, Principal
from sonarium.faces.flow_guard import take_place
from sonarium.services.audit.acting import act_as

SESSION_COOKIE: Final = "__Host-sonarium"
"""Browsers take a cookie of this prefix only from the very host, over TLS or this machine."""

VISIT_COOKIE: Final = "__Host-sonarium-visit"
"""Of somebody who came by a link to one study."""

ANYONE: Final = "anyone"
SIGNED_IN: Final = "signed_in"
_RULE: Final = "access_rule"
_STEP_UP: Final = "access_step_up"
INSUFFICIENT: Final = (
    'Bearer realm="Sonarium", error="insufficient_user_authentication", '
    'error_description="prove again that it is you"'
)
"""RFC 9470 3: the browser application asks for password or passkey, and then tries again."""
_STUDIES: Final = "/dicom-web/studies"
_VISITED: Final = "/api/studies"
_NOT_FOR_VISITORS: Final = frozenset({"timeline", "links", "access"})
_STUDY_KEYS: Final = frozenset({"studyinstanceuid", "0020000d"})
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]


class Recognizes(Protocol):
    """Knows who comes by a secret."""

    async def principal_of(self, secret: str, /) -> Principal | None:
        """Return who comes by it, or None where it holds no longer."""


def access(rule: Permission | str, *, step_up: bool = False) -> dict[str, Any]:
    """Return the `opt` of a route or router that says who may use it.

    With `step_up` a person must have proved within the last minutes that it is still them. A
    program cannot, and needs not: its token is short-lived and its own.
    """
    return {_RULE: rule, _STEP_UP: step_up}


def rule_of(handler_opt: Mapping[str, Any]) -> Permission | str | None:
    """Return the rule that a route names."""
    return handler_opt.get(_RULE)


def asks_for_proof(handler_opt: Mapping[str, Any]) -> bool:
    """Tell whether a route wants a person to have proved of late who they are."""
    return bool(handler_opt.get(_STEP_UP))


def access_guard(sessions: Recognizes, visits: Recognizes, *bearers: Recognizes) -> Guard:
    """Return the guard of every route.

    Args:
        sessions: know people by their cookie.
        visits: know visitors, who came by a link to one study, by theirs.
        bearers: know whoever comes by a token; they are asked in turn.
    """

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        rule = rule_of(handler.opt)
        principal = _from_there(await _principal(connection, sessions, visits, bearers), connection)
        connection.scope["user"] = principal
        act_as(actor_of(connection))
        if rule == ANYONE:
            return
        if principal is None:
            raise NotAuthorizedException(
                detail="Sign in first; programs send an access token.",
                headers={"WWW-Authenticate": 'Bearer realm="Sonarium"'},
            )
        await take_place(f"{principal.viewer.kind} {principal.name}")
        _keep_within_its_audience(connection, principal)
        _keep_within_its_study(connection, principal)
        if not (rule == SIGNED_IN or rule in principal.permissions):
            raise PermissionDeniedException(detail="Your role does not allow this.")
        is_person = principal.session_ref is not None
        if asks_for_proof(handler.opt) and is_person and not principal.has_proved:
            raise NotAuthorizedException(
                detail="Prove again that it is you: this act asks for it.",
                headers={"WWW-Authenticate": INSUFFICIENT},
            )

    return guard


def principal_in(connection: Connection) -> Principal | None:
    """Return who was recognized."""
    found: Principal | None = connection.scope.get("user")
    return found


def principal_of(connection: Connection) -> Principal:
    """Return who was recognized, on a route that is not for anyone."""
    principal = principal_in(connection)
    assert principal is not None  # noqa: S101  # the guard lets nobody else through
    return principal


def viewer_of(connection: Connection) -> Viewer:
    """Return on whose behalf studies are looked at, on a route that is not for anyone."""
    return principal_of(connection).viewer


def _from_there(principal: Principal | None, connection: Connection) -> Principal | None:
    if principal is None or connection.client is None:
        return principal
    return replace(principal, viewer=replace(principal.viewer, address=connection.client.host))


def actor_of(connection: Connection) -> Actor:
    """Return how the audit trail names whoever asks."""
    address = connection.client.host if connection.client else ""
    principal = principal_in(connection)
    if principal is None:
        return Actor(ActorKind.UNKNOWN, "", address)
    kind = ActorKind(principal.viewer.kind)
    return Actor(kind, principal.name, address, principal.display_name)


async def _principal(
    connection: Connection,
    sessions: Recognizes,
    visits: Recognizes,
    bearers: Sequence[Recognizes],
) -> Principal | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        for bearer in bearers:
            if (found := await bearer.principal_of(token.strip())) is not None:
                return found
        return None
    if not _is_own_page(connection):
        return None
    for cookie, recognizes in ((SESSION_COOKIE, sessions), (VISIT_COOKIE, visits)):
        secret = connection.cookies.get(cookie)
        found = None if secret is None else await recognizes.principal_of(secret)
        if found is not None:
            return found
    return None


def _keep_within_its_audience(connection: Connection, principal: Principal) -> None:
    """Refuse a token where it was not made for (RFC 8707 2).

    Raises:
        NotAuthorizedException: it asks elsewhere.
    """
    begins = principal.audience
    if begins and not f"{connection.scope['path']}/".startswith(f"{begins}/"):
        raise NotAuthorizedException(
            detail=f"This token is heard below {begins} alone.",
            headers={"WWW-Authenticate": 'Bearer realm="Sonarium", error="invalid_token"'},
        )


def _keep_within_its_study(connection: Connection, principal: Principal) -> None:
    """Refuse a token of one study whatever does not look at that study over DICOMweb.

    A path below the study names it; a search among all studies must ask for it, and for no
    other by a second parameter.

    Raises:
        PermissionDeniedException: it asks for something else.
    """
    study = principal.study_instance_uid
    if study is None:
        return
    path = connection.scope["path"].rstrip("/")
    if path == _STUDIES:
        asked = {
            value
            for name, value in connection.query_params.multi_items()
            if name.lower() in _STUDY_KEYS
        }
        is_within = asked == {study}
    else:
        is_within = (
            path.startswith(f"{_STUDIES}/") and connection.path_params.get("study") == study
        ) or _is_visit(principal, path)
    if not is_within or connection.scope.get("method") not in _SAFE_METHODS:
        raise PermissionDeniedException(detail="This token opens one study, and only to look.")


def _is_visit(principal: Principal, path: str) -> bool:
    """Tell whether a visitor looks at their study in our own application."""
    own = f"{_VISITED}/{principal.study_instance_uid}"
    is_own = path == own or path.startswith(f"{own}/")
    is_visitor = principal.viewer.kind is ViewerKind.LINK
    return is_visitor and is_own and path.rpartition("/")[2] not in _NOT_FOR_VISITORS


def _is_own_page(connection: Connection) -> bool:
    """Tell whether a request that changes something comes from our own page.

    A cookie goes with requests that a page from elsewhere makes; Origin, which the browser guard
    has compared with Host, cannot be forged by it, so it must be there.
    """
    return connection.scope.get("method") in _SAFE_METHODS or bool(connection.headers.get("origin"))
