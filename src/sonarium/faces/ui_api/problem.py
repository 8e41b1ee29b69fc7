"""Refusals as problem details (RFC 9457): what is wrong and what to do, no patient data."""

import msgspec
from litestar.types import Send

from sonarium.faces.ui_api.model import Problem

MEDIA_TYPE = "application/problem+json"


async def send_problem(send: Send, status: int, title: str, detail: str) -> None:
    """Answer with a problem document."""
    body = msgspec.json.encode(Problem(status=status, title=title, detail=detail))
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", MEDIA_TYPE.encode()), (b"cache-control", b"no-store")],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
