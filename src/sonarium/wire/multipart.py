"""multipart/related as bytes come in and go out (RFC 2046, RFC 2387, PS3.18 8.6.1.2).

No socket, no clock: fed chunks, hands up headers and body pieces as soon as they are certain.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from sonarium.base.errors import PeerError

_CRLF: Final = b"\r\n"
_BLANK_LINE: Final = b"\r\n\r\n"


class MalformedMultipart(PeerError):
    """The body is not the multipart message that its Content-Type announces."""


@dataclass(frozen=True, slots=True)
class PartBegins:
    """A part and its headers, names in lower case."""

    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartData:
    """Some bytes of the part that began last."""

    content: bytes


@dataclass(frozen=True, slots=True)
class PartEnds:
    """The part that began last is complete."""


MultipartEvent = PartBegins | PartData | PartEnds


@dataclass(frozen=True, slots=True)
class MultipartLimits:
    """How much a hostile message may cost."""

    header_bytes: int = 16 * 1024
    parts: int = 20_000
    preamble_bytes: int = 64 * 1024


class _State(Enum):
    PREAMBLE = auto()
    AFTER_DELIMITER = auto()
    HEADERS = auto()
    BODY = auto()
    EPILOGUE = auto()


class MultipartReader:
    """Splits a multipart body into parts; holds at most a delimiter's worth of a part."""

    def __init__(self, boundary: str, limits: MultipartLimits | None = None) -> None:
        if not 1 <= len(boundary) <= 200:
            raise MalformedMultipart("the boundary has no usable length")
        self._mark = b"--" + boundary.encode("latin-1")
        self._delimiter = _CRLF + self._mark
        self._limits = limits or MultipartLimits()
        self._buffer = bytearray(_CRLF)  # so that a delimiter at the very start is found too
        self._state = _State.PREAMBLE
        self._parts = 0

    @property
    def is_complete(self) -> bool:
        """Tell whether the closing delimiter was read."""
        return self._state is _State.EPILOGUE

    def receive(self, content: bytes) -> Iterator[MultipartEvent]:
        """Take the next bytes; yields what they complete.

        Raises:
            MalformedMultipart: not a multipart message, or beyond the limits.
        """
        self._buffer += content
        while True:
            events = self._step()
            if events is None:
                return
            yield from events

    def _step(self) -> list[MultipartEvent] | None:
        """Take one step; None when it needs more bytes."""
        match self._state:
            case _State.PREAMBLE:
                return self._skip_preamble()
            case _State.AFTER_DELIMITER:
                return self._after_delimiter()
            case _State.HEADERS:
                return self._headers()
            case _State.BODY:
                return self._body()
            case _State.EPILOGUE:
                self._buffer.clear()
                return None

    def _skip_preamble(self) -> list[MultipartEvent] | None:
        at = self._buffer.find(self._delimiter)
        if at < 0:
            if len(self._buffer) > self._limits.preamble_bytes:
                raise MalformedMultipart("no boundary where the first part should begin")
            return None
        del self._buffer[: at + len(self._delimiter)]
        self._state = _State.AFTER_DELIMITER
        return []

    def _after_delimiter(self) -> list[MultipartEvent] | None:
        if len(self._buffer) < 2:
            return None
        if self._buffer.startswith(b"--"):
            self._state = _State.EPILOGUE
            return []
        end = self._buffer.find(_CRLF)
        if end < 0:
            if len(self._buffer) > self._limits.header_bytes:
                raise MalformedMultipart("a boundary line does not end")
            return None
        if self._buffer[:end].strip(b" \t"):
            raise MalformedMultipart("a boundary line holds more than the boundary")
        del self._buffer[:end]  # its line end stays: headers may be empty
        self._parts += 1
        if self._parts > self._limits.parts:
            raise MalformedMultipart(f"more than {self._limits.parts} parts")
        self._state = _State.HEADERS
        return []

    def _headers(self) -> list[MultipartEvent] | None:
        end = self._buffer.find(_BLANK_LINE)
        if end < 0 or end > self._limits.header_bytes:
            if len(self._buffer) > self._limits.header_bytes:
                raise MalformedMultipart("the headers of a part are too long")
            return None
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + len(_BLANK_LINE)]
        headers = {}
        for line in filter(None, lines):
            name, colon, value = line.partition(":")
            if not colon:
                raise MalformedMultipart("a header of a part has no colon")
            headers[name.strip().lower()] = value.strip()
        self._state = _State.BODY
        return [PartBegins(headers)]

    def _body(self) -> list[MultipartEvent] | None:
        at = self._buffer.find(self._delimiter)
        if at < 0:
            safe = len(self._buffer) - len(self._delimiter) + 1
            if safe <= 0:
                return None
            content = bytes(self._buffer[:safe])
            del self._buffer[:safe]
            return [PartData(content)]
        content = bytes(self._buffer[:at])
        del self._buffer[: at + len(self._delimiter)]
        self._state = _State.AFTER_DELIMITER
        return [PartData(content), PartEnds()] if content else [PartEnds()]


def part_head(boundary: str, headers: Mapping[str, str]) -> bytes:
    """Write what comes before a part's body; the first one begins the message."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"\r\n--{boundary}\r\n{lines}\r\n".encode("latin-1")


def closing(boundary: str) -> bytes:
    """Write the end of a message."""
    return f"\r\n--{boundary}--\r\n".encode("latin-1")
