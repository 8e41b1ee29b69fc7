"""Application entities of our own making on loopback, for what opens associations."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from sonarium.net.acceptor import serve_dimse
from sonarium.net.association import Association, IncomingMessage
from sonarium.net.negotiation import Acceptance, AssociateRequest, answer_contexts
from sonarium.net.requestor import PeerAddress
from sonarium.net.settings import AssociationSettings, DimseNetSettings
from sonarium.wire.dimse.command import Command
from sonarium.wire.upper_layer.presentation_context import ContextResult, ProposedContext

QUICK = AssociationSettings(
    connect_timeout=timedelta(seconds=5),
    associate_timeout=timedelta(seconds=5),
    response_timeout=timedelta(seconds=5),
    release_timeout=timedelta(seconds=2),
)


class Peer:
    """A peer that keeps what it gets and answers with a status."""

    def __init__(
        self,
        *,
        takes: Callable[[ProposedContext], str | None] = lambda it: it.transfer_syntaxes[0],
        status_of: Callable[[Command], int | None] = lambda _: 0,
    ) -> None:
        self._takes = takes
        self._status_of = status_of
        self.requests: list[AssociateRequest] = []
        self.received: list[tuple[Command, str, bytes]] = []
        self.before_response: Callable[[Association], Awaitable[None]] | None = None
        self.address = PeerAddress("127.0.0.1", 0)

    def negotiate(self, request: AssociateRequest) -> Acceptance:
        """Accept what the peer takes, and every role."""
        self.requests.append(request)
        return Acceptance(
            contexts=answer_contexts(
                request,
                lambda context: (
                    self._takes(context) or ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED
                ),
            ),
            roles=request.roles,
        )

    async def converse(self, association: Association) -> None:
        """Answer until the release."""
        while (message := await association.receive()) is not None:
            await self._answer(association, message)
        await association.confirm_release()

    async def _answer(self, association: Association, message: IncomingMessage) -> None:
        command = message.command
        data_set = await message.read(100_000_000)
        self.received.append((command, message.context.transfer_syntax, data_set))
        if self.before_response is not None:
            await self.before_response(association)
        await association.send(
            message.context.context_id,
            Command(
                field=command.field.response,
                message_id_responded_to=command.message_id,
                affected_sop_class_uid=command.affected_sop_class_uid,
                affected_sop_instance_uid=command.affected_sop_instance_uid,
                status=self._status_of(command),
            ),
        )


@asynccontextmanager
async def listening(peer: Peer) -> AsyncIterator[PeerAddress]:
    """Run a peer on a free port."""
    server = await serve_dimse(
        DimseNetSettings(port=0, artim=timedelta(seconds=2)), peer.negotiate, peer.converse
    )
    peer.address = PeerAddress("127.0.0.1", server.port)
    try:
        yield peer.address
    finally:
        await server.close(timedelta(0))
