"""Linux calls that Python lacks, and one that it leaves half done."""

import ctypes
import os
from collections.abc import Sequence

_LIBC = ctypes.CDLL(None, use_errno=True)
_OFFSET = ctypes.c_int64
_MOST_BUFFERS = 1024  # IOV_MAX

# From linux/falloc.h.
_FALLOC_FL_KEEP_SIZE = 0x01
_FALLOC_FL_PUNCH_HOLE = 0x02

# From linux/fs.h; see sync_file_range in section 2 of the manual.
_SYNC_FILE_RANGE_WAIT_BEFORE = 1
_SYNC_FILE_RANGE_WRITE = 2
_SYNC_FILE_RANGE_WAIT_AFTER = 4


def _check(outcome: int) -> None:
    if outcome != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def write_all(fd: int, buffers: Sequence[bytes | memoryview], offset: int) -> int:
    """Write buffers one after the other at `offset`; return how much that was."""
    total = 0
    for first in range(0, len(buffers), _MOST_BUFFERS):
        some = buffers[first : first + _MOST_BUFFERS]
        wanted = sum(map(len, some))
        written = os.pwritev(fd, some, offset + total)
        if written != wanted:
            written += _write_rest(fd, some, written, offset + total)
        total += wanted
    return total


def _write_rest(fd: int, buffers: Sequence[bytes | memoryview], written: int, offset: int) -> int:
    """Write what a short write left; from where it lies, which may be aligned memory."""
    before = written
    start = 0
    for buffer in buffers:
        with memoryview(buffer) as view:
            while start + len(view) > written:
                written += os.pwrite(fd, view[written - start :], offset + written)
            start += len(view)
    return written - before


def punch_hole(fd: int, offset: int, length: int) -> None:
    """Give the blocks of a range back to the file system; it reads as zeros then."""
    mode = _FALLOC_FL_PUNCH_HOLE | _FALLOC_FL_KEEP_SIZE
    _check(_LIBC.fallocate(fd, mode, _OFFSET(offset), _OFFSET(length)))


def start_write_back(fd: int, offset: int, length: int) -> None:
    """Ask that a range be written to disk, without waiting for it."""
    _check(_LIBC.sync_file_range(fd, _OFFSET(offset), _OFFSET(length), _SYNC_FILE_RANGE_WRITE))


def wait_for_write_back(fd: int, offset: int, length: int) -> None:
    """Wait until a range was handed to the disk; this is no promise of durability."""
    flags = _SYNC_FILE_RANGE_WAIT_BEFORE | _SYNC_FILE_RANGE_WRITE | _SYNC_FILE_RANGE_WAIT_AFTER
    _check(_LIBC.sync_file_range(fd, _OFFSET(offset), _OFFSET(length), flags))
