"""Passkeys over HTTP: make one, sign in, prove again, list, name and remove."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from litestar import Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.exceptions import (
    HTTPException,
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
    TooManyRequestsException,
)
from litestar.params import FromPath, JSONBody

from sonarium.faces.ui_api.passkey_model import (
    AddedPasskey,
    EnrolledPasskey,
    PasskeyAnswer,
    PasskeyDetail,
    PasskeyEnrolment,
    PasskeyList,
    PasskeyName,
    PasskeyOptions,
)
from sonarium.faces.ui_api.session_cookie import (
    OurRequest,
    caller_of,
    person_in,
    relying_party_of,
    wait_first,
    with_session,
)
from sonarium.faces.web_access import ANYONE, SIGNED_IN, access
from sonarium.services.passkeys import NewHolder, PasskeyService
from sonarium.services.sign_in import SignInRefused, TooManyFailures

_UNKNOWN = "You have no such passkey; it may have been removed."


@contextmanager
def _refusing(refused: type[HTTPException]) -> Iterator[None]:
    """Turn what the service refuses into an answer."""
    try:
        yield
    except SignInRefused as error:
        raise refused(detail=str(error)) from error
    except TooManyFailures as error:
        raise wait_first(error) from error


@post(
    "/enrolment/passkey-options",
    summary="Begin to make a passkey by a link",
    opt=access(ANYONE),
    status_code=200,
    raises=[NotAuthorizedException, TooManyRequestsException],
)
async def begin_enrolment(
    request: OurRequest,
    passkeys: NamedDependency[PasskeyService],
    data: JSONBody[PasskeyEnrolment],
) -> Response[PasskeyOptions]:
    """Return what the browser needs to make it; the link stays unused."""
    with _refusing(NotAuthorizedException):
        return _options(
            await passkeys.begin_enrolment(
                data.secret,
                data.user_name,
                data.display_name,
                relying_party_of(request),
                caller_of(request),
            )
        )


@post(
    "/enrolment/passkey",
    summary="Set up a passkey by a link",
    opt=access(ANYONE),
    status_code=204,
    raises=[NotAuthorizedException, TooManyRequestsException],
)
async def enrol_passkey(
    request: OurRequest,
    passkeys: NamedDependency[PasskeyService],
    data: JSONBody[EnrolledPasskey],
) -> Response[None]:
    """Use an enrolment link: keep the passkey, and sign in."""
    holder = NewHolder(data.user_name, data.display_name, data.name)
    with _refusing(NotAuthorizedException):
        secret = await passkeys.enrol(
            data.secret,
            holder,
            data.passkey.attested(),
            relying_party_of(request),
            caller_of(request),
        )
    return with_session(secret)


@post(
    "/session/passkey-options",
    summary="Begin to sign in by passkey",
    opt=access(ANYONE),
    status_code=200,
    raises=[NotAuthorizedException, TooManyRequestsException],
)
async def begin_sign_in(
    request: OurRequest, passkeys: NamedDependency[PasskeyService]
) -> Response[PasskeyOptions]:
    """Return a challenge for whichever passkey its person chooses."""
    with _refusing(NotAuthorizedException):
        return _options(await passkeys.begin_sign_in(relying_party_of(request), caller_of(request)))


@post(
    "/session/passkey",
    summary="Sign in by passkey",
    opt=access(ANYONE),
    status_code=204,
    raises=[NotAuthorizedException, TooManyRequestsException],
)
async def sign_in_by_passkey(
    request: OurRequest,
    passkeys: NamedDependency[PasskeyService],
    data: JSONBody[PasskeyAnswer],
) -> Response[None]:
    """Begin a session by a passkey's signature."""
    with _refusing(NotAuthorizedException):
        secret = await passkeys.sign_in(
            data.asserted(), relying_party_of(request), caller_of(request)
        )
    return with_session(secret)


@post(
    "/session/proof/passkey-options",
    summary="Begin to prove by passkey that it is still you",
    opt=access(SIGNED_IN),
    status_code=200,
    raises=[PermissionDeniedException, TooManyRequestsException],
)
async def begin_proof(
    request: OurRequest, passkeys: NamedDependency[PasskeyService]
) -> Response[PasskeyOptions]:
    """Return a challenge for a passkey of whoever is signed in."""
    person = person_in(request)
    with _refusing(PermissionDeniedException):
        return _options(
            await passkeys.begin_proof(person, relying_party_of(request), caller_of(request))
        )


@post(
    "/session/proof/passkey",
    summary="Prove by passkey that it is still you",
    opt=access(SIGNED_IN),
    status_code=204,
    raises=[PermissionDeniedException],
)
async def prove_by_passkey(
    request: OurRequest,
    passkeys: NamedDependency[PasskeyService],
    data: JSONBody[PasskeyAnswer],
) -> Response[None]:
    """Do what `step_up` routes ask for; the session gets another secret."""
    person = person_in(request)
    with _refusing(PermissionDeniedException):
        secret = await passkeys.prove(person, data.asserted(), relying_party_of(request))
    return with_session(secret)


@get("/passkeys", summary="My passkeys", opt=access(SIGNED_IN))
async def list_passkeys(
    request: OurRequest, passkeys: NamedDependency[PasskeyService]
) -> PasskeyList:
    """List the passkeys of whoever asks."""
    found = await passkeys.passkeys_of(person_in(request).name)
    return PasskeyList(
        passkeys=[
            PasskeyDetail(
                passkey_ref=one.passkey_ref,
                name=one.name,
                host_name=one.rp_id,
                created_at=one.created_at.isoformat(),
                used_at=None if one.used_at is None else one.used_at.isoformat(),
            )
            for one in found
        ]
    )


@post(
    "/passkeys/options",
    summary="Begin to make one more passkey",
    opt=access(SIGNED_IN, step_up=True),
    status_code=200,
    raises=[PermissionDeniedException, TooManyRequestsException],
)
async def begin_adding(
    request: OurRequest, passkeys: NamedDependency[PasskeyService]
) -> Response[PasskeyOptions]:
    """Return what the browser needs to make it."""
    person = person_in(request)
    with _refusing(PermissionDeniedException):
        return _options(
            await passkeys.begin_adding(person, relying_party_of(request), caller_of(request))
        )


@post(
    "/passkeys",
    summary="Add a passkey",
    opt=access(SIGNED_IN, step_up=True),
    status_code=204,
    raises=[PermissionDeniedException],
)
async def add_passkey(
    request: OurRequest,
    passkeys: NamedDependency[PasskeyService],
    data: JSONBody[AddedPasskey],
) -> None:
    """Keep one more passkey of whoever asks."""
    person = person_in(request)
    with _refusing(PermissionDeniedException):
        await passkeys.add(person, data.name, data.passkey.attested(), relying_party_of(request))


@put(
    "/passkeys/{passkey_ref:int}",
    summary="Rename a passkey",
    opt=access(SIGNED_IN),
    status_code=204,
    raises=[NotFoundException],
)
async def rename_passkey(
    request: OurRequest,
    passkeys: NamedDependency[PasskeyService],
    passkey_ref: FromPath[int],
    data: JSONBody[PasskeyName],
) -> None:
    """Call a passkey of whoever asks something else."""
    if not await passkeys.rename(person_in(request).name, passkey_ref, data.name):
        raise NotFoundException(detail=_UNKNOWN)


@delete(
    "/passkeys/{passkey_ref:int}",
    summary="Remove a passkey",
    opt=access(SIGNED_IN, step_up=True),
    status_code=204,
    raises=[NotFoundException],
)
async def remove_passkey(
    request: OurRequest,
    passkeys: NamedDependency[PasskeyService],
    passkey_ref: FromPath[int],
) -> None:
    """Forget a passkey of whoever asks, unless it is their only way in."""
    if not await passkeys.remove(person_in(request).name, passkey_ref):
        raise NotFoundException(detail=_UNKNOWN)


def passkey_routes() -> Router:
    """Return every route of passkeys."""
    return Router(
        "/api",
        route_handlers=[
            begin_enrolment,
            enrol_passkey,
            begin_sign_in,
            sign_in_by_passkey,
            begin_proof,
            prove_by_passkey,
            list_passkeys,
            begin_adding,
            add_passkey,
            rename_passkey,
            remove_passkey,
        ],
        tags=["sign-in"],
        request_max_body_size=256 * 1024,
    )


def _options(public_key: dict[str, Any]) -> Response[PasskeyOptions]:
    return Response(PasskeyOptions(public_key=public_key), headers={"Cache-Control": "no-store"})
