"""To the site's OpenID Connect provider and back."""

from typing import Final

from litestar import Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, TooManyRequestsException
from litestar.params import JSONBody

from sonarium.faces.ui_api.account_model import ProviderAddress, ProviderErrand
from sonarium.faces.ui_api.session_cookie import (
    OurRequest,
    caller_of,
    origin_of,
    person_in,
    session_cookie,
    wait_first,
)
from sonarium.faces.web_access import ANYONE, access
from sonarium.services.provider_sign_in import LIFETIME, ProviderRefused, ProviderService, Return
from sonarium.services.sign_in import TooManyFailures

FLOW_COOKIE: Final = "__Host-sonarium-provider"
"""Comes along when the provider sends the browser back, which a strict cookie would not."""
ANSWER_PATH: Final = "/api/session/provider/answer"
_PAGE: Final = "/provider#"
_LONGEST: Final = 4096


@post(
    "/session/provider",
    summary="Go to the site's sign-in",
    opt=access(ANYONE),
    status_code=200,
    raises=[NotAuthorizedException, TooManyRequestsException],
)
async def depart(
    request: OurRequest,
    provider: NamedDependency[ProviderService],
    data: JSONBody[ProviderErrand],
) -> Response[ProviderAddress]:
    """Tell where the browser has to go, and bind what comes back to this browser."""
    person = person_in(request) if data.prove else None
    try:
        going = await provider.depart(_redirect_uri(request), caller_of(request), person)
    except TooManyFailures as error:
        raise wait_first(error) from error
    return Response(
        ProviderAddress(address=going.address),
        cookies=[_flow_cookie(going.browser_secret, int(LIFETIME.total_seconds()))],
        headers={"Cache-Control": "no-store"},
    )


@get(ANSWER_PATH.removeprefix("/api"), include_in_schema=False, opt=access(ANYONE))
async def arrive(request: OurRequest, provider: NamedDependency[ProviderService]) -> Response[None]:
    """Take the browser back; what went wrong is a word of ours, nothing that a stranger wrote."""
    code, state, issuer, error = (
        str(request.query_params.get(name, ""))[:_LONGEST]
        for name in ("code", "state", "iss", "error")
    )
    secret = request.cookies.get(FLOW_COOKIE, "")
    back = Return(code, state, issuer, error, secret, _redirect_uri(request))
    try:
        arrived = await provider.arrive(back, caller_of(request))
    except ProviderRefused as refused:
        return _to(_PAGE + refused.why)
    where = f"{_PAGE}proved" if arrived.is_proof else "/"
    return _to(where, session_cookie(arrived.session_secret))


def provider_routes() -> Router:
    """Return the routes of the provider."""
    return Router(
        "/api",
        route_handlers=[depart, arrive],
        tags=["sign-in"],
        request_max_body_size=16 * 1024,
    )


def _redirect_uri(request: OurRequest) -> str:
    return origin_of(request) + ANSWER_PATH


def _to(path: str, *cookies: Cookie) -> Response[None]:
    return Response(
        None,
        status_code=303,
        cookies=[*cookies, _flow_cookie("", 0)],
        headers={"Location": path, "Cache-Control": "no-store"},
    )


def _flow_cookie(secret: str, max_age: int) -> Cookie:
    return Cookie(
        FLOW_COOKIE,
        value=secret,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
        max_age=max_age,
    )
