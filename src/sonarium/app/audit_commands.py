"""`sonarium audit`: read, check and hand out the audit trail."""

from datetime import datetime
from typing import Annotated

import typer

from sonarium.app.archive import Archive, audit_verifier
from sonarium.app.opening import Data, existing_settings, out, with_archive
from sonarium.dicom.audit_message import AuditSource, audit_message
from sonarium.faces.cli.auditing import record_line, record_table, verdict_lines
from sonarium.services.audit.reading import AuditReader, AuditSearch

audit = typer.Typer(
    no_args_is_help=True, help="Who did what, and whether the record of it is whole."
)

Patient = Annotated[str | None, typer.Option(help="Patient ID.")]
Study = Annotated[str | None, typer.Option(help="Study Instance UID.")]
Who = Annotated[str | None, typer.Option(help="User name, client id or AE title.")]
Refused = Annotated[bool, typer.Option("--refused", help="Only what was refused or failed.")]
Since = Annotated[datetime | None, typer.Option(help="From this moment, local time.")]
Until = Annotated[datetime | None, typer.Option(help="Up to this moment, local time.")]


@audit.command(name="list")
def list_records(
    data: Data = None,
    patient: Patient = None,
    study: Study = None,
    who: Who = None,
    refused: Refused = False,  # typer's way of a flag
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
) -> None:
    """List what was done, the latest first."""
    search = _search(patient, study, who, since, until, refused=refused)

    async def run(archive: Archive) -> None:
        page = await AuditReader(archive.database).page(search, limit=limit)
        out.print(record_table(page.records))

    with_archive(existing_settings(data), run)


@audit.command(name="export")
def export_records(
    data: Data = None,
    patient: Patient = None,
    study: Study = None,
    who: Who = None,
    refused: Refused = False,  # typer's way of a flag
    since: Since = None,
    until: Until = None,
    xml: Annotated[bool, typer.Option("--dicom", help="DICOM audit messages.")] = False,
) -> None:
    """Write records to standard output, one a line: JSON, or DICOM audit messages."""
    search = _search(patient, study, who, since, until, refused=refused)
    settings = existing_settings(data)
    source = AuditSource(settings.audit.source_id, settings.audit.site_id)

    async def run(archive: Archive) -> None:
        async for record in AuditReader(archive.database).iter_all(search):
            typer.echo(audit_message(record.event, source) if xml else record_line(record))

    with_archive(settings, run)


@audit.command(name="verify")
def verify(data: Data = None) -> None:
    """Check that nothing was edited, deleted, moved, put in or cut off; fails if it was."""
    settings = existing_settings(data)
    is_whole = False

    async def run(archive: Archive) -> None:
        nonlocal is_whole
        verdict = await audit_verifier(archive, settings).verify()
        is_whole = verdict.is_whole
        for line in verdict_lines(verdict):
            out.print(line, highlight=False, soft_wrap=True, markup=False)

    with_archive(settings, run)
    if not is_whole:
        raise typer.Exit(1)


def _search(
    patient: str | None,
    study: str | None,
    who: str | None,
    since: datetime | None,
    until: datetime | None,
    *,
    refused: bool,
) -> AuditSearch:
    return AuditSearch(
        patient=patient,
        study=study,
        actor=who,
        refused=refused,
        since=since and since.astimezone(),
        until=until and until.astimezone(),
    )
