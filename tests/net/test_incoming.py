import asyncio

import pytest

from sonarium.net.errors import AssociationLost, DataSetTooLong
from sonarium.net.incoming import AcceptedContext, IncomingMessage, ReceiveWindow
from sonarium.wire.dimse.command import Command, CommandField

CONTEXT = AcceptedContext(1, "1.2", "1.3", as_scu=False, as_scp=True)
STORE = Command(field=CommandField.C_STORE_RQ, message_id=1, has_data_set=True)


class Socket:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.orders: list[str] = []

    def pause(self) -> None:
        self.orders.append("pause")

    def resume(self) -> None:
        self.orders.append("resume")


def new_message(high_water: int = 100_000) -> tuple[IncomingMessage, Socket]:
    sock = Socket()
    window = ReceiveWindow(high_water, sock.pause, sock.resume)
    message = IncomingMessage(CONTEXT, STORE, window)
    message.taken()
    return message, sock


def view(content: bytes) -> memoryview:
    return memoryview(content)


async def test_fragments_that_wait_are_given_at_once() -> None:
    message, _ = new_message()
    message.arrive(view(b"ab"), is_last=False)
    message.arrive(view(b"cd"), is_last=True)
    assert [bytes(part) async for part in message.fragments()] == [b"ab", b"cd"]
    assert [bytes(part) async for part in message.fragments()] == []


async def test_fragments_are_given_as_they_arrive() -> None:
    message, _ = new_message()
    message.arrive(view(b"ab"), is_last=False)
    fragments = aiter(message.fragments())
    assert bytes(await anext(fragments)) == b"ab"
    async with asyncio.TaskGroup() as group:
        following = group.create_task(message.read(100))
        await asyncio.sleep(0)
        message.arrive(view(b""), is_last=False)
        await asyncio.sleep(0)
        message.arrive(view(b"cd"), is_last=True)
    assert following.result() == b"cd"


async def test_reading_stops_above_high_water_and_goes_on_at_half() -> None:
    message, sock = new_message(high_water=100_000)
    message.arrive(view(bytes(60_000)), is_last=False)
    assert sock.orders == []
    message.arrive(view(bytes(30_000)), is_last=False)
    message.arrive(view(bytes(30_000)), is_last=True)
    assert sock.orders == ["pause"]
    fragments = aiter(message.fragments())
    await anext(fragments)
    assert sock.orders == ["pause"]
    await anext(fragments)
    assert sock.orders == ["pause", "resume"]


async def test_tiny_fragments_are_bounded_by_what_they_really_cost() -> None:
    message, sock = new_message(high_water=100_000)
    for _ in range(500):
        message.arrive(view(b"x"), is_last=False)
    assert sock.orders == ["pause"]


async def test_a_data_set_above_the_limit_is_refused_and_dropped() -> None:
    message, sock = new_message()
    message.arrive(view(bytes(90_000)), is_last=False)
    message.arrive(view(bytes(90_000)), is_last=False)
    with pytest.raises(DataSetTooLong):
        await message.read(limit=1000)
    for _ in range(10):
        message.arrive(view(bytes(90_000)), is_last=False)
    assert sock.orders == ["pause", "resume"]


async def test_a_dropped_message_wakes_nobody_and_ends() -> None:
    message, _ = new_message()
    message.arrive(view(b"ab"), is_last=False)
    await message.discard()
    assert await message.read(10) == b""


async def test_a_lost_association_is_told_after_what_came() -> None:
    message, _ = new_message()
    message.arrive(view(b"ab"), is_last=False)
    message.fail(AssociationLost("gone"))
    fragments = aiter(message.fragments())
    assert bytes(await anext(fragments)) == b"ab"
    with pytest.raises(AssociationLost, match="gone"):
        await anext(fragments)


async def test_a_complete_message_is_whole_although_the_association_is_lost() -> None:
    message, _ = new_message()
    message.arrive(view(b"ab"), is_last=True)
    message.fail(AssociationLost("gone"))
    assert await message.read(10) == b"ab"
