"""Import of files."""

import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.services.data_sets import still
from tests.services.test_import_files import part10

from sonarium.db.pool import Database
from sonarium.domain.selection import Selection
from sonarium.index.instances import instances_of, mark_damaged
from sonarium.services.grants import InvalidGrant
from sonarium.services.import_ import ImportedFile, ImportOutcome, ImportRefused, ImportService
from sonarium.services.store import OutOfSpace, StoreService, StoreSettings
from sonarium.storage.memory import MemoryBlobStore

SETTINGS = StoreSettings(gathering=timedelta(0))


@pytest.fixture
def blobs() -> MemoryBlobStore:
    return MemoryBlobStore(replays=True)


@pytest.fixture
async def service(database: Database, blobs: MemoryBlobStore) -> AsyncIterator[ImportService]:
    async with StoreService(database, blobs, SETTINGS) as store:
        yield ImportService(database, store)


async def run(service: ImportService, place: Path) -> list[ImportedFile]:
    files = await service.survey(place)
    return [one async for one in service.run(place, files)]


def outcomes(imported: list[ImportedFile]) -> dict[ImportOutcome, int]:
    return dict(Counter(one.outcome for one in imported))


async def test_a_folder_goes_in_and_a_second_run_finds_it_there(
    service: ImportService, blobs: MemoryBlobStore, tmp_path: Path
) -> None:
    for number in range(1, 151):
        (tmp_path / f"{number:03}.dcm").write_bytes(part10(number))
    (tmp_path / "README").write_text("nothing")
    first = await run(service, tmp_path)
    assert outcomes(first) == {ImportOutcome.STORED: 150, ImportOutcome.NOT_DICOM: 1}
    assert [one.name for one in first] == sorted(one.name for one in first)
    second = await run(service, tmp_path)
    assert outcomes(second) == {ImportOutcome.ALREADY_PRESENT: 150, ImportOutcome.NOT_DICOM: 1}
    assert len(blobs.blobs) == 150


async def test_what_names_no_department_is_of_the_one_that_the_import_names(
    database: Database, blobs: MemoryBlobStore, tmp_path: Path
) -> None:
    (tmp_path / "1.dcm").write_bytes(part10(1))
    async with StoreService(database, blobs, SETTINGS) as store:
        await run(ImportService(database, store, "Echo Lab"), tmp_path)
    async with database.transaction() as tx:
        assert await tx.values(b"SELECT department FROM study") == [("echo lab",)]
        assert await tx.values(b"SELECT source->>'department' FROM instance") == [("Echo Lab",)]


@pytest.mark.parametrize("department", ["*", "a\nb", "x" * 65])
async def test_a_department_that_cannot_be_is_refused_before_anything_is_stored(
    database: Database, blobs: MemoryBlobStore, department: str
) -> None:
    async with StoreService(database, blobs, SETTINGS) as store:
        with pytest.raises(InvalidGrant):
            ImportService(database, store, department)


async def test_each_refusal_says_why(service: ImportService, tmp_path: Path) -> None:
    whole = part10(1)
    (tmp_path / "cut").write_bytes(whole[:-5])
    (tmp_path / "nameless").write_bytes(part10(2, still(2, without=frozenset({0x0020000D}))))
    (tmp_path / "unreadable").write_bytes(whole)
    imported = {one.name: one for one in await run(service, tmp_path)}
    assert imported["cut"].outcome is ImportOutcome.REFUSED
    assert imported["cut"].reason
    assert "Study Instance UID" in imported["nameless"].reason
    assert imported["unreadable"].outcome is ImportOutcome.STORED


async def test_a_missing_file_of_a_dicomdir_is_a_refusal(
    service: ImportService, testdata: Path, tmp_path: Path
) -> None:
    directory = tmp_path / "DICOMDIR"
    source = testdata / "dicom" / "dicomdir" / "DICOMDIR"
    directory.write_bytes(source.read_bytes())
    imported = await run(service, directory)
    assert imported
    assert {one.outcome for one in imported} == {ImportOutcome.REFUSED}
    assert all("No such file" in one.reason for one in imported)


async def test_other_bytes_are_set_aside(service: ImportService, tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(part10(1))
    (tmp_path / "2").write_bytes(part10(1, still(1, pixels=b"\1" * 64)))
    first, second = await run(service, tmp_path)
    assert {first.outcome, second.outcome} == {ImportOutcome.STORED, ImportOutcome.SET_ASIDE}


async def test_a_damaged_object_is_mended_by_importing_it_again(
    service: ImportService, database: Database, blobs: MemoryBlobStore, tmp_path: Path
) -> None:
    (tmp_path / "1").write_bytes(part10(1))
    await run(service, tmp_path)
    (key,) = blobs.blobs
    async with database.transaction() as tx:
        await mark_damaged(tx, [key])
    assert outcomes(await run(service, tmp_path)) == {ImportOutcome.ALREADY_PRESENT: 1}
    async with database.transaction() as tx:
        (row,) = await instances_of(tx, Selection("2.25.10001"))
    assert not row.is_damaged
    assert row.blob_key != key


async def test_a_full_disk_stops_the_run_and_the_next_goes_on(
    service: ImportService, blobs: MemoryBlobStore, tmp_path: Path
) -> None:
    for number in range(1, 6):
        (tmp_path / str(number)).write_bytes(part10(number))
    blobs.failure = OutOfSpace("full")
    with pytest.raises(OutOfSpace):
        await run(service, tmp_path)
    blobs.failure = None
    assert outcomes(await run(service, tmp_path)) == {ImportOutcome.STORED: 5}


async def test_a_zip_archive_goes_in(service: ImportService, tmp_path: Path) -> None:
    path = tmp_path / "study.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.dcm", part10(1))
        archive.writestr("notes.txt", "nothing")
    damaged = bytearray(path.read_bytes())
    damaged[60] ^= 0xFF
    (tmp_path / "damaged.zip").write_bytes(damaged)
    imported = await run(service, tmp_path)
    assert [one.name for one in imported] == [
        "damaged.zip!a/1.dcm", "damaged.zip!notes.txt", "study.zip!a/1.dcm", "study.zip!notes.txt",
    ]  # fmt: skip
    assert imported[0].outcome is ImportOutcome.REFUSED
    assert imported[2].outcome is ImportOutcome.STORED


async def test_nothing_to_import_is_said_at_once(service: ImportService, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        await service.survey(tmp_path / "nowhere")
    assert await run(service, tmp_path) == []


async def test_all_real_ultrasound_goes_in(service: ImportService, testdata: Path) -> None:
    imported = await run(service, testdata / "dicom" / "us")
    refused = [one.name for one in imported if one.outcome is ImportOutcome.REFUSED]
    assert refused == []
    assert len([one for one in imported if one.outcome is ImportOutcome.STORED]) > 20
