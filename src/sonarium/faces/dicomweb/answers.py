"""Bytes on their way out: whole, in ranges, in parts, and not at all when nothing changed."""

import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request, Response
from litestar.datastructures import State
from litestar.response import Stream

from sonarium.faces.dicomweb.errors import RangeNotSatisfiable
from sonarium.faces.dicomweb.media_types import DICOM_XML
from sonarium.wire.multipart import closing, part_head

HTTPRequest = Request[Any, Any, State]
Answer = Response[bytes] | Stream

_WHOLE_BELOW: Final = 8 * 1024 * 1024
"""One object that is shorter is sent in one piece; a longer one streams."""
_SENT_AT_ONCE: Final = 128 * 1024
"""Of a multipart message: the reading of the next parts overlaps with the sending."""
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")
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


def tag_of(contents: Iterable[bytes]) -> str:
    """Return the entity tag of what is made of these bytes, and of nothing else."""
    digest = hashlib.sha256()
    for one in contents:
        digest.update(len(one).to_bytes(8, "little"))
        digest.update(one)
    return f'"{digest.hexdigest()[:32]}"'


def not_modified(request: HTTPRequest, entity_tag: str) -> Response[bytes] | None:
    """Return 304 when the caller has this very version (RFC 9110 13.1.2)."""
    asked = request.headers.get("if-none-match", "")
    if entity_tag in {tag.strip().removeprefix("W/") for tag in asked.split(",")}:
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
    start, length, status = _range_of(request, body.length)
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
    if length < _WHOLE_BELOW:
        whole = b"".join([chunk async for chunk in stream])
        return Response(whole, status_code=status, media_type=body.media_type, headers=headers)
    return Stream(stream, status_code=status, media_type=body.media_type, headers=headers)


async def multipart(
    parts: Sequence[Part], part_type: str, entity_tag: str, **parameters: str
) -> Answer:
    """Answer with a multipart/related message (PS3.18 8.6.1.2)."""
    boundary = secrets.token_hex(16)
    named = "".join(f'; {name}="{value}"' for name, value in parameters.items())
    media_type = f'multipart/related; type="{part_type}"; boundary={boundary}{named}'
    headers = {"ETag": entity_tag, "Cache-Control": _PRIVATE, "Vary": "Accept"}
    pieces = _pieces(parts, boundary)
    length = _length_of(parts, boundary)
    if length is not None and length < _SENT_AT_ONCE:
        whole = b"".join([piece async for piece in pieces])
        return Response(whole, media_type=media_type, headers=headers)
    if length is not None:
        headers["Content-Length"] = str(length)
    return Stream(_gathered(pieces), media_type=media_type, headers=headers)


async def xml_parts(request: HTTPRequest, documents: Sequence[bytes]) -> Answer:
    """Answer with data sets in the Native DICOM Model, one a part (PS3.18 8.7.3.2)."""
    entity_tag = tag_of(documents)
    unchanged = not_modified(request, entity_tag)
    if unchanged is not None:
        return unchanged
    return await multipart([at_hand(one, DICOM_XML) for one in documents], DICOM_XML, entity_tag)


def _length_of(parts: Sequence[Part], boundary: str) -> int | None:
    """Return how long the message will be, None when a part does not know."""
    length = len(closing(boundary)) - (2 if parts else 0)  # nothing is before the first
    for part in parts:
        if part.length is None:
            return None
        length += len(part_head(boundary, part.headers)) + part.length
    return length


async def _gathered(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join small pieces: while one batch is on its way, the next is read."""
    waiting: list[bytes] = []
    length = 0
    async for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _SENT_AT_ONCE:
            yield b"".join(waiting)
            waiting.clear()
            length = 0
    yield b"".join(waiting)


async def _pieces(parts: Sequence[Part], boundary: str) -> AsyncIterator[bytes]:
    first = True
    for part in parts:
        head = part_head(boundary, part.headers)
        yield head[2:] if first else head
        first = False
        async for piece in part.stream():
            yield piece
    yield closing(boundary)


def at_hand(whole: bytes, media_type: str, **headers: str) -> Part:
    """Make a part of bytes that are in memory already."""

    async def stream() -> AsyncIterator[bytes]:
        yield whole

    return Part({"Content-Type": media_type, **headers}, len(whole), stream)


def _range_of(request: HTTPRequest, whole: int) -> tuple[int, int, int]:
    """Return start, length and status; anything but one plain range asks for everything."""
    match = _RANGE.fullmatch(request.headers.get("range", "").strip())
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
