"""Bringing back what was acknowledged before a crash."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.services.data_sets import EXPLICIT, US_IMAGE, instance_uid, still
from tests.services.memory_index import MemoryIndex
from tests.storage.sealed_stores import sealed_local

from sonarium.base.clock import utc_now
from sonarium.base.errors import UnavailableError
from sonarium.domain.arrival import Door, Source
from sonarium.services.acceptance import Describer
from sonarium.services.blob_head import BlobHead, write_blob_head
from sonarium.services.replay import ReplayReport, ReplayScope, replay
from sonarium.storage.blob_store import HEAD_BYTES, BlobStore, StoredBlob
from sonarium.storage.errors import KeysMissing
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.layout import SEGMENTS
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.sealed import SealedLocalStore
from sonarium.storage.settings import LocalStorageSettings

STORAGE = LocalStorageSettings(reserve_bytes=0, segment_bytes=8 * 2**20, large_blob_bytes=64 * 1024)
STUDY = "2.25.10001"
SOURCE = Source(Door.DIMSE, "SCANNER", "SONARIUM", "192.0.2.1")


def open_store(folder: Path) -> SealedLocalStore:
    """Open as an archive does: objects are sealed before they are kept."""
    return sealed_local(LocalBlobStore(folder, STORAGE), folder.parent)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


async def put(store: BlobStore, number: int, body: bytes) -> StoredBlob:
    writer = store.writer()
    if (pause := writer.feed(body)) is not None:
        await pause
    if (ending := writer.end()) is not None:
        await ending
    head = BlobHead(US_IMAGE, instance_uid(number), EXPLICIT, SOURCE, utc_now())
    return await writer.commit(write_blob_head(head, writer.head_length or HEAD_BYTES), STUDY)


async def fill(folder: Path, numbers: Sequence[int], length: int = 64) -> list[StoredBlob]:
    """Acknowledge objects and end before any is indexed."""
    store = open_store(folder)
    blobs = [await put(store, number, still(number, pixels=bytes(length))) for number in numbers]
    await store.close()
    return blobs


async def run(
    folder: Path, index: MemoryIndex, scope: ReplayScope = ReplayScope.UNSETTLED
) -> ReplayReport:
    store = open_store(folder)
    report = await replay(store, index, Describer(), scope)
    await store.close()
    return report


async def test_everything_acknowledged_comes_back_with_its_origin(folder: Path) -> None:
    index = MemoryIndex()
    blobs = await fill(folder, range(450)) + await fill(folder, [500, 501], 100_000)
    report = await run(folder, index)
    assert report == ReplayReport(volumes=2, blobs=452, indexed=452)
    assert {one.blob_key for one in index.instances.values()} == {blob.key for blob in blobs}
    found = index.instances[instance_uid(7)]
    assert found.source == SOURCE
    assert found.sha256 == blobs[7].body_sha256
    assert found.study_instance_uid == "2.25.10001"


async def test_a_second_replay_finds_nothing_to_do(folder: Path) -> None:
    index = MemoryIndex()
    await fill(folder, range(3))
    await run(folder, index)
    assert await run(folder, index) == ReplayReport()
    report = await run(folder, index, ReplayScope.EVERYTHING)
    assert report == ReplayReport(volumes=1, blobs=3)


async def test_an_index_that_was_lost_is_made_anew(folder: Path) -> None:
    await fill(folder, range(3))
    await run(folder, MemoryIndex())
    restored = MemoryIndex()
    report = await run(folder, restored)
    assert report.indexed == 3


async def test_volumes_of_a_live_writer_are_left_to_it(folder: Path) -> None:
    live = open_store(folder)
    await put(live, 1, still(1))
    index = MemoryIndex()
    assert await run(folder, index) == ReplayReport()
    await live.close()
    assert (await run(folder, index)).indexed == 1


async def test_torn_blobs_and_leftovers_are_no_instances(folder: Path) -> None:
    index = MemoryIndex()
    await fill(folder, range(3))
    (segment,) = (folder / SEGMENTS).iterdir()
    os.truncate(segment, segment.stat().st_size - 4000)
    large = await fill(folder, [10], 100_000)
    volume, name = large[0].key.split(".")[-2:]
    shelf = folder / "loose" / volume
    (shelf / "unfinished.part").write_bytes(b"x")
    (shelf / "stranger").write_bytes(b"x")
    with (shelf / name).open("r+b") as file:
        file.seek(50_000)
        file.write(b"flipped")
    report = await run(folder, index)
    assert report == ReplayReport(volumes=2, blobs=4, indexed=2, torn=2, leftovers=1)
    assert not (shelf / "unfinished.part").exists()
    assert (shelf / "stranger").exists()


async def test_copies_of_known_instances_are_freed(folder: Path) -> None:
    index = MemoryIndex()
    (first,) = await fill(folder, [1])
    await run(folder, index)
    await fill(folder, [1])
    report = await run(folder, index)
    assert (report.copies, report.indexed) == (1, 0)
    everything = await run(folder, index, ReplayScope.EVERYTHING)
    assert everything.blobs == 1
    assert index.instances[instance_uid(1)].blob_key == first.key


async def test_what_can_no_longer_be_read_is_set_aside(folder: Path) -> None:
    store = open_store(folder)
    unreadable = await put(store, 1, b"no data set")
    nameless = await put(store, 2, still(2, without=frozenset({0x0020000D})))
    await put(store, 3, still(3))
    await store.close()
    index = MemoryIndex()
    report = await run(folder, index)
    assert (report.indexed, report.set_aside) == (1, 2)
    assert index.quarantine.keys() == {unreadable.key, nameless.key}


async def test_a_replay_that_was_interrupted_goes_on_at_the_next_start(folder: Path) -> None:
    index = MemoryIndex()
    await fill(folder, range(300))
    index.failures = 2
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await run(folder, index)
    report = await run(folder, index)
    assert len(index.instances) == 300
    assert report.volumes == 1


async def test_poison_does_not_hold_up_a_replay(folder: Path) -> None:
    index = MemoryIndex()
    blobs = await fill(folder, range(5))
    index.poison = {blobs[2].key, blobs[4].key}
    index.unspeakable = {blobs[4].key}
    report = await run(folder, index)
    assert (report.indexed, report.set_aside) == (3, 1)
    assert index.settled == set(), "what could not even be set aside must be seen again"


async def test_the_unused_end_of_a_segment_is_given_back(folder: Path) -> None:
    await fill(folder, [1])
    (segment,) = (folder / SEGMENTS).iterdir()
    used = segment.stat().st_size
    os.truncate(segment, STORAGE.segment_bytes)
    await run(folder, MemoryIndex())
    assert segment.stat().st_size == used


async def test_objects_kept_in_clear_come_back_beside_sealed_ones(folder: Path) -> None:
    before = LocalBlobStore(folder, STORAGE)
    clear = [await put(before, 1, still(1)), await put(before, 2, still(2, pixels=bytes(90_000)))]
    await before.close()
    sealed_ones = await fill(folder, [3])
    index = MemoryIndex()
    assert (await run(folder, index)).indexed == 3
    kept = {one.blob_key: one.sealed_by for one in index.instances.values()}
    assert kept == {blob.key: blob.sealed_by for blob in (*clear, *sealed_ones)}
    assert [kept[blob.key] for blob in clear] == [None, None]


async def test_a_replay_without_the_keys_stops_and_loses_nothing(folder: Path) -> None:
    await fill(folder, [1])
    (folder.parent / "keys").rename(folder.parent / "safe")
    with pytest.raises(KeysMissing):
        await run(folder, MemoryIndex())
    for path in (folder.parent / "keys").iterdir():
        path.unlink()
    (folder.parent / "keys").rmdir()
    (folder.parent / "safe").rename(folder.parent / "keys")
    assert (await run(folder, MemoryIndex())).indexed == 1


async def test_an_object_whose_key_was_destroyed_holds_nothing_up(folder: Path) -> None:
    blobs = await fill(folder, [1])
    key = blobs[0].sealed_by
    assert key is not None
    files = KeyFiles(folder.parent / "study-keys")
    files.destroy(key.key_id)
    await fill(folder, [2])
    index = MemoryIndex()
    report = await run(folder, index)
    assert (report.indexed, report.torn) == (1, 1)
    files.write(key.key_id, key.root_key_id, key.wrapped)
    assert (await run(folder, index)).indexed == 1, "the key came back from a backup"
