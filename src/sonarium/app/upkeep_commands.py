"""`sonarium quarantine` and `job`: what waits for an administrator, from the command line."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from sonarium.app.archive import Archive, quarantine_service
from sonarium.app.opening import Data, existing_settings, out, with_archive
from sonarium.faces.cli.upkeep import failed_jobs_table, quarantine_table
from sonarium.services.dead_letters import DeadLetterService

quarantine = typer.Typer(no_args_is_help=True, help="Objects that were accepted and set aside.")
jobs = typer.Typer(no_args_is_help=True, help="Background work that failed for good.")

_LISTED = 1000

Number = Annotated[int, typer.Argument(help="The number that `list` shows.")]


@quarantine.command(name="list")
def list_quarantine(data: Data = None) -> None:
    """List objects set aside, and why."""

    async def run(archive: Archive) -> None:
        out.print(quarantine_table(await quarantine_service(archive).list(limit=_LISTED)))

    with_archive(existing_settings(data), run)


@quarantine.command(name="export")
def export_quarantined(
    number: Number,
    target: Annotated[Path, typer.Argument(help="File to write; it must not be there yet.")],
    data: Data = None,
) -> None:
    """Write one object as a DICOM file, for a look with other programs."""

    async def run(archive: Archive) -> None:
        pieces = quarantine_service(archive).iter_file(number)
        first = await anext(pieces)
        with target.open("xb") as file:
            file.write(first)
            async for piece in pieces:
                file.write(piece)

    if target.exists():
        raise typer.BadParameter(f"{target} is there already")
    with_archive(existing_settings(data), run)
    out.print(f"{target} is written.", highlight=False)


@quarantine.command(name="discard")
def discard_quarantined(number: Number, data: Data = None) -> None:
    """Put one object away; for thirty days `restore` brings it back."""

    async def run(archive: Archive) -> None:
        await quarantine_service(archive).discard(number, getpass.getuser())

    with_archive(existing_settings(data), run)
    out.print(f"{number} is discarded: sonarium quarantine restore {number}", highlight=False)


@quarantine.command(name="restore")
def restore_quarantined(number: Number, data: Data = None) -> None:
    """Bring a discarded object back."""
    with_archive(
        existing_settings(data), lambda archive: quarantine_service(archive).restore(number)
    )
    out.print(f"{number} waits again.", highlight=False)


@quarantine.command(name="exchange")
def exchange_quarantined(number: Number, data: Data = None) -> None:
    """Serve one object in the place of the one kept under its UID, which is set aside."""
    with_archive(
        existing_settings(data), lambda archive: quarantine_service(archive).exchange(number)
    )
    out.print(f"{number} is served now; exchange it again to take that back.", highlight=False)


@jobs.command(name="list")
def list_jobs(data: Data = None) -> None:
    """List background work that failed for good."""

    async def run(archive: Archive) -> None:
        out.print(failed_jobs_table(await DeadLetterService(archive.database).list()))

    with_archive(existing_settings(data), run)


@jobs.command(name="retry")
def retry_job(number: Number, data: Data = None) -> None:
    """Have failed work tried again."""
    with_archive(
        existing_settings(data), lambda archive: DeadLetterService(archive.database).retry(number)
    )
    out.print(f"{number} is tried again.", highlight=False)


@jobs.command(name="drop")
def drop_job(number: Number, data: Data = None) -> None:
    """Give failed work up for good."""
    with_archive(
        existing_settings(data), lambda archive: DeadLetterService(archive.database).give_up(number)
    )
    out.print(f"{number} is given up.", highlight=False)
