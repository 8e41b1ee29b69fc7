"""Measuring in the real page, in a real browser, against the real server."""

from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from pydicom import dcmread
from tests.e2e.browsers import Site, drive, needs_browser, running_site
from tests.signing_in import bearer_of

from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.arrival import Door, Source
from sonarium.domain.principal import Role
from sonarium.services.store import Arrival
from sonarium.ultrasound.measuring.report_document import measurement_series_uid
from sonarium.ultrasound.synthetic.patients import Seed
from sonarium.ultrasound.synthetic.phantoms import iter_phantom_objects

MOMENT = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001  # local to the scanner, as DICOM has it

pytestmark = [pytest.mark.peers, needs_browser]


@pytest.fixture
async def site(dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A web server over an archive that holds the phantoms."""
    async with running_site(dsn, tmp_path) as opened:
        for made in iter_phantom_objects(Seed(7, "20261123"), MOMENT):
            arrival = Arrival(made.transfer_syntax_uid, Source(Door.IMPORT))
            reception = opened.archive.store.receive(arrival)
            if (pause := reception.feed(made.data_set)) is not None:
                await pause
            await (await reception.commit()).placed()
        yield opened


async def test_measuring_by_keys_and_pointer(site: Site, tmp_path: Path) -> None:
    entrance = await site.sign_in_address(Role.SONOGRAPHER)
    read = await drive("measuring.mjs", tmp_path, site.address, entrance)
    # The wires are 4.0 cm apart; half a pixel of this phantom is 0.0085 cm.
    assert abs(float(read["wires"].removesuffix(" cm")) - 4.0) <= 0.0085 + 0.005
    assert "spectral Doppler trace" in read["refused"] or "time across" in read["refused"]
    assert read["keyImage"].startswith("For Teaching Wires")
    await _the_document_holds_all(site, read["study"])


async def _the_document_holds_all(site: Site, study: str) -> None:
    headers = await bearer_of(site.archive.database)
    async with httpx.AsyncClient(base_url=site.address, headers=headers) as client:
        current = (await client.get(f"/api/studies/{study}/measurements")).json()
        series = measurement_series_uid(study)
        path = f"/dicom-web/studies/{study}/series/{series}/instances/{current['documentUID']}"
        answer = await client.get(
            path, headers={"Accept": 'multipart/related; type="application/dicom"'}
        )
    content = answer.content[answer.content.index(b"DICM") - 128 :]
    document = dcmread(BytesIO(content), force=True)
    assert document.file_meta.TransferSyntaxUID == EXPLICIT_VR_LITTLE_ENDIAN
    groups = [
        item
        for part in document.ContentSequence
        if part.ConceptNameCodeSequence[0].CodeValue == "126010"
        for item in part.ContentSequence
    ]
    assert len(groups) == len(current["measurements"]) == 4
