"""A digest taken beside the event loop, by the half megabyte.

Taken piece by piece as a socket gives them, it would hold the loop for most of the time that a
loop of five megabytes takes to arrive; and a thread that is woken for each piece waits for the
interpreter as often.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable
from concurrent.futures import Executor
from typing import Final

from sonarium.storage.blob_store import Digest

_AT_ONCE_BYTES: Final = 256 * 1024
"""Less takes no longer than waking a thread and waiting for the interpreter again."""
_BATCH_BYTES: Final = 512 * 1024
_MOST_WAITING_BYTES: Final = 2 * 2**20


class _Gathered(threading.local):
    """Memory of a thread, used again: fresh pages would have to be cleared each time."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(_BATCH_BYTES))


_gathered = _Gathered()


class DigestBehind:
    """Takes a digest on the threads of an executor, at most a few pieces behind."""

    def __init__(self, digest: Digest, executor: Executor) -> None:
        self._digest = digest
        self._executor = executor
        self._waiting: deque[bytes | memoryview] = deque()
        self._waiting_bytes = 0
        self._under_way: asyncio.Future[None] | None = None
        # Whoever holds it takes all that waits: so jobs need no order among themselves.
        self._lock = threading.Lock()

    def update(self, piece: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes; await the answer, if any, before the next call.

        They are kept without a copy, so they must not change afterwards.
        """
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)
        if self._waiting_bytes < _BATCH_BYTES:
            return None
        if self._under_way is not None and not self._under_way.done():
            if self._waiting_bytes < _MOST_WAITING_BYTES:
                return None
            return asyncio.shield(self._under_way)
        self._begin()
        return None

    def end(self) -> Awaitable[None] | None:
        """Take the last bytes; `digest` tells of all once the answer, if any, was awaited."""
        is_busy = self._under_way is not None and not self._under_way.done()
        if not is_busy and self._waiting_bytes < _AT_ONCE_BYTES:
            self._take_waiting()
            return None
        return self._end()

    def digest(self) -> bytes:
        """Return the digest of all that was taken."""
        return self._digest.digest()

    def _begin(self) -> "asyncio.Future[None]":
        self._waiting_bytes = 0
        loop = asyncio.get_running_loop()
        self._under_way = loop.run_in_executor(self._executor, self._take_waiting)
        return self._under_way

    async def _end(self) -> None:
        """Wait for those that wait still, whichever job takes them."""
        if self._under_way is not None:
            await asyncio.shield(self._under_way)
        if self._waiting:
            await asyncio.shield(self._begin())

    def _take_waiting(self) -> None:
        with self._lock:
            while self._waiting:
                self._digest.update(self._next_batch())

    def _next_batch(self) -> bytes | memoryview:
        piece = self._waiting.popleft()
        if len(piece) >= _AT_ONCE_BYTES or not self._waiting:
            return piece
        gathered = _gathered.view
        length = len(piece)
        gathered[:length] = piece
        while self._waiting and length + len(self._waiting[0]) <= _BATCH_BYTES:
            piece = self._waiting.popleft()
            gathered[length : length + len(piece)] = piece
            length += len(piece)
        return gathered[:length]
