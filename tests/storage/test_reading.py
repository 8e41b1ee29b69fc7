"""Reading files by range."""

import asyncio
import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sonarium.storage.errors import BlobDamaged, BlobMissing
from sonarium.storage.reading import OpenFile, OpenFiles, fill, fill_cached, fill_now, read_now


def test_a_file_stays_open_while_it_is_used(tmp_path: Path) -> None:
    files = OpenFiles(2)
    paths = [tmp_path / str(number) for number in range(5)]
    for path in paths:
        path.write_bytes(path.name.encode() * 10)
    used = files.get(paths[0])
    for path in paths:
        files.get(path)
    assert read_now(used, 0, 10) == b"0" * 10
    assert files.get(paths[4]) is files.get(paths[4])


def test_a_missing_file_is_a_missing_blob(tmp_path: Path) -> None:
    with pytest.raises(BlobMissing):
        OpenFiles(2).get(tmp_path / "nothing")


def test_a_read_error_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise OSError(errno.EIO, "broken")

    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    file = OpenFile(path)
    monkeypatch.setattr(os, "pread", broken)
    monkeypatch.setattr(os, "preadv", broken)
    with pytest.raises(BlobDamaged):
        read_now(file, 0, 10)
    with pytest.raises(BlobDamaged):
        fill_cached(file, 0, memoryview(bytearray(10)))


def test_a_file_that_ends_too_early_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    with pytest.raises(BlobDamaged):
        fill_now(OpenFile(path), 3, memoryview(bytearray(3)))
    assert read_now(OpenFile(path), 3, 2) == b"45"


@pytest.mark.parametrize("code", [errno.EAGAIN, errno.EOPNOTSUPP])
async def test_what_is_not_cached_is_read_in_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    preadv = os.preadv

    def not_cached(fd: int, buffers: list[memoryview], offset: int, flags: int = 0) -> int:
        if flags:
            raise OSError(code, "not cached")
        return preadv(fd, [buffers[0][:7]], offset)

    path = tmp_path / "file"
    path.write_bytes(bytes(range(100)))
    file = OpenFile(path)
    monkeypatch.setattr(os, "preadv", not_cached)
    buffer = bytearray(20)
    with ThreadPoolExecutor(1) as executor:
        await fill(file, 10, memoryview(buffer), executor)
    assert buffer == bytes(range(10, 30))


async def test_many_readers_share_a_small_cache(tmp_path: Path) -> None:
    files = OpenFiles(3)
    for number in range(20):
        (tmp_path / str(number)).write_bytes(bytes([number]) * 1000)

    def read(number: int) -> bool:
        path = tmp_path / str(number % 20)
        return read_now(files.get(path), 0, 1000) == bytes([number % 20]) * 1000

    with ThreadPoolExecutor(8) as executor:
        loop = asyncio.get_running_loop()
        assert all(
            await asyncio.gather(*(loop.run_in_executor(executor, read, n) for n in range(500)))
        )
