"""Export to plain files."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pydicom
import pytest
from tests.services.data_sets import EXPLICIT, still

from sonarium.db.pool import Database
from sonarium.domain.access import SYSTEM
from sonarium.domain.arrival import Door, Source
from sonarium.services.access import AccessService
from sonarium.services.export import (
    ExportedFile,
    ExportExtra,
    ExportOutcome,
    ExportRefused,
    ExportService,
)
from sonarium.services.store import Arrival, StoreService, StoreSettings
from sonarium.storage.memory import MemoryBlobStore


@pytest.fixture
async def blobs(database: Database) -> AsyncIterator[MemoryBlobStore]:
    blobs = MemoryBlobStore()
    settings = StoreSettings(gathering=timedelta(0))
    async with StoreService(database, blobs, settings) as store:
        for number in range(1, 7):
            reception = store.receive(Arrival(EXPLICIT, Source(Door.STOW)))
            study = (number + 1) // 2
            reception.feed(still(number, study=study, series=study, patient_id=f"=P{study % 2}"))
            await reception.commit()
        yield blobs


@pytest.fixture
def service(database: Database, blobs: MemoryBlobStore) -> ExportService:
    return ExportService(AccessService(database), blobs)


async def run(
    service: ExportService, target: Path, uids: list[str] | None = None
) -> list[ExportedFile]:
    return [one async for one in service.run(SYSTEM, target, uids, [ExportExtra.DICOMDIR])]


async def test_everything_is_written_and_reads_back(service: ExportService, tmp_path: Path) -> None:
    exported = await run(service, tmp_path)
    assert [one.outcome for one in exported] == [ExportOutcome.WRITTEN] * 6
    numbers = set()
    for one in exported:
        file = pydicom.dcmread(tmp_path / one.name)
        assert file.file_meta.TransferSyntaxUID == EXPLICIT
        assert "PrivateInformation" not in file.file_meta
        numbers.add(int(file.InstanceNumber))
        assert (tmp_path / one.name).stat().st_size == one.size_bytes
    assert numbers == set(range(1, 7))


async def test_the_sums_agree_with_the_files(service: ExportService, tmp_path: Path) -> None:
    await run(service, tmp_path)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


async def test_file_names_say_nothing_of_patients(service: ExportService, tmp_path: Path) -> None:
    exported = await run(service, tmp_path)
    for one in exported:
        assert all(len(part) == 8 and part.isalnum() for part in one.name.split("/"))


async def test_a_second_run_writes_only_what_is_missing(
    service: ExportService, tmp_path: Path
) -> None:
    first = await run(service, tmp_path)
    (tmp_path / first[0].name).unlink()
    damaged = tmp_path / first[1].name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"\1")
    second = await run(service, tmp_path)
    assert [one.outcome for one in second] == [
        ExportOutcome.WRITTEN,
        ExportOutcome.WRITTEN,
        *[ExportOutcome.THERE_ALREADY] * 4,
    ]


async def test_chosen_studies_join_those_of_earlier_runs(
    service: ExportService, tmp_path: Path
) -> None:
    assert len(await run(service, tmp_path, ["2.25.10001"])) == 2
    assert len(await run(service, tmp_path, ["2.25.10002", "2.25.10003"])) == 4
    assert len((tmp_path / "SHA256SUMS").read_text().splitlines()) == 6
    header, *lines = (tmp_path / "STUDIES.TSV").read_text().splitlines()
    assert header.startswith("Folder\tPatientID")
    assert len(lines) == 3
    assert "\t'=P1\t" in lines[0], "a spreadsheet must not run what a patient is called"


async def test_a_damaged_object_is_not_written(
    service: ExportService, blobs: MemoryBlobStore, tmp_path: Path
) -> None:
    key = next(iter(blobs.blobs))
    blobs.blobs[key] = blobs.blobs[key][:-1] + b"\x13"
    gone = list(blobs.blobs)[1]
    del blobs.blobs[gone]
    exported = await run(service, tmp_path)
    outcomes = [one.outcome for one in exported]
    assert outcomes.count(ExportOutcome.DAMAGED) == 2
    assert len((tmp_path / "SHA256SUMS").read_text().splitlines()) == 4
    assert not list(tmp_path.rglob("*.part"))


async def test_another_toolkit_follows_the_dicomdir(service: ExportService, tmp_path: Path) -> None:
    await run(service, tmp_path)
    directory = pydicom.dcmread(tmp_path / "DICOMDIR")
    images = [one for one in directory.DirectoryRecordSequence if "ReferencedFileID" in one]
    assert len(images) == 6
    for image in images:
        file = pydicom.dcmread(tmp_path.joinpath(*image.ReferencedFileID))
        assert file.SOPInstanceUID == image.ReferencedSOPInstanceUIDInFile
    if shutil.which("dcmdump"):
        subprocess.run(["dcmdump", str(tmp_path / "DICOMDIR")], check=True, capture_output=True)


async def test_nothing_to_export_is_refused(service: ExportService, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused):
        await run(service, tmp_path, ["1.2.3"])


async def test_a_target_that_cannot_be_written_is_refused(
    service: ExportService, tmp_path: Path
) -> None:
    target = tmp_path / "file"
    target.write_text("in the way")
    with pytest.raises(ExportRefused):
        await run(service, target)
