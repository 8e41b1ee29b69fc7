from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from sonarium.base.errors import PeerError
from sonarium.net.errors import AssociationLost
from sonarium.net.inbox import Inbox
from sonarium.net.incoming import AcceptedContext, ReceiveWindow
from sonarium.net.operation import Operation
from sonarium.wire.dimse.command import Command, CommandField, encode_command
from sonarium.wire.upper_layer.pdu import PresentationDataValue

SOON = timedelta(seconds=5)
CONTEXT = AcceptedContext(1, "1.2", "1.3", as_scu=True, as_scp=True)


def new_inbox() -> Inbox:
    inbox = Inbox(65536, ReceiveWindow(1 << 20, lambda: None, lambda: None))
    inbox.contexts = {1: CONTEXT}
    return inbox


def command(content: Command) -> PresentationDataValue:
    return PresentationDataValue(1, True, True, memoryview(encode_command(content)))


def data(content: bytes, *, last: bool = True) -> PresentationDataValue:
    return PresentationDataValue(1, False, last, memoryview(content))


def find(message_id: int) -> Command:
    return Command(field=CommandField.C_FIND_RQ, message_id=message_id, has_data_set=True)


def response(message_id: int, status: int, *, has_data_set: bool = False) -> Command:
    return Command(
        field=CommandField.C_FIND_RSP,
        message_id_responded_to=message_id,
        status=status,
        has_data_set=has_data_set,
    )


def cancel(message_id: int) -> Command:
    return Command(field=CommandField.C_CANCEL_RQ, message_id_responded_to=message_id)


def new_operation(inbox: Inbox, message_id: int) -> Operation:
    give_up: Callable[[str], AssociationLost] = AssociationLost
    send_cancel: Callable[[int], Awaitable[None]] = NotImplemented
    operation = Operation(message_id, patience=SOON, give_up=give_up, send_cancel=send_cancel)
    inbox.operations[message_id] = operation
    return operation


async def test_a_request_is_there_before_its_data_set() -> None:
    inbox = new_inbox()
    inbox.add(command(find(1)))
    message = await inbox.requests.get(SOON)
    assert message is not None
    assert message.command == find(1)
    assert message.context == CONTEXT
    whether_inside = [inbox.is_inside_message]
    inbox.add(data(b"ab", last=False))
    inbox.add(data(b"cd"))
    assert await message.read(10) == b"abcd"
    whether_inside.append(inbox.is_inside_message)
    assert whether_inside == [True, False]
    assert inbox.message_count == 1


async def test_a_cancellation_is_a_mark_and_no_message() -> None:
    inbox = new_inbox()
    inbox.add(command(find(7)))
    inbox.add(data(b"ab"))
    inbox.add(command(cancel(7)))
    inbox.requests.end()
    assert inbox.cancelled == {7}
    assert await inbox.requests.get(SOON) is not None
    assert await inbox.requests.get(SOON) is None


def test_a_new_request_by_a_cancelled_number_is_not_cancelled() -> None:
    inbox = new_inbox()
    inbox.add(command(cancel(7)))
    inbox.add(command(find(7)))
    assert inbox.cancelled == set()


async def test_responses_go_to_their_operations_whatever_their_order() -> None:
    inbox = new_inbox()
    ended: list[int] = []
    inbox.operation_ended = lambda: ended.append(1)
    first, second = new_operation(inbox, 1), new_operation(inbox, 2)
    inbox.add(command(response(2, 0xFF00, has_data_set=True)))
    inbox.add(data(b"match"))
    inbox.add(command(response(1, 0)))
    inbox.add(command(response(2, 0)))
    assert [message.command.status async for message in first.responses()] == [0]
    found = aiter(second.responses())
    assert await (await anext(found)).read(10) == b"match"
    assert [message.command.status async for message in found] == [0]
    assert inbox.operations == {}
    assert len(ended) == 2


async def test_a_response_nobody_waits_for_is_handed_to_the_reader() -> None:
    inbox = new_inbox()
    inbox.add(command(response(9, 0)))
    message = await inbox.requests.get(SOON)
    assert message is not None
    assert message.command.message_id_responded_to == 9


async def test_a_failure_reaches_everybody_who_waits() -> None:
    inbox = new_inbox()
    operation = new_operation(inbox, 1)
    inbox.add(command(find(3)))
    message = await inbox.requests.get(SOON)
    assert message is not None
    inbox.fail(AssociationLost("gone"))
    with pytest.raises(AssociationLost):
        await operation.response()
    with pytest.raises(AssociationLost):
        await message.read(10)
    with pytest.raises(AssociationLost):
        await inbox.requests.get(SOON)


async def test_after_a_release_request_no_response_can_come() -> None:
    inbox = new_inbox()
    operation = new_operation(inbox, 1)
    inbox.end()
    with pytest.raises(AssociationLost, match="release"):
        await operation.response()
    assert await inbox.requests.get(SOON) is None


def test_the_data_set_of_a_cancellation_goes_nowhere() -> None:
    inbox = new_inbox()
    odd = Command(field=CommandField.C_CANCEL_RQ, message_id_responded_to=1, has_data_set=True)
    inbox.add(command(odd))
    inbox.add(data(b"what"))
    assert not inbox.is_inside_message


def test_what_forms_no_message_is_refused() -> None:
    with pytest.raises(PeerError):
        new_inbox().add(data(b"what"))
