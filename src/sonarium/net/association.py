"""An established association: messages in, messages out, release and abort."""

import asyncio
import secrets
from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Final, Self, TypeAlias

from sonarium.net.connection import Connection
from sonarium.net.errors import AssociationLost, DataSetTooLong
from sonarium.net.incoming import AcceptedContext, IncomingMessage
from sonarium.net.operation import Operation
from sonarium.wire.dimse.command import Command, CommandField, encode_command
from sonarium.wire.dimse.message import DataSetFragmenter, command_pdus, largest_fragment
from sonarium.wire.dimse.status import is_pending
from sonarium.wire.upper_layer.pdu import data_header
from sonarium.wire.upper_layer.user_information import AsynchronousOperationsWindow

__all__ = [
    "AcceptedContext",
    "Association",
    "AssociationLost",
    "DataSet",
    "DataSetTooLong",
    "IncomingMessage",
    "Operation",
]

DataSet: TypeAlias = bytes | memoryview | AsyncIterable[bytes | memoryview]
"""A data set to send; parts must not change until they were sent."""

_BATCH_LENGTH: Final = 256 * 1024
_SYNCHRONOUS: Final = AsynchronousOperationsWindow(1, 1)
_HIGHEST_MESSAGE_ID: Final = 0xFFFF


class Association:
    """An established association, as acceptor or requestor."""

    def __init__(self, connection: Connection, peer_address: str, *, is_requestor: bool) -> None:
        request, answer = connection.request, connection.answer
        if request is None or answer is None:
            raise ValueError("the connection has no association yet")
        self.calling_ae_title = request.calling_ae_title
        self.called_ae_title = request.called_ae_title
        self.peer_address = peer_address
        self.association_id = secrets.token_hex(6)
        self.contexts: Mapping[int, AcceptedContext] = connection.inbox.contexts
        self.extended_negotiation: Mapping[str, bytes] = (
            answer.user_information.extended_negotiation
        )
        self.user_identity_response = answer.user_information.user_identity_response
        self.window = answer.user_information.window or _SYNCHRONOUS
        self._connection = connection
        self._is_requestor = is_requestor
        peer = (answer if is_requestor else request).user_information
        ours = connection.settings.maximum_length_sent
        self._maximum_length = min(peer.maximum_length_received or ours, ours)
        self._current: IncomingMessage | None = None
        self._unanswered: set[int] = set()
        self._sending = asyncio.Lock()
        self._last_message_id = 0
        outstanding = self.window.maximum_invoked if is_requestor else self.window.maximum_performed
        self._slots = asyncio.Semaphore(outstanding or _HIGHEST_MESSAGE_ID - 1)
        connection.inbox.operation_ended = self._slots.release

    @property
    def is_established(self) -> bool:
        """Tell whether messages can still be sent."""
        return self._connection.is_established

    @property
    def is_idle(self) -> bool:
        """Tell whether the user waits for the next message and none has begun."""
        inbox = self._connection.inbox
        return inbox.requests.is_awaited and not inbox.is_inside_message and not self._is_at_work

    @property
    def _is_at_work(self) -> bool:
        """Tell whether we owe a response, or the peer owes us one."""
        return bool(self._unanswered or self._connection.inbox.operations)

    def find_context(
        self, abstract_syntax: str, transfer_syntax: str | None = None
    ) -> AcceptedContext | None:
        """Return an accepted context for a SOP class, and where given for a transfer syntax."""
        for context in self.contexts.values():
            if context.abstract_syntax == abstract_syntax and (
                transfer_syntax is None or context.transfer_syntax == transfer_syntax
            ):
                return context
        return None

    # Messages --------------------------------------------------------------------------------

    async def receive(self) -> IncomingMessage | None:
        """Return the next request, or response that no `Operation` waits for.

        None means that the peer asked to release: finish, then `confirm_release()`. What is
        unread of the message before is dropped.

        Raises:
            AssociationLost: abort, broken connection, idle or stalled peer.
        """
        if self._current is not None:
            self._current.drop()
            self._current = None
        settings = self._connection.settings
        patience = settings.response_timeout if self._is_requestor else settings.idle_timeout
        while True:
            try:
                message = await self._connection.inbox.requests.get(patience)
                break
            except TimeoutError:
                if not self._is_at_work:
                    raise self._connection.abort("the peer was idle for too long") from None
        if message is not None:
            message.taken()
            self._current = message
            if message.command.message_id is not None and not message.command.field.is_response:
                self._unanswered.add(message.command.message_id)
        return message

    async def send(
        self, context_id: int, command: Command, data_set: DataSet | None = None
    ) -> None:
        """Send one message; `has_data_set` of the command must tell whether one follows.

        A message that cannot be completed, because `data_set` failed or we were cancelled,
        ends the association: the peer could make nothing of its beginning.

        Raises:
            AssociationLost: abort, broken connection, or a peer that takes nothing.
        """
        encoded = self._encode(context_id, command, has_data_set=data_set is not None)
        connection = self._connection
        async with self._sending:
            if data_set is None:
                connection.send([encoded])
            elif isinstance(data_set, bytes | memoryview):
                await self._send_whole(context_id, encoded, data_set)
            else:
                await self._send_parts(context_id, encoded, data_set)
            self._note_answered(command)
            await connection.drain()

    async def send_many(
        self, context_id: int, messages: Iterable[tuple[Command, bytes | None]]
    ) -> None:
        """Send many small messages with few writes.

        Raises:
            AssociationLost: abort, broken connection, or a peer that takes nothing.
        """
        connection = self._connection
        last: tuple[Command, bytes] | None = None
        async with self._sending:
            pieces: list[bytes | memoryview] = []
            length = 0
            for command, data_set in messages:
                if last is None or command != last[0] or data_set is None:
                    has_data_set = data_set is not None
                    last = command, self._encode(context_id, command, has_data_set=has_data_set)
                    self._note_answered(command)
                pieces.append(last[1])
                length += len(last[1])
                if data_set is not None:
                    pieces.extend(self._fragments(context_id, data_set))
                    length += len(data_set)
                if length >= _BATCH_LENGTH:
                    connection.send([b"".join(pieces)])
                    pieces.clear()
                    length = 0
                    await connection.drain()
            if pieces:
                connection.send([b"".join(pieces)])
            await connection.drain()

    async def invoke(
        self, context_id: int, command: Command, data_set: DataSet | None = None
    ) -> Operation:
        """Send a request under a message id of ours (any in `command` is replaced).

        Waits while as many operations are outstanding as the negotiated window allows.

        Raises:
            AssociationLost: abort, broken connection, or a peer that takes nothing.
        """
        await self._slots.acquire()
        inbox = self._connection.inbox
        if self._connection.is_release_asked:
            self._slots.release()
            raise AssociationLost("the peer asked for release")
        message_id = self._next_message_id()
        operation = Operation(
            message_id,
            patience=self._connection.settings.response_timeout,
            give_up=self._connection.abort,
            send_cancel=lambda cancelled: self._send_cancel(context_id, cancelled),
        )
        inbox.operations[message_id] = operation
        is_sent = False
        try:
            await self.send(context_id, replace(command, message_id=message_id), data_set)
            is_sent = True
        finally:
            if not is_sent and inbox.operations.pop(message_id, None) is not None:
                self._slots.release()
        return operation

    def is_cancelled(self, message_id: int) -> bool:
        """Tell whether C-CANCEL-RQ arrived for a request not yet finally answered."""
        return message_id in self._connection.inbox.cancelled

    # The end ---------------------------------------------------------------------------------

    async def confirm_release(self) -> None:
        """Answer the peer's A-RELEASE-RQ and wait, within ARTIM, until it closes."""
        self._connection.respond_release()
        await self._connection.closed()

    async def release(self) -> None:
        """Ask for release and wait for its confirmation; abort if none comes."""
        connection = self._connection
        if connection.is_release_asked:
            await self.confirm_release()
            return
        connection.request_release()
        try:
            async with asyncio.timeout(connection.settings.release_timeout.total_seconds()):
                is_confirmed = await connection.released()
        except TimeoutError:
            is_confirmed = False
        if not is_confirmed:
            connection.abort("the peer did not confirm the release")
        await connection.closed()

    async def abort(self) -> None:
        """End the association at once; nothing to do when it already ended."""
        self._connection.abort("aborted by us")
        await self._connection.closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release; abort when leaving by an error."""
        if kind is None and self.is_established:
            await self.release()
        else:
            await self.abort()

    # How messages leave ----------------------------------------------------------------------

    def _encode(self, context_id: int, command: Command, *, has_data_set: bool) -> bytes:
        if command.has_data_set is not has_data_set:
            raise ValueError("has_data_set of a command contradicts the data set")
        if context_id not in self.contexts:
            raise ValueError("no such presentation context was accepted")
        return command_pdus(context_id, encode_command(command), self._maximum_length)

    async def _send_whole(
        self, context_id: int, encoded: bytes, data_set: bytes | memoryview
    ) -> None:
        if len(data_set) > _BATCH_LENGTH:
            await self._send_parts(context_id, encoded, _cut(data_set))
        else:
            self._connection.send([encoded, *self._fragments(context_id, data_set)])

    def _fragments(
        self, context_id: int, data_set: bytes | memoryview
    ) -> Iterable[bytes | memoryview]:
        length = len(data_set)
        if length <= largest_fragment(self._maximum_length):
            return data_header(context_id, length, is_command=False, is_last=True), data_set
        fragmenter = DataSetFragmenter(context_id, self._maximum_length)
        return [*fragmenter.add(data_set), *fragmenter.finish()]

    async def _send_parts(
        self, context_id: int, encoded: bytes, parts: AsyncIterable[bytes | memoryview]
    ) -> None:
        """Send a message whose data set comes in parts, in batches with pauses for the peer.

        The command waits for the first batch, so that a source that fails at once still
        leaves the association whole.
        """
        connection = self._connection
        fragmenter = DataSetFragmenter(context_id, self._maximum_length)
        pieces: list[bytes | memoryview] = [encoded]
        length = 0
        has_begun = is_complete = False
        try:
            async for part in parts:
                pieces.extend(fragmenter.add(part))
                length += len(part)
                if length >= _BATCH_LENGTH:
                    has_begun = True
                    connection.send(pieces)
                    pieces = []
                    length = 0
                    await connection.drain()
            pieces.extend(fragmenter.finish())
            connection.send(pieces)
            is_complete = True
        finally:
            if has_begun and not is_complete:
                connection.abort("a message could not be completed")

    def _note_answered(self, command: Command) -> None:
        """Forget a request, and its cancellation, with its final response."""
        answered = command.message_id_responded_to
        if (
            answered is not None
            and command.field.is_response
            and not (command.status is not None and is_pending(command.status))
        ):
            self._unanswered.discard(answered)
            self._connection.inbox.cancelled.discard(answered)

    async def _send_cancel(self, context_id: int, message_id: int) -> None:
        if message_id in self._connection.inbox.operations:
            await self.send(
                context_id,
                Command(field=CommandField.C_CANCEL_RQ, message_id_responded_to=message_id),
            )

    def _next_message_id(self) -> int:
        operations = self._connection.inbox.operations
        while True:
            self._last_message_id = self._last_message_id % _HIGHEST_MESSAGE_ID + 1
            if self._last_message_id not in operations:
                return self._last_message_id


async def _cut(data_set: bytes | memoryview) -> AsyncIterable[memoryview]:
    view = memoryview(data_set).cast("B")
    for start in range(0, len(view), _BATCH_LENGTH):
        yield view[start : start + _BATCH_LENGTH]
