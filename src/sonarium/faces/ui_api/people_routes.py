"""What an administrator does about people and programs."""

from typing import Any

from litestar import Request, Router, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody

from sonarium.domain.principal import Permission
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
    SessionDetail,
    SessionList,
)
from sonarium.faces.web_access import access, principal_of
from sonarium.services.clients import ClientService, UnknownClient
from sonarium.services.people import PeopleService, UnknownPerson
from sonarium.services.sign_in import SignInService

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


@get("/people/{user_name:str}/sessions", summary="Where somebody is signed in")
async def list_their_sessions(
    signing_in: NamedDependency[SignInService], user_name: FromPath[str]
) -> SessionList:
    """List the sessions of somebody."""
    return SessionList(
        sessions=[SessionDetail.of(one) for one in await signing_in.sessions_of(user_name)]
    )


@delete(
    "/people/{user_name:str}/sessions",
    summary="Sign somebody out everywhere",
    status_code=204,
    raises=[NotFoundException],
)
async def end_their_sessions(
    people: NamedDependency[PeopleService], user_name: FromPath[str]
) -> None:
    """End every session of somebody; they may sign in again."""
    try:
        await people.end_sessions(user_name)
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
                department=one.department,
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


def people_routes() -> Router:
    """Return every route about people and programs."""
    return Router(
        "/api",
        route_handlers=[
            Router(
                "/",
                route_handlers=[
                    list_people,
                    add_person,
                    change_person,
                    renew_enrolment,
                    list_their_sessions,
                    end_their_sessions,
                ],
                opt=access(Permission.MANAGE_PEOPLE),
            ),
            Router(
                "/",
                route_handlers=[list_clients, add_client, remove_client],
                opt=access(Permission.MANAGE_DEVICES),
            ),
        ],
        tags=["administration"],
        request_max_body_size=64 * 1024,
    )
