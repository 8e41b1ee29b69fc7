"""What every way of signing in shares: who calls, at which address of ours, and the cookie."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie, State
from litestar.exceptions import (
    ClientException,
    NotAuthorizedException,
    TooManyRequestsException,
)

from sonarium.domain.principal import Principal
from sonarium.faces.web_access import SESSION_COOKIE, principal_in
from sonarium.services.passkeys import RelyingParty
from sonarium.services.sign_in import Caller, TooManyFailures

OurRequest = Request[Any, Any, State]


def person_in(request: OurRequest) -> Principal:
    """Return the person who is signed in.

    Raises:
        NotAuthorizedException: nobody is, or it is a program.
    """
    principal = principal_in(request)
    if principal is None or principal.session_ref is None:
        raise NotAuthorizedException(detail="Only a person who is signed in has sessions.")
    return principal


def caller_of(request: OurRequest) -> Caller:
    """Tell from where somebody calls: the connection says it, no header that anybody may send."""
    address = request.client.host if request.client else ""
    return Caller(address, request.headers.get("user-agent", ""))


def takes_passkeys(request: OurRequest) -> bool:
    """Tell whether the browser is at a host name; WebAuthn 5.1.2 knows no bare addresses."""
    try:
        ip_address(_host_name(request))
    except ValueError:
        return True
    return False


def relying_party_of(request: OurRequest) -> RelyingParty:
    """Return at which of our names the browser is; the browser guard has looked at the Host.

    Raises:
        ClientException: it is at a bare address.
    """
    if not takes_passkeys(request):
        raise ClientException(
            detail="Passkeys work at a host name. On this machine open the archive at localhost."
        )
    host, name = request.headers["host"].lower(), _host_name(request)
    # A proxy in front may speak TLS for us; only this machine may be reached without it.
    schemes = ("https", "http") if name == "localhost" else ("https",)
    return RelyingParty(name, tuple(f"{scheme}://{host}" for scheme in schemes))


def origin_of(request: OurRequest) -> str:
    """Return our own address as the browser has it; a proxy in front may speak TLS for us."""
    is_here = _host_name(request) in {"localhost", "127.0.0.1", "::1"}
    scheme = request.url.scheme if is_here else "https"
    return f"{scheme}://{request.headers['host'].lower()}"


def with_session(secret: str) -> Response[None]:
    """Answer with the cookie of a session and nothing else."""
    return Response(None, status_code=204, cookies=[session_cookie(secret)])


def session_cookie(secret: str, max_age: int | None = None) -> Cookie:
    """Write the cookie of a session."""
    return Cookie(
        SESSION_COOKIE,
        value=secret,
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
        max_age=max_age,
    )


def wait_first(error: TooManyFailures) -> TooManyRequestsException:
    """Say that too many attempts failed, and when to come again."""
    return TooManyRequestsException(
        detail=str(error), headers={"Retry-After": str(error.retry_after_s)}
    )


def _host_name(request: OurRequest) -> str:
    return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
