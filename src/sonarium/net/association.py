"""An established association: messages in, messages out, release and abort."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sonarium.base.errors import PeerError
from sonarium.wire.dimse.command import Command
from sonarium.wire.upper_layer.user_information import AsynchronousOperationsWindow


class AssociationLost(PeerError):
    """The association ended without release: abort, broken connection, or a deadline."""


@dataclass(frozen=True, slots=True)
class AcceptedContext:
    """A presentation context both sides agreed on; `as_scu` and `as_scp` are our own roles."""

    context_id: int
    abstract_syntax: str
    transfer_syntax: str
    as_scu: bool
    as_scp: bool


class IncomingMessage:
    """One request or response; its data set is read while it arrives."""

    context: AcceptedContext
    command: Command

    def fragments(self) -> AsyncIterator[memoryview]:
        """Stream the data set; views stay valid for as long as they are held.

        Raises:
            AssociationLost: before the data set was complete.
        """
        raise NotImplementedError

    async def read(self, limit: int) -> bytes:
        """Return the whole data set.

        Raises:
            DataSetTooLong: more than `limit` bytes; the rest is discarded.
            AssociationLost: before the data set was complete.
        """
        raise NotImplementedError

    async def discard(self) -> None:
        """Read the rest of the data set and drop it; `receive()` does so by itself."""
        raise NotImplementedError


class Operation:
    """One request of ours and its responses; several may be outstanding at once."""

    message_id: int

    async def response(self) -> IncomingMessage:
        """Return the next response; read its data set before asking for another.

        Raises:
            AssociationLost: there will be none, or it took longer than `response_timeout`.
        """
        raise NotImplementedError

    def responses(self) -> AsyncIterator[IncomingMessage]:
        """Stream the responses up to and with the final one."""
        raise NotImplementedError

    async def cancel(self) -> None:
        """Send C-CANCEL-RQ; responses still follow until the final one."""
        raise NotImplementedError


class Association:
    """An established association, as acceptor or requestor."""

    calling_ae_title: str
    called_ae_title: str
    peer_address: str
    association_id: str
    contexts: Mapping[int, AcceptedContext]
    extended_negotiation: Mapping[str, bytes]
    window: AsynchronousOperationsWindow
    user_identity_response: bytes | None

    @property
    def is_established(self) -> bool:
        """Tell whether messages can still be sent."""
        raise NotImplementedError

    async def receive(self) -> IncomingMessage | None:
        """Return the next request, or response that no `Operation` waits for.

        None means that the peer asked to release: finish, then `confirm_release()`. What is
        unread of the message before is discarded.

        Raises:
            AssociationLost: abort, broken connection, idle or stalled peer.
        """
        raise NotImplementedError

    async def send(
        self,
        context_id: int,
        command: Command,
        data_set: bytes | memoryview | AsyncIterable[bytes | memoryview] | None = None,
    ) -> None:
        """Send one message; `has_data_set` of the command must tell whether one follows."""
        raise NotImplementedError

    async def send_many(
        self, context_id: int, messages: Iterable[tuple[Command, bytes | None]]
    ) -> None:
        """Send many small messages with few writes."""
        raise NotImplementedError

    async def invoke(
        self,
        context_id: int,
        command: Command,
        data_set: bytes | memoryview | AsyncIterable[bytes | memoryview] | None = None,
    ) -> Operation:
        """Send a request under a message id of ours (any in `command` is replaced).

        Waits while as many operations are outstanding as the negotiated window allows.
        """
        raise NotImplementedError

    def is_cancelled(self, message_id: int) -> bool:
        """Tell whether C-CANCEL-RQ arrived for a request not yet finally answered."""
        raise NotImplementedError

    async def confirm_release(self) -> None:
        """Answer the peer's A-RELEASE-RQ and wait, within ARTIM, until it closes."""
        raise NotImplementedError

    async def release(self) -> None:
        """Ask for release and wait for its confirmation; abort if none comes."""
        raise NotImplementedError

    async def abort(self) -> None:
        """End the association at once; nothing to do when it already ended."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release; abort when leaving by an error."""
        raise NotImplementedError
