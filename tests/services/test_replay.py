"""Bringing back what was acknowledged before a crash."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.services.data_sets import EXPLICIT, US_IMAGE, instance_uid, still
from tests.services.memory_index import MemoryIndex

from sonarium.base.clock import utc_now
from sonarium.base.errors import UnavailableError
from sonarium.domain.arrival import Door, Source
from sonarium.services.acceptance import Describer
from sonarium.services.blob_head import BlobHead, write_blob_head
from sonarium.services.replay import ReplayReport, ReplayScope, replay
from sonarium.storage.blob_store import HEAD_BYTES, StoredBlob
from sonarium.storage.layout import SEGMENTS
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.settings import LocalStorageSettings

STORAGE = LocalStorageSettings(reserve_bytes=0, segment_bytes=8 * 2**20, large_blob_bytes=64 * 1024)
SOURCE = Source(Door.DIMSE, "SCANNER", "SONARIUM", "192.0.2.1")


async def put(store: LocalBlobStore, number: int, body: bytes) -> StoredBlob:
    writer = store.writer()
    writer.feed(body)
    head = BlobHead(US_IMAGE, instance_uid(number), EXPLICIT, SOURCE, utc_now())
    return await writer.commit(write_blob_head(head, HEAD_BYTES))


async def fill(folder: Path, numbers: Sequence[int], length: int = 64) -> list[StoredBlob]:
    """Acknowledge objects and end before any is indexed."""
    store = LocalBlobStore(folder, STORAGE)
    blobs = [await put(store, number, still(number, pixels=bytes(length))) for number in numbers]
    await store.close()
    return blobs


async def run(
    folder: Path, index: MemoryIndex, scope: ReplayScope = ReplayScope.UNSETTLED
) -> ReplayReport:
    store = LocalBlobStore(folder, STORAGE)
    report = await replay(store, index, Describer(), scope)
    await store.close()
    return report


async def test_everything_acknowledged_comes_back_with_its_origin(tmp_path: Path) -> None:
    index = MemoryIndex()
    blobs = await fill(tmp_path, range(450)) + await fill(tmp_path, [500, 501], 100_000)
    report = await run(tmp_path, index)
    assert report == ReplayReport(volumes=2, blobs=452, indexed=452)
    assert {one.blob_key for one in index.instances.values()} == {blob.key for blob in blobs}
    found = index.instances[instance_uid(7)]
    assert found.source == SOURCE
    assert found.sha256 == blobs[7].body_sha256
    assert found.study_instance_uid == "2.25.10001"


async def test_a_second_replay_finds_nothing_to_do(tmp_path: Path) -> None:
    index = MemoryIndex()
    await fill(tmp_path, range(3))
    await run(tmp_path, index)
    assert await run(tmp_path, index) == ReplayReport()
    report = await run(tmp_path, index, ReplayScope.EVERYTHING)
    assert report == ReplayReport(volumes=1, blobs=3)


async def test_an_index_that_was_lost_is_made_anew(tmp_path: Path) -> None:
    await fill(tmp_path, range(3))
    await run(tmp_path, MemoryIndex())
    restored = MemoryIndex()
    report = await run(tmp_path, restored)
    assert report.indexed == 3


async def test_volumes_of_a_live_writer_are_left_to_it(tmp_path: Path) -> None:
    live = LocalBlobStore(tmp_path, STORAGE)
    await put(live, 1, still(1))
    index = MemoryIndex()
    assert await run(tmp_path, index) == ReplayReport()
    await live.close()
    assert (await run(tmp_path, index)).indexed == 1


async def test_torn_blobs_and_leftovers_are_no_instances(tmp_path: Path) -> None:
    index = MemoryIndex()
    await fill(tmp_path, range(3))
    (segment,) = (tmp_path / SEGMENTS).iterdir()
    os.truncate(segment, segment.stat().st_size - 4000)
    large = await fill(tmp_path, [10], 100_000)
    _, volume, name = large[0].key.split(".")
    shelf = tmp_path / "loose" / volume
    (shelf / "unfinished.part").write_bytes(b"x")
    (shelf / "stranger").write_bytes(b"x")
    with (shelf / name).open("r+b") as file:
        file.seek(50_000)
        file.write(b"flipped")
    report = await run(tmp_path, index)
    assert report == ReplayReport(volumes=2, blobs=4, indexed=2, torn=2, leftovers=1)
    assert not (shelf / "unfinished.part").exists()
    assert (shelf / "stranger").exists()


async def test_copies_of_known_instances_are_freed(tmp_path: Path) -> None:
    index = MemoryIndex()
    (first,) = await fill(tmp_path, [1])
    await run(tmp_path, index)
    await fill(tmp_path, [1])
    report = await run(tmp_path, index)
    assert (report.copies, report.indexed) == (1, 0)
    everything = await run(tmp_path, index, ReplayScope.EVERYTHING)
    assert everything.blobs == 1
    assert index.instances[instance_uid(1)].blob_key == first.key


async def test_what_can_no_longer_be_read_is_set_aside(tmp_path: Path) -> None:
    store = LocalBlobStore(tmp_path, STORAGE)
    unreadable = await put(store, 1, b"no data set")
    nameless = await put(store, 2, still(2, without=frozenset({0x0020000D})))
    await put(store, 3, still(3))
    await store.close()
    index = MemoryIndex()
    report = await run(tmp_path, index)
    assert (report.indexed, report.set_aside) == (1, 2)
    assert index.quarantine.keys() == {unreadable.key, nameless.key}


async def test_a_replay_that_was_interrupted_goes_on_at_the_next_start(tmp_path: Path) -> None:
    index = MemoryIndex()
    await fill(tmp_path, range(300))
    index.failures = 2
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await run(tmp_path, index)
    report = await run(tmp_path, index)
    assert len(index.instances) == 300
    assert report.volumes == 1


async def test_poison_does_not_hold_up_a_replay(tmp_path: Path) -> None:
    index = MemoryIndex()
    blobs = await fill(tmp_path, range(5))
    index.poison = {blobs[2].key, blobs[4].key}
    index.unspeakable = {blobs[4].key}
    report = await run(tmp_path, index)
    assert (report.indexed, report.set_aside) == (3, 1)
    assert index.settled == set(), "what could not even be set aside must be seen again"


async def test_the_unused_end_of_a_segment_is_given_back(tmp_path: Path) -> None:
    await fill(tmp_path, [1])
    (segment,) = (tmp_path / SEGMENTS).iterdir()
    used = segment.stat().st_size
    os.truncate(segment, STORAGE.segment_bytes)
    await run(tmp_path, MemoryIndex())
    assert segment.stat().st_size == used
