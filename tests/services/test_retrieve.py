"""Stored objects, their frames and values."""

import hashlib
from pathlib import Path

import pytest
from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM
from sonarium.domain.selection import Selection
from sonarium.index.instances import mark_damaged
from sonarium.services.access import AccessService
from sonarium.services.retrieve import (
    NotHere,
    OpenedInstance,
    RetrieveService,
    StoredDamaged,
)

LOOP = "dicom/us/acuson-stress-baseline-v1.dcm"
FRAGMENTED = "dicom/us/acuson-fragmented-nobot.dcm"
DEFLATED = "dicom/sr/enhanced-sr-deflated.dcm"


async def opened(
    sonarium: RunningArchive, testdata: Path, name: str
) -> tuple[RetrieveService, Selection]:
    stored = await sonarium.keep(testdata / name)
    return RetrieveService(AccessService(sonarium.database), sonarium.blobs), Selection(
        stored.study_instance_uid, stored.series_instance_uid, stored.sop_instance_uid
    )


async def frames(
    retrieve: RetrieveService, instance: OpenedInstance, wanted: list[int]
) -> list[bytes]:
    return [bytes(frame) async for frame in retrieve.iter_frames(instance, wanted)]


async def test_one_frame_and_many_are_the_same_bytes(
    sonarium: RunningArchive, testdata: Path
) -> None:
    for name, count in ((LOOP, 10), (FRAGMENTED, 8)):
        retrieve, selection = await opened(sonarium, testdata, name)
        instance = await retrieve.open(SYSTEM, selection)
        together = await frames(retrieve, instance, list(range(count)))
        assert retrieve.frame_lengths(instance, list(range(count))) == list(map(len, together))
        assert together == [(await retrieve.frame(instance, at))[0] for at in range(count)]
        assert all(frame.startswith(b"\xff\xd8\xff") for frame in together)


async def test_a_frame_beyond_the_last_is_not_here(
    sonarium: RunningArchive, testdata: Path
) -> None:
    retrieve, selection = await opened(sonarium, testdata, LOOP)
    instance = await retrieve.open(SYSTEM, selection)
    with pytest.raises(NotHere):
        await retrieve.frame(instance, 10)
    with pytest.raises(NotHere):
        retrieve.frame_lengths(instance, [0, 99])
    with pytest.raises(NotHere):
        await frames(retrieve, instance, [0, 99])


@pytest.mark.parametrize("name", [LOOP, FRAGMENTED])
@pytest.mark.parametrize("most", [1, 20_000, 10**9])
async def test_frames_come_in_the_order_asked_however_many_are_read_together(
    sonarium: RunningArchive, testdata: Path, monkeypatch: pytest.MonkeyPatch, name: str, most: int
) -> None:
    monkeypatch.setattr("sonarium.services.retrieve._CHUNK", most)
    retrieve, selection = await opened(sonarium, testdata, name)
    instance = await retrieve.open(SYSTEM, selection)
    for wanted in ([5, 0, 1, 2, 7], [7, 6, 5], [3]):
        one_by_one = [(await retrieve.frame(instance, at))[0] for at in wanted]
        assert await frames(retrieve, instance, wanted) == one_by_one


async def test_a_file_is_streamed_whole_and_in_ranges(
    sonarium: RunningArchive, testdata: Path
) -> None:
    retrieve, selection = await opened(sonarium, testdata, LOOP)
    (row,) = await retrieve.instances(SYSTEM, selection)
    whole = await retrieve.part10(row)
    assert len(whole) == retrieve.part10_length(row)
    streamed = b"".join([chunk async for chunk in retrieve.iter_part10(row, 7, 1000)])
    assert streamed == whole[7:1007]
    assert hashlib.sha256(whole[row.data_set_offset :]).digest() == row.sha256


async def test_values_of_a_deflated_object_are_those_of_the_inflated_one(
    sonarium: RunningArchive, testdata: Path
) -> None:
    retrieve, selection = await opened(sonarium, testdata, DEFLATED)
    instance = await retrieve.open(SYSTEM, selection)
    extent = instance.header.extent((0x0020000D,))
    assert extent is not None
    value = await retrieve.value(instance.row, extent)
    assert value.rstrip(b"\0").decode() == selection.study_instance_uid
    assert b"".join([c async for c in retrieve.iter_value(instance.row, extent)]) == value


async def test_what_is_damaged_is_not_served(sonarium: RunningArchive, testdata: Path) -> None:
    retrieve, selection = await opened(sonarium, testdata, LOOP)
    (row,) = await retrieve.instances(SYSTEM, selection)
    async with sonarium.database.transaction() as tx:
        await mark_damaged(tx, [row.blob_key])
    with pytest.raises(StoredDamaged):
        await retrieve.instances(SYSTEM, selection)
    with pytest.raises(StoredDamaged):
        await retrieve.open(SYSTEM, selection)


async def test_what_nobody_sent_is_not_here(sonarium: RunningArchive) -> None:
    retrieve = RetrieveService(AccessService(sonarium.database), sonarium.blobs)
    with pytest.raises(NotHere):
        await retrieve.instances(SYSTEM, Selection("1.2.3"))
    with pytest.raises(NotHere):
        await retrieve.open(SYSTEM, Selection("1.2.3", "1.2.4", "1.2.5"))
