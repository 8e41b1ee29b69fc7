"""Long loops that no browser reads are drawn when they arrive, and played from there."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from tests.running_archive import RunningArchive

from sonarium.dicom.pixels.rendering import StillMediaType
from sonarium.domain.access import SYSTEM
from sonarium.domain.selection import Selection
from sonarium.jobs.prepared_frames import prepared_frames_handler
from sonarium.queue.settings import QueueSettings
from sonarium.queue.worker import JobWorker
from sonarium.services.access import AccessService
from sonarium.services.decoding import DecodingPool, DecodingSettings
from sonarium.services.frame_preparation import FramePreparation
from sonarium.services.prepared_frames import FrameShelf, PreparedFrameSettings
from sonarium.services.render import RenderService
from sonarium.services.retrieve import RetrieveService
from sonarium.storage.root_key import RootKey

FRAMES = 45


@pytest.fixture
async def decoding() -> AsyncIterator[DecodingPool]:
    pool = DecodingPool(DecodingSettings(workers=1))
    yield pool
    await pool.close()


def long_loop(testdata: Path, folder: Path) -> Path:
    """Write an uncompressed grey loop of many small frames."""
    made = pydicom.dcmread(testdata / "dicom/us/philips-epiq5-grey-cine-raw.dcm")
    made.Rows, made.Columns, made.NumberOfFrames = 16, 16, FRAMES
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    if "PlanarConfiguration" in made:
        del made.PlanarConfiguration
    levels = np.arange(FRAMES, dtype=np.uint8).reshape(-1, 1, 1) * 5
    made.PixelData = np.broadcast_to(levels, (FRAMES, 16, 16)).tobytes()
    sink = BytesIO()
    made.save_as(sink)
    path = folder / "long.dcm"
    path.write_bytes(sink.getvalue())
    return path


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
async def test_a_long_loop_lies_ready_after_its_job(
    sonarium: RunningArchive, decoding: DecodingPool, testdata: Path, tmp_path: Path
) -> None:
    access = AccessService(sonarium.database)
    retrieve = RetrieveService(access, sonarium.blobs)
    shelf = FrameShelf(tmp_path / "frames", RootKey.make(), PreparedFrameSettings())
    preparation = FramePreparation(access, retrieve, RenderService(retrieve, decoding), shelf)
    stored = await sonarium.keep(long_loop(testdata, tmp_path))
    handlers = [prepared_frames_handler(preparation)]
    await JobWorker(sonarium.dsn, QueueSettings(), handlers).run_due()
    selection = Selection(
        stored.study_instance_uid, stored.series_instance_uid, stored.sop_instance_uid
    )
    opened = await retrieve.open(SYSTEM, selection)
    assert shelf.holds(opened.row.sha256)
    drawn = RenderService(retrieve, decoding)
    played = RenderService(retrieve, decoding, shelf)
    for frame in (0, FRAMES - 1):
        expected = await drawn.frame(opened, frame, StillMediaType.JPEG)
        assert await shelf.find(opened.row.sha256, frame) == expected
        assert await played.frame(opened, frame, StillMediaType.JPEG) == expected


async def test_a_blob_that_is_gone_needs_no_work(
    sonarium: RunningArchive, decoding: DecodingPool, tmp_path: Path
) -> None:
    access = AccessService(sonarium.database)
    retrieve = RetrieveService(access, sonarium.blobs)
    shelf = FrameShelf(tmp_path / "frames", RootKey.make(), PreparedFrameSettings())
    preparation = FramePreparation(access, retrieve, RenderService(retrieve, decoding), shelf)
    await preparation.prepare("none")
    assert not (tmp_path / "frames").exists()
