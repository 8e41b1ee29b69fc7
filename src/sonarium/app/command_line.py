"""The command `sonarium`: reads the settings, opens what a command needs, and runs it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from sonarium import __version__
from sonarium.app.archive import Archive, open_archive, system_status_service
from sonarium.app.database import embedded_postgres, prepare_database
from sonarium.app.demo import run_demo
from sonarium.app.doctor import State, examine
from sonarium.app.folder_lock import is_served
from sonarium.app.folders import DataFolder
from sonarium.app.serve import serve
from sonarium.app.settings import Settings, load_settings
from sonarium.base.errors import RequestError, SonariumError
from sonarium.base.log import configure_logging
from sonarium.domain.device import Device
from sonarium.faces.cli.devices import device_table
from sonarium.faces.cli.exporting import show_export
from sonarium.faces.cli.importing import show_import
from sonarium.faces.cli.status import status_table
from sonarium.services.export import ExportExtra, ExportService
from sonarium.services.import_ import ImportService

FAILED: Final = 1
_COLOURS: Final = {State.WELL: "green", State.WORTH_KNOWING: "yellow", State.WRONG: "red"}

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A PACS made for ultrasound.")
devices = typer.Typer(no_args_is_help=True, help="The application entities that we may call.")
app.add_typer(devices, name="device")

out = Console()
err = Console(stderr=True)

Data = Annotated[Path | None, typer.Option("--data", help="Folder of everything that is kept.")]
HTTPPort = Annotated[int | None, typer.Option(help="Port of the web server.")]
DimsePort = Annotated[int | None, typer.Option(help="Port of the DICOM listener.")]


class NoArchive(RequestError):
    """The command reads an archive, and none is in the folder."""


def main() -> None:
    """Run the command line; what went wrong is one sentence on standard error."""
    try:
        app(standalone_mode=True)
    except SonariumError as error:
        err.print(f"[red]sonarium:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(FAILED)


@app.command()
def version() -> None:
    """Print the version."""
    out.print(f"sonarium {__version__}", highlight=False)


@app.command(name="serve")
def serve_command(
    data: Data = None,
    http_port: HTTPPort = None,
    dimse_port: DimsePort = None,
    ae_title: Annotated[str | None, typer.Option(help="Our AE title.")] = None,
    http_host: Annotated[str | None, typer.Option(help="Address of the web server.")] = None,
    dimse_host: Annotated[str | None, typer.Option(help="Address of the DICOM listener.")] = None,
) -> None:
    """Run the archive until Ctrl-C."""
    http = {"host": http_host, "port": http_port}
    dimse = {"host": dimse_host, "port": dimse_port, "ae_title": ae_title}
    settings = _settings(data, None, http=http, dimse=dimse)

    async def serving(_dsn: str) -> None:
        _announce(settings)

    asyncio.run(serve(settings, serving))


@app.command()
def demo(
    http_port: HTTPPort = None,
    dimse_port: DimsePort = None,
    studies: Annotated[int | None, typer.Option(help="How many studies to make.")] = None,
) -> None:
    """Run with a synthetic ultrasound department, thrown away at the end."""
    settings = _settings(None, http={"port": http_port}, dimse={"port": dimse_port})
    asyncio.run(run_demo(settings, out, lambda: _announce(settings), studies))


@app.command()
def status(data: Data = None) -> None:
    """Say how much the archive holds, and whether it serves."""
    settings = _existing(data)

    async def run(archive: Archive) -> None:
        counts = await system_status_service(archive, settings).counts()
        folder = _folder(settings)
        out.print(status_table(counts, folder.root, is_served=is_served(folder)))

    _with_archive(settings, run)


@app.command()
def doctor(data: Data = None, http_port: HTTPPort = None, dimse_port: DimsePort = None) -> None:
    """Say what is wrong, and how to mend it."""
    settings = _settings(data, http={"port": http_port}, dimse={"port": dimse_port})
    findings = asyncio.run(examine(settings))
    for finding in findings:
        colour = _COLOURS[finding.state]
        mark = f"[{colour}]{finding.state.value}[/{colour}]"
        out.print(f"{mark} {escape(finding.what)}", highlight=False, soft_wrap=True)
        if finding.state is not State.WELL:
            out.print(f"  → {escape(finding.remedy)}", highlight=False, soft_wrap=True)
    if any(finding.state is State.WRONG for finding in findings):
        raise typer.Exit(FAILED)


@app.command(name="import")
def import_command(
    place: Annotated[Path, typer.Argument(help="A folder, a DICOMDIR, a zip archive or a file.")],
    data: Data = None,
) -> None:
    """Take in a folder or a DICOMDIR; run it again to go on where it stopped."""
    refused = 0

    async def run(archive: Archive) -> None:
        nonlocal refused
        service = ImportService(archive.database, archive.store)
        files = await service.survey(place)
        refused = await show_import(service.run(place, files), len(files), out)

    _with_archive(_settings(data), run)
    if refused:
        raise typer.Exit(FAILED)


@app.command(name="export")
def export_command(
    target: Annotated[Path, typer.Argument(help="Folder to write to; made when missing.")],
    data: Data = None,
    study: Annotated[
        list[str] | None, typer.Option(help="A Study Instance UID; repeat it for more.")
    ] = None,
    dicomdir: Annotated[bool, typer.Option(help="Write a DICOMDIR too.")] = False,
) -> None:
    """Write studies, or all, as plain DICOM files with a list and checksums."""
    damaged = 0

    async def run(archive: Archive) -> None:
        nonlocal damaged
        service = ExportService(archive.database, archive.blobs)
        extras = [ExportExtra.DICOMDIR] if dicomdir else []
        damaged = await show_export(service.run(target, study, extras), out)

    _with_archive(_existing(data), run)
    if damaged:
        raise typer.Exit(FAILED)


@devices.command(name="add")
def add_device(
    ae_title: str,
    host: str,
    port: int,
    data: Data = None,
    tls: Annotated[bool, typer.Option(help="Call it over TLS.")] = False,
    description: Annotated[str, typer.Option(help="What it is, for people.")] = "",
) -> None:
    """Add a device, or change where it is reached."""
    device = Device(ae_title, host, port, tls=tls, description=description)
    _with_archive(_settings(data), lambda archive: archive.devices.put(device))
    out.print(f"{ae_title} is at {host}:{port}.", highlight=False)


@devices.command(name="list")
def list_devices(data: Data = None) -> None:
    """List the devices."""

    async def run(archive: Archive) -> None:
        out.print(device_table(await archive.devices.all()))

    _with_archive(_existing(data), run)


@devices.command(name="remove")
def remove_device(ae_title: str, data: Data = None) -> None:
    """Forget a device."""
    _with_archive(_existing(data), lambda archive: archive.devices.remove(ae_title))
    out.print(f"{ae_title} is forgotten.", highlight=False)


@devices.command(name="echo")
def echo_device(ae_title: str, data: Data = None) -> None:
    """Ask a device whether it answers (C-ECHO)."""

    async def run(archive: Archive) -> None:
        answered = await archive.devices.verify(ae_title)
        out.print(f"{ae_title} answered with status {answered:04X}H.", highlight=False)

    _with_archive(_existing(data), run)


def _settings(
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


def _existing(data: Path | None) -> Settings:
    """Read the settings of an archive that is there; a misspelt folder makes no new one."""
    settings = _settings(data)
    folder = _folder(settings)
    if settings.database.dsn is None and not folder.holds_archive:
        raise NoArchive(
            f"there is no archive in {folder.root}: name its folder by --data, or make one with "
            f"`sonarium serve --data {folder.root}`"
        )
    return settings


def _folder(settings: Settings) -> DataFolder:
    return DataFolder(settings.data.absolute())


def _with_archive(settings: Settings, run: Callable[[Archive], Awaitable[None]]) -> None:
    async def opened() -> None:
        async with _open(settings) as archive:
            await run(archive)

    asyncio.run(opened())


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


def _announce(settings: Settings) -> None:
    http, dimse = settings.http, settings.dimse
    out.print()
    out.print(f"[bold]Sonarium {__version__} serves this machine only.[/bold]", highlight=False)
    out.print(f"  Web         http://{http.host}:{http.port}", highlight=False)
    out.print(f"  DICOMweb    http://{http.host}:{http.port}/dicom-web", highlight=False)
    out.print(f"  JSON API    http://{http.host}:{http.port}/api/openapi.json", highlight=False)
    out.print(
        f"  DICOM       AE title {dimse.ae_title}, {dimse.host}, port {dimse.port}",
        highlight=False,
    )
    out.print("  There are no users and roles yet, so no other machine is let in.", highlight=False)
    out.print("  Ctrl-C stops it.", highlight=False)
