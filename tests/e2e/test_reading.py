"""The reading room's own suite, web/e2e/*.e2e.mjs, in a real browser against a real server."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import generate_uid
from tests.conftest import fresh_database
from tests.e2e.browsers import ROOT, needs_browser, running_site
from tests.e2e.reference_pictures import write_reference_pictures
from tests.signing_in import bearer_of
from tests.videos import calibrated_mp4_object, video_object

from sonarium.app.archive import Archive
from sonarium.db.embedded import EmbeddedPostgres
from sonarium.services.fill import fill
from sonarium.services.import_ import ImportService
from sonarium.ultrasound.synthetic.department import iter_study
from sonarium.ultrasound.synthetic.patients import Seed
from sonarium.ultrasound.synthetic.phantoms import iter_phantom_objects
from sonarium.ultrasound.synthetic.schedule import appointments

MOMENT = datetime(2026, 11, 23, 9, 30).astimezone()
SHOWN_KINDS = {("adult echo", 1), ("stress echo", 1), ("fetal", 2)}
"""Of the demonstration: an examination with an earlier one, a stress echo, and a fetus."""
REAL_OBJECTS = ("us", "irwf", "sr", "ko", "pr", "doc", "ecg", "charset", "odd", "dicomdir")
MOST_PICTURES = 118
CENTIMETRES_PER_PIXEL = 0.025
"""Of the video: web/e2e/video.e2e.mjs expects it."""

pytestmark = [pytest.mark.peers, needs_browser]

SCRIPTS = sorted(path.name for path in (ROOT / "web" / "e2e").glob("*.e2e.mjs"))


@dataclass(frozen=True, slots=True)
class Department:
    """A server with a small department and real objects."""

    environment: dict[str, str]


@pytest.fixture(scope="module")
async def department(
    postgres: EmbeddedPostgres, testdata: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Department]:
    """Serve the department until the last script has run."""
    folder = tmp_path_factory.mktemp("reading")
    async with (
        fresh_database(postgres) as dsn,
        running_site(dsn, folder / "data") as site,
    ):
        await _receive_patients(site.archive)
        await _import_real_objects(site.archive, testdata / "dicom")
        await _import_video(site.archive, testdata / "dicom", folder)
        await _import_trace_beside_loop(site.archive, testdata / "dicom", folder)
        headers = await bearer_of(site.archive.database)
        yield Department(
            {
                "SONARIUM_URL": site.address,
                "SONARIUM_TOKEN": headers["Authorization"].removeprefix("Bearer "),
                "SONARIUM_REFERENCE": str(folder / "reference"),
                "SONARIUM_E2E_PICTURES": os.environ.get("SONARIUM_E2E_PICTURES", str(folder)),
            }
        )


async def _receive_patients(archive: Archive) -> None:
    for appointment in appointments(2026, None, MOMENT):
        if (appointment.kind, appointment.patient.ordinal) in SHOWN_KINDS:
            async for _ in fill(archive.store, iter_study(appointment)):
                pass
    phantoms = iter_phantom_objects(Seed(7, "20261123"), MOMENT.replace(tzinfo=None))
    async for _ in fill(archive.store, phantoms):
        pass


async def _import_real_objects(archive: Archive, folder: Path) -> None:
    """Import one file after another: of those that share a UID, the first is kept."""
    importing = ImportService(archive.database, archive.store)
    for name in REAL_OBJECTS:
        for file in await importing.survey(folder / name):
            async for _ in importing.run(folder / name, [file]):
                pass
    await archive.store.drained()


async def _import_trace_beside_loop(archive: Archive, testdata: Path, folder: Path) -> None:
    """Add an ECG object and a loop that was taken half a second after it began."""
    place = folder / "trace"
    place.mkdir()
    study, patient = generate_uid(), "SYNTHETIC^TRACE"
    for name, taken in (
        ("us/sonosite-30frames.dcm", "20261123093000.000000"),
        ("ecg/ecg-12lead-mortara.dcm", "20261123092959.500000"),
    ):
        made = dcmread(testdata / name)
        made.StudyInstanceUID, made.SeriesInstanceUID = study, generate_uid()
        made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        made.PatientName, made.PatientID, made.AcquisitionDateTime = patient, "SYN-TRACE", taken
        made.save_as(place / Path(name).name)
    importing = ImportService(archive.database, archive.store)
    async for _ in importing.run(place, await importing.survey(place)):
        pass
    await archive.store.drained()


async def _import_video(archive: Archive, testdata: Path, folder: Path) -> None:
    """Add a video in a syntax that no browser plays, and one that is calibrated and any plays."""
    place = folder / "video"
    place.mkdir()
    like = testdata / "us/sonosite-30frames.dcm"
    (place / "mpeg2.dcm").write_bytes(video_object(like))
    (place / "h264.dcm").write_bytes(calibrated_mp4_object(like, CENTIMETRES_PER_PIXEL))
    importing = ImportService(archive.database, archive.store)
    async for _ in importing.run(place, await importing.survey(place)):
        pass
    await archive.store.drained()


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
@pytest.mark.timeout(400)
@pytest.mark.parametrize("script", SCRIPTS)
async def test_script(department: Department, testdata: Path, script: str) -> None:
    if script.startswith("colours"):
        reference = Path(department.environment["SONARIUM_REFERENCE"])
        written = await asyncio.to_thread(write_reference_pictures, testdata / "dicom", reference)
        assert written >= MOST_PICTURES
    process = await asyncio.create_subprocess_exec(
        *("node", "--test", "--test-concurrency=1", f"e2e/{script}"),
        cwd=ROOT / "web",
        env={**os.environ, **department.environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
