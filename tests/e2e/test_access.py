"""Emergencies, links, grants and keys in the real page and real browsers."""

import json
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from tests.e2e.browsers import drive, needs_browser, running_site
from tests.signing_in import bearer_of

from sonarium.domain.arrival import Door, Source
from sonarium.domain.principal import Role
from sonarium.services.store import Arrival
from sonarium.ultrasound.synthetic.patients import Seed
from sonarium.ultrasound.synthetic.phantoms import iter_phantom_objects

MOMENT = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001  # local to the scanner, as DICOM has it
PEOPLE = (Role.SONOGRAPHER, Role.REFERRING_CLINICIAN, Role.ADMINISTRATOR, Role.AUDITOR)

pytestmark = [pytest.mark.peers, needs_browser]


async def test_access_is_given_used_judged_and_taken_back(dsn: str, tmp_path: Path) -> None:
    async with running_site(dsn, tmp_path) as site:
        for made in iter_phantom_objects(Seed(7, "20261123"), MOMENT):
            reception = site.archive.store.receive(
                Arrival(made.transfer_syntax_uid, Source(Door.IMPORT))
            )
            if (pause := reception.feed(made.data_set)) is not None:
                await pause
            await (await reception.commit()).placed()
        headers = await bearer_of(site.archive.database)
        async with httpx.AsyncClient(base_url=site.address, headers=headers) as client:
            [study, *_] = (await client.get("/api/studies")).json()["studies"]
        entrances = {role: await site.sign_in_address(role) for role in (*PEOPLE, Role.MANAGER)}
        patient = study["patientID"]
        read = await drive("access.mjs", tmp_path, site.address, json.dumps(entrances), patient)
    assert f"Emergency access to patient {patient}" in read["banner"]
    assert "will be reviewed" in read["banner"]
    assert "just opened something" in read["news"]
    assert "4 times more" in read["wrong"]
    assert read["after"] == "This link no longer holds"
    assert "taken back" in read["revoked"]
    assert read["listed"] == "Rose"
    assert read["opened"] not in ("Rose", "")
