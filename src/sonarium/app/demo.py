"""`sonarium demo`: a synthetic ultrasound department on this machine, thrown away at the end."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sonarium.app.archive import Archive, open_archive
from sonarium.app.serve import serve
from sonarium.app.settings import Settings
from sonarium.domain.access import SYSTEM, Confidentiality, Reason
from sonarium.domain.device import UnknownCallers
from sonarium.domain.principal import Role, Scope
from sonarium.services.clients import ClientService
from sonarium.services.fill import fill
from sonarium.services.grants import GrantService, Target
from sonarium.services.people import PeopleService
from sonarium.ultrasound.synthetic.department import (
    REFERRER,
    iter_study,
    teaching_case,
)
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.schedule import Appointment, appointments

SEED = 2026
DEMO_LASTS = timedelta(days=1)
SIGN_IN_PATH = "/sign-in#"
"""The secret follows as the fragment, which browsers send to nobody."""
DESCRIBED = 46
_WORKS: Final[Mapping[Role, tuple[Sequence[str], Sequence[str]]]] = {
    # departments, codes by which studies name them
    Role.SONOGRAPHER: (("Echocardiography", "Vascular Laboratory"), ()),
    Role.READING_PHYSICIAN: (("*",), ()),
    Role.REFERRING_CLINICIAN: ((), (f"{REFERRER.value}^{REFERRER.scheme}",)),
}


async def run_demo(
    settings: Settings, console: Console, announce: Callable[[], None], studies: int | None
) -> None:
    """Serve a fresh folder, announce it, fill it, and remove it when told to stop."""
    folder = _throw_away_folder()
    open_door = settings.dimse.model_copy(update={"unknown_callers": UnknownCallers.ACCEPTED})
    throw_away = settings.model_copy(
        update={"data": folder, "demo": True, "log_level": "WARNING", "dimse": open_door}
    )

    async def fill_department(dsn: str) -> None:
        announce()
        async with open_archive(throw_away, dsn) as archive:
            await _let_people_in(archive, settings, console)
            now = datetime.now().astimezone()
            schedule = appointments(SEED, studies, now)
            case = teaching_case(SEED, now)
            department = _made_in_parallel([case, *schedule])
            with Progress(
                TextColumn("making a synthetic department"),
                BarColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.completed} objects: {task.description}", table_column=None),
                console=console,
            ) as progress:
                task = progress.add_task("", total=None)
                async for made in fill(archive.store, department):
                    progress.update(task, advance=1, description=made.description[:DESCRIBED])
            await _give_reasons(archive, schedule, case)
        console.print("  The department is complete. Ctrl-C stops Sonarium and removes it.")

    try:
        await serve(throw_away, fill_department)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _let_people_in(archive: Archive, settings: Settings, console: Console) -> None:
    """Add a synthetic person of each role, and print a link of one use for each."""
    people, clients = PeopleService(archive.database), ClientService(archive.database)
    grants = GrantService(archive.database, archive.access)
    root = settings.http.origin
    console.print("  Sign in as one of these SYNTHETIC people; each link works once:")
    for role in Role:
        name = _name(role)
        await people.add(name, f"SYNTHETIC {role.replace('_', ' ')}", [role])
        await grants.set_reasons_of_person(name, *_WORKS.get(role, ((), ())))
        secret = await people.sign_in_link(name, DEMO_LASTS)
        label = f"    {role.replace('_', ' '):<20}"
        console.print(f"{label} {root}{SIGN_IN_PATH}{secret}", highlight=False, soft_wrap=True)
    await clients.add("demo", "Programs of the demonstration", list(Scope))
    token = await clients.token_by_administrator("demo", DEMO_LASTS)
    console.print(
        f"  Programs send: Authorization: Bearer {token.secret}", highlight=False, soft_wrap=True
    )


async def _give_reasons(
    archive: Archive, schedule: Sequence[Appointment], case: Appointment
) -> None:
    """Let each person see something: a patient their record, a student a teaching case, …"""
    grants = GrantService(archive.database, archive.access)
    await grants.put_teaching(case.seed.uid("study", case.number), is_teaching=True)
    patients = list(dict.fromkeys(one.patient.patient_id for one in schedule))
    own = Target(patient_id=patients[0])
    why = "the demonstration"
    await grants.add(
        SYSTEM, _name(Role.PATIENT), own, Reason.OWN_RECORD, why=why, lifetime=DEMO_LASTS
    )
    await grants.add(SYSTEM, _name(Role.MANAGER), own, Reason.GRANT, why=why, lifetime=DEMO_LASTS)
    for patient, how, alias in zip(
        patients[1:3],
        (Confidentiality.VIP, Confidentiality.CONFIDENTIAL),
        ("SYNTHETIC alias Rose", "SYNTHETIC alias Oak"),
        strict=False,
    ):
        await grants.set_confidentiality(Target(patient_id=patient), how, alias)


def _name(role: Role) -> str:
    return f"demo-{role.replace('_', '-')}"


def _made_in_parallel(schedule: Sequence[Appointment]) -> Iterator[SyntheticObject]:
    """Make the newest study first, several at a time, in processes of their own."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as makers:
        waiting = [makers.submit(_whole_study, one) for one in reversed(schedule)]
        try:
            for made in waiting:
                yield from made.result()
        finally:
            makers.shutdown(wait=False, cancel_futures=True)


def _whole_study(appointment: Appointment) -> list[SyntheticObject]:
    return list(iter_study(appointment))


def _throw_away_folder() -> Path:
    """Make a folder that PostgreSQL's own user may pass through, and nobody may list."""
    folder = Path(tempfile.mkdtemp(prefix="sonarium-demo-"))
    folder.chmod(0o711)
    return folder
