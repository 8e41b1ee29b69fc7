"""A queue of messages for one reader, which ends with a release or with an error."""

import asyncio
from collections import deque
from datetime import timedelta

from sonarium.net.errors import AssociationLost
from sonarium.net.incoming import IncomingMessage


class Mailbox:
    """Holds messages until they are asked for; what waits is bounded by the receive window."""

    __slots__ = ("_ended", "_error", "_messages", "_reader")

    def __init__(self) -> None:
        self._messages: deque[IncomingMessage] = deque()
        self._reader: asyncio.Future[None] | None = None
        self._error: AssociationLost | None = None
        self._ended = False

    @property
    def is_awaited(self) -> bool:
        """Tell whether a reader waits."""
        return self._reader is not None

    def put(self, message: IncomingMessage) -> None:
        """Add a message."""
        self._messages.append(message)
        self._wake()

    def end(self) -> None:
        """Let the reader take what is there, and then None."""
        self._ended = True
        self._wake()

    def fail(self, error: AssociationLost) -> None:
        """Let every `get` from now on raise; answers to what waits could not be sent."""
        self._error = error
        self._messages.clear()
        self._wake()

    async def get(self, patience: timedelta) -> IncomingMessage | None:
        """Return the next message, or None after the last.

        Raises:
            AssociationLost: the mailbox failed.
            TimeoutError: nothing came in time.
        """
        while not self._messages:
            if self._error is not None:
                raise self._error
            if self._ended:
                return None
            loop = asyncio.get_running_loop()
            reader = self._reader = loop.create_future()
            # Half of what `asyncio.timeout` costs, for every object that arrives.
            giving_up = loop.call_later(patience.total_seconds(), _give_up, reader)
            try:
                await reader
            finally:
                giving_up.cancel()
                self._reader = None
        return self._messages.popleft()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)


def _give_up(reader: "asyncio.Future[None]") -> None:
    if not reader.done():
        reader.set_exception(TimeoutError())
