"""One supervisor for one data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sonarium.app.folders import DataFolder
from sonarium.base.errors import UnavailableError


class FolderInUse(UnavailableError):
    """Another Sonarium serves this data folder."""


@contextmanager
def hold_folder(folder: DataFolder) -> Iterator[None]:
    """Keep other supervisors out; the lock goes with the process, however it ends.

    Raises:
        FolderInUse: somebody holds it.
    """
    folder.ensure()
    lock = os.open(folder.root / "serving", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(
                f"another Sonarium serves {folder.root}: stop it, or give another folder by --data"
            ) from None
        yield
    finally:
        os.close(lock)


def is_served(folder: DataFolder) -> bool:
    """Tell whether a supervisor holds the folder."""
    try:
        with hold_folder(folder):
            return False
    except FolderInUse:
        return True
