"""Listeners and peers on loopback, closed when the test ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

import pytest

from sonarium.net.acceptor import DimseServer, serve_dimse
from sonarium.net.association import Association
from sonarium.net.negotiation import Acceptance, AssociateRequest, Rejection, answer_contexts
from sonarium.net.requestor import PeerAddress, Proposal, associate, number_contexts
from sonarium.net.settings import AssociationSettings, DimseNetSettings, TLSSettings

Serve: TypeAlias = Callable[..., Awaitable[DimseServer]]
Call: TypeAlias = Callable[..., Awaitable[Association]]

QUICK: dict[str, object] = {
    "artim": timedelta(seconds=2),
    "release_timeout": timedelta(seconds=2),
    "response_timeout": timedelta(seconds=5),
    "send_timeout": timedelta(seconds=5),
}
VERIFICATION = "1.2.840.10008.1.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"


def accept_all(request: AssociateRequest) -> Acceptance | Rejection:
    """Take every context with its first transfer syntax, and every role asked for."""
    return Acceptance(
        contexts=answer_contexts(request, lambda context: context.transfer_syntaxes[0]),
        roles=request.roles,
    )


async def echo(association: Association) -> None:
    """Answer every request with success and confirm the release."""
    while (message := await association.receive()) is not None:
        command = message.command
        await association.send(
            message.context.context_id,
            type(command)(
                field=command.field.response,
                message_id_responded_to=command.message_id,
                status=0,
            ),
        )
    await association.confirm_release()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start listeners on free ports: `serve(converse=…, negotiate=…, **settings)`."""
    servers: list[DimseServer] = []

    async def start(
        converse: Callable[[Association], Awaitable[None]] = echo,
        negotiate: Callable[[AssociateRequest], Acceptance | Rejection] = accept_all,
        **settings: object,
    ) -> DimseServer:
        listener = DimseNetSettings.model_validate({"port": 0, **QUICK, **settings})
        server = await serve_dimse(listener, negotiate, converse)
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.close(timedelta(0))


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    """Open associations: `call(server, proposal=…, tls=…, **settings)`."""
    associations: list[Association] = []

    async def start(
        server: DimseServer,
        proposal: Proposal | None = None,
        tls: TLSSettings | None = None,
        **settings: object,
    ) -> Association:
        asked = proposal or Proposal(
            calling_ae_title="SCANNER",
            called_ae_title="ARCHIVE",
            presentation_contexts=number_contexts((VERIFICATION, (IMPLICIT_LITTLE,))),
        )
        association = await associate(
            PeerAddress("127.0.0.1", server.port, tls),
            asked,
            AssociationSettings.model_validate({**QUICK, **settings}),
        )
        associations.append(association)
        return association

    yield start
    for association in associations:
        await association.abort()


class RawPeer:
    """A peer that says exactly the bytes it is given."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, content: bytes) -> None:
        """Send bytes."""
        self.writer.write(content)
        await self.writer.drain()

    async def hear(self, length: int) -> bytes:
        """Read exactly so many bytes."""
        async with asyncio.timeout(5):
            return await self.reader.readexactly(length)

    async def hear_pdu(self) -> bytes:
        """Read one PDU."""
        header = await self.hear(6)
        return header + await self.hear(int.from_bytes(header[2:], "big"))

    async def hear_all(self) -> bytes:
        """Read until the other side closes; a reset closes too."""
        heard = b""
        async with asyncio.timeout(5):
            while True:
                try:
                    part = await self.reader.read(65536)
                except ConnectionResetError:
                    return heard
                if not part:
                    return heard
                heard += part


@pytest.fixture
async def raw() -> AsyncIterator[Callable[[DimseServer], Awaitable[RawPeer]]]:
    """Open plain connections: `raw(server)`."""
    peers: list[RawPeer] = []

    async def connect(server: DimseServer) -> RawPeer:
        peer = RawPeer(*await asyncio.open_connection("127.0.0.1", server.port))
        peers.append(peer)
        return peer

    yield connect
    for peer in peers:
        peer.writer.transport.abort()
