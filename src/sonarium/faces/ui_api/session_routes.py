"""Signing in and out, and setting up a sign-in."""

import io

import segno
from litestar import Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.exceptions import (
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
    TooManyRequestsException,
)
from litestar.params import FromPath, JSONBody

from sonarium.faces.ui_api.account_model import (
    AuthenticatorPicture,
    AuthenticatorSecret,
    EnrolmentChoice,
    EnrolmentOffer,
    LinkSecret,
    PasswordProof,
    PasswordSignIn,
    RecoveryCodes,
    SessionDetail,
    SessionList,
    SessionState,
)
from sonarium.faces.ui_api.session_cookie import (
    OurRequest,
    caller_of,
    person_in,
    session_cookie,
    takes_passkeys,
    wait_first,
    with_session,
)
from sonarium.faces.web_access import ANYONE, SIGNED_IN, access, principal_in
from sonarium.services.passwords import totp_address
from sonarium.services.people import PeopleService
from sonarium.services.provider_sign_in import ProviderService
from sonarium.services.sign_in import (
    Enrolling,
    SignInRefused,
    SignInService,
    TooManyFailures,
)
from sonarium.services.system_status import SystemStatusService


@get("/session", summary="Who is signed in here", opt=access(ANYONE))
async def show_session(
    request: OurRequest,
    people: NamedDependency[PeopleService],
    system: NamedDependency[SystemStatusService],
    provider: NamedDependency[ProviderService],
) -> SessionState:
    """Tell who uses this browser, and what they may do."""
    principal = principal_in(request)
    is_demo = system.reachability.is_demo
    is_person = principal is not None and principal.session_ref is not None
    return SessionState(
        signed_in=principal is not None,
        user_name="" if principal is None else principal.name,
        display_name="" if principal is None else principal.display_name,
        roles=[] if principal is None else list(principal.roles),
        permissions=[] if principal is None else sorted(principal.permissions),
        demo=is_demo,
        needs_set_up=not (
            principal or is_demo or provider.name or await people.has_administrator()
        ),
        ways=list(await people.ways_of(principal.name)) if principal and is_person else [],
        takes_passkeys=takes_passkeys(request),
        provider=provider.name,
        departments=[] if principal is None else list(principal.viewer.departments),
        visited_study=None if principal is None else principal.viewer.study_instance_uid,
    )


@post(
    "/session",
    summary="Sign in with a password",
    opt=access(ANYONE),
    status_code=204,
    raises=[NotAuthorizedException, TooManyRequestsException],
)
async def sign_in(
    request: OurRequest, signing_in: NamedDependency[SignInService], data: JSONBody[PasswordSignIn]
) -> Response[None]:
    """Begin a session by user name, password and the authenticator's code."""
    try:
        secret = await signing_in.with_password(
            data.user_name, data.password, data.code, caller_of(request)
        )
    except SignInRefused as error:
        raise NotAuthorizedException(detail=str(error)) from error
    except TooManyFailures as error:
        raise wait_first(error) from error
    return with_session(secret)


@post(
    "/session/proof",
    summary="Prove by password that it is still you",
    opt=access(SIGNED_IN),
    status_code=204,
    raises=[NotAuthorizedException, PermissionDeniedException, TooManyRequestsException],
)
async def prove(
    request: OurRequest, signing_in: NamedDependency[SignInService], data: JSONBody[PasswordProof]
) -> Response[None]:
    """Do what `step_up` routes ask for; the session gets another secret."""
    try:
        secret = await signing_in.prove_with_password(
            person_in(request), data.password, data.code, caller_of(request)
        )
    except SignInRefused as error:
        raise PermissionDeniedException(detail="Password or code do not hold.") from error
    except TooManyFailures as error:
        raise wait_first(error) from error
    return with_session(secret)


@post(
    "/session/link",
    summary="Sign in by a link",
    opt=access(ANYONE),
    status_code=204,
    raises=[NotAuthorizedException],
)
async def sign_in_by_link(
    request: OurRequest, signing_in: NamedDependency[SignInService], data: JSONBody[LinkSecret]
) -> Response[None]:
    """Begin a session by a link of one use."""
    try:
        return with_session(await signing_in.with_link(data.secret, caller_of(request)))
    except SignInRefused as error:
        raise NotAuthorizedException(detail=str(error)) from error


@delete("/session", summary="Sign out", opt=access(SIGNED_IN), status_code=204)
async def sign_out(
    request: OurRequest, signing_in: NamedDependency[SignInService]
) -> Response[None]:
    """End this session."""
    principal = person_in(request)
    assert principal.session_ref is not None  # noqa: S101  # `person_in` lets only people through
    await signing_in.end_session(principal.name, principal.session_ref)
    return Response(None, status_code=204, cookies=[session_cookie("", max_age=0)])


@get("/sessions", summary="Where I am signed in", opt=access(SIGNED_IN))
async def list_sessions(
    request: OurRequest, signing_in: NamedDependency[SignInService]
) -> SessionList:
    """List the sessions of whoever asks."""
    principal = person_in(request)
    found = await signing_in.sessions_of(principal.name)
    return SessionList(sessions=[SessionDetail.of(one, principal.session_ref) for one in found])


@delete(
    "/sessions/{session_ref:int}",
    summary="End one of my sessions",
    opt=access(SIGNED_IN),
    status_code=204,
    raises=[NotFoundException],
)
async def end_session(
    request: OurRequest,
    signing_in: NamedDependency[SignInService],
    session_ref: FromPath[int],
) -> None:
    """End a session of whoever asks."""
    if not await signing_in.end_session(person_in(request).name, session_ref):
        raise NotFoundException(detail="You have no such session; it may have ended by itself.")


@post(
    "/enrolment/offer",
    summary="Open an enrolment link",
    opt=access(ANYONE),
    status_code=200,
    raises=[NotAuthorizedException],
)
async def offer_enrolment(
    signing_in: NamedDependency[SignInService], data: JSONBody[LinkSecret]
) -> EnrolmentOffer:
    """Tell whose link it is, and offer a secret for the authenticator; the link stays unused."""
    try:
        offer = await signing_in.begin_enrolment(data.secret)
    except SignInRefused as error:
        raise NotAuthorizedException(detail=str(error)) from error
    return EnrolmentOffer(
        user_name=offer.user_name, display_name=offer.display_name, totp_secret=offer.totp_secret
    )


@post(
    "/enrolment/picture",
    summary="Draw the authenticator's QR code",
    opt=access(ANYONE),
    status_code=200,
    sync_to_thread=False,
)
def draw_authenticator(data: JSONBody[AuthenticatorSecret]) -> AuthenticatorPicture:
    """Draw what an authenticator reads; nothing is kept."""
    code = segno.make_qr(totp_address(data.totp_secret, data.user_name), error="m")
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", scale=4, border=2, omitsize=True, xmldecl=False)
    return AuthenticatorPicture(svg=drawn.getvalue().decode())


@post(
    "/enrolment",
    summary="Set up a sign-in",
    opt=access(ANYONE),
    status_code=200,
    raises=[NotAuthorizedException],
)
async def enrol(
    request: OurRequest,
    signing_in: NamedDependency[SignInService],
    data: JSONBody[EnrolmentChoice],
) -> Response[RecoveryCodes]:
    """Use an enrolment link: keep password and authenticator, and sign in."""
    chosen = Enrolling(
        data.user_name, data.display_name, data.password, data.totp_secret, data.code
    )
    try:
        enrolled = await signing_in.enrol(data.secret, chosen, caller_of(request))
    except SignInRefused as error:
        raise NotAuthorizedException(detail=str(error)) from error
    return Response(
        RecoveryCodes(codes=list(enrolled.recovery_codes)),
        cookies=[session_cookie(enrolled.session_secret)],
        headers={"Cache-Control": "no-store"},
    )


def session_routes() -> Router:
    """Return every route of signing in."""
    return Router(
        "/api",
        route_handlers=[
            show_session,
            sign_in,
            prove,
            sign_in_by_link,
            sign_out,
            list_sessions,
            end_session,
            offer_enrolment,
            draw_authenticator,
            enrol,
        ],
        tags=["sign-in"],
        request_max_body_size=16 * 1024,
    )
