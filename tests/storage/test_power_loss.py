"""No power cut takes a key that something was kept by, at whatever moment it comes."""

import asyncio
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.storage.sealed_stores import find_nothing
from tests.storage.simulated_disk import Acknowledge, Recording, recorded, remains

from sonarium.storage.blob_store import HEAD_BYTES, StoredBlob
from sonarium.storage.errors import KeysDamaged, KeysMissing
from sonarium.storage.group_keys import GroupKeys
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import KeyRoom
from sonarium.storage.layout import LEASES, LOOSE, SEGMENTS
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.sealed import SealedLocalStore
from sonarium.storage.settings import LocalStorageSettings

SETTINGS = LocalStorageSettings(
    reserve_bytes=0, segment_bytes=8 * 2**20, large_blob_bytes=64 * 1024, blobs_in_folder=3
)
FOLDERS = ("keys", "study-keys", "blobs", *(f"blobs/{name}" for name in (LEASES, LOOSE, SEGMENTS)))


def cuts(
    recording: Recording, scratch: Path, seeds: Iterator[int]
) -> Iterator[tuple[Path, list[str]]]:
    """Cut the power at points of a run; give what may be left, and what was promised before."""
    for seed in seeds:
        dice = random.Random(seed)
        point = dice.randint(0, len(recording.operations))
        target = scratch / str(seed)
        for name in FOLDERS:
            (target / name).mkdir(parents=True, exist_ok=True)
        remains(recording, point, seed, target)
        done = recording.operations[:point]
        yield target, [one.key for one in done if isinstance(one, Acknowledge)]
        shutil.rmtree(target)


def test_root_keys_are_there_from_their_making_until_their_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`made`, `rotated` and `retired` are promises; between two of them both states will do."""
    folder = tmp_path / "run"
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    with recorded(folder, monkeypatch) as recording:
        room = KeyRoom(folder / "keys")
        room.ensure()
        first = room.open()
        recording.acknowledge("made")
        second = room.rotate().key_id
        recording.acknowledge("rotated")
        room.retire(first.root.key_id)
        recording.acknowledge("retired")
    allowed = {
        "": {first.root.key_id},
        "made": {first.root.key_id, second},
        "rotated": {second},
        "retired": {second},
    }
    seen = set()
    for target, promised in cuts(recording, tmp_path / "scratch", iter(range(1500))):
        left = KeyRoom(target / "keys")
        state = promised[-1] if promised else ""
        try:
            keys = left.open()
        except (KeysMissing, KeysDamaged):
            assert state == "", f"lost after {state}"
            continue
        seen.add((state, keys.root.key_id))
        assert keys.root.key_id in allowed[state]
        if state == "made":
            assert first.root.key_id in keys.roots
        if state:
            assert keys.audit_mac_key == first.audit_mac_key
    assert len(seen) >= 4, "the cuts met too few states"


async def put(store: SealedLocalStore, body: bytes, group: str) -> StoredBlob:
    writer = store.writer()
    for start in range(0, len(body), 30_000):
        if (waiting := writer.feed(body[start : start + 30_000])) is not None:
            await waiting
    if (ending := writer.end()) is not None:
        await ending
    length = writer.head_length
    return await writer.commit(b"h" * (HEAD_BYTES // 2 if length is None else length), group)


def opened(folder: Path) -> SealedLocalStore:
    keys = GroupKeys(KeyRoom(folder / "keys"), KeyFiles(folder / "study-keys"), find_nothing)
    return SealedLocalStore(LocalBlobStore(folder / "blobs", SETTINGS), keys)


async def read_all(
    folder: Path, wanted: dict[str, bytes], blobs: dict[str, StoredBlob]
) -> dict[str, bytes]:
    store = opened(folder)
    try:
        return {
            key: await store.read(key, blobs[key].body_offset, blobs[key].body_length)
            for key in wanted
        }
    finally:
        await store.close()


@pytest.mark.parametrize("seed", range(3))
def test_what_was_acknowledged_opens_with_the_keys_that_are_left(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the files alone: no database is there to ask for a key."""
    folder = tmp_path / "run"
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    bodies: dict[str, bytes] = {}
    blobs: dict[str, StoredBlob] = {}
    with recorded(folder, monkeypatch) as recording:
        KeyRoom(folder / "keys").ensure()
        asyncio.run(_store(folder, seed, recording.acknowledge, bodies, blobs))
    acknowledged = 0
    for target, promised in cuts(recording, tmp_path / "scratch", iter(range(120))):
        wanted = {key: bodies[key] for key in promised}
        if wanted:
            assert asyncio.run(read_all(target, wanted, blobs)) == wanted
            acknowledged += len(wanted)
    assert acknowledged > 100, "the cuts came too early to tell anything"


async def _store(
    folder: Path,
    seed: int,
    acknowledge: Callable[[str], None],
    bodies: dict[str, bytes],
    blobs: dict[str, StoredBlob],
) -> None:
    dice = random.Random(seed)
    store = opened(folder)

    async def client(number: int) -> None:
        for study in range(4):
            body = dice.randbytes(dice.choice([1, 500, 5000, 65_536, 70_000, 200_000]))
            blob = await put(store, body, f"1.2.{number}.{study}")
            bodies[blob.key], blobs[blob.key] = body, blob
            acknowledge(blob.key)

    await asyncio.gather(*(client(number) for number in range(3)))
    await store.close()


def test_a_key_outlives_whoever_died_while_making_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process made the folder and never came to make it durable."""
    folder = tmp_path / "run"
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    key_id = bytes(16)
    with recorded(folder, monkeypatch) as recording:
        (folder / "study-keys" / key_id.hex()[:2]).mkdir()
        KeyFiles(folder / "study-keys").write(key_id, "root", b"wrapped")
        recording.acknowledge("kept")
    for target, promised in cuts(recording, tmp_path / "scratch", iter(range(300))):
        if promised:
            assert KeyFiles(target / "study-keys").find(key_id) == ("root", b"wrapped")
