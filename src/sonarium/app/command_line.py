"""The command `sonarium`: reads the settings, opens what a command needs, and runs it."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from sonarium import __version__
from sonarium.app.access_commands import grants, patients
from sonarium.app.add_on_commands import add_ons
from sonarium.app.archive import Archive, system_status_service
from sonarium.app.audit_commands import audit
from sonarium.app.demo import run_demo
from sonarium.app.doctor import State, examine
from sonarium.app.folder_lock import is_served
from sonarium.app.identity_commands import clients, init, users
from sonarium.app.key_commands import keys
from sonarium.app.keys import key_room
from sonarium.app.opening import Data, existing_settings, folder_of, out, settings_for, with_archive
from sonarium.app.serve import serve
from sonarium.app.session_commands import sessions, tokens
from sonarium.app.settings import Settings
from sonarium.app.study_commands import studies
from sonarium.app.upkeep_commands import jobs, quarantine
from sonarium.app.wide_door import is_wide
from sonarium.base.errors import SonariumError
from sonarium.domain.access import EVERY_DEPARTMENT, SYSTEM
from sonarium.domain.device import Device, DevicePermission, UnknownCallers
from sonarium.faces.cli.devices import device_table, knock_table
from sonarium.faces.cli.exporting import show_export
from sonarium.faces.cli.importing import show_import
from sonarium.faces.cli.status import status_table
from sonarium.services.export import ExportExtra, ExportService
from sonarium.services.import_ import ImportService

FAILED: Final = 1
_COLOURS: Final = {State.WELL: "green", State.WORTH_KNOWING: "yellow", State.WRONG: "red"}

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A PACS made for ultrasound.")
devices = typer.Typer(
    no_args_is_help=True, help="The application entities that we know, and what each may do."
)
app.add_typer(devices, name="device")
app.add_typer(users, name="user")
app.add_typer(clients, name="client")
app.add_typer(grants, name="grant")
app.add_typer(patients, name="patient")
app.add_typer(quarantine, name="quarantine")
app.add_typer(jobs, name="job")
app.add_typer(sessions, name="session")
app.add_typer(tokens, name="token")
app.add_typer(add_ons, name="add-on")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(studies, name="study")
app.command(name="init")(init)

err = Console(stderr=True)

HTTPPort = Annotated[int | None, typer.Option(help="Port of the web server.")]
DimsePort = Annotated[int | None, typer.Option(help="Port of the DICOM listener.")]


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
    settings = settings_for(data, None, http=http, dimse=dimse)

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
    settings = settings_for(None, http={"port": http_port}, dimse={"port": dimse_port})
    asyncio.run(run_demo(settings, out, lambda: _announce(settings), studies))


@app.command()
def status(data: Data = None) -> None:
    """Say how much the archive holds, and whether it serves."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        counts = await system_status_service(archive, settings).counts()
        folder = folder_of(settings)
        out.print(status_table(counts, folder.root, is_served=is_served(folder)))

    with_archive(settings, run)


@app.command()
def doctor(data: Data = None, http_port: HTTPPort = None, dimse_port: DimsePort = None) -> None:
    """Say what is wrong, and how to mend it."""
    settings = settings_for(data, http={"port": http_port}, dimse={"port": dimse_port})
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
    department: Annotated[
        str, typer.Option(help="Of which department they are, where they name none.")
    ] = "",
) -> None:
    """Take in a folder or a DICOMDIR; run it again to go on where it stopped."""
    refused = 0

    async def run(archive: Archive) -> None:
        nonlocal refused
        service = ImportService(archive.database, archive.store, department.strip())
        files = await service.survey(place)
        refused = await show_import(service.run(place, files), len(files), out)

    with_archive(settings_for(data), run)
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
        service = ExportService(archive.access, archive.blobs)
        extras = [ExportExtra.DICOMDIR] if dicomdir else []
        damaged = await show_export(service.run(SYSTEM, target, study, extras), out)

    with_archive(existing_settings(data), run)
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
    may: Annotated[
        list[DevicePermission] | None,
        typer.Option(help="What it may ask; name each. Without: to store.", show_default=False),
    ] = None,
    calls_from: Annotated[
        list[str] | None,
        typer.Option(help="Address or network it calls from; without: its host."),
    ] = None,
    certificate: Annotated[
        str, typer.Option(help="SHA-256 of the client certificate that it must show.")
    ] = "",
    department: Annotated[
        list[str] | None,
        typer.Option(help="Whose studies it sees; name each. Without: every department's."),
    ] = None,
    own_department: Annotated[
        str, typer.Option(help="Of what it sends without naming a department.")
    ] = "",
) -> None:
    """Add a device, or change where it is reached and what it may do."""
    device = Device(
        ae_title,
        host,
        port,
        tls=tls,
        description=description,
        may=(DevicePermission.STORE,) if may is None else tuple(may),
        calls_from=tuple(calls_from or ()),
        certificate=certificate,
        departments=tuple(department or (EVERY_DEPARTMENT,)),
        department=own_department.strip(),
    )
    with_archive(settings_for(data), lambda archive: archive.devices.put(device))
    rights = ", ".join(device.may) or "nothing but C-ECHO"
    out.print(f"{ae_title} is at {host}:{port}; it may: {rights}.", highlight=False)


@devices.command(name="list")
def list_devices(data: Data = None) -> None:
    """List the devices."""

    async def run(archive: Archive) -> None:
        out.print(device_table(await archive.devices.all()))

    with_archive(existing_settings(data), run)


@devices.command(name="knocking")
def list_knocks(data: Data = None) -> None:
    """List unknown devices that were refused."""

    async def run(archive: Archive) -> None:
        out.print(knock_table(await archive.devices.knocks()))

    with_archive(existing_settings(data), run)


@devices.command(name="remove")
def remove_device(ae_title: str, data: Data = None) -> None:
    """Forget a device."""
    with_archive(existing_settings(data), lambda archive: archive.devices.remove(ae_title))
    out.print(f"{ae_title} is forgotten.", highlight=False)


@devices.command(name="echo")
def echo_device(ae_title: str, data: Data = None) -> None:
    """Ask a device whether it answers (C-ECHO)."""

    async def run(archive: Archive) -> None:
        answered = await archive.devices.verify(ae_title)
        out.print(f"{ae_title} answered with status {answered:04X}H.", highlight=False)

    with_archive(existing_settings(data), run)


def _announce(settings: Settings) -> None:
    http, dimse = settings.http, settings.dimse
    out.print()
    served = "the network" if is_wide(settings) else "this machine only"
    out.print(f"[bold]Sonarium {__version__} serves {served}.[/bold]", highlight=False)
    out.print(f"  Web         {http.origin}", highlight=False)
    out.print(f"  DICOMweb    {http.origin}/dicom-web", highlight=False)
    out.print(f"  JSON API    {http.origin}/api/openapi.json", highlight=False)
    out.print(
        f"  DICOM       AE title {dimse.ae_title}, {dimse.host}, port {dimse.port}",
        highlight=False,
    )
    if dimse.unknown_callers is UnknownCallers.REFUSED:
        out.print(
            "              Devices that are not known are refused: sonarium device knocking",
            highlight=False,
        )
    if not settings.demo and key_room(settings).kit_waits:
        out.print("  Nobody printed the recovery kit yet: sonarium keys kit", highlight=False)
    out.print("  Ctrl-C stops it.", highlight=False)
