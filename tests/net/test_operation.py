from datetime import timedelta

import pytest

from sonarium.net.errors import AssociationLost
from sonarium.net.incoming import AcceptedContext, IncomingMessage, ReceiveWindow
from sonarium.net.operation import Operation
from sonarium.wire.dimse.command import Command, CommandField

CONTEXT = AcceptedContext(1, "1.2", "1.3", as_scu=True, as_scp=False)


class Side:
    """What an operation asks of its association."""

    def __init__(self) -> None:
        self.gave_up: list[str] = []
        self.cancelled: list[int] = []

    def give_up(self, reason: str) -> AssociationLost:
        self.gave_up.append(reason)
        return AssociationLost(reason)

    async def send_cancel(self, message_id: int) -> None:
        self.cancelled.append(message_id)


def new_operation(patience: timedelta = timedelta(seconds=5)) -> tuple[Operation, Side]:
    side = Side()
    return (
        Operation(3, patience=patience, give_up=side.give_up, send_cancel=side.send_cancel),
        side,
    )


def response(status: int, *, has_data_set: bool = False) -> IncomingMessage:
    command = Command(
        field=CommandField.C_FIND_RSP,
        message_id_responded_to=3,
        status=status,
        has_data_set=has_data_set,
    )
    return IncomingMessage(CONTEXT, command, ReceiveWindow(10_000, lambda: None, lambda: None))


async def test_responses_end_with_the_final_one() -> None:
    operation, _ = new_operation()
    for status in (0xFF00, 0xFF01, 0xB000, 0x0000):
        operation.mailbox.put(response(status))
    statuses = [message.command.status async for message in operation.responses()]
    assert statuses == [0xFF00, 0xFF01, 0xB000]


async def test_what_is_unread_of_a_response_is_dropped_with_the_next() -> None:
    operation, _ = new_operation()
    first = response(0xFF00, has_data_set=True)
    first.arrive(memoryview(b"unread"), is_last=True)
    operation.mailbox.put(first)
    operation.mailbox.put(response(0))
    assert await operation.response() is first
    await operation.response()
    assert await first.read(100) == b""


async def test_a_peer_that_does_not_respond_is_given_up() -> None:
    operation, side = new_operation(timedelta(milliseconds=1))
    with pytest.raises(AssociationLost):
        await operation.response()
    assert side.gave_up == ["the peer did not respond in time"]


async def test_a_cancellation_names_the_request() -> None:
    operation, side = new_operation()
    await operation.cancel()
    assert side.cancelled == [3]
