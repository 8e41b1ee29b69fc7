"""Peers that keep us waiting are not waited for, and our own delays are not theirs."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import cast

import pytest
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from sonarium.faces.flow_guard import (
    BrokenOff,
    FlowSettings,
    TooSlow,
    flow_guard,
    take_place,
)
from sonarium.faces.room import Room

SETTINGS = FlowSettings(
    least_bytes=100,
    sending_window=timedelta(milliseconds=200),
    taking_window=timedelta(milliseconds=200),
    answers_at_once=2,
)
PLENTY, NONE = Room(most=1 << 62), Room(most=0)
SCOPE: Scope = {"type": "http"}  # type: ignore[typeddict-item,assignment]  # all that is looked at


def part(size: int, more_body: bool = True) -> Message:
    return cast("Message", {"type": "http.request", "body": bytes(size), "more_body": more_body})


def body_of(messages: Iterable[Message], pause_s: float) -> Receive:
    waiting = iter(messages)

    async def receive() -> Message:
        await asyncio.sleep(pause_s)
        message = next(waiting, None)
        if message is None:
            await asyncio.Event().wait()
        assert message is not None
        return message

    return receive  # type: ignore[return-value]  # of this HTTP scope


async def whole_body(receive: Receive, own_pause_s: float = 0) -> int:
    """Read a request's body through the guard; return how long it was."""
    length = 0

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        nonlocal length
        while True:
            message = await receive()
            assert message["type"] == "http.request"
            length += len(message["body"])
            if not message["more_body"]:
                return
            await asyncio.sleep(own_pause_s)

    await flow_guard(app, SETTINGS, NONE)(SCOPE, receive, _no_answer)
    return length


async def _no_answer(_message: Message) -> None:
    raise AssertionError("nothing is answered here")


async def test_a_body_that_never_comes_ends_its_request() -> None:
    with pytest.raises(TooSlow) as refused:
        await whole_body(body_of([], 0))
    assert refused.value.status_code == 408
    assert refused.value.headers == {"Connection": "close"}


async def test_a_dripping_body_ends_its_request_however_often_it_drips() -> None:
    with pytest.raises(TooSlow):
        await whole_body(body_of([part(1)] * 200, 0.01))


async def test_a_slow_body_at_the_least_pace_is_taken_whole() -> None:
    assert await whole_body(body_of([*[part(100)] * 6, part(1, more_body=False)], 0.06)) == 601


async def test_the_time_that_we_take_is_not_held_against_the_sender() -> None:
    messages = [*[part(10)] * 3, part(10, more_body=False)]
    assert await whole_body(body_of(messages, 0), own_pause_s=0.15) == 40


async def test_a_body_that_breaks_off_is_the_callers_mistake() -> None:
    with pytest.raises(BrokenOff) as refused:
        await whole_body(body_of([part(10), {"type": "http.disconnect"}], 0))
    assert refused.value.status_code == 400


async def test_after_its_body_a_caller_may_stay_as_long_as_it_likes() -> None:
    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"

    receive = body_of([part(1, more_body=False), {"type": "http.disconnect"}], 0.15)
    await flow_guard(app, SETTINGS, NONE)(SCOPE, receive, _no_answer)


@pytest.mark.parametrize(("pause_s", "is_borne"), [(0.03, True), (10, False)])
async def test_a_streamed_answer_that_is_not_taken_is_given_up(
    pause_s: float, is_borne: bool
) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(10):
            await send({"type": "http.response.body", "body": bytes(60), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def send(_message: Message) -> None:
        await asyncio.sleep(pause_s if _message["type"] == "http.response.body" else 0)

    guarded = flow_guard(app, SETTINGS, NONE)
    if is_borne:
        await guarded(SCOPE, body_of([], 0), send)
    else:
        with pytest.raises(TooSlow):
            await guarded(SCOPE, body_of([], 0), send)


@pytest.mark.parametrize("has_room", [True, False])
async def test_a_long_answer_is_handed_over_whole_while_there_is_room(has_room: bool) -> None:
    whole = bytes(range(256)) * 5000
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.body", "body": whole, "more_body": False})

    async def send(message: Message) -> None:
        sent.append(message)

    room = PLENTY if has_room else NONE
    await flow_guard(app, SETTINGS, room)(SCOPE, body_of([], 0), send)
    pieces = [one["body"] for one in sent if one["type"] == "http.response.body"]
    assert b"".join(pieces) == whole
    assert max(map(len, pieces)) == (len(whole) if has_room else 512 * 1024)
    more = [] if has_room else [True, True]
    assert [one.get("more_body") for one in sent] == [*more, False]


async def test_who_takes_no_answer_gets_no_further_ones_and_keeps_nobody_else_waiting() -> None:
    taken = asyncio.Event()
    begun: list[str] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        caller = str(scope["path"])
        await take_place(caller)
        begun.append(caller)
        await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": False})

    async def send(_message: Message) -> None:
        await taken.wait()

    guarded = flow_guard(
        app, SETTINGS.model_copy(update={"taking_window": timedelta(minutes=1)}), NONE
    )
    async with asyncio.TaskGroup() as tasks:
        for caller in ("hog",) * 5 + ("other",):
            scope = cast("Scope", {"type": "http", "path": caller})
            tasks.create_task(_asking(guarded, scope, send))
        while "other" not in begun:
            await asyncio.sleep(0)
        assert begun == ["hog", "hog", "other"]
        taken.set()
    assert begun.count("hog") == 5


async def _asking(app: ASGIApp, scope: Scope, send: Send) -> None:
    await app(scope, body_of([], 0), send)


async def test_a_request_that_was_given_up_leaves_its_place() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await take_place("hog")
        await send({"type": "http.response.body", "body": bytes(1 << 20), "more_body": False})

    async def never(_message: Message) -> None:
        await asyncio.Event().wait()

    guarded = flow_guard(app, SETTINGS, NONE)
    for _ in range(3):
        with pytest.raises(TooSlow):
            await guarded(SCOPE, body_of([], 0), never)
