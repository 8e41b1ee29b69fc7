"""Large blobs: a file of its own each, streamed to disk as it arrives.

The bytes go to a `.part` file and on to the disk while the rest is still arriving, so that a
two-gigabyte object neither sits in memory nor stalls everybody's sync with a mountain of
dirty pages. A blob exists once it has its name: file synced, renamed, folder synced.
"""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path

from sonarium.storage.aligned import AlignedWriter, open_past_cache
from sonarium.storage.blob_store import HEAD_BYTES, Digest, StoredBlob
from sonarium.storage.errors import StorageUnavailable
from sonarium.storage.health import DiskHealth, sync_folder
from sonarium.storage.keys import loose_file_name, loose_key, time_ordered_name
from sonarium.storage.layout import PART_SUFFIX
from sonarium.storage.linux import start_write_back, wait_for_write_back
from sonarium.storage.volumes import SettlementLedger

_WRITE_BYTES = 2**20
_MOST_WAITING_BYTES = 4 * 2**20
_WRITE_BACK_WINDOW_BYTES = 16 * 2**20


class Shelves:
    """Chooses the folder of the next large blob; a folder is a volume."""

    def __init__(
        self,
        folder: Path,
        blobs_in_folder: int,
        new_volume: Callable[[], str],
        ledger: SettlementLedger,
    ) -> None:
        self._folder = folder
        self._blobs_in_folder = blobs_in_folder
        self._new_volume = new_volume
        self._ledger = ledger
        self._lock = threading.Lock()
        self._current: Path | None = None
        self._count = 0

    def take_place(self) -> Path:
        """Return the folder for one more blob; it exists durably."""
        with self._lock:
            if self._count == self._blobs_in_folder:
                self._close_current()
            if self._current is None:
                shelf = self._folder / self._new_volume()
                shelf.mkdir(mode=0o700)
                sync_folder(self._folder)
                self._current = shelf
            self._count += 1
            self._ledger.add(self._current.name)
            return self._current

    def give_back(self, folder: Path) -> None:
        """Say that a blob did not come to be."""
        self._ledger.settle(folder.name)

    def close(self) -> None:
        """Begin no more blobs in the current folder."""
        with self._lock:
            self._close_current()

    def _close_current(self) -> None:
        if self._current is not None:
            self._ledger.close(self._current.name)
            self._current = None
            self._count = 0


class LooseFile:
    """The file behind one large blob; blocking, for one thread at a time."""

    def __init__(self, shelves: Shelves, health: DiskHealth, digest: Digest) -> None:
        self._shelves = shelves
        self._health = health
        self._path: Path | None = None
        self._fd = -1
        self._writer: AlignedWriter | None = None
        self._digest = digest
        self._written_back = 0

    def write(self, chunks: Sequence[bytes | memoryview]) -> None:
        """Append to the body and start its way to the disk.

        Raises:
            StorageUnavailable: the file is gone.
        """
        try:
            self._health.require(sum(map(len, chunks)))
            writer = self._writer or self._begin()
            before = writer.offset
            for chunk in chunks:
                writer.add(chunk)
            if writer.offset > before:
                start_write_back(self._fd, before, writer.offset - before)
                self._bound_dirty_pages(writer.offset)
        except StorageUnavailable:
            self.discard()
            raise
        except OSError as error:
            self.discard()
            raise self._health.failed(error) from error

    def finish(self, head: bytes) -> StoredBlob:
        """Put the head in front, and make the blob durable under its name.

        Raises:
            StorageUnavailable: nothing is kept.
        """
        part, writer = self._path, self._writer
        if part is None or writer is None:
            raise ValueError("nothing was written")
        try:
            end = writer.finish()
            digest = self._digest.digest()
            path = part.with_name(loose_file_name(digest))
            writer.put(head, 0)
            os.fsync(self._fd)
            self._close()
            part.rename(path)
            self._path = path
            sync_folder(path.parent)
        except OSError as error:
            self.discard()
            raise self._health.failed(error) from error
        return StoredBlob(
            key=loose_key(path.parent.name, path.name),
            body_offset=HEAD_BYTES,
            body_length=end - HEAD_BYTES,
            body_sha256=digest,
        )

    def discard(self) -> None:
        """Remove what was written."""
        self._close()
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            self._shelves.give_back(self._path.parent)
            self._path = None

    def _begin(self) -> AlignedWriter:
        self._path = self._shelves.take_place() / f"{time_ordered_name()}{PART_SUFFIX}"
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC
        self._fd = open_past_cache(self._path, flags)
        self._writer = AlignedWriter(self._fd, HEAD_BYTES, self._digest)
        return self._writer

    def _bound_dirty_pages(self, position: int) -> None:
        """Wait for the disk where the file system insists on the page cache."""
        behind = position - _WRITE_BACK_WINDOW_BYTES
        if behind > self._written_back:
            wait_for_write_back(self._fd, self._written_back, behind - self._written_back)
            self._written_back = behind

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class LooseWriter:
    """Feeds one large blob to the executor's threads, at most a few MiB ahead of the disk."""

    def __init__(
        self, shelves: Shelves, health: DiskHealth, executor: Executor, digest: Digest
    ) -> None:
        self._file = LooseFile(shelves, health, digest)
        self._executor = executor
        self._waiting: deque[bytes | memoryview] = deque()
        self._waiting_bytes = 0
        self._under_way: asyncio.Future[None] | None = None
        self._failure: StorageUnavailable | None = None
        self._is_abandoned = False
        # Whoever holds it takes all that waits: so jobs need no order among themselves.
        self._file_lock = threading.Lock()

    def hold(self, chunk: bytes | memoryview) -> None:
        """Take bytes of the body that `feed` goes on with."""
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes of the body."""
        if self._failure is not None:
            raise self._failure
        self.hold(chunk)
        if self._waiting_bytes < _WRITE_BYTES:
            return None
        if self._under_way is not None and not self._under_way.done():
            if self._waiting_bytes < _MOST_WAITING_BYTES:
                return None
            return asyncio.shield(self._under_way)
        self._waiting_bytes = 0
        loop = asyncio.get_running_loop()
        self._under_way = loop.run_in_executor(self._executor, self._write_waiting)
        return None

    def commit(self, head: bytes) -> "asyncio.Future[StoredBlob]":
        """Make the blob durable under its name."""
        if len(head) != HEAD_BYTES:
            raise ValueError("the head of a large blob must fill the room left for it")
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._executor, self._finish, head)

    async def abandon(self) -> None:
        """Remove what was written."""
        loop = asyncio.get_running_loop()
        await asyncio.shield(loop.run_in_executor(self._executor, self._discard))

    def _write_waiting(self) -> None:
        with self._file_lock:
            if self._failure is not None or self._is_abandoned:
                return
            chunks: list[bytes | memoryview] = []
            while self._waiting:
                chunks.append(self._waiting.popleft())
            if not chunks:
                return
            try:
                self._file.write(chunks)
            except StorageUnavailable as error:
                self._failure = error

    def _finish(self, head: bytes) -> StoredBlob:
        self._write_waiting()
        with self._file_lock:
            if self._failure is not None:
                raise self._failure
            return self._file.finish(head)

    def _discard(self) -> None:
        with self._file_lock:
            self._is_abandoned = True
            self._file.discard()
