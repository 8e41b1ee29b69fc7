"""Who writes which files: a volume is a segment, or a folder of large blobs.

Each process that writes holds a lease, a locked file; its volumes carry the lease's name.
So a start-up replay knows which volumes nobody writes any more. A volume is settled when it
is closed and the index knows every blob in it: then no replay looks at it again.
"""

import fcntl
import os
import threading
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from sonarium.storage.health import sync_folder
from sonarium.storage.keys import time_ordered_name


class WriterLease:
    """Shows other processes, for as long as this one lives, that its volumes are in use."""

    def __init__(self, folder: Path, name: str, fd: int) -> None:
        self.name = name
        self._path = folder / name
        self._fd: int | None = fd

    @classmethod
    def acquire(cls, folder: Path) -> Self:
        """Take a new lease; its name was never used before."""
        name = time_ordered_name()
        hidden = folder / f".{name}"
        fd = os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
        # Locked before it is visible: a replay must never see it unlocked.
        fcntl.flock(fd, fcntl.LOCK_EX)
        hidden.rename(folder / name)
        sync_folder(folder)
        lease = cls(folder, name, fd)
        _LEASES.add(lease)
        return lease

    def release(self) -> None:
        """End the lease; its volumes are closed."""
        if self._fd is not None:
            self._path.unlink(missing_ok=True)
            self.forget()

    def forget(self) -> None:
        """Drop the lease in a forked child, which must not keep it when its parent dies."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


_LEASES: weakref.WeakSet[WriterLease] = weakref.WeakSet()


def _forget_leases() -> None:
    for lease in list(_LEASES):
        lease.forget()


os.register_at_fork(after_in_child=_forget_leases)


def lease_holders(folder: Path) -> tuple[set[str], set[str]]:
    """Return the names of live leases, and of those whose process is gone."""
    live: set[str] = set()
    dead: set[str] = set()
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        try:
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            live.add(path.name)
        else:
            dead.add(path.name)
        finally:
            os.close(fd)
    return live, dead


def volume_name(lease: str, number: int) -> str:
    """Name a volume of a lease."""
    return f"{lease}-{number:04x}"


def lease_of(volume: str) -> str:
    """Return the lease that a volume belongs to."""
    return volume.partition("-")[0]


class SettlementLedger:
    """Counts, for the volumes of this process, the blobs that the index does not know yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unsettled: dict[str, int] = {}
        self._closed: set[str] = set()

    def add(self, volume: str) -> None:
        """Note a blob before it is written."""
        with self._lock:
            self._unsettled[volume] = self._unsettled.get(volume, 0) + 1

    def settle(self, volume: str) -> None:
        """Note, exactly once for each blob added, that the index knows it or that it is gone."""
        with self._lock:
            if volume in self._unsettled:
                self._unsettled[volume] -= 1

    def close(self, volume: str) -> None:
        """Note that no blob will be added any more."""
        with self._lock:
            self._closed.add(volume)

    def settled(self) -> list[str]:
        """List the closed volumes whose every blob is settled."""
        with self._lock:
            return [volume for volume in self._closed if self._unsettled.get(volume, 0) == 0]

    def forget(self, volumes: Iterable[str]) -> None:
        """Drop volumes that were noted durably as settled."""
        with self._lock:
            for volume in volumes:
                self._closed.discard(volume)
                self._unsettled.pop(volume, None)
