"""What an administrator does about people and programs, and the token endpoint of programs."""

import base64
import binascii
from dataclasses import replace
from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody

from sonarium.domain.audit import EventType
from sonarium.domain.principal import Permission, Scope
from sonarium.faces.ui_api.account_model import (
    ChangedPerson,
    ClientDetail,
    ClientList,
    ClientSecret,
    NewClient,
    NewPerson,
    OneUseLink,
    PeopleList,
    PersonDetail,
)
from sonarium.faces.web_access import ANYONE, access, actor_of, principal_of
from sonarium.services.audit.refusals import Refusals, resource
from sonarium.services.audit.trail import clean
from sonarium.services.clients import ClientRefused, ClientService, ScopeRefused, UnknownClient
from sonarium.services.people import PeopleService, UnknownPerson

ENROLMENT_PATH = "/enrol#"
"""The secret follows as the fragment, which browsers send to nobody."""


@get("/people", summary="List people")
async def list_people(people: NamedDependency[PeopleService]) -> PeopleList:
    """List everybody with a user name."""
    return PeopleList(
        people=[
            PersonDetail(
                user_name=one.user_name,
                display_name=one.display_name,
                roles=list(one.roles),
                is_active=one.is_active,
                is_enrolled=one.is_enrolled,
                ways=list(one.ways),
                created_at=one.created_at.isoformat(),
                departments=list(one.departments),
                physician_ids=list(one.physician_ids),
            )
            for one in await people.all()
        ]
    )


@post("/people", summary="Add somebody", opt=access(Permission.MANAGE_PEOPLE, step_up=True))
async def add_person(
    people: NamedDependency[PeopleService], data: JSONBody[NewPerson]
) -> OneUseLink:
    """Add somebody, and return the link by which they set up their sign-in."""
    secret = await people.add(data.user_name, data.display_name, data.roles)
    return OneUseLink(path=ENROLMENT_PATH + secret)


@put(
    "/people/{user_name:str}",
    summary="Change somebody",
    opt=access(Permission.MANAGE_PEOPLE, step_up=True),
    status_code=204,
    raises=[NotFoundException],
)
async def change_person(
    request: Request[Any, Any, State],
    people: NamedDependency[PeopleService],
    user_name: FromPath[str],
    data: JSONBody[ChangedPerson],
) -> None:
    """Change what somebody is called, is, and whether they may come in."""
    try:
        await people.change(
            user_name,
            data.display_name,
            data.roles,
            is_active=data.is_active,
            by=principal_of(request).name,
        )
    except UnknownPerson as error:
        raise NotFoundException(detail=str(error)) from error


@post(
    "/people/{user_name:str}/enrolment-link",
    summary="Let somebody set up their sign-in anew",
    opt=access(Permission.MANAGE_PEOPLE, step_up=True),
    raises=[NotFoundException],
)
async def renew_enrolment(
    people: NamedDependency[PeopleService], user_name: FromPath[str]
) -> OneUseLink:
    """Return a new link; earlier ones cease."""
    try:
        return OneUseLink(path=ENROLMENT_PATH + await people.enrolment_link(user_name))
    except UnknownPerson as error:
        raise NotFoundException(detail=str(error)) from error


@get("/clients", summary="List programs")
async def list_clients(clients: NamedDependency[ClientService]) -> ClientList:
    """List the programs that may ask for access tokens."""
    return ClientList(
        clients=[
            ClientDetail(
                client_id=one.client_id,
                description=one.description,
                scopes=list(one.scopes),
                created_at=one.created_at.isoformat(),
                departments=list(one.departments),
            )
            for one in await clients.all()
        ]
    )


@post("/clients", summary="Add a program", opt=access(Permission.MANAGE_DEVICES, step_up=True))
async def add_client(
    clients: NamedDependency[ClientService], data: JSONBody[NewClient]
) -> ClientSecret:
    """Add a program, and return its secret, which is shown once."""
    secret = await clients.add(data.client_id, data.description, data.scopes)
    return ClientSecret(client_id=data.client_id, secret=secret)


@delete(
    "/clients/{client_id:str}",
    summary="Remove a program",
    status_code=204,
    raises=[NotFoundException],
)
async def remove_client(clients: NamedDependency[ClientService], client_id: FromPath[str]) -> None:
    """Forget a program; its tokens cease at once."""
    try:
        await clients.remove(client_id)
    except UnknownClient as error:
        raise NotFoundException(detail=str(error)) from error


@post("/oauth/token", status_code=200, include_in_schema=False, opt=access(ANYONE))
async def give_token(
    request: Request[Any, Any, State],
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
    try:
        token = await clients.token_for_secret(client_id, client_secret, list(map(Scope, asked)))
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


def people_routes() -> Router:
    """Return every route about people and programs."""
    return Router(
        "/api",
        route_handlers=[
            Router(
                "/",
                route_handlers=[list_people, add_person, change_person, renew_enrolment],
                opt=access(Permission.MANAGE_PEOPLE),
            ),
            Router(
                "/",
                route_handlers=[list_clients, add_client, remove_client],
                opt=access(Permission.MANAGE_DEVICES),
            ),
            give_token,
        ],
        tags=["administration"],
        request_max_body_size=64 * 1024,
    )


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
