"""Verification as SCP (PS3.4 Annex A)."""

from sonarium.faces.dimse.requests import Request
from sonarium.wire.dimse.status import Status


async def verify(request: Request) -> None:
    """Answer a C-ECHO."""
    await request.respond(Status.SUCCESS)
