import asyncio
from datetime import timedelta

import pytest

from sonarium.net.errors import AssociationLost
from sonarium.net.incoming import AcceptedContext, IncomingMessage, ReceiveWindow
from sonarium.net.mailbox import Mailbox
from sonarium.wire.dimse.command import Command, CommandField

SOON = timedelta(seconds=5)
AT_ONCE = timedelta(milliseconds=1)


def new_message() -> IncomingMessage:
    window = ReceiveWindow(10_000, lambda: None, lambda: None)
    context = AcceptedContext(1, "1.2", "1.3", as_scu=False, as_scp=True)
    return IncomingMessage(context, Command(field=CommandField.C_ECHO_RQ, message_id=1), window)


async def test_messages_come_in_order_and_then_the_end() -> None:
    mailbox = Mailbox()
    first, second = new_message(), new_message()
    mailbox.put(first)
    mailbox.put(second)
    mailbox.end()
    assert [await mailbox.get(SOON) for _ in range(3)] == [first, second, None]


async def test_a_waiting_reader_is_woken() -> None:
    mailbox = Mailbox()
    message = new_message()
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(mailbox.get(SOON))
        while not mailbox.is_awaited:
            await asyncio.sleep(0)
        mailbox.put(message)
    assert reading.result() is message
    assert not mailbox.is_awaited


async def test_a_failure_is_told_before_what_waits() -> None:
    mailbox = Mailbox()
    mailbox.put(new_message())
    mailbox.fail(AssociationLost("gone"))
    with pytest.raises(AssociationLost, match="gone"):
        await mailbox.get(SOON)


async def test_patience_ends() -> None:
    with pytest.raises(TimeoutError):
        await Mailbox().get(AT_ONCE)


async def test_a_reader_that_gave_up_loses_no_message() -> None:
    mailbox = Mailbox()
    with pytest.raises(TimeoutError):
        await mailbox.get(AT_ONCE)
    message = new_message()
    mailbox.put(message)
    assert await mailbox.get(SOON) is message
