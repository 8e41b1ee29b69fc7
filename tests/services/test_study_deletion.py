"""A deleted study is gone: its rows, its blobs, and the keys that open a copy of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.running_archive import RunningArchive
from tests.services.data_sets import EXPLICIT, still
from tests.storage.sealed_stores import sealed_local

from sonarium.base.clock import utc_now
from sonarium.domain.arrival import Door, Source
from sonarium.domain.selection import Selection
from sonarium.index.blobs import doomed_blobs
from sonarium.index.instances import InstanceRow, instances_of
from sonarium.index.quarantine import quarantined
from sonarium.index.study_keys import destroyed_study_keys, study_keys_of
from sonarium.services.store import Arrival
from sonarium.services.study_deletion import RESTS_FOR, DeletionRefused, StudyDeletionService
from sonarium.storage.errors import KeyDestroyed
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.settings import LocalStorageSettings

STUDY = "2.25.10001"
LATER = timedelta(days=1)


async def keep(sonarium: RunningArchive, data_set: bytes) -> None:
    reception = sonarium.store.receive(Arrival(EXPLICIT, Source(Door.IMPORT)))
    if (pause := reception.feed(data_set)) is not None:
        await pause
    await (await reception.commit()).placed()


async def rows_of(sonarium: RunningArchive) -> list[InstanceRow]:
    async with sonarium.database.transaction() as tx:
        return await instances_of(tx, Selection(STUDY))


def deletion(sonarium: RunningArchive, after: timedelta = LATER) -> StudyDeletionService:
    return StudyDeletionService(
        sonarium.database,
        sonarium.blobs,
        KeyFiles(sonarium.folder / "study-keys"),
        sonarium.folder / "cache",
        timedelta(days=30),
        lambda: utc_now() + after,
    )


async def test_rows_blobs_keys_and_small_pictures_are_gone(sonarium: RunningArchive) -> None:
    await keep(sonarium, still(1))
    await keep(sonarium, still(2, pixels=bytes(3 * 2**20)))
    await keep(sonarium, still(1, pixels=b"other bytes under the same UID!!"))
    picture = sonarium.folder / "cache" / "ab" / "small.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"jpeg")
    rows = await rows_of(sonarium)
    async with sonarium.database.transaction() as tx:
        (key_id,) = await study_keys_of(tx, STUDY)
    gone = await deletion(sonarium).delete(STUDY)
    assert (gone.objects, gone.keys) == (3, 1)
    assert gone.erased_at - utc_now() > timedelta(days=30)
    async with sonarium.database.transaction() as tx:
        assert await instances_of(tx, Selection(STUDY)) == []
        assert await quarantined(tx, 10) == []
        assert await study_keys_of(tx, STUDY) == []
        assert await doomed_blobs(tx, 10) == []
        assert [day.keys for day in await destroyed_study_keys(tx, 10)] == [1]
    assert not picture.exists()
    assert key_id not in KeyFiles(sonarium.folder / "study-keys").iter_ids()
    assert not list((sonarium.folder / "blobs" / "loose").rglob("*-*-*"))
    assert len(rows) == 2


async def test_a_copy_of_the_blobs_opens_no_more(sonarium: RunningArchive, tmp_path: Path) -> None:
    await keep(sonarium, still(1))
    (row,) = await rows_of(sonarium)
    backup = tmp_path / "backup"
    (sonarium.folder / "blobs").rename(backup)
    await deletion(sonarium).delete(STUDY)
    (tmp_path / "keys").symlink_to(sonarium.folder / "keys")
    copy = sealed_local(LocalBlobStore(backup, LocalStorageSettings()), sonarium.folder)
    with pytest.raises(KeyDestroyed):
        await copy.read(row.blob_key, 0, 1)
    await copy.close()


async def test_a_study_that_still_arrives_stays(sonarium: RunningArchive) -> None:
    await keep(sonarium, still(1))
    for after in (timedelta(0), RESTS_FOR - timedelta(minutes=1)):
        with pytest.raises(DeletionRefused, match="arrived"):
            await deletion(sonarium, after).delete(STUDY)
    assert len(await rows_of(sonarium)) == 1


async def test_a_study_that_is_not_there_is_refused(sonarium: RunningArchive) -> None:
    with pytest.raises(DeletionRefused, match="no study"):
        await deletion(sonarium).delete("1.2.3")


async def test_an_object_that_comes_after_all_is_kept_and_read(sonarium: RunningArchive) -> None:
    await keep(sonarium, still(1))
    await deletion(sonarium).delete(STUDY)
    await keep(sonarium, still(2))
    (row,) = await rows_of(sonarium)
    read = await sonarium.blobs.read(row.blob_key, row.data_set_offset, row.data_set_length)
    assert read == still(2)
    # A process that begins later opens it too: the key is in the index again.
    async with sonarium.database.transaction() as tx:
        assert len(await study_keys_of(tx, STUDY)) == 1
    assert row.received_at < datetime.now(UTC)
