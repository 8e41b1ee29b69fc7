"""`sonarium study`: what is done to one study, from the command line."""

from typing import Annotated

import typer

from sonarium.app.archive import Archive, study_deletion_service
from sonarium.app.opening import Data, existing_settings, out, with_archive

studies = typer.Typer(no_args_is_help=True, help="One study as a whole.")


@studies.callback()
def _one_study() -> None:
    """Keep `delete` a word of its own."""


@studies.command(name="delete")
def delete(
    study_instance_uid: str,
    data: Data = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: for scripts.")] = False,
) -> None:
    """Delete a study for good: its images, and the keys that would open a copy of them."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        service = study_deletion_service(archive, settings)
        count = await service.count(study_instance_uid)
        if not yes:
            # The one act without undo: that is what its keys are destroyed for.
            typer.confirm(f"Nothing brings these {count} objects back. Delete them?", abort=True)
        gone = await service.delete(study_instance_uid)
        out.print(f"{gone.objects} objects and {gone.keys} keys are deleted.", highlight=False)
        out.print(
            f"Backups may open copies until {gone.erased_at:%Y-%m-%d}; then they are erased.",
            highlight=False,
        )

    with_archive(settings, run)
