"""What every HTTP answer carries unless its route says otherwise, and which callers are heard.

A page from elsewhere can make a browser send requests here, even where only this machine is
served. So the Host must be one of our names (no DNS rebinding) and a cross-site Origin is
refused.
"""

from collections.abc import Collection, Iterable
from typing import Final
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from sonarium.faces.ui_api.problem import send_problem

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

_MOST_PARAMETERS: Final = 512
"""The web framework gives up, with an error of ours, at 1024."""

STRICT_TRANSPORT: Final = (b"strict-transport-security", b"max-age=31536000")
"""RFC 6797; browsers heed it over TLS alone."""

SECURITY_HEADERS: Iterable[tuple[bytes, bytes]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    STRICT_TRANSPORT,
    # What may be kept, and by whom, is said by the routes that know it.
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), "
        b"serial=(), usb=()",
    ),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        b"form-action 'self'; frame-ancestors 'none'",
    ),
)


def browser_guard(app: ASGIApp, names: Collection[str] = ()) -> ASGIApp:
    """Wrap the application: refuse strangers, and add the security headers to every answer.

    `names` are hosts by which we are reached, beside this machine's own names for itself.
    """
    known = LOOPBACK_NAMES.union(name.lower() for name in names)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = secured(message.get("headers", ()))
            await send(message)

        malformed, stranger = _malformed(scope), _complaint(scope, known)
        if malformed is not None:
            await send_problem(send_with_headers, 400, "Not a valid request", malformed)
        elif stranger is not None:
            await send_problem(send_with_headers, 403, "Not from here", stranger)
        else:
            await app(scope, receive, send_with_headers)

    return guarded


def secured(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add the security headers that a route has not set by itself."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    return given + [(name, value) for name, value in SECURITY_HEADERS if name not in names]


def _malformed(scope: HTTPScope) -> str | None:
    """Say what no route could make sense of, or return None."""
    if sum(name == b"host" for name, _ in scope["headers"]) > 1:
        return "The request names more than one host (RFC 9112 3.2)."
    if scope["query_string"].count(b"&") >= _MOST_PARAMETERS:
        return f"The address has more than {_MOST_PARAMETERS} parameters."
    return None


def _complaint(scope: HTTPScope, known: Collection[str]) -> str | None:
    """Say why this caller is not heard, or return None."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if _name_of(host).lower() not in known:
        return "This archive does not go by that name; an administrator sets http.names."
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin and not _is_our_page(origin, host):
        return "A page of another site may not use this archive."
    return None


def _is_our_page(origin: str, host: str) -> bool:
    """Tell whether a page is of this very host; in clear only this machine shows pages of ours."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    in_clear = parts.scheme == "http" and _name_of(host).lower() in LOOPBACK_NAMES
    return parts.netloc == host and (parts.scheme == "https" or in_clear)


def _name_of(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
