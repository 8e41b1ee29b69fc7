"""Ends a request whose body comes too slowly, and an answer that is taken too slowly.

The web server has a deadline for the head of a request and none for what follows. A connection
is a place among a bounded number of them, so a peer that holds one and does nothing with it
keeps somebody else out. Only the time that we wait for the peer counts, so a store that
hesitates blames nobody.

What one person or program has asked for and not yet taken is in our memory. So each has so many
answers under way, and further requests of theirs wait.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from litestar.enums import ScopeType
from litestar.exceptions import ClientException
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    HTTPResponseBodyEvent,
    Message,
    Receive,
    Scope,
    Send,
)
from pydantic import BaseModel, Field

from sonarium.faces.room import Room

_REQUEST_TIMEOUT: Final = 408
_PIECE_BYTES: Final = 512 * 1024
"""Where memory is short, a longer answer goes in pieces, so that we know when it was taken."""
_Result = TypeVar("_Result")


class FlowSettings(BaseModel, frozen=True, extra="forbid"):
    """The least pace of whoever talks HTTP with us."""

    least_bytes: int = Field(default=16 * 1024, ge=1)
    """What a peer must send, or take, in each window, unless less is left."""
    sending_window: timedelta = timedelta(seconds=8)
    """The time that a peer is waited for while it sends `least_bytes` of a body."""
    taking_window: timedelta = timedelta(seconds=30)
    """The time that a peer is waited for while it takes `least_bytes` of an answer, and for
    which it may acknowledge none of what is on its way."""
    answers_at_once: int = Field(default=64, ge=1)
    """Answers to one person or program that are under way; further requests of theirs wait."""


class TooSlow(ClientException):
    """The peer keeps us waiting."""

    status_code = _REQUEST_TIMEOUT


class BrokenOff(ClientException):
    """The body ended before its end, or was no body at all."""


class _Pace:
    """Measures how long a peer was waited for, and what it moved meanwhile."""

    def __init__(self, window: timedelta, least_bytes: int) -> None:
        self._window_s = window.total_seconds()
        self._least_bytes = least_bytes
        self._waited_s = 0.0
        self._moved = 0

    async def wait_for(self, step: Callable[[], Awaitable[_Result]]) -> _Result:
        """Wait for the peer's next step.

        Raises:
            TimeoutError: the window is over, and too little was moved in it.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(max(0.0, self._window_s - self._waited_s)):
                return await step()
        finally:
            self._waited_s += loop.time() - began

    def note(self, size: int) -> None:
        """Count what was moved; enough of it begins a new window."""
        self._moved += size
        if self._moved >= self._least_bytes:
            self._moved, self._waited_s = 0, 0.0


@dataclass(slots=True)
class _Queue:
    """The places of one caller, while anybody is at one of them or waits."""

    places: asyncio.Semaphore
    users: int = 0


class _Turns:
    """Bounds how many requests of each caller are under way."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._queues: dict[str, _Queue] = {}

    async def enter(self, caller: str, until: AsyncExitStack) -> None:
        """Wait for a place, which is given back when the stack is closed."""
        queue = self._queues.setdefault(caller, _Queue(asyncio.Semaphore(self._places)))
        queue.users += 1
        until.callback(self._leave, caller, queue)
        await until.enter_async_context(queue.places)

    def _leave(self, caller: str, queue: _Queue) -> None:
        queue.users -= 1
        if not queue.users:
            del self._queues[caller]


@dataclass(slots=True)
class _Request:
    turns: _Turns
    until: AsyncExitStack


_REQUEST: ContextVar[_Request | None] = ContextVar("request", default=None)


async def take_place(caller: str) -> None:
    """Wait until fewer requests of a caller who was recognized are under way than may be."""
    request = _REQUEST.get()
    if request is not None:
        await request.turns.enter(caller, request.until)


def flow_guard(app: ASGIApp, settings: FlowSettings, room: Room) -> ASGIApp:
    """Wrap the application so that no peer is waited for without end.

    Args:
        app: an ASGI application.
        settings: the least pace.
        room: whether long answers may be handed over whole.
    """

    turns = _Turns(settings.answers_at_once)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        body = _IncomingBody(receive, settings)
        async with AsyncExitStack() as until:
            _REQUEST.set(_Request(turns, until))
            answer = _OutgoingAnswer(send, settings, room)
            await app(scope, body.receive, answer.send)

    return guarded


class _IncomingBody:
    """Gives the messages of one request on, at the least pace."""

    def __init__(self, receive: Receive, settings: FlowSettings) -> None:
        self._receive = receive
        self._pace = _Pace(settings.sending_window, settings.least_bytes)
        self._is_complete = False

    async def receive(self) -> HTTPReceiveMessage:
        """Wait for the next message.

        Raises:
            TooSlow: the body stopped coming, or drips.
            BrokenOff: it ends without being complete.
        """
        if self._is_complete:  # what comes now is the end of the connection, whenever that is
            return await self._receive()  # type: ignore[return-value]  # of this HTTP scope
        try:
            message = await self._pace.wait_for(self._receive)
        except TimeoutError:
            raise TooSlow("The body stopped coming.", headers={"Connection": "close"}) from None
        if message["type"] == "http.disconnect":
            self._is_complete = True
            raise BrokenOff("The body ends before its end.")
        if message["type"] == "http.request":
            self._is_complete = not message.get("more_body", False)
            self._pace.note(len(message.get("body", b"")))
        return message  # type: ignore[return-value]  # of this HTTP scope


class _OutgoingAnswer:
    """Gives the messages of one answer on; a stream is given up when nobody takes it."""

    def __init__(self, send: Send, settings: FlowSettings, room: Room) -> None:
        self._send = send
        self._room = room
        self._pace = _Pace(settings.taking_window, settings.least_bytes)

    async def send(self, message: Message) -> None:
        """Send the next message.

        Raises:
            TooSlow: the peer does not take what was sent before.
        """
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        if message.get("more_body", False):
            await self._at_pace(message)
            return
        content = message.get("body", b"")
        if len(content) <= _PIECE_BYTES or self._room.has_room():
            await self._send(message)  # the server takes it at once
            return
        at = 0
        while len(content) - at > _PIECE_BYTES:
            piece = content[at : at + _PIECE_BYTES]
            await self._at_pace({**message, "body": piece, "more_body": True})
            at += _PIECE_BYTES
        await self._send({**message, "body": content[at:], "more_body": False})

    async def _at_pace(self, message: HTTPResponseBodyEvent) -> None:
        try:
            await self._pace.wait_for(lambda: self._send(message))
        except TimeoutError:
            raise TooSlow("The answer is not taken.") from None
        self._pace.note(len(message["body"]))
