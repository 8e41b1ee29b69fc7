"""`sonarium grant`, `patient` and `teaching`: who sees what, from the command line."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sonarium.app.archive import Archive
from sonarium.app.opening import Data, existing_settings, out, with_archive
from sonarium.domain.access import SYSTEM, Confidentiality, Reason
from sonarium.services.grants import GrantService, Target

grants = typer.Typer(no_args_is_help=True, help="Who may see a study or patient besides.")
patients = typer.Typer(no_args_is_help=True, help="How patients are shown.")

Study = Annotated[str, typer.Option(help="Study Instance UID.")]
Patient = Annotated[str, typer.Option(help="Patient ID.")]
UserName = Annotated[str, typer.Argument(help="User name, in small letters.")]


def _service(archive: Archive) -> GrantService:
    return GrantService(archive.database, archive.access)


@grants.command(name="add")
def add_grant(
    user_name: UserName,
    why: Annotated[str, typer.Option(help="For whoever asks later.")],
    study: Study = "",
    patient: Patient = "",
    reason: Annotated[
        Reason, typer.Option(help="care_team, grant, or own_record for the patient themselves.")
    ] = Reason.GRANT,
    days: Annotated[int, typer.Option(help="How long it holds.")] = 30,
    data: Data = None,
) -> None:
    """Let somebody see a study, or all studies of a patient."""

    async def run(archive: Archive) -> None:
        made = await _service(archive).add(
            SYSTEM,
            user_name,
            Target(study_instance_uid=study, patient_id=patient),
            reason,
            why=why,
            lifetime=timedelta(days=days),
        )
        for ref in made:
            out.print(f"Grant {ref} holds for {days} days.", highlight=False)

    with_archive(existing_settings(data), run)


@grants.command(name="list")
def list_grants(
    user_name: Annotated[str | None, typer.Option("--user", help="Of one person.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also what is over.")] = False,
    data: Data = None,
) -> None:
    """List what was granted, newest first."""

    async def run(archive: Archive) -> None:
        table = Table("grant", "person", "reason", "study or patient", "until", "why", "by")
        for one in await _service(archive).all(user_name=user_name, only_valid=not every):
            until = one.expires_at.astimezone().isoformat(" ", "minutes")
            what = one.study_instance_uid or one.patient_id or ""
            state = until if one.revoked_at is None else "taken back"
            cells = (str(one.grant_ref), one.user_name, one.reason, what, state, one.why)
            table.add_row(*map(escape, (*cells, one.granted_by)))
        out.print(table)

    with_archive(existing_settings(data), run)


@grants.command(name="revoke")
def revoke_grant(grant: int, data: Data = None) -> None:
    """Take back a grant; it ends at once."""

    async def run(archive: Archive) -> None:
        await _service(archive).revoke(grant, SYSTEM.name)
        out.print(f"Grant {grant} is taken back.", highlight=False)

    with_archive(existing_settings(data), run)


@patients.command(name="confidentiality")
def set_confidentiality(
    patient_id: Annotated[str, typer.Argument(help="Patient ID; '' with --study.")],
    confidentiality: Confidentiality,
    alias: Annotated[str, typer.Option(help="What lists call them.")] = "",
    study: Annotated[
        str, typer.Option(help="A study of the patient, where it has no Patient ID.")
    ] = "",
    data: Data = None,
) -> None:
    """Say how confidential a patient is: normal, vip or confidential."""

    async def run(archive: Archive) -> None:
        target = Target(study_instance_uid=study, patient_id=patient_id)
        await _service(archive).set_confidentiality(target, confidentiality, alias)
        out.print("The patient's studies are shown so from now on.")

    with_archive(existing_settings(data), run)


@patients.command(name="confidential")
def list_confidential(data: Data = None) -> None:
    """List who is VIP or confidential, by number and alias."""

    async def run(archive: Archive) -> None:
        table = Table("Patient ID, or study", "shown as", "alias", "studies")
        for one in await _service(archive).confidential():
            number = one.patient_id or one.lone_study_uid
            cells = (number, one.confidentiality, one.alias, str(one.studies))
            table.add_row(*map(escape, cells))
        out.print(table)

    with_archive(existing_settings(data), run)


@patients.command(name="teaching")
def set_teaching(
    study: Annotated[str, typer.Argument(help="Study Instance UID.")],
    teaching: Annotated[bool, typer.Option(help="Whether it is a teaching case.")] = True,
    data: Data = None,
) -> None:
    """Make a study without identity a teaching case, or none any more."""

    async def run(archive: Archive) -> None:
        await _service(archive).put_teaching(study, is_teaching=teaching)
        out.print("The study is a teaching case." if teaching else "It is none any more.")

    with_archive(existing_settings(data), run)
