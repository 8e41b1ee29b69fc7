"""The DICOM application entity: listens, and gives every association its conversation."""

import asyncio
import socket

from sonarium.faces.dimse.conversation import Conversation
from sonarium.faces.dimse.negotiation import Negotiator
from sonarium.faces.dimse.services import DimseServices
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.net.acceptor import DimseServer, serve_dimse
from sonarium.net.association import Association


async def serve(
    settings: DimseSettings, services: DimseServices, listener: socket.socket | None = None
) -> DimseServer:
    """Take associations from a shared listener or our own; `close` of the answer ends it."""

    async def converse(association: Association) -> None:
        async with asyncio.TaskGroup() as tasks:
            await Conversation(association, services, settings, tasks).run()

    return await serve_dimse(
        settings, Negotiator(settings, services.callers).negotiate, converse, listener
    )
