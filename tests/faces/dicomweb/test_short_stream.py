"""Streams that nobody listens beside."""

from collections.abc import AsyncIterator

from litestar import get
from litestar.testing import create_test_client
from litestar.types import Message

from sonarium.faces.dicomweb.short_stream import ShortStream


def chunks_of(*chunks: bytes) -> AsyncIterator[bytes]:
    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return stream()


def test_it_arrives_whole_with_its_headers_and_the_length_it_was_given() -> None:
    @get("/")
    async def answer() -> ShortStream:
        return ShortStream(chunks_of(b"one", b"two"), "a/b", {"Content-Length": "6", "ETag": '"x"'})

    with create_test_client(answer) as client:
        found = client.get("/")
    assert found.content == b"onetwo"
    assert found.headers["content-type"] == "a/b"
    assert found.headers["content-length"] == "6"
    assert found.headers["etag"] == '"x"'


async def test_the_last_chunk_is_sent_as_the_last() -> None:
    for chunks in ((), (b"one",), (b"one", b"two", b"three")):
        sent: list[Message] = []

        async def send(message: Message, sent: list[Message] = sent) -> None:
            sent.append(message)

        async def receive() -> Message:  # type: ignore[return]
            raise AssertionError("nobody has to listen")

        stream = ShortStream(chunks_of(*chunks), "a/b", {})
        await stream.to_asgi_response()({}, receive, send)  # type: ignore[arg-type]
        bodies = [message for message in sent if message["type"] == "http.response.body"]
        assert tuple(body["body"] for body in bodies) == (chunks or (b"",))
        assert [body["more_body"] for body in bodies] == [True] * (len(bodies) - 1) + [False]
