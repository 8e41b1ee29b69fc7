"""Measuring in the real page, in a real browser, against the real server."""

import asyncio
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from pydicom import dcmread

from sonarium.app.archive import open_archive
from sonarium.app.settings import Settings
from sonarium.app.web_server import web_server
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.arrival import Door, Source
from sonarium.services.store import Arrival
from sonarium.ultrasound.measuring.report_document import measurement_series_uid
from sonarium.ultrasound.synthetic.patients import Seed
from sonarium.ultrasound.synthetic.phantoms import iter_phantom_objects

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "web" / "e2e" / "measuring.mjs"
MOMENT = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001  # local to the scanner, as DICOM has it

pytestmark = [
    pytest.mark.peers,
    pytest.mark.skipif(
        not (ROOT / "web" / "node_modules" / "playwright-core").is_dir()
        or shutil.which("chromium") is None
        or not (ROOT / "src" / "sonarium" / "web_assets" / "index.html").is_file(),
        reason="needs the built web application, playwright-core and Debian's chromium",
    ),
]


@pytest.fixture
async def address(dsn: str, tmp_path: Path) -> AsyncIterator[str]:
    """A web server over an archive that holds the phantoms."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings.model_validate({"data": tmp_path, "http": {"port": port}})
    async with open_archive(settings, dsn) as archive:
        for made in iter_phantom_objects(Seed(7, "20261123"), MOMENT):
            reception = archive.store.receive(
                Arrival(made.transfer_syntax_uid, Source(Door.IMPORT))
            )
            if (pause := reception.feed(made.data_set)) is not None:
                await pause
            await (await reception.commit()).placed()
        async with web_server(archive, settings):
            yield f"http://127.0.0.1:{port}"


async def test_measuring_by_keys_and_pointer(address: str, tmp_path: Path) -> None:
    pictures = os.environ.get("SONARIUM_E2E_PICTURES", str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        "node",
        str(SCRIPT),
        address,
        pictures,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(150):
        told, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
    read = json.loads(told)
    # The wires are 4.0 cm apart; half a pixel of this phantom is 0.0085 cm.
    assert abs(float(read["wires"].removesuffix(" cm")) - 4.0) <= 0.0085 + 0.005
    assert "spectral Doppler trace" in read["refused"] or "time across" in read["refused"]
    assert read["keyImage"].startswith("For Teaching Wires")
    await _the_document_holds_all(address, read["study"])


async def _the_document_holds_all(address: str, study: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
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
