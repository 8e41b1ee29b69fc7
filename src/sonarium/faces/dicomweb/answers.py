"""Bytes on their way out: whole, in ranges, in parts, and not at all when nothing changed."""

import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request, Response
from litestar.datastructures import State
from litestar.response import Stream

from sonarium.faces.dicomweb.errors import RangeNotSatisfiable
from sonarium.faces.dicomweb.media_types import DICOM_XML
from sonarium.faces.dicomweb.pieces import InPieces
from sonarium.faces.room import ROOM
from sonarium.wire.multipart import closing, part_head

HTTPRequest = Request[Any, Any, State]
Answer = Response[bytes] | Stream

_WHOLE_BELOW: Final = 256 * 1024
"""An answer that is shorter is handed over whole, while there is room."""
_IN_PIECES_BELOW: Final = 8 * 1024 * 1024
"""One that is shorter is sent in few pieces, while there is room; a longer one streams."""
_PIECE: Final = 640 * 1024
_SENT_AT_ONCE: Final = 128 * 1024
"""Of a stream, or where memory is short."""
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
_TAGS: Final = re.compile(r'"[^"]*"')
_PRIVATE: Final = "private, max-age=0, must-revalidate"


@dataclass(frozen=True, slots=True)
class Body:
    """Something to send: its length is known, and any range of it can be streamed."""

    media_type: str
    length: int
    stream: Callable[[int, int], AsyncIterator[bytes]]
    entity_tag: str
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart answer; None: its length shows only when it is made."""

    headers: Mapping[str, str]
    length: int | None
    stream: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True)
class ShortPart:
    """One part of a multipart answer that is read by one step."""

    headers: Mapping[str, str]
    length: int
    read: Callable[[], Awaitable[bytes | memoryview]]
    """Called once, when the parts before are written."""


def tag_of(contents: Iterable[bytes]) -> str:
    """Return the entity tag of what is made of these bytes, and of nothing else."""
    parted = b"".join(part for one in contents for part in (len(one).to_bytes(8, "little"), one))
    return f'"{hashlib.sha256(parted).hexdigest()[:32]}"'


def weak(entity_tag: str) -> str:
    """Return the tag of what means the same and is written otherwise each time (RFC 9110 8.8.1).

    So are multipart messages, by their boundary, and what is compressed for some callers alone.
    """
    return f"W/{entity_tag}"


def not_modified(request: HTTPRequest, entity_tag: str) -> Response[bytes] | None:
    """Return 304 when the caller has this very version (RFC 9110 13.1.2)."""
    asked = request.headers.get("if-none-match", "")
    # A comma may stand within a tag, as in those of several frames.
    if asked.strip() == "*" or entity_tag.removeprefix("W/") in _TAGS.findall(asked):
        headers = {"ETag": entity_tag, "Cache-Control": _PRIVATE}
        return Response(b"", status_code=304, headers=headers)
    return None


def content(
    whole: bytes, media_type: str, entity_tag: str | None = None, **headers: str
) -> Response[bytes]:
    """Answer with something short."""
    kept = {"ETag": entity_tag, "Cache-Control": _PRIVATE} if entity_tag else {}
    return Response(whole, media_type=media_type, headers={"Vary": "Accept", **kept, **headers})


async def single(request: HTTPRequest, body: Body) -> Answer:
    """Answer with one object, or the range of it that was asked for.

    Raises:
        RangeNotSatisfiable: the range begins beyond the end.
    """
    unchanged = not_modified(request, body.entity_tag)
    if unchanged is not None:
        return unchanged
    start, length, status = _range_of(request, body.length, body.entity_tag)
    headers = {
        "ETag": body.entity_tag,
        "Cache-Control": _PRIVATE,
        "Vary": "Accept",
        "Accept-Ranges": "bytes",
        "Content-Length": str(length),
    }
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{body.length}"
    if body.file_name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{body.file_name}"'
    if request.method == "HEAD":
        return Response(b"", status_code=status, media_type=body.media_type, headers=headers)
    stream = body.stream(start, length)
    if _may_be_whole(length):
        whole = b"".join([chunk async for chunk in stream])
        return Response(whole, status_code=status, media_type=body.media_type, headers=headers)
    kind = InPieces if length < _IN_PIECES_BELOW else Stream
    return kind(stream, status_code=status, media_type=body.media_type, headers=headers)


def at_once(
    request: HTTPRequest, whole: bytes, media_type: str, entity_tag: str
) -> Response[bytes]:
    """Answer with something short, or the range of it that was asked for.

    Raises:
        RangeNotSatisfiable: the range begins beyond the end.
    """
    start, length, status = _range_of(request, len(whole), entity_tag)
    answer = content(whole, media_type, entity_tag, **{"Accept-Ranges": "bytes"})
    if status == 206:
        answer.content = whole[start : start + length]
        answer.status_code = status
        answer.headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{len(whole)}"
    return answer


async def multipart(
    parts: Sequence[Part | ShortPart], part_type: str, entity_tag: str, **parameters: str
) -> Answer:
    """Answer with a multipart/related message (PS3.18 8.6.1.2), whose tag is a weak one."""
    boundary = secrets.token_hex(16)
    named = "".join(f'; {name}="{value}"' for name, value in parameters.items())
    media_type = f'multipart/related; type="{part_type}"; boundary={boundary}{named}'
    headers = {"ETag": entity_tag, "Cache-Control": _PRIVATE, "Vary": "Accept"}
    message = _Message(parts, boundary)
    length = message.length
    if length is not None and _may_be_whole(length):
        (whole,) = [chunk async for chunk in message.chunks(lambda: length)]
        return Response(whole, media_type=media_type, headers=headers)
    if length is None or length >= _IN_PIECES_BELOW:
        kept = {} if length is None else {"Content-Length": str(length)}
        chunks = message.chunks(lambda: _SENT_AT_ONCE)
        return Stream(chunks, media_type=media_type, headers={**headers, **kept})
    headers["Content-Length"] = str(length)
    return InPieces(message.chunks(_piece_length), media_type=media_type, headers=headers)


def _may_be_whole(length: int) -> bool:
    return length < _SENT_AT_ONCE or (length < _WHOLE_BELOW and ROOM.has_room())


def _piece_length() -> int:
    return _PIECE if ROOM.has_room() else _SENT_AT_ONCE


async def xml_parts(request: HTTPRequest, documents: Sequence[bytes]) -> Answer:
    """Answer with data sets in the Native DICOM Model, one a part (PS3.18 8.7.3.2)."""
    entity_tag = weak(tag_of(documents))
    unchanged = not_modified(request, entity_tag)
    if unchanged is not None:
        return unchanged
    return await multipart([at_hand(one, DICOM_XML) for one in documents], DICOM_XML, entity_tag)


class _Message:
    """A multipart message that is being written."""

    def __init__(self, parts: Sequence[Part | ShortPart], boundary: str) -> None:
        self._parts = parts
        written: dict[int, bytes] = {}  # the parts of a message often share their headers
        self._heads = [
            written.get(id(part.headers))
            or written.setdefault(id(part.headers), part_head(boundary, part.headers))
            for part in parts
        ]
        if parts:
            self._heads[0] = self._heads[0][2:]  # nothing is before the first
        self._closing = closing(boundary)

    @property
    def length(self) -> int | None:
        """How long the message will be, None when a part does not know."""
        length = sum(map(len, self._heads)) + len(self._closing)
        for part in self._parts:
            if part.length is None:
                return None
            length += part.length
        return length

    async def chunks(self, least: Callable[[], int]) -> AsyncIterator[bytes]:
        """Write the message; each chunk but the last is as long as `least` says before it."""
        waiting = _Waiting()
        wanted = least()
        for part, head in zip(self._parts, self._heads, strict=True):
            waiting.add(head)
            if isinstance(part, ShortPart):
                waiting.add(await part.read())
            else:
                async for piece in part.stream():
                    waiting.add(piece)
                    if waiting.length >= wanted:
                        yield waiting.take()
                        wanted = least()
            if waiting.length >= wanted:
                yield waiting.take()
                wanted = least()
        waiting.add(self._closing)
        yield waiting.take()


class _Waiting:
    """Pieces that wait to be sent together."""

    def __init__(self) -> None:
        self.length = 0
        self._pieces: list[bytes | memoryview] = []

    def add(self, piece: bytes | memoryview) -> None:
        """Let one more wait."""
        self._pieces.append(piece)
        self.length += len(piece)

    def take(self) -> bytes:
        """Return what waits."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        self.length = 0
        return taken


def at_hand(whole: bytes, media_type: str) -> ShortPart:
    """Make a part of bytes that are in memory already."""

    async def read() -> bytes:
        return whole

    return ShortPart({"Content-Type": media_type}, len(whole), read)


def _range_of(request: HTTPRequest, whole: int, entity_tag: str) -> tuple[int, int, int]:
    """Return start, length and status; anything but one plain range asks for everything.

    So does the range of another version (If-Range, RFC 9110 13.1.5).
    """
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if request.headers.get("if-range", entity_tag).strip() != entity_tag:
        return 0, whole, 200
    if match is None or not (match[1] or match[2]):
        return 0, whole, 200
    if not match[1]:
        length = min(int(match[2]), whole)
        return whole - length, length, 206
    start = int(match[1])
    if start >= whole:
        raise RangeNotSatisfiable(f"the object has {whole} bytes")
    end = min(int(match[2]), whole - 1) if match[2] else whole - 1
    if end < start:
        return 0, whole, 200
    return start, end - start + 1, 206
