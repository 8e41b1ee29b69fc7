"""Reading files by range: from the page cache at once, from the disk in a thread."""

import asyncio
import errno
import os
import threading
from collections import OrderedDict
from concurrent.futures import Executor
from pathlib import Path

from sonarium.storage.errors import BlobDamaged, BlobMissing

# A copy of this size out of the page cache takes less time than waking a thread.
_AT_ONCE_BYTES = 512 * 1024
_NOT_CACHED = frozenset({errno.EAGAIN, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS})


class OpenFile:
    """A file open for reading; closes when its last user lets go of it."""

    __slots__ = ("fd",)

    def __init__(self, path: Path) -> None:
        self.fd = -1
        self.fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __del__(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)


class OpenFiles:
    """Keeps the files read most recently open; any thread may ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._files: OrderedDict[Path, OpenFile] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, path: Path) -> OpenFile:
        """Open a file, or return it as it is open already.

        Raises:
            BlobMissing: it is not there.
        """
        with self._lock:
            file = self._files.get(path)
            if file is not None:
                self._files.move_to_end(path)
                return file
        try:
            file = OpenFile(path)
        except FileNotFoundError as error:
            raise BlobMissing("no such blob") from error
        with self._lock:
            self._files[path] = file
            if len(self._files) > self._most:
                self._files.popitem(last=False)
        return file

    def forget(self, path: Path) -> None:
        """Drop a file that was deleted, so that its space comes back."""
        with self._lock:
            self._files.pop(path, None)

    def close(self) -> None:
        """Drop all files."""
        with self._lock:
            self._files.clear()


def fill_cached(file: OpenFile, offset: int, buffer: memoryview) -> bool:
    """Fill a buffer with a range if all of that lies in the page cache; tell whether it does."""
    try:
        return os.preadv(file.fd, [buffer], offset, os.RWF_NOWAIT) == len(buffer)
    except OSError as error:
        if error.errno in _NOT_CACHED:
            return False
        raise BlobDamaged("the disk cannot read the blob") from error


def fill_at_once(file: OpenFile, offset: int, buffer: memoryview) -> bool:
    """Fill a buffer with a range if that holds nobody up; tell whether it does."""
    return len(buffer) <= _AT_ONCE_BYTES and fill_cached(file, offset, buffer)


def fill_now(file: OpenFile, offset: int, buffer: memoryview) -> None:
    """Fill a buffer with a range, waiting for the disk where it must; for threads.

    Raises:
        BlobDamaged: the file ends before the range does, or the disk cannot read it.
    """
    filled = 0
    while filled < len(buffer):
        try:
            count = os.preadv(file.fd, [buffer[filled:]], offset + filled)
        except OSError as error:
            raise BlobDamaged("the disk cannot read the blob") from error
        if not count:
            raise BlobDamaged("the blob ends before the range does")
        filled += count


def read_now(file: OpenFile, offset: int, length: int) -> bytes:
    """Return a range, waiting for the disk where it must; for threads.

    Raises:
        BlobDamaged: the file ends before the range does, or the disk cannot read it.
    """
    buffer = bytearray(length)
    fill_now(file, offset, memoryview(buffer))
    return bytes(buffer)


async def fill(file: OpenFile, offset: int, buffer: memoryview, executor: Executor) -> None:
    """Fill a buffer with a range without ever blocking the loop on the disk.

    Raises:
        BlobDamaged: the file ends before the range does, or the disk cannot read it.
    """
    if fill_at_once(file, offset, buffer):
        return
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(executor, fill_now, file, offset, buffer)
