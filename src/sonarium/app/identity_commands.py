"""`sonarium init`, `user` and `client`: whom we let in, from the command line."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from sonarium.app.archive import Archive
from sonarium.app.key_commands import print_kit
from sonarium.app.keys import key_room
from sonarium.app.opening import Data, existing_settings, out, settings_for, with_archive
from sonarium.app.settings import Settings
from sonarium.domain.principal import Role, Scope
from sonarium.faces.ui_api.people_routes import ENROLMENT_PATH
from sonarium.services.clients import ClientService
from sonarium.services.grants import GrantService
from sonarium.services.people import PeopleService

users = typer.Typer(no_args_is_help=True, help="People who may sign in.")
clients = typer.Typer(no_args_is_help=True, help="Programs that use the archive over HTTP.")

Roles = Annotated[list[Role], typer.Option("--role", help="Repeat it for more.")]
Scopes = Annotated[list[Scope], typer.Option("--scope", help="Repeat it for more.")]
Departments = Annotated[
    list[str] | None,
    typer.Option("--department", help="Whose studies they see; repeat it for more; *: all."),
]
OwnDepartment = Annotated[
    str | None, typer.Option(help="Of what it stores without naming a department; empty: none.")
]
PhysicianIDs = Annotated[
    list[str] | None,
    typer.Option("--physician-id", help="VALUE^SCHEME by which studies name them; repeat it."),
]
UserName = Annotated[str, typer.Argument(help="User name, in small letters.")]
ClientID = Annotated[str, typer.Argument(help="Client id.")]


def init(data: Data = None) -> None:
    """Make a data folder, its keys with their recovery kit, and the first administrator's link."""
    settings = settings_for(data)

    async def run(archive: Archive) -> None:
        secret = await PeopleService(archive.database).set_up_link()
        if key_room(settings).kit_waits:
            await print_kit(archive, settings)
        _show_link(settings, "the first administrator", secret)

    with_archive(settings, run)


@users.command(name="add")
def add_user(
    user_name: UserName,
    role: Roles,
    name: Annotated[str, typer.Option(help="What others see; else the user name.")] = "",
    department: Departments = None,
    physician_id: PhysicianIDs = None,
    data: Data = None,
) -> None:
    """Add somebody, and print the link by which they set up their sign-in."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        secret = await PeopleService(archive.database).add(user_name, name or user_name, role)
        await _set_reasons(archive, user_name, department, physician_id)
        _show_link(settings, user_name, secret)

    with_archive(settings, run)


@users.command(name="list")
def list_users(data: Data = None) -> None:
    """List everybody with a user name."""

    async def run(archive: Archive) -> None:
        table = Table("user name", "name", "roles", "signs in by")
        for one in await PeopleService(archive.database).all():
            state = ", ".join(one.ways) or "not set up yet"
            table.add_row(
                one.user_name,
                one.display_name,
                ", ".join(one.roles),
                state if one.is_active else "shut out",
            )
        out.print(table)

    with_archive(existing_settings(data), run)


@users.command(name="change")
def change_user(
    user_name: UserName,
    role: Roles,
    name: Annotated[str, typer.Option(help="What others see; else the user name.")] = "",
    department: Departments = None,
    physician_id: PhysicianIDs = None,
    active: Annotated[bool, typer.Option(help="Whether they may come in.")] = True,
    data: Data = None,
) -> None:
    """Change what somebody is called, is, and whether they may come in; sessions end if not."""

    async def run(archive: Archive) -> None:
        people = PeopleService(archive.database)
        await people.change(user_name, name or user_name, role, is_active=active)
        await _set_reasons(archive, user_name, department, physician_id)
        out.print(f"{user_name} is changed.", highlight=False)

    with_archive(existing_settings(data), run)


@users.command(name="link")
def link_user(user_name: UserName, data: Data = None) -> None:
    """Print a new link by which somebody sets up their sign-in anew."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        secret = await PeopleService(archive.database).enrolment_link(user_name)
        _show_link(settings, user_name, secret)

    with_archive(settings, run)


@clients.command(name="add")
def add_client(
    client_id: ClientID,
    scope: Scopes,
    description: Annotated[str, typer.Option(help="What it is, for people.")] = "",
    department: Departments = None,
    own_department: OwnDepartment = None,
    data: Data = None,
) -> None:
    """Add a program, and print its secret, which is shown once."""

    async def run(archive: Archive) -> None:
        secret = await ClientService(archive.database).add(client_id, description, scope)
        await _set_departments(archive, client_id, department, own_department)
        out.print(secret, highlight=False, soft_wrap=True)

    with_archive(settings_for(data), run)


@clients.command(name="change")
def change_client(
    client_id: ClientID,
    department: Departments = None,
    own_department: OwnDepartment = None,
    data: Data = None,
) -> None:
    """Change whose studies a program sees, and of which department is what it stores."""

    async def run(archive: Archive) -> None:
        await _set_departments(archive, client_id, department, own_department)
        out.print(f"{client_id} is changed.", highlight=False)

    with_archive(existing_settings(data), run)


@clients.command(name="list")
def list_clients(data: Data = None) -> None:
    """List the programs."""

    async def run(archive: Archive) -> None:
        table = Table("client id", "description", "scopes", "sees", "stores for")
        for one in await ClientService(archive.database).all():
            sees = ", ".join(one.departments)
            table.add_row(
                one.client_id, one.description, " ".join(one.scopes), sees, one.department
            )
        out.print(table)

    with_archive(existing_settings(data), run)


@clients.command(name="remove")
def remove_client(client_id: ClientID, data: Data = None) -> None:
    """Forget a program; its tokens cease at once."""

    async def run(archive: Archive) -> None:
        await ClientService(archive.database).remove(client_id)
        out.print(f"{client_id} is forgotten.", highlight=False)

    with_archive(existing_settings(data), run)


@clients.command(name="token")
def token_of_client(
    client_id: ClientID,
    hours: Annotated[float, typer.Option(help="How long it holds, a day at most.")] = 1,
    data: Data = None,
) -> None:
    """Print an access token, for setting something up by hand."""

    async def run(archive: Archive) -> None:
        service = ClientService(archive.database)
        token = await service.token_by_administrator(client_id, timedelta(hours=hours))
        out.print(token.secret, highlight=False, soft_wrap=True)

    with_archive(existing_settings(data), run)


async def _set_reasons(
    archive: Archive,
    user_name: str,
    departments: list[str] | None,
    physician_ids: list[str] | None,
) -> None:
    """Set what was named, and leave the rest as it is."""
    if departments is None and physician_ids is None:
        return
    grants = GrantService(archive.database, archive.access)
    await grants.set_reasons_of_person(user_name, departments, physician_ids)


async def _set_departments(
    archive: Archive, client_id: str, departments: list[str] | None, department: str | None
) -> None:
    """Set what was named of a program, and leave the rest as it is."""
    if departments is None and department is None:
        return
    grants = GrantService(archive.database, archive.access)
    own = None if department is None else department.strip()
    await grants.set_departments_of_client(client_id, departments, own)


def _show_link(settings: Settings, whom: str, secret: str) -> None:
    """Print a link of one use."""
    http = settings.http
    out.print(f"Open this once, within a day, as {whom}:", highlight=False)
    link = f"{http.origin}{ENROLMENT_PATH}{secret}"
    out.print(link, highlight=False, soft_wrap=True)
