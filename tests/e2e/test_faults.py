"""What goes wrong while somebody reads, each once, in the real page and a real browser."""

import asyncio
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.browsers import ROOT, Site, needs_browser, running_site
from tests.signing_in import bearer_of

from sonarium.base.clock import utc_now
from sonarium.domain.principal import Role
from sonarium.services.fill import fill
from sonarium.services.people import PeopleService
from sonarium.services.study_deletion import StudyDeletionService
from sonarium.ultrasound.synthetic.department import iter_study
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.schedule import appointments

MOMENT = datetime(2026, 11, 23, 9, 30).astimezone()
STILL_TO_COME = 2
READER = "mary"

pytestmark = [pytest.mark.peers, needs_browser]


@pytest.mark.timeout(300)
async def test_faults_are_said_and_work_is_kept(dsn: str, tmp_path: Path) -> None:
    coming = tmp_path / "coming"
    coming.mkdir()
    async with running_site(dsn, tmp_path / "data") as site:
        made = _echo()
        async for _ in fill(site.archive.store, iter(made[:-STILL_TO_COME])):
            pass
        for number, one in enumerate(made[-STILL_TO_COME:]):
            (coming / f"{number}.dcm").write_bytes(one.part10())
        people = PeopleService(site.archive.database)
        secret = await people.add(READER, "SYNTHETIC Mary", [Role.READING_PHYSICIAN])
        headers = await bearer_of(site.archive.database)
        read = await _drive(
            site,
            tmp_path,
            f"{site.address}/enrol#{secret}",
            made[0].study_instance_uid,
            headers["Authorization"].removeprefix("Bearer "),
            str(coming),
        )
    assert read["arrivals"].startswith("Still arriving: ")
    assert "kept here" in read["deleted"]


def _echo() -> list[SyntheticObject]:
    """An examination with loops."""
    echo = next(one for one in appointments(2026, None, MOMENT) if one.kind == "adult echo")
    return list(iter_study(echo))


async def _drive(site: Site, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run the script, and do what it asks the archive for."""
    process = await asyncio.create_subprocess_exec(
        *("node", str(ROOT / "web" / "e2e" / "faults.mjs"), site.address, *arguments),
        os.environ.get("SONARIUM_E2E_PICTURES", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    told = ""
    async with asyncio.timeout(200):
        async for line in process.stdout:
            told = line.decode()
            if not told.startswith("@"):
                continue
            await _act(site, told.strip(), arguments[1], folder / "cache")
            process.stdin.write(b"done\n")
        complaint = await process.stderr.read()
        assert await process.wait() == 0, complaint.decode()
    read: dict[str, Any] = json.loads(told)
    return read


async def _act(site: Site, asked: str, study: str, cache: Path) -> None:
    if asked == "@end sessions":
        assert await PeopleService(site.archive.database).end_sessions(READER) == 1
        return
    assert asked == "@delete"
    deletion = StudyDeletionService(
        site.archive.database,
        site.archive.blobs,
        None,
        cache,
        timedelta(days=1),
        # A study rests for some minutes before it may be deleted.
        clock=lambda: utc_now() + timedelta(hours=1),
    )
    await deletion.delete(study)
