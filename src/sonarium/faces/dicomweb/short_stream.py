"""A stream so short that it may be read to its end for a caller who has left.

The web framework listens, in a task beside each stream, for the caller to leave. For an answer of
a few megabytes that costs more than it can save.
"""

from collections.abc import AsyncIterator, Mapping

from litestar.response import Stream
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send


class _Chunks(ASGIResponse):
    """Sends one chunk after the other, the last one as the last."""

    __slots__ = ("_chunks",)
    _should_set_content_length = False

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        media_type: str,
        headers: dict[str, str],
        status_code: int | None,
    ) -> None:
        super().__init__(media_type=media_type, headers=headers, status_code=status_code)
        self._chunks = chunks

    async def send_body(self, send: Send, receive: Receive) -> None:  # noqa: ARG002 - see above
        """Send what the stream gives."""
        before = b""
        async for chunk in self._chunks:
            if before:
                await send({"type": "http.response.body", "body": before, "more_body": True})
            before = chunk
        await send({"type": "http.response.body", "body": before, "more_body": False})


class ShortStream(Stream):
    """An answer that is sent as it is made; of known length, and to GET alone."""

    def __init__(
        self, chunks: AsyncIterator[bytes], media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(chunks, media_type=media_type, headers=headers)
        self._chunks = chunks
        self._type = media_type
        self._own_headers = dict(headers)

    def to_asgi_response(
        self,
        *_: object,
        headers: dict[str, str] | None = None,
        status_code: int | None = None,
        **_unused: object,
    ) -> ASGIResponse:
        """Return what sends it; called by the web framework."""
        given = {**(headers or {}), **self._own_headers}
        return _Chunks(self._chunks, self._type, given, status_code)
