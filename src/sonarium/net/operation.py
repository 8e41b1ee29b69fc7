"""Requests of ours under way, and the responses that belong to each (PS3.7 D.3.3.3)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

from sonarium.net.errors import AssociationLost
from sonarium.net.incoming import IncomingMessage
from sonarium.net.mailbox import Mailbox
from sonarium.wire.dimse.status import is_pending


class Operation:
    """One request of ours and its responses; several may be outstanding at once."""

    def __init__(
        self,
        message_id: int,
        *,
        patience: timedelta,
        give_up: Callable[[str], AssociationLost],
        send_cancel: Callable[[int], Awaitable[None]],
    ) -> None:
        self.message_id = message_id
        self.mailbox = Mailbox()
        self._patience = patience
        self._give_up = give_up
        self._send_cancel = send_cancel
        self._current: IncomingMessage | None = None

    async def response(self) -> IncomingMessage:
        """Return the next response; what is unread of the one before is dropped.

        Raises:
            AssociationLost: there will be none, or it took longer than `response_timeout`.
        """
        if self._current is not None:
            self._current.drop()
        try:
            message = await self.mailbox.get(self._patience)
        except TimeoutError:
            raise self._give_up("the peer did not respond in time") from None
        if message is None:
            raise AssociationLost("the peer asked for release before it responded")
        message.taken()
        self._current = message
        return message

    async def responses(self) -> AsyncIterator[IncomingMessage]:
        """Stream the responses up to and with the final one."""
        while True:
            message = await self.response()
            yield message
            status = message.command.status
            if status is None or not is_pending(status):
                return

    async def cancel(self) -> None:
        """Send C-CANCEL-RQ; responses still follow until the final one."""
        await self._send_cancel(self.message_id)
