"""Background jobs show nobody more than before: every kind of job × every device.

Jobs work as the archive itself, which sees everything. Each is run on a confidential study, and
then every device asks every service again. A job that this file does not run fails.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from typing import Final, get_args

import pytest
from pydicom.uid import generate_uid
from tests.integration.test_access_matrix import _NUMBERS, CONFIDENTIAL
from tests.integration.test_device_access_matrix import (
    SEEN,
    US_IMAGE,
    Room,
    asked_everything,
    room,
)
from tests.services.test_measurement_marks import AT, WORKSTATION, caliper

from sonarium.dicom.encode import decode_identifier
from sonarium.domain.access import SYSTEM
from sonarium.domain.commitment import CommitmentRequest, ReferencedInstance
from sonarium.domain.selection import Selection
from sonarium.index.instances import instances_of
from sonarium.queue.payloads import Payload, PrepareFrames, ReportCommitment, WriteMarks
from sonarium.services.access import AccessService
from sonarium.services.decoding import DecodingPool, DecodingSettings
from sonarium.services.frame_preparation import FramePreparation
from sonarium.services.measurement_marks import MeasurementMarks
from sonarium.services.measurements import MeasurementService
from sonarium.services.prepared_frames import FrameShelf, PreparedFrameSettings
from sonarium.services.render import RenderService
from sonarium.services.retrieve import RetrieveService
from sonarium.storage.root_key import RootKey
from sonarium.ultrasound.measuring.report_document import marks_series_uid, measurement_series_uid

__all__ = ["room"]

IMAGE: Final = f"{CONFIDENTIAL}.1.1"
OURS: Final = {"commitment_ref": int, "blob_key": str}
"""What jobs are told: numbers and names that we gave, which say nothing of anybody."""


async def blob_of(room: Room, series: str) -> str:
    """Return where the newest object of a series of the confidential study is."""
    async with room.archive.database.transaction() as tx:
        return (await instances_of(tx, Selection(CONFIDENTIAL, series)))[-1].blob_key


async def report_commitment(room: Room) -> None:
    """Report to one who may not see the study: what it named, and nothing else."""
    asked = ReferencedInstance(US_IMAGE, IMAGE)
    request = CommitmentRequest(str(generate_uid()), "RADIOLOGY", "SONARIUM", (asked,))
    room.peer.received.clear()
    ref = await room.archive.commitment.accept(request)
    await room.archive.commitment.hand_over(ref)
    await room.archive.commitment.deliver(ref)
    [(_, syntax, content)] = room.peer.received
    report = decode_identifier(content, syntax)
    assert set(report) == {"00081195", "00080054", "00081199"}
    assert _NUMBERS[CONFIDENTIAL] not in str(report)
    assert str(report).replace(IMAGE, "").count("2.25.77") == 0


async def prepare_frames(room: Room) -> None:
    access = AccessService(room.archive.database)
    retrieve = RetrieveService(access, room.archive.blobs)
    decoding = DecodingPool(DecodingSettings(workers=1))
    shelf = FrameShelf(room.archive.folder / "frames", RootKey.make(), PreparedFrameSettings())
    preparation = FramePreparation(access, retrieve, RenderService(retrieve, decoding), shelf)
    try:
        await preparation.prepare(await blob_of(room, f"{CONFIDENTIAL}.1"))
    finally:
        await decoding.close()
    assert shelf.holds(room.images[CONFIDENTIAL].sha256)


async def write_marks(room: Room) -> None:
    access = AccessService(room.archive.database)
    store = room.archive.store
    measuring = MeasurementService(access, store, WORKSTATION, lambda: AT)
    await measuring.save(
        SYSTEM, CONFIDENTIAL, 0, [caliper(room.images[CONFIDENTIAL], "2.25.1")], "Ada"
    )
    report = await blob_of(room, measurement_series_uid(CONFIDENTIAL))
    await MeasurementMarks(access, measuring, store, WORKSTATION).write(report)
    assert await blob_of(room, marks_series_uid(CONFIDENTIAL))


RUNS: Final[Mapping[type, Callable[[Room], Awaitable[None]]]] = {
    ReportCommitment: report_commitment,
    PrepareFrames: prepare_frames,
    WriteMarks: write_marks,
}
"""How each job is run; a new one must be added here."""


def test_every_job_has_a_row() -> None:
    assert set(RUNS) == set(get_args(Payload))


@pytest.mark.parametrize("kind", get_args(Payload))
def test_a_job_is_told_nothing_of_a_patient(kind: type) -> None:
    told = {it.name: it.type for it in fields(kind) if it.name not in {"task", "queue"}}
    assert told.items() <= OURS.items()


async def test_what_a_device_may_not_see_is_not_there_after_any_job(room: Room) -> None:
    for run in RUNS.values():
        await run(room)
    for ae_title in (*SEEN, "RADIOLOGY", "NOWHERE"):
        leaks, blind = await asyncio.to_thread(asked_everything, room, ae_title)
        assert leaks == [], ae_title
        assert blind == [], ae_title
