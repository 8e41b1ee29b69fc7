"""Opens for a command what it works on: the settings, and the archive in its data folder."""

import asyncio
import os
import pwd
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sonarium.app.archive import Archive, open_archive
from sonarium.app.database import embedded_postgres, prepare_database
from sonarium.app.folders import DataFolder
from sonarium.app.settings import Settings, load_settings
from sonarium.base.errors import RequestError
from sonarium.base.log import configure_logging
from sonarium.domain.audit import Actor, ActorKind
from sonarium.services.audit.acting import act_as

out = Console()

Data = Annotated[Path | None, typer.Option("--data", help="Folder of everything that is kept.")]


class NoArchive(RequestError):
    """The command reads an archive, and none is in the folder."""


def settings_for(
    data: Path | None, log_level: str | None = "WARNING", **branches: Mapping[str, object]
) -> Settings:
    """Join what the command line gave, branch by branch, with the environment."""
    tree: dict[str, object] = {} if data is None else {"data": data}
    for branch, values in branches.items():
        given = {name: value for name, value in values.items() if value is not None}
        if given:
            tree[branch] = given
    settings = load_settings(**tree)
    configure_logging(settings.log_format, log_level or settings.log_level)
    return settings


def existing_settings(data: Path | None) -> Settings:
    """Read the settings of an archive that is there; a misspelt folder makes no new one."""
    settings = settings_for(data)
    folder = folder_of(settings)
    if settings.database.dsn is None and not folder.holds_archive:
        raise NoArchive(
            f"there is no archive in {folder.root}: name its folder by --data, or make one with "
            f"`sonarium serve --data {folder.root}`"
        )
    return settings


def folder_of(settings: Settings) -> DataFolder:
    """Return the data folder that settings name."""
    return DataFolder(settings.data.absolute())


def with_archive(settings: Settings, run: Callable[[Archive], Awaitable[None]]) -> None:
    """Run on the archive, beside a running server or alone, on behalf of whoever types."""

    async def opened() -> None:
        act_as(Actor(ActorKind.MACHINE, _user_here()))
        async with _open(settings) as archive:
            await run(archive)

    asyncio.run(opened())


def _user_here() -> str:
    """Return the operating system's name for whoever types."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Archive]:
    """Open the archive beside a running server, or alone with PostgreSQL just for this command."""
    embedded = embedded_postgres(settings)
    try:
        dsn = await prepare_database(settings, embedded)
        async with open_archive(settings, dsn) as archive:
            yield archive
    finally:
        if embedded is not None:
            await embedded.stop()
