"""Whether the disk may be trusted with another acknowledgement.

After a failed fsync the kernel forgets what it could not write, and a second fsync of the
same file may succeed without it. So nothing is acknowledged after a failure until a fresh
file was written and synced, and the file that failed is never written again.
"""

import errno
import os
import threading
import time
from datetime import timedelta
from pathlib import Path

from sonarium.base.log import get_logger
from sonarium.storage.errors import OutOfSpace, StorageUnavailable

log = get_logger(__name__)

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_PROBE_BYTES = 4096
_LOOK_EVERY_S = 0.1


def sync_folder(folder: Path) -> None:
    """Make the entries of a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class DiskHealth:
    """Shared by all writers of one store; its methods may be called by any thread."""

    def __init__(self, folder: Path, reserve_bytes: int, probe_interval: timedelta) -> None:
        self._folder = folder
        self._place = str(folder)
        self._reserve_bytes = reserve_bytes
        self._probe_interval_s = probe_interval.total_seconds()
        self._lock = threading.Lock()
        self._is_failed = False
        self._last_probe_s = float("-inf")
        self._is_full = False
        self._last_look_s = float("-inf")

    def free_bytes(self) -> int:
        """Return the space that is left above the reserve; below zero: how much is missing."""
        try:
            space = os.statvfs(self._place)
        except OSError as error:
            raise self.failed(error) from error
        return space.f_bavail * space.f_frsize - self._reserve_bytes

    def check(self) -> None:
        """Refuse what is bound to fail; `require` looks again before anything is written.

        Raises:
            OutOfSpace: free space is at its reserve.
            StorageUnavailable: a write failed, and it is too early to try again.
        """
        now = time.monotonic()
        if now - self._last_look_s > _LOOK_EVERY_S:
            self._is_full = self.free_bytes() < 0
            self._last_look_s = now
        if self._is_full:
            raise OutOfSpace("free space is at its reserve")
        if self._is_failed and not self._may_probe():
            raise StorageUnavailable("stored bytes cannot be made durable")

    def require(self, length: int) -> None:
        """Make sure that `length` bytes may be written now.

        Raises:
            OutOfSpace: they would reach into the reserve.
            StorageUnavailable: a write failed, and the disk was not seen to work since.
        """
        if self.free_bytes() < length:
            raise OutOfSpace("free space is at its reserve")
        if self._is_failed:
            self._probe()

    def failed(self, error: OSError) -> StorageUnavailable:
        """Note a failed write or sync, and return what to raise from it."""
        if error.errno in _NO_SPACE:
            return OutOfSpace("the file system is full")
        with self._lock:
            if not self._is_failed:
                self._is_failed = True
                self._last_probe_s = time.monotonic()
                log.error("storage_failed", error=os.strerror(error.errno or 0))
        return StorageUnavailable("stored bytes cannot be made durable")

    def _may_probe(self) -> bool:
        return time.monotonic() - self._last_probe_s >= self._probe_interval_s

    def _probe(self) -> None:
        with self._lock:
            if not self._is_failed:
                return
            if not self._may_probe():
                raise StorageUnavailable("stored bytes cannot be made durable")
            self._last_probe_s = time.monotonic()
            try:
                self._write_probe()
            except OSError as error:
                raise StorageUnavailable("stored bytes cannot be made durable") from error
            self._is_failed = False
            log.info("storage_recovered")

    def _write_probe(self) -> None:
        path = self._folder / f"probe-{os.getpid()}-{time.monotonic_ns()}"
        fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, b"\xa5" * _PROBE_BYTES)
            os.fsync(fd)
        finally:
            os.close(fd)
            path.unlink()
        sync_folder(self._folder)
