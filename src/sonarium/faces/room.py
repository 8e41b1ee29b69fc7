"""Whether there is room in memory to hand an answer over whole.

An answer in one piece costs a fifth less than the same in chunks, for each chunk wakes two threads
and waits for both. But what was handed over waits in memory until the caller takes it, and many
who take nothing could fill that. So it is done while this process is small, and no longer.
"""

import ctypes
import os
import threading
from functools import cached_property
from time import monotonic
from typing import Final

ROOMY_BYTES: Final = 512 * 1024 * 1024
"""A process that holds more sends its answers in chunks."""
_GIVE_BACK_EVERY_S: Final = 10.0
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


class Room:
    """The memory of this process, as far as the kernel has given it any.

    The C library keeps what was freed; where the process is large it is asked to give that back,
    or a crowd that has left would count for ever.
    """

    def __init__(self, most: int = ROOMY_BYTES) -> None:
        self._most = most
        self._give_back_at = 0.0

    def has_room(self) -> bool:
        """Tell whether this process holds less than that; False where nobody can say."""
        try:
            resident_pages = int(os.pread(self._statm, 128, 0).split()[1])
        except OSError:
            return False
        if resident_pages * _PAGE_BYTES < self._most:
            return True
        if monotonic() >= self._give_back_at:
            self._give_back_at = monotonic() + _GIVE_BACK_EVERY_S
            threading.Thread(target=give_back, name="memory-give-back", daemon=True).start()
        return False

    @cached_property
    def _statm(self) -> int:
        """What the kernel knows of our memory (proc(5)); open for as long as the process lives."""
        return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)


ROOM: Final = Room()
"""Of this process."""


def give_back() -> None:
    """Let the C library give freed memory back, where it is one that can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
