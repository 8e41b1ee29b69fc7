"""Writing past the page cache: whole blocks, out of memory that begins on a page.

What arrives is read again hours later, if at all on this machine: a copy of it in the page cache
would only push out what people are looking at, and making room for it took more time than
everything else that is done for a large object.
"""

import errno
import mmap
import os
from pathlib import Path
from typing import Final

from sonarium.storage.blob_store import Digest
from sonarium.storage.linux import write_all
from sonarium.storage.records import BLOCK_BYTES, next_block

_BUFFER_BYTES: Final = 2**20
_MOST_SPARE: Final = 8
_spare: list[mmap.mmap] = []
"""Buffers of files that were finished; `pop` and `append` are safe on any thread."""


def open_past_cache(path: Path, flags: int) -> int:
    """Open a file for aligned writes; through the cache where the file system wants it so."""
    try:
        return os.open(path, flags | os.O_DIRECT, 0o600)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # The file may have been made before the flag was refused.
        return os.open(path, flags & ~os.O_EXCL, 0o600)


class AlignedWriter:
    """Appends to a file from a block's beginning on; blocking, for one thread at a time.

    What is appended goes through `digest` by the buffer, all of it when `finish` returns. For
    every piece that is digested the thread lets others run and then waits for its turn, which
    with pieces as a socket gives them happened forty times for a loop.
    """

    def __init__(self, fd: int, offset: int, digest: Digest) -> None:
        if offset % BLOCK_BYTES:
            raise ValueError("the first byte must begin a block")
        self._fd = fd
        self._buffer = _spare.pop() if _spare else mmap.mmap(-1, _BUFFER_BYTES)
        self._filled = 0
        self._digest = digest
        self.offset = offset
        """Everything before it was handed to the disk."""

    def add(self, chunk: bytes | memoryview) -> None:
        """Append; whole buffers go to the disk."""
        rest = memoryview(chunk)
        while rest:
            taken = min(len(rest), _BUFFER_BYTES - self._filled)
            self._buffer[self._filled : self._filled + taken] = rest[:taken]
            self._filled += taken
            rest = rest[taken:]
            if self._filled == _BUFFER_BYTES:
                self._digest_filled()
                self._flush(_BUFFER_BYTES)

    def finish(self) -> int:
        """Write the rest, cut the file where the last byte ends, and return that place."""
        end = self.offset + self._filled
        self._digest_filled()
        whole = next_block(self._filled)
        if whole:
            self._buffer[self._filled : whole] = bytes(whole - self._filled)
            self._flush(whole)
            os.ftruncate(self._fd, end)
        return end

    def put(self, block: bytes, offset: int) -> None:
        """Write whole blocks somewhere else; only after `finish`."""
        self._buffer[: len(block)] = block
        with memoryview(self._buffer) as view:
            write_all(self._fd, [view[: len(block)]], offset)

    def close(self) -> None:
        """Let another file have the memory."""
        if len(_spare) < _MOST_SPARE:
            _spare.append(self._buffer)

    def _digest_filled(self) -> None:
        with memoryview(self._buffer) as view, view[: self._filled] as filled:
            self._digest.update(filled)

    def _flush(self, length: int) -> None:
        with memoryview(self._buffer) as view, view[:length] as filled:
            write_all(self._fd, [filled], self.offset)
        self.offset += length
        self._filled = 0
