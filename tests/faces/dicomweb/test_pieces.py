"""Answers in pieces: the first is there before the answer begins, the last ends it."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar, get
from litestar.exceptions import LitestarException
from litestar.types import Message

from sonarium.faces.dicomweb.pieces import InPieces


async def sent(answer: InPieces) -> list[Message]:
    """Return what goes to the server when somebody asks for an answer."""
    messages: list[Message] = []

    @get("/")
    async def route() -> InPieces:
        return answer

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    app = Litestar([route], openapi_config=None)
    scope: dict[str, object] = dict.fromkeys(("client", "server"))
    scope |= {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "root_path": ""}
    scope |= {"query_string": b"", "headers": [], "scheme": "http", "http_version": "1.1"}
    scope["state"] = {}
    await app(scope, receive, send)  # type: ignore[arg-type]
    return messages


async def pieces_of(*pieces: bytes, failure: Exception | None = None) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if failure is not None:
        raise failure


def of_length(length: int, pieces: AsyncIterator[bytes]) -> InPieces:
    return InPieces(pieces, headers={"Content-Length": str(length)}, media_type="a/b")


async def test_every_piece_is_sent_by_itself_and_the_last_ends_the_answer() -> None:
    begin, *bodies = await sent(of_length(9, pieces_of(b"one", b"two", b"end")))
    headers = dict(begin["headers"])  # type: ignore[typeddict-item]
    assert (begin["status"], headers[b"content-length"]) == (200, b"9")  # type: ignore[typeddict-item]
    assert headers[b"content-type"] == b"a/b"
    assert [(one["body"], one["more_body"]) for one in bodies] == [  # type: ignore[typeddict-item]
        (b"one", True),
        (b"two", True),
        (b"end", False),
    ]


async def test_what_cannot_be_read_at_all_is_told_before_the_answer_begins() -> None:
    begin, *_ = await sent(of_length(9, pieces_of(failure=ValueError("unreadable"))))
    assert begin["status"] == 500  # type: ignore[typeddict-item]


async def test_an_answer_that_breaks_off_is_not_ended_as_if_it_were_whole() -> None:
    with pytest.raises(LitestarException, match="after response started"):
        await sent(of_length(9, pieces_of(b"one", failure=ValueError("damaged"))))
    begin, *bodies = await sent(of_length(9, pieces_of(b"one")))
    assert begin["status"] == 200  # type: ignore[typeddict-item]
    assert all(one["more_body"] for one in bodies)  # type: ignore[typeddict-item]
