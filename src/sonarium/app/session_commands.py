"""`sonarium session` and `token`: who and what is inside just now, from the command line."""

from typing import Annotated

import typer
from rich.table import Table

from sonarium.app.archive import Archive
from sonarium.app.opening import Data, existing_settings, out, with_archive
from sonarium.base.errors import RequestError
from sonarium.services.clients import ClientService
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import SignInService

sessions = typer.Typer(no_args_is_help=True, help="Where people are signed in.")
tokens = typer.Typer(no_args_is_help=True, help="Access tokens of programs.")

UserName = Annotated[str, typer.Argument(help="User name, in small letters.")]


class NothingNamed(RequestError):
    """The command was not told what to take back."""


@sessions.command(name="list")
def list_sessions(
    user_name: Annotated[str, typer.Argument(help="User name; without: everybody.")] = "",
    data: Data = None,
) -> None:
    """List where somebody, or everybody, is signed in."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        signing_in = SignInService(archive.database, settings.sessions)
        everybody = await PeopleService(archive.database).all()
        table = Table("session", "user name", "by", "address", "browser", "last used")
        for name in [user_name] if user_name else [one.user_name for one in everybody]:
            for one in await signing_in.sessions_of(name):
                seen = f"{one.seen_at.astimezone():%Y-%m-%d %H:%M}"
                row = (str(one.session_ref), name, one.method, one.address, one.browser[:40], seen)
                table.add_row(*row)
        out.print(table)

    with_archive(settings, run)


@sessions.command(name="end")
def end_sessions(
    user_name: UserName,
    session: Annotated[int | None, typer.Option(help="Its number; without: every one.")] = None,
    data: Data = None,
) -> None:
    """Sign somebody out, everywhere or in one place."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        if session is None:
            ended = await PeopleService(archive.database).end_sessions(user_name)
        else:
            signing_in = SignInService(archive.database, settings.sessions)
            ended = int(await signing_in.end_session(user_name, session))
        out.print(f"{ended} sessions of {user_name} ended.", highlight=False)

    with_archive(settings, run)


@tokens.command(name="list")
def list_tokens(data: Data = None) -> None:
    """List the access tokens that hold; what they are made of is nowhere."""

    async def run(archive: Archive) -> None:
        table = Table("token", "client id", "scopes", "heard at", "until")
        for one in await ClientService(archive.database).tokens():
            until = f"{one.expires_at.astimezone():%Y-%m-%d %H:%M}"
            heard_at = one.audience or "everywhere"
            table.add_row(str(one.token_ref), one.client_id, " ".join(one.scopes), heard_at, until)
        out.print(table)

    with_archive(existing_settings(data), run)


@tokens.command(name="revoke")
def revoke_token(
    token: Annotated[int | None, typer.Argument(help="Its number in the list.")] = None,
    client: Annotated[str, typer.Option(help="Client id: every token of it.")] = "",
    data: Data = None,
) -> None:
    """Take back a token, or every token of a program; it ends at once."""
    if (token is None) == (not client):
        raise NothingNamed("name either a token or --client")

    async def run(archive: Archive) -> None:
        service = ClientService(archive.database)
        if token is None:
            count = await service.revoke_tokens(client)
            out.print(f"{count} tokens of {client} are taken back.", highlight=False)
        else:
            await service.revoke_token(token)
            out.print(f"Token {token} is taken back.", highlight=False)

    with_archive(existing_settings(data), run)
