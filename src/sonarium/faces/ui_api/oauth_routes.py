"""OAuth 2.0 for programs: tokens, taking them back, and what tells programs where these are."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency

from sonarium.domain.audit import EventType
from sonarium.domain.principal import Scope
from sonarium.faces.ui_api.session_cookie import OurRequest, origin_of
from sonarium.faces.web_access import ANYONE, access, actor_of
from sonarium.services.audit.refusals import Refusals, resource
from sonarium.services.audit.trail import clean
from sonarium.services.clients import ClientRefused, ClientService, ScopeRefused

_AUTHENTICATION: Final = ["client_secret_basic", "client_secret_post"]
_AUDIENCES: Final = ("/dicom-web", "/api")
"""Parts of our addresses to which a token may be bound."""


@get(
    [
        "/.well-known/oauth-authorization-server",
        "/.well-known/smart-configuration",
        "/dicom-web/.well-known/smart-configuration",
    ],
    include_in_schema=False,
    opt=access(ANYONE),
    sync_to_thread=False,
)
def describe(request: OurRequest) -> Response[bytes]:
    """Tell programs where to ask for tokens (RFC 8414 2; SMART App Launch 2, section 4)."""
    origin = origin_of(request)
    members = {
        "issuer": origin,
        "token_endpoint": f"{origin}/api/oauth/token",
        "token_endpoint_auth_methods_supported": _AUTHENTICATION,
        "revocation_endpoint": f"{origin}/api/oauth/revoke",
        "revocation_endpoint_auth_methods_supported": _AUTHENTICATION,
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": [scope.value for scope in Scope],
        "capabilities": ["client-confidential-symmetric"],
    }
    return Response(msgspec.json.encode(members), media_type="application/json")


@post("/oauth/token", status_code=200, include_in_schema=False, opt=access(ANYONE))
async def give_token(
    request: OurRequest,
    clients: NamedDependency[ClientService],
    refusals: NamedDependency[Refusals],
) -> Response[bytes]:
    """Give an access token for client credentials (RFC 6749 4.4.2); errors as its 5.2 says."""
    form = await request.form()
    client_id, client_secret = _credentials(
        request.headers.get("authorization", ""),
        str(form.get("client_id", "")),
        str(form.get("client_secret", "")),
    )
    if form.get("grant_type") != "client_credentials":
        return _oauth(400, error="unsupported_grant_type")
    known = {scope.value for scope in Scope}
    asked = str(form.get("scope", "")).split()
    if not known.issuperset(asked):
        return _oauth(400, error="invalid_scope")
    audience = _audience(request, form.getall("resource", []))
    if audience is None:
        return _oauth(400, error="invalid_target")
    try:
        token = await clients.token_for_secret(
            client_id, client_secret, list(map(Scope, asked)), audience
        )
    except ClientRefused as error:
        program = replace(actor_of(request), name=clean(client_id)[:64])
        kind = EventType.NODE_AUTHENTICATION
        await refusals.note(program, kind, resource("POST /api/oauth/token"), str(error))
        return _oauth(401, error="invalid_client")
    except ScopeRefused:
        return _oauth(400, error="invalid_scope")
    return _oauth(
        200,
        access_token=token.secret,
        token_type="Bearer",  # noqa: S106  # the kind of token, not one
        expires_in=int(token.lifetime.total_seconds()),
        scope=" ".join(token.scopes),
    )


@post("/oauth/revoke", status_code=200, include_in_schema=False, opt=access(ANYONE))
async def take_back_token(
    request: OurRequest, clients: NamedDependency[ClientService]
) -> Response[bytes]:
    """Take back a token that its program shows (RFC 7009 2)."""
    form = await request.form()
    client_id, client_secret = _credentials(
        request.headers.get("authorization", ""),
        str(form.get("client_id", "")),
        str(form.get("client_secret", "")),
    )
    try:
        await clients.give_back(client_id, client_secret, str(form.get("token", "")))
    except ClientRefused:
        return _oauth(401, error="invalid_client")
    return _oauth(200)


def oauth_routes() -> Router:
    """Return every route of OAuth 2.0."""
    return Router(
        "/",
        route_handlers=[
            describe,
            Router("/api", route_handlers=[give_token, take_back_token]),
        ],
        request_max_body_size=64 * 1024,
    )


def _audience(request: OurRequest, resources: Sequence[object]) -> str | None:
    """Return the part of our addresses that a program asks a token for; None: it is not ours.

    RFC 8707 2 allows several resources; a token of ours has one audience.
    """
    if not resources:
        return ""
    origin = origin_of(request)
    ours = {f"{origin}{path}": path for path in _AUDIENCES} | {origin: ""}
    found = {ours.get(str(one).removesuffix("/")) for one in resources}
    return found.pop() if len(found) == 1 else None


def _credentials(authorization: str, client_id: str, client_secret: str) -> tuple[str, str]:
    """Take client id and secret from HTTP Basic, else from the form (RFC 6749 2.3.1)."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return client_id, client_secret
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password


def _oauth(status: int, **members: str | int) -> Response[bytes]:
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Sonarium"'
    return Response(
        msgspec.json.encode(members),
        status_code=status,
        media_type="application/json",
        headers=headers,
    )
