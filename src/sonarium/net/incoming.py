"""Messages that arrive, and how much of them may wait for a slow reader."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from sonarium.net.errors import AssociationLost, DataSetTooLong
from sonarium.wire.dimse.command import Command

_FRAGMENT_COST: Final = 256
"""Memory that a fragment costs beside its bytes, so that tiny ones are bounded too."""
_MESSAGE_COST: Final = 2048


@dataclass(frozen=True, slots=True)
class AcceptedContext:
    """A presentation context both sides agreed on; `as_scu` and `as_scp` are our own roles."""

    context_id: int
    abstract_syntax: str
    transfer_syntax: str
    as_scu: bool
    as_scp: bool


class ReceiveWindow:
    """Stops reading the socket while too much waits, and goes on when half of it is taken."""

    __slots__ = ("_high_water", "_pause", "_resume", "_waiting", "is_closed")

    def __init__(
        self, high_water: int, pause: Callable[[], None], resume: Callable[[], None]
    ) -> None:
        self._high_water = high_water
        self._pause = pause
        self._resume = resume
        self._waiting = 0
        self.is_closed = False

    def fill(self, cost: int) -> None:
        """Take note of what arrived."""
        self._waiting += cost
        if self._waiting > self._high_water and not self.is_closed:
            self.is_closed = True
            self._pause()

    def empty(self, cost: int) -> None:
        """Take note of what was taken out."""
        self._waiting -= cost
        if self.is_closed and self._waiting <= self._high_water // 2:
            self.is_closed = False
            self._resume()


class IncomingMessage:
    """One request or response; its data set is read while it arrives."""

    __slots__ = (
        "_error",
        "_fragments",
        "_is_complete",
        "_is_discarded",
        "_reader",
        "_window",
        "command",
        "context",
    )

    def __init__(self, context: AcceptedContext, command: Command, window: ReceiveWindow) -> None:
        self.context = context
        self.command = command
        self._window = window
        self._fragments: deque[memoryview] = deque()
        self._is_complete = not command.has_data_set
        self._is_discarded = False
        self._error: AssociationLost | None = None
        self._reader: asyncio.Future[None] | None = None
        window.fill(_MESSAGE_COST)

    async def fragments(self) -> AsyncIterator[memoryview]:
        """Stream the data set; views stay valid for as long as they are held.

        A peer that stalls is aborted by the connection's own deadlines, which ends the wait.

        Raises:
            AssociationLost: before the data set was complete.
        """
        waiting = self._fragments
        while True:
            while waiting:
                fragment = waiting.popleft()
                self._window.empty(len(fragment) + _FRAGMENT_COST)
                yield fragment
            if self._is_complete or self._is_discarded:
                return
            if self._error is not None:
                raise self._error
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader

    async def read(self, limit: int) -> bytes:
        """Return the whole data set.

        Raises:
            DataSetTooLong: more than `limit` bytes; the rest is discarded.
            AssociationLost: before the data set was complete.
        """
        parts = []
        length = 0
        async for fragment in self.fragments():
            length += len(fragment)
            if length > limit:
                self.drop()
                raise DataSetTooLong("a data set is longer than we take here")
            parts.append(fragment)
        return b"".join(parts)

    async def discard(self) -> None:
        """Drop the rest of the data set, now and as it arrives; `receive()` does so by itself."""
        self.drop()

    def drop(self) -> None:
        """Drop what waits and what is still to come."""
        self._is_discarded = True
        while self._fragments:
            self._window.empty(len(self._fragments.popleft()) + _FRAGMENT_COST)

    def taken(self) -> None:
        """Take note that a reader has it: it counts as waiting no more."""
        self._window.empty(_MESSAGE_COST)

    def arrive(self, fragment: memoryview, *, is_last: bool) -> None:
        """Add a part of the data set, from the connection."""
        if fragment and not self._is_discarded:
            self._fragments.append(fragment)
            self._window.fill(len(fragment) + _FRAGMENT_COST)
        self._is_complete = is_last
        self._wake()

    def fail(self, error: AssociationLost) -> None:
        """Let the reader see that no more comes, unless everything came."""
        self._error = error
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
