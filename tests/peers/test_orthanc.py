"""Orthanc beside us, in both directions."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pydicom
import pytest
from bench.servers import AE_TITLE as ORTHANC_AE
from bench.servers import Server, orthanc
from tests.peers.dcmtk import free_port, run
from tests.peers.service import AE_TITLE, Service, running_service
from tests.peers.test_served_round_trip import parts_of

pytestmark = pytest.mark.peers

STRESS = [f"acuson-stress-baseline-v{number}.dcm" for number in (1, 2, 3)]


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[tuple[Service, Server]]:
    """Each knows the other; Orthanc knows us as `ours`."""
    async with running_service(tmp_path / "ours") as ours:
        with orthanc(tmp_path / "orthanc", free_port(), free_port()) as theirs:
            await ours.add_device(ORTHANC_AE, theirs.dimse_port)
            async with httpx.AsyncClient(base_url=rest(theirs)) as client:
                answer = await client.put(
                    "/modalities/ours",
                    json={"AET": AE_TITLE, "Host": "127.0.0.1", "Port": ours.dimse_port},
                )
                answer.raise_for_status()
            yield ours, theirs


def rest(server: Server) -> str:
    return f"http://127.0.0.1:{server.http_port}"


def content_of(part10: bytes) -> tuple[str, str]:
    """Tell an object by its UID and its pixels: DCMTK inside a peer writes the rest its own way."""
    read = pydicom.dcmread(io.BytesIO(part10))
    return str(read.SOPInstanceUID), hashlib.sha256(read.PixelData).hexdigest()


async def test_orthanc_stores_to_us_what_we_give_back(
    both: tuple[Service, Server], testdata: Path
) -> None:
    ours, theirs = both
    files = [(testdata / "dicom/us" / name).read_bytes() for name in STRESS]
    async with httpx.AsyncClient(base_url=rest(theirs), timeout=60) as client:
        stored = [(await client.post("/instances", content=file)).json() for file in files]
        ids = [one["ID"] for one in stored]
        answer = await client.post("/modalities/ours/store", json=ids)
        assert answer.json()["FailedInstancesCount"] == 0
        sent = {content_of((await client.get(f"/instances/{one}/file")).content) for one in ids}
        tags = (await client.get(f"/instances/{ids[0]}/simplified-tags")).json()
    async with ours.client() as client:
        answer = await client.get(
            f"{ours.dicomweb}/studies/{tags['StudyInstanceUID']}",
            headers={"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'},
        )
    assert {content_of(part) for part in parts_of(answer)} == sent


async def test_orthanc_finds_and_moves_from_us(
    both: tuple[Service, Server], testdata: Path
) -> None:
    ours, theirs = both
    files = [str(testdata / "dicom/us" / name) for name in STRESS]
    finished = await run("dcmsend", "-aec", AE_TITLE, "127.0.0.1", str(ours.dimse_port), *files)
    assert finished.exit_code == 0, finished.output
    # Orthanc asks to be sent to by its own AE title, which is the one we know it by.
    async with httpx.AsyncClient(base_url=rest(theirs), timeout=60) as client:
        found = await client.post(
            "/modalities/ours/query",
            json={"Level": "Study", "Query": {"ModalitiesInStudy": "US"}},
        )
        query = found.json()["ID"]
        assert (await client.get(f"/queries/{query}/answers")).json() == ["0"]
        moved = await client.post(
            f"/queries/{query}/answers/0/retrieve", json={"TargetAet": ORTHANC_AE}
        )
        assert moved.status_code == 200, moved.text
        async with asyncio.timeout(30):
            while len(ids := (await client.get("/instances")).json()) < len(files):
                await asyncio.sleep(0.2)
        got = {content_of((await client.get(f"/instances/{one}/file")).content) for one in ids}
    assert got == {content_of(Path(file).read_bytes()) for file in files}


async def test_we_move_to_orthanc_for_a_third(both: tuple[Service, Server], testdata: Path) -> None:
    ours, theirs = both
    path = testdata / "dicom/us" / STRESS[0]
    await run("dcmsend", "-aec", AE_TITLE, "127.0.0.1", str(ours.dimse_port), str(path))
    finished = await run(
        "movescu", "-S", "-aec", AE_TITLE, "-aem", ORTHANC_AE,
        "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study_of(path)}",
        "127.0.0.1", str(ours.dimse_port),
    )  # fmt: skip
    assert finished.exit_code == 0, finished.output
    async with httpx.AsyncClient(base_url=rest(theirs)) as client:
        assert len((await client.get("/instances")).json()) == 1


def study_of(path: Path) -> str:
    content = path.read_bytes()
    at = content.index(b"\x20\x00\x0d\x00UI")
    length = int.from_bytes(content[at + 6 : at + 8], "little")
    return content[at + 8 : at + 8 + length].rstrip(b"\0 ").decode()
