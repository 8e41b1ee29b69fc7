"""Finding what earlier processes left."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest
from tests.storage.simulated_disk import Acknowledge, Recording, recorded, remains

from sonarium.storage.blob_store import HEAD_BYTES, StoredBlob
from sonarium.storage.layout import LEASES, LOOSE, SEGMENTS
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.recovery import Recovery
from sonarium.storage.settings import LocalStorageSettings

HEAD = bytes(range(256)) * (HEAD_BYTES // 256)
LARGE = 64 * 1024
SETTINGS = LocalStorageSettings(
    reserve_bytes=0, segment_bytes=8 * 2**20, large_blob_bytes=LARGE, blobs_in_folder=3
)


async def put(store: LocalBlobStore, body: bytes) -> StoredBlob:
    writer = store.writer()
    for start in range(0, len(body), 30_000):
        waiting = writer.feed(body[start : start + 30_000])
        if waiting is not None:
            await waiting
    return await writer.commit(HEAD)


def found_whole(folder: Path) -> dict[str, StoredBlob]:
    recovery = Recovery(folder)
    blobs = [blob for volume in recovery.leftovers().volumes for blob in recovery.blobs(volume)]
    return {blob.key: blob for blob in blobs if recovery.is_whole(blob)}


async def record(
    folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[Recording, dict[str, StoredBlob]]:
    """Store from several clients at once, and record every operation on the disk."""
    dice = random.Random(seed)
    blobs: dict[str, StoredBlob] = {}
    (folder).mkdir()
    with recorded(folder, monkeypatch) as recording:
        store = LocalBlobStore(folder, SETTINGS)

        async def client(lengths: list[int]) -> None:
            for length in lengths:
                blob = await put(store, dice.randbytes(length))
                recording.acknowledge(blob.key)
                blobs[blob.key] = blob

        choices = [0, 1, 500, 3000, 5000, 20_000, LARGE + 1, 3 * LARGE]
        await asyncio.gather(*(client(dice.choices(choices, k=8)) for _ in range(4)))
        await store.close()
    return recording, blobs


def check_points(
    recording: Recording, blobs: dict[str, StoredBlob], points: int, seed: int, scratch: Path
) -> None:
    """Cut the power at random points; everything acknowledged before must be there."""
    dice = random.Random(seed)
    for trial in range(points):
        point = dice.randint(0, len(recording.operations))
        target = scratch / str(trial)
        for name in (LEASES, LOOSE, SEGMENTS):
            (target / name).mkdir(parents=True)
        remains(recording, point, dice.getrandbits(64), target)
        before = recording.operations[:point]
        acknowledged = {one.key for one in before if isinstance(one, Acknowledge)}
        found = found_whole(target)
        assert acknowledged <= found.keys(), f"lost at {point} of seed {seed}"
        assert all(blobs[key] == blob for key, blob in found.items()), "invented"
        shutil.rmtree(target)


@pytest.mark.parametrize("seed", range(4))
async def test_no_power_cut_loses_what_was_acknowledged(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, blobs = await record(tmp_path / "blobs", seed, monkeypatch)
    scratch = tmp_path / "scratch"
    check_points(recording, blobs, points=100, seed=seed, scratch=scratch)
