"""What every HTTP answer carries unless its route says otherwise, and which callers are heard.

Until the door is encrypted, only programs and browsers of this machine are served. Binding to
loopback is not enough for that: a page from elsewhere can make a browser here send requests.
So the Host must name this machine (no DNS rebinding) and a cross-site Origin is refused.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from sonarium.faces.ui_api.problem import send_problem

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

SECURITY_HEADERS: Iterable[tuple[bytes, bytes]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        b"form-action 'self'; frame-ancestors 'none'",
    ),
)


def browser_guard(app: ASGIApp) -> ASGIApp:
    """Wrap the application: refuse strangers, and add the security headers to every answer."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = secured(message.get("headers", ()))
            await send(message)

        complaint = _complaint(scope)
        if complaint is None:
            await app(scope, receive, send_with_headers)
        else:
            await send_problem(send_with_headers, 403, "Not from this machine", complaint)

    return guarded


def secured(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add the security headers that a route has not set by itself."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    return given + [(name, value) for name, value in SECURITY_HEADERS if name not in names]


def _complaint(scope: HTTPScope) -> str | None:
    """Say why this caller is not heard, or return None."""
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if _name_of(host) not in LOOPBACK_NAMES:
        return "Sonarium serves only this machine: open it as http://127.0.0.1."
    origin = headers.get(b"origin", b"").decode("latin-1")
    if origin and urlsplit(origin).netloc != host:
        return "A page of another site may not use this archive."
    return None


def _name_of(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
