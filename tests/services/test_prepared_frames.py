"""Frames of long loops lie ready in a cache."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN, JPEG_BASELINE
from sonarium.services.prepared_frames import FrameShelf, PreparedFrameSettings, is_drawn_ahead
from sonarium.storage.root_key import RootKey

SHA = bytes(range(32))
ROOT = RootKey.make()
FRAMES = [b"first", b"", b"the third and longest"]


async def drawn(*frames: bytes) -> AsyncIterator[bytes]:
    for frame in frames:
        yield frame


@pytest.fixture
def shelf(tmp_path: Path) -> FrameShelf:
    return FrameShelf(tmp_path / "frames", ROOT, PreparedFrameSettings())


async def test_every_frame_comes_back_as_it_was_drawn(shelf: FrameShelf) -> None:
    assert await shelf.find(SHA, 0) is None
    assert not shelf.holds(SHA)
    await shelf.keep(SHA, len(FRAMES), drawn(*FRAMES))
    assert shelf.holds(SHA)
    assert [await shelf.find(SHA, at) for at in range(3)] == FRAMES


async def test_nobody_reads_a_frame_without_the_root_key(shelf: FrameShelf, tmp_path: Path) -> None:
    await shelf.keep(SHA, len(FRAMES), drawn(*FRAMES))
    [kept] = (path for path in tmp_path.rglob("*") if path.is_file())
    assert FRAMES[2] not in kept.read_bytes()
    other = FrameShelf(tmp_path / "frames", RootKey.make(), PreparedFrameSettings())
    assert await other.find(SHA, 2) is None


async def test_a_loop_that_breaks_off_is_not_found(shelf: FrameShelf, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await shelf.keep(SHA, 2, breaking())
    assert await shelf.find(SHA, 0) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_the_oldest_makes_room(tmp_path: Path) -> None:
    small = FrameShelf(tmp_path, ROOT, PreparedFrameSettings(cache_bytes=140))
    await small.keep(SHA, 1, drawn(bytes(60)))
    await small.keep(SHA[::-1], 1, drawn(bytes(60)))
    assert [small.holds(SHA), small.holds(SHA[::-1])] == [False, True]


def test_only_long_loops_that_no_browser_reads_are_drawn_ahead() -> None:
    assert is_drawn_ahead(EXPLICIT_VR_LITTLE_ENDIAN, 41)
    assert not is_drawn_ahead(EXPLICIT_VR_LITTLE_ENDIAN, 40)
    assert not is_drawn_ahead(JPEG_BASELINE, 500)
    assert not is_drawn_ahead("1.2.840.10008.1.2.4.102", 500)
