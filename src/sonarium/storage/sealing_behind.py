"""The body of one blob, digested and sealed beside the event loop by the half megabyte.

Done piece by piece as a socket gives them, it would hold the loop for most of the time that a
loop of five megabytes takes to arrive; and a thread that is woken for each piece waits for the
interpreter as often.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import Final, TypeAlias

from sonarium.base.block_pool import BlockPool
from sonarium.storage.blob_store import BlobWriter, Digest
from sonarium.storage.errors import StorageUnavailable
from sonarium.storage.sealing import PIECE_BYTES, SEALED_PIECE_BYTES, TAG_BYTES, BlobCipher

_Chunks: TypeAlias = Sequence[bytes | memoryview]

_AT_ONCE_BYTES: Final = 256 * 1024
"""Less takes no longer than waking a thread and waiting for the interpreter again."""
_BATCH_BYTES: Final = 8 * PIECE_BYTES
_MOST_WAITING_BYTES: Final = 2 * 2**20
_STEP_BYTES: Final = 2**20
_BLOCK_BYTES: Final = 17 * SEALED_PIECE_BYTES
"""A step, and the rest of the one before, sealed."""


def sealing_blocks() -> BlockPool:
    """Return a pool of memory to seal into."""
    return BlockPool(_BLOCK_BYTES)


class _Gathered(threading.local):
    """Memory of a thread, used again: fresh pages would have to be cleared each time."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(_BATCH_BYTES))


_gathered = _Gathered()


class SealingBehind:
    """Takes the digest of a body on the threads of an executor, seals it, and feeds it below.

    It is at most a few pieces behind what it was fed.
    """

    def __init__(
        self,
        cipher: BlobCipher,
        digest: Digest,
        below: BlobWriter,
        executor: Executor,
        blocks: BlockPool,
    ) -> None:
        self._cipher = cipher
        self._digest = digest
        self._below = below
        self._executor = executor
        self._blocks = blocks
        self._waiting: deque[bytes | memoryview] = deque()
        self._waiting_bytes = 0
        self._rest = b""
        self._pieces = 0
        self._under_way: asyncio.Future[None] | None = None
        self.failure: StorageUnavailable | None = None
        """Why the store below takes no more."""

    def feed(self, chunk: bytes | memoryview) -> Awaitable[None] | None:
        """Take the next bytes; await the answer, if any, before the next call.

        They are kept without a copy, so they must not change afterwards.

        Raises:
            StorageUnavailable: the store below failed; never by the awaitable.
        """
        if self.failure is not None:
            raise self.failure
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        if self._waiting_bytes < _BATCH_BYTES:
            return None
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.ensure_future(self._go_on())
            return None
        if self._waiting_bytes < _MOST_WAITING_BYTES:
            return None
        return asyncio.shield(self._under_way)

    def end(self) -> Awaitable[None] | None:
        """Take the last bytes; all is fed below once the answer, if any, was awaited."""
        is_busy = self._under_way is not None and not self._under_way.done()
        if is_busy or self._waiting_bytes >= _AT_ONCE_BYTES:
            self._under_way = asyncio.ensure_future(self._end(self._under_way))
            return asyncio.shield(self._under_way)
        chunks = self._take(self._waiting_bytes)
        sealed = bytearray(self._sealed_length(chunks))
        length = self._seal_last(chunks, memoryview(sealed))
        return self._pass_on(memoryview(sealed)[:length]) if length else None

    def digest(self) -> bytes:
        """Return the digest of all that was sealed."""
        return self._digest.digest()

    async def drop(self) -> None:
        """Forget what waits, and wait for what is under way."""
        self._take(self._waiting_bytes)
        if self._under_way is not None:
            await asyncio.shield(self._under_way)

    async def _go_on(self) -> None:
        while self._waiting_bytes >= _BATCH_BYTES and self.failure is None:
            await self._step(self._take(_STEP_BYTES), self._seal_whole)

    async def _end(self, before: Awaitable[None] | None) -> None:
        if before is not None:
            await before
        while self._waiting_bytes > _STEP_BYTES:
            await self._step(self._take(_STEP_BYTES), self._seal_whole)
        await self._step(self._take(_STEP_BYTES), self._seal_last)

    async def _step(
        self, chunks: list[bytes | memoryview], seal: Callable[[_Chunks, memoryview], int]
    ) -> None:
        length = self._sealed_length(chunks)
        fits = length <= self._blocks.block_bytes
        block = self._blocks.take() if fits else bytearray(length)
        loop = asyncio.get_running_loop()
        length = await loop.run_in_executor(self._executor, seal, chunks, memoryview(block))
        pause = self._pass_on(memoryview(block)[:length]) if length else None
        self._blocks.give_back(block)
        if pause is not None:
            await pause

    def _sealed_length(self, chunks: _Chunks) -> int:
        """Return how much room chunks take when they are sealed."""
        length = len(self._rest) + sum(map(len, chunks))
        return length + TAG_BYTES * -(-length // PIECE_BYTES)

    def _take(self, most: int) -> list[bytes | memoryview]:
        """Take chunks out of what waits: as many as `most` bytes hold, and one at least."""
        taken: list[bytes | memoryview] = []
        length = 0
        while self._waiting and (not taken or length + len(self._waiting[0]) <= most):
            chunk = self._waiting.popleft()
            taken.append(chunk)
            length += len(chunk)
        self._waiting_bytes -= length
        return taken

    def _pass_on(self, sealed: bytes | memoryview) -> Awaitable[None] | None:
        try:
            return self._below.feed(sealed)
        except StorageUnavailable as error:
            self.failure = error
            return None

    # On a thread, one batch after the other.

    def _seal_whole(self, chunks: _Chunks, into: memoryview) -> int:
        return self._seal(self._joined(chunks, is_last=False), into)

    def _seal_last(self, chunks: _Chunks, into: memoryview) -> int:
        return self._seal(self._joined(chunks, is_last=True), into)

    def _seal(self, joined: Iterator[memoryview], into: memoryview) -> int:
        """Seal into the beginning of some memory; return how much of it is full."""
        end = 0
        for plain in joined:
            self._digest.update(plain)
            for start in range(0, len(plain), PIECE_BYTES):
                piece = plain[start : start + PIECE_BYTES]
                begin, end = end, end + len(piece) + TAG_BYTES
                self._cipher.seal_into(into[begin:end], piece, self._pieces)
                self._pieces += 1
        return end

    def _joined(self, chunks: _Chunks, *, is_last: bool) -> Iterator[memoryview]:
        """Yield whole pieces, as many at a time as there is memory for; the rest at the end only.

        What was yielded must be used before the next is asked for.
        """
        if is_last and len(chunks) == 1 and not self._rest:
            yield memoryview(chunks[0])
            return
        memory = _gathered.view
        filled = len(self._rest)
        memory[:filled] = self._rest
        for chunk in chunks:
            left = memoryview(chunk)
            while left:
                taken = min(len(left), _BATCH_BYTES - filled)
                memory[filled : filled + taken] = left[:taken]
                filled += taken
                left = left[taken:]
                if filled == _BATCH_BYTES:
                    yield memory
                    filled = 0
        whole = filled if is_last else filled - filled % PIECE_BYTES
        if whole:
            yield memory[:whole]
        self._rest = bytes(memory[whole:filled])
