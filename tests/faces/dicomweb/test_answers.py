"""Bytes on their way out."""

import secrets
from collections.abc import AsyncIterator

import pytest
from litestar.response import Stream
from tests.faces.conftest import Shelf

from sonarium.faces.dicomweb.answers import Part, ShortPart, at_hand, multipart
from sonarium.faces.room import Room


def endless(pieces: int) -> Part:
    async def stream() -> AsyncIterator[bytes]:
        for _ in range(pieces):
            yield bytes(1000)

    return Part({"Content-Type": "a/b"}, pieces * 1000, stream)


async def streamed(answer: object) -> list[bytes]:
    assert isinstance(answer, Stream)
    return [piece async for piece in answer.iterator]  # type: ignore[union-attr, misc]


async def test_a_short_message_is_sent_at_once() -> None:
    answer = await multipart([at_hand(b"one", "a/b"), at_hand(b"two", "a/b")], "a/b", '"tag"')
    assert isinstance(answer.content, bytes)  # type: ignore[union-attr]
    assert answer.content.count(b"Content-Type: a/b") == 2  # type: ignore[union-attr]
    assert answer.headers["ETag"] == '"tag"'


async def test_a_long_message_streams_with_the_length_that_it_will_have() -> None:
    answer = await multipart([endless(10_000), endless(3)], "a/b", '"tag"')
    pieces = await streamed(answer)
    assert sum(map(len, pieces)) == int(answer.headers["Content-Length"])
    assert max(map(len, pieces)) < 140_000


async def test_a_message_of_some_megabytes_is_in_few_pieces_while_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sonarium.faces.dicomweb.answers.ROOM", Room(1 << 62))
    monkeypatch.setattr(secrets, "token_hex", lambda size: "b" * 2 * size)
    parts: list[Part | ShortPart] = [endless(1000), at_hand(b"two", "a/b"), endless(1000)]
    with_room = await multipart(parts, "a/b", '"tag"')
    pieces = await streamed(with_room)
    assert [len(piece) // 100_000 for piece in pieces] == [6, 6, 6, 0]
    monkeypatch.setattr("sonarium.faces.dicomweb.answers.ROOM", Room(0))
    without = await multipart(parts, "a/b", '"tag"')
    chunks = await streamed(without)
    assert b"".join(chunks) == b"".join(pieces)
    assert max(map(len, chunks)) < 140_000
    for answer in (with_room, without):
        assert int(answer.headers["Content-Length"]) == sum(map(len, pieces))
    short = await multipart([at_hand(b"one", "a/b")], "a/b", '"tag"')
    assert isinstance(short.content, bytes)  # type: ignore[union-attr]


async def test_a_message_of_some_hundred_kilobytes_is_whole_while_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for room, is_whole in ((1 << 62, True), (0, False)):
        monkeypatch.setattr("sonarium.faces.dicomweb.answers.ROOM", Room(room))
        answer = await multipart([endless(200)], "a/b", '"tag"')
        assert isinstance(answer, Stream) is not is_whole


async def test_a_part_of_unknown_length_leaves_the_message_without_one() -> None:
    part = Part({"Content-Type": "a/b"}, None, endless(5).stream)
    answer = await multipart([part], "a/b", '"tag"')
    assert "Content-Length" not in answer.headers
    assert b"".join(await streamed(answer)).count(b"\0") == 5000


@pytest.mark.parametrize("wanted", ["bytes=5-2", "bytes=a-b", "pages=1-2", "bytes=0-1,3-4"])
async def test_a_range_that_makes_no_sense_asks_for_everything(shelf: Shelf, wanted: str) -> None:
    path = shelf.instance("basic-text-sr")
    answer = await shelf.get(path, Accept="application/dicom", Range=wanted)
    assert answer.status_code == 200


async def test_head_tells_the_length_and_sends_nothing(shelf: Shelf) -> None:
    path = f"/dicom-web{shelf.instance('basic-text-sr')}"
    whole = await shelf.web.client.get(path, headers={"Accept": "application/dicom"})
    head = await shelf.web.client.head(path, headers={"Accept": "application/dicom"})
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.content == b""
