"""Answers of some megabytes, sent so that the caller reads while we do (ADR 0042)."""

from typing import Any, cast

from litestar import Litestar, Request
from litestar.response import Stream
from litestar.response.base import ASGIResponse
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import HTTPResponseBodyEvent, Receive, Scope, Send


class InPieces(Stream):
    """A stream of a few large pieces, of known length: each is on its way while we read the next.

    Nobody listens meanwhile for the end of the connection, which costs as much as some pieces:
    where nobody takes them the flow guard ends it. What cannot be read at all is told properly,
    because the first piece is there before the answer begins.
    """

    def to_asgi_response(
        self,
        app: Litestar | None,
        request: Request[Any, Any, Any],
        **given: Any,  # noqa: ANN401  # what Litestar knows of the route
    ) -> ASGIResponse:
        """Return what Litestar sends."""
        made = super().to_asgi_response(app, request, **given)
        return _SentInPieces(
            cast("ASGIStreamingResponse", made), int(self.headers["Content-Length"])
        )


class _SentInPieces(ASGIResponse):
    """Sends what another answer would."""

    def __init__(self, made: ASGIStreamingResponse, length: int) -> None:
        self._made = made
        self._left = length

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the answer."""
        has_begun = False
        async for piece in self._made.iterator:
            if not has_begun:
                await self._made.start_response(send)
                has_begun = True
            self._left -= len(piece)
            await send(_event(piece, has_more=self._left > 0))


def _event(piece: str | bytes, *, has_more: bool) -> HTTPResponseBodyEvent:
    return {"type": "http.response.body", "body": cast("bytes", piece), "more_body": has_more}
