"""Whether there is room in memory to hand an answer over whole.

An answer in one piece costs a fifth less than the same in chunks, for each chunk wakes two threads
and waits for both. But what was handed over waits in memory until the caller takes it, and many
who take nothing could fill that. So it is done while this process is small, and no longer.
"""

import os
from functools import cache
from typing import Final

ROOMY_BYTES: Final = 512 * 1024 * 1024
"""A process that holds more sends its answers in chunks."""
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


def has_room(most: int = ROOMY_BYTES) -> bool:
    """Tell whether this process holds less memory than `most`; False where nobody can say."""
    try:
        resident_pages = int(os.pread(_statm(os.getpid()), 128, 0).split()[1])
    except OSError:
        return False
    return resident_pages * _PAGE_BYTES < most


@cache
def _statm(_pid: int) -> int:
    """Open what the kernel knows of our memory, once in each process (proc(5), statm)."""
    return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
