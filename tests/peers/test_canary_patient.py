"""One patient goes through every door, every refusal and every fault, and leaves no trace in a
log, an error, a job, a file name or a process title."""

import os
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.peers.canary import (
    MARK,
    UID_ROOT,
    canary,
    iter_log_lines,
    names_below,
    titles_of,
    traces_in,
    uids_of,
)
from tests.peers.dcmtk import run
from tests.peers.service import AE_TITLE, PROGRAM, Service, running_service

from sonarium.app.database import dsn_of, embedded_postgres
from sonarium.app.settings import load_settings

pytestmark = [pytest.mark.peers, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("canary")
    async with running_service(folder, SONARIUM_LOG_LEVEL="DEBUG") as running:
        yield running


class Refusals:
    """What callers were told that did not get what they asked for."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.statuses: list[int] = []

    def note(self, answer: httpx.Response) -> None:
        self.statuses.append(answer.status_code)
        if answer.is_success:
            return
        text = answer.text
        if answer.headers["content-type"] == "application/dicom+json":
            # The Failed SOP Sequence names instances by the standard (PS3.18 Annex I).
            text = text.replace(UID_ROOT, "")
        self.bodies.append(text)


async def test_a_patient_leaves_no_trace_where_none_may_be(
    service: Service, tmp_path: Path, testdata: Path
) -> None:
    us, sr = testdata / "dicom/us", testdata / "dicom/sr"
    still = canary(us / "toshiba-xario-mmode.dcm")
    refusals = Refusals()
    await by_http(service, refusals, still, canary(sr / "basic-text-sr.dcm"))
    await by_dimse(service, tmp_path, still, canary(us / "acuson-stress-baseline-v1.dcm"))
    told = await by_commands(service, tmp_path)
    os.kill(service.pid_of_postgres(), signal.SIGKILL)
    await by_http(service, refusals, canary(us / "ge-logiq700-rgb.dcm"), still)
    await service.until_well(60)
    assert {200, 400, 404, 406, 409} <= set(refusals.statuses)

    logs = [service.log, *iter_log_lines(service.data_folder)]
    assert len(logs) > 2, "PostgreSQL's own log was not looked at"
    assert traces_in("\n".join(logs)) == []
    assert traces_in("\n".join(refusals.bodies)) == []
    assert traces_in(told) == []
    assert traces_in(names_below(service.data_folder)) == []
    assert traces_in(names_below(Path(tempfile.gettempdir()) / "sonarium")) == []
    assert traces_in(titles_of(iter([*service.family(), service.pid_of_postgres()]))) == []
    assert traces_in(await jobs_of(service)) == []


async def by_http(service: Service, refusals: Refusals, *files: bytes) -> None:
    """Store, search, open and show; and everything that is refused."""
    async with service.client() as client:
        client.base_url = httpx.URL(f"http://127.0.0.1:{service.http_port}")
        one_object = {"Content-Type": "application/dicom"}
        for file in files:
            changed = file[:-2] + bytes([file[-2] ^ 1]) + file[-1:]
            for body in (file, file[: len(file) // 2], changed, file[:400] + b"\xff" * 400):
                refusals.note(
                    await client.post("/dicom-web/studies", content=body, headers=one_object)
                )
            study, series, instance = uids_of(file)
            path = f"/dicom-web/studies/{study}/series/{series}/instances/{instance}"
            for end in ("", "/metadata", "/rendered", "/thumbnail", "/frames/1", "/frames/99999"):
                refusals.note(await client.get(path + end))
            for accept in ("text/plain", "image/png; q=x", "video/mp4"):
                refusals.note(await client.get(f"{path}/rendered", headers={"Accept": accept}))
            refusals.note(await client.get(f"/api/studies/{study}"))
            refusals.note(await client.put(f"/api/studies/{study}/measurements", content=b"{"))
            refusals.note(await client.get(path, headers={"Authorization": f"Bearer {MARK}"}))
        for query in ("PatientName", "PatientID", "00100021", "StudyDate", "limit", "nonsense"):
            refusals.note(await client.get(f"/dicom-web/studies?{query}={MARK}"))
        refusals.note(await client.get(f"/dicom-web/studies?{MARK}=1"))
        refusals.note(await client.get(f"/dicom-web/studies/{MARK}"))
        refusals.note(await client.get("/api/studies", params={"q": MARK}))
        refusals.note(await client.get("/api/studies", params={"q": MARK, "limit": MARK}))
        refusals.note(await client.get(f"/dicom-web/wado?requestType={MARK}"))


async def by_dimse(service: Service, tmp_path: Path, still: bytes, loop: bytes) -> None:
    """Send, query and retrieve with DCMTK."""
    for number, file in enumerate((still, loop, still[: len(still) // 2])):
        (tmp_path / f"{number}.dcm").write_bytes(file)
    door = ("-aec", AE_TITLE, "127.0.0.1", str(service.dimse_port))
    for name in ("0.dcm", "1.dcm", "2.dcm"):
        await run("storescu", *door, tmp_path / name)
    study, _, _ = uids_of(still)
    for key in (f"PatientName={MARK}*", f"PatientID={MARK}", f"StudyDate={MARK}", f"NoSuch={MARK}"):
        await run("findscu", "-S", *door, "-k", "QueryRetrieveLevel=STUDY", "-k", key)
    level = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}")
    await run("movescu", "-S", "-aem", "NOBODY", *door, *level)
    (tmp_path / "got").mkdir()
    got = await run("getscu", "-S", "-od", tmp_path / "got", *door, *level)
    assert list((tmp_path / "got").iterdir()), got.output


async def by_commands(service: Service, tmp_path: Path) -> str:
    """Import what cannot be read, export all; file names of the caller's own are the caller's."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/1").write_bytes((tmp_path / "2.dcm").read_bytes())
    data = ("--data", service.data_folder)
    imported = await run(PROGRAM, "import", tmp_path / "broken", *data)
    exported = await run(PROGRAM, "export", tmp_path / "out", *data)
    assert exported.exit_code == 0, exported.output
    looked = await run(PROGRAM, "doctor", *data)
    return imported.output + exported.output + looked.output


async def jobs_of(service: Service) -> str:
    """Return every row of the job queue's tables as text."""
    settings = load_settings(data=service.data_folder)
    dsn = dsn_of(settings, embedded_postgres(settings))
    rows: list[str] = []
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        for table in ("procrastinate_jobs", "procrastinate_events", "procrastinate_workers"):
            found = await connection.execute(f"SELECT to_jsonb(one)::text FROM {table} one")
            rows += [text for (text,) in await found.fetchall()]
    return "\n".join(rows)
