"""Metadata, prepared once and served until the series changes."""

from pathlib import Path

import orjson
import pytest
from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM
from sonarium.domain.selection import Selection
from sonarium.services.access import AccessService
from sonarium.services.metadata import MetadataService
from sonarium.services.retrieve import NotHere

BASE = "http://127.0.0.1/dicom-web"
STRESS = "dicom/us/acuson-stress-baseline-v{}.dcm"


async def test_a_prepared_document_says_the_same_again(
    sonarium: RunningArchive, testdata: Path
) -> None:
    stored = await sonarium.keep(testdata / STRESS.format(1))
    service = MetadataService(sonarium.database, AccessService(sonarium.database))
    selection = Selection(stored.study_instance_uid)
    first, again = [await service.of(SYSTEM, selection, BASE) for _ in range(2)]
    assert first == again
    (metadata,) = orjson.loads(first.content)
    assert metadata["00080018"]["Value"] == [stored.sop_instance_uid]
    assert metadata["7FE00010"]["BulkDataURI"].startswith(f"{BASE}/studies/")


async def test_an_object_more_makes_a_new_version(sonarium: RunningArchive, testdata: Path) -> None:
    service = MetadataService(sonarium.database, AccessService(sonarium.database))
    stored = await sonarium.keep(testdata / STRESS.format(1))
    selection = Selection(stored.study_instance_uid)
    before = await service.of(SYSTEM, selection, BASE)
    other = await sonarium.keep(testdata / STRESS.format(2))
    assert other.study_instance_uid == stored.study_instance_uid
    after = await service.of(SYSTEM, selection, BASE)
    assert after.version != before.version
    assert len(orjson.loads(after.content)) == 2


async def test_an_address_is_written_for_the_caller(
    sonarium: RunningArchive, testdata: Path
) -> None:
    stored = await sonarium.keep(testdata / STRESS.format(1))
    service = MetadataService(sonarium.database, AccessService(sonarium.database))
    document = await service.of(
        SYSTEM, Selection(stored.study_instance_uid), 'http://odd"host/dicom-web'
    )
    assert orjson.loads(document.content)[0]["7FE00010"]["BulkDataURI"].startswith('http://odd"')


async def test_one_instance_can_be_described_alone(
    sonarium: RunningArchive, testdata: Path
) -> None:
    stored = await sonarium.keep(testdata / STRESS.format(1))
    await sonarium.keep(testdata / STRESS.format(2))
    service = MetadataService(sonarium.database, AccessService(sonarium.database))
    selection = Selection(
        stored.study_instance_uid, stored.series_instance_uid, stored.sop_instance_uid
    )
    assert len(orjson.loads((await service.of(SYSTEM, selection, BASE)).content)) == 1
    assert len(await service.headers(SYSTEM, selection)) == 1


async def test_what_is_not_here_has_no_metadata(sonarium: RunningArchive) -> None:
    service = MetadataService(sonarium.database, AccessService(sonarium.database))
    for selection in (Selection("1.2"), Selection("1.2", "1.3"), Selection("1.2", "1.3", "1.4")):
        with pytest.raises(NotHere):
            await service.of(SYSTEM, selection, BASE)
        with pytest.raises(NotHere):
            await service.headers(SYSTEM, selection)
