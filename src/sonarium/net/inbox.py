"""Sorts what arrives on an association: requests, responses to us, and cancellations."""

from collections.abc import Callable, Mapping

from sonarium.net.errors import AssociationLost
from sonarium.net.incoming import AcceptedContext, IncomingMessage, ReceiveWindow
from sonarium.net.mailbox import Mailbox
from sonarium.net.operation import Operation
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.dimse.message import CommandReceived, MessageAssembler
from sonarium.wire.dimse.status import is_pending
from sonarium.wire.upper_layer.pdu import PresentationDataValue


class Inbox:
    """Builds messages from PDVs and brings each to whoever waits for it.

    C-CANCEL-RQ becomes a mark on the request it names. Responses go to the `Operation` that
    waits for them; everything else goes to `requests`.
    """

    def __init__(self, maximum_command_length: int, window: ReceiveWindow) -> None:
        self.contexts: Mapping[int, AcceptedContext] = {}
        self.requests = Mailbox()
        self.cancelled: set[int] = set()
        self.operations: dict[int, Operation] = {}
        self.operation_ended: Callable[[], None] = lambda: None
        self._assembler = MessageAssembler(maximum_command_length)
        self._window = window
        self._current: IncomingMessage | None = None

    @property
    def is_inside_message(self) -> bool:
        """Tell whether a message has begun to arrive and is not complete."""
        return self._assembler.is_inside_message

    @property
    def message_count(self) -> int:
        """How many messages have begun."""
        return self._assembler.message_count

    def add(self, value: PresentationDataValue) -> None:
        """Take the next PDV.

        Raises:
            PeerError: it forms no message.
        """
        part = self._assembler.add(value)
        if part is None:
            return
        if isinstance(part, CommandReceived):
            self._begin(self.contexts[part.context_id], part.command)
        elif self._current is not None:
            self._current.arrive(part.fragment, is_last=part.is_last)
            if part.is_last:
                self._current = None

    def end(self) -> None:
        """The peer asked for release: nothing follows."""
        self.requests.end()
        for operation in self.operations.values():
            operation.mailbox.end()
        self._end_operations()

    def fail(self, error: AssociationLost) -> None:
        """The association is lost: wake everybody who waits."""
        self.requests.fail(error)
        if self._current is not None:
            self._current.fail(error)
        for operation in self.operations.values():
            operation.mailbox.fail(error)
        self._end_operations()

    def _begin(self, context: AcceptedContext, command: Command) -> None:
        if command.field is CommandField.C_CANCEL_RQ:
            if command.message_id_responded_to is not None:
                self.cancelled.add(command.message_id_responded_to)
            self._current = None
            return
        message = IncomingMessage(context, command, self._window)
        self._current = message if command.has_data_set else None
        if not command.field.is_response:
            if command.message_id is not None:
                self.cancelled.discard(command.message_id)  # a new request by an old number
            self.requests.put(message)
            return
        operation = self.operations.get(command.message_id_responded_to or 0)
        if operation is None:
            self.requests.put(message)
            return
        operation.mailbox.put(message)
        if command.status is None or not is_pending(command.status):
            del self.operations[operation.message_id]
            self.operation_ended()

    def _end_operations(self) -> None:
        for _ in range(len(self.operations)):
            self.operations.popitem()
            self.operation_ended()
