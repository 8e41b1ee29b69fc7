import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import TypeAlias

import pytest

from sonarium.net.acceptor import DimseServer
from sonarium.net.association import Association, AssociationLost
from sonarium.net.negotiation import Acceptance, AssociateRequest
from sonarium.net.requestor import Proposal, number_contexts
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.upper_layer.presentation_context import ContextResult
from sonarium.wire.upper_layer.user_information import (
    AsynchronousOperationsWindow,
    RoleSelection,
    UserIdentity,
    UserIdentityType,
)

Serve: TypeAlias = Callable[..., Awaitable[DimseServer]]
Call: TypeAlias = Callable[..., Awaitable[Association]]

VERIFICATION = "1.2.840.10008.1.1"
US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
ECHO = Command(field=CommandField.C_ECHO_RQ, message_id=1)
STORE = Command(field=CommandField.C_STORE_RQ, message_id=1, has_data_set=True)
FIND = Command(field=CommandField.C_FIND_RQ, message_id=1, has_data_set=True)


def answer(command: Command, status: int = 0, *, has_data_set: bool = False) -> Command:
    return Command(
        field=command.field.response,
        message_id_responded_to=command.message_id,
        status=status,
        has_data_set=has_data_set,
    )


def proposal(**more: object) -> Proposal:
    contexts = number_contexts(
        (VERIFICATION, (IMPLICIT_LITTLE,)), (US_IMAGE, (EXPLICIT_LITTLE, IMPLICIT_LITTLE))
    )
    return Proposal(
        calling_ae_title="SCANNER",
        called_ae_title="ARCHIVE",
        presentation_contexts=contexts,
        **more,  # type: ignore[arg-type]
    )


async def mirror(association: Association) -> None:
    """Send every data set back with its response."""
    while (message := await association.receive()) is not None:
        context_id = message.context.context_id
        if message.command.has_data_set:
            data_set = await message.read(1 << 30)
            response = answer(message.command, has_data_set=True)
            await association.send(context_id, response, data_set)
        else:
            await association.send(context_id, answer(message.command))
    await association.confirm_release()


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


@pytest.mark.parametrize("length", [0, 1, 2, 65_000, 131_066, 131_067, 1_000_000, 5_000_001])
@pytest.mark.parametrize("maximum_length", [4096, 131_072])
async def test_a_data_set_of_any_length_goes_there_and_back(
    serve: Serve, call: Call, length: int, maximum_length: int
) -> None:
    server = await serve(mirror, maximum_length_received=maximum_length)
    content = bytes(range(251)) * (length // 251 + 1)
    content = content[:length]
    async with await call(server) as association:
        operation = await association.invoke(1, STORE, content)
        assert await (await operation.response()).read(length) == content


async def test_a_data_set_in_parts_arrives_whole(serve: Serve, call: Call) -> None:
    server = await serve(mirror)
    content = [b"a", bytes(300_000), b"", b"bc", bytes(700_001)]
    async with await call(server) as association:
        operation = await association.invoke(1, STORE, parts(*content))
        assert await (await operation.response()).read(1 << 21) == b"".join(content)


async def test_a_source_that_fails_at_once_leaves_the_association_whole(
    serve: Serve, call: Call
) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"short"
        raise FileNotFoundError

    server = await serve(mirror)
    async with await call(server) as association:
        with pytest.raises(FileNotFoundError):
            await association.send(1, STORE, failing())
        operation = await association.invoke(1, ECHO)
        assert (await operation.response()).command.status == 0


async def test_a_source_that_fails_later_ends_the_association(serve: Serve, call: Call) -> None:
    async def failing() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield bytes(100_000)
        raise FileNotFoundError

    server = await serve(mirror)
    association = await call(server)
    with pytest.raises(FileNotFoundError):
        await association.send(1, STORE, failing())
    assert not association.is_established
    with pytest.raises(AssociationLost):
        await association.receive()


async def test_many_responses_arrive_in_order(serve: Serve, call: Call) -> None:
    async def find(association: Association) -> None:
        request = await association.receive()
        assert request is not None
        pending = answer(request.command, 0xFF00, has_data_set=True)
        matches = [(pending, b"match %06d" % number) for number in range(3000)]
        await association.send_many(1, [*matches, (answer(request.command), None)])
        assert await association.receive() is None
        await association.confirm_release()

    server = await serve(find)
    async with await call(server) as association:
        operation = await association.invoke(1, FIND, b"identifier")
        found = [await message.read(99) async for message in operation.responses()]
    assert found == [*(b"match %06d" % number for number in range(3000)), b""]


async def test_a_long_response_among_many_is_cut(serve: Serve, call: Call) -> None:
    long = bytes(10_000)

    async def find(association: Association) -> None:
        request = await association.receive()
        assert request is not None
        pending = answer(request.command, 0xFF00, has_data_set=True)
        await association.send_many(1, [(pending, long), (answer(request.command), None)])
        await association.receive()

    server = await serve(find)
    async with await call(server, maximum_length_received=4096) as association:
        operation = await association.invoke(1, FIND, b"identifier")
        found = [await message.read(1 << 20) async for message in operation.responses()]
    assert found == [long, b""]


async def test_a_cancellation_is_seen_while_responses_are_sent(serve: Serve, call: Call) -> None:
    async def find(association: Association) -> None:
        while (request := await association.receive()) is not None:
            message_id = request.command.message_id
            assert message_id is not None
            pending = answer(request.command, 0xFF00, has_data_set=True)
            while not association.is_cancelled(message_id):
                await association.send(1, pending, b"match")
                await asyncio.sleep(0)
            await association.send(1, answer(request.command, 0xFE00))
            assert not association.is_cancelled(message_id)
        await association.confirm_release()

    server = await serve(find)
    async with await call(server) as association:
        for _ in range(2):
            operation = await association.invoke(1, FIND, b"identifier")
            statuses: list[int | None] = []
            async for message in operation.responses():
                if not statuses:
                    await operation.cancel()
                statuses.append(message.command.status)
            assert statuses[0] == 0xFF00
            assert statuses[-1] == 0xFE00


async def test_operations_overlap_as_far_as_the_window_allows(serve: Serve, call: Call) -> None:
    outstanding: list[Command] = []
    most = 0

    async def backwards(association: Association) -> None:
        nonlocal most
        for _ in range(6):
            request = await association.receive()
            assert request is not None
            outstanding.append(request.command)
            most = max(most, len(outstanding))
            if len(outstanding) == 3:
                while outstanding:
                    await association.send(1, answer(outstanding.pop()))
        assert await association.receive() is None
        await association.confirm_release()

    server = await serve(backwards, maximum_operations=3)
    window = AsynchronousOperationsWindow(0, 1)
    async with await call(server, proposal(window=window)) as association:
        assert association.window == AsynchronousOperationsWindow(3, 1)

        async def one() -> int | None:
            operation = await association.invoke(1, ECHO)
            response = await operation.response()
            assert response.command.message_id_responded_to == operation.message_id
            return response.command.status

        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            tasks = [group.create_task(one()) for _ in range(6)]
    assert [task.result() for task in tasks] == [0] * 6
    assert most == 3


async def test_without_a_window_one_operation_waits_for_the_other(serve: Serve, call: Call) -> None:
    server = await serve(mirror)
    async with await call(server) as association:
        first = await association.invoke(1, ECHO)
        async with asyncio.TaskGroup() as group:
            second = group.create_task(association.invoke(1, ECHO))
            await asyncio.sleep(0)
            assert not second.done()
            await first.response()
        await second.result().response()


async def test_the_acceptor_may_invoke_operations_too(serve: Serve, call: Call) -> None:
    statuses: list[int | None] = []

    async def get(association: Association) -> None:
        request = await association.receive()
        assert request is not None
        for _ in range(3):
            operation = await association.invoke(3, STORE, b"instance")
            statuses.append((await operation.response()).command.status)
        await association.send(1, answer(request.command))
        assert await association.receive() is None
        await association.confirm_release()

    role = RoleSelection(US_IMAGE, scu_role=False, scp_role=True)
    server = await serve(get)
    async with await call(server, proposal(roles=(role,))) as association:
        assert association.contexts[3].as_scp
        assert not association.contexts[3].as_scu
        await association.send(1, Command(field=CommandField.C_GET_RQ, message_id=9))
        while (message := await association.receive()) is not None:
            if message.command.field is CommandField.C_GET_RSP:
                break
            assert await message.read(100) == b"instance"
            await association.send(3, answer(message.command))
    assert statuses == [0, 0, 0]


async def test_what_is_unread_is_dropped_with_the_next_receive(serve: Serve, call: Call) -> None:
    async def careless(association: Association) -> None:
        while (message := await association.receive()) is not None:
            await association.send(1, answer(message.command))
        await association.confirm_release()

    server = await serve(careless, receive_high_water=128 * 1024)
    async with await call(server) as association:
        for _ in range(3):
            operation = await association.invoke(1, STORE, bytes(3_000_000))
            assert (await operation.response()).command.status == 0


async def test_a_peer_that_aborts_is_told_to_everybody_who_waits(serve: Serve, call: Call) -> None:
    told: list[str] = []
    gone = asyncio.Event()

    async def wait(association: Association) -> None:
        request = await association.receive()
        assert request is not None
        try:
            async with asyncio.timeout(5):
                await request.read(1 << 20)
        except AssociationLost as error:
            told.append(str(error))
        gone.set()
        with pytest.raises(AssociationLost):
            await association.send(1, answer(request.command))

    server = await serve(wait)
    association = await call(server)
    begun = asyncio.Event()

    async def unfinished() -> AsyncIterator[bytes]:
        yield bytes(300_000)
        begun.set()
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as group:
        sending = group.create_task(association.send(1, STORE, unfinished()))
        await begun.wait()
        sending.cancel()
    async with asyncio.timeout(5):
        await gone.wait()
    assert told == ["aborted by the peer's service user"]


async def test_leaving_by_an_error_aborts(serve: Serve, call: Call) -> None:
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def wait(association: Association) -> None:
        try:
            await association.receive()
        except AssociationLost as error:
            ended.set_result(str(error))

    server = await serve(wait)
    with pytest.raises(KeyError):
        async with await call(server):
            raise KeyError
    async with asyncio.timeout(5):
        assert await ended == "aborted by the peer's service user"


async def test_both_sides_may_ask_for_release_at_once(serve: Serve, call: Call) -> None:
    released = asyncio.Event()

    async def ask_too(association: Association) -> None:
        await association.receive()
        await association.release()
        released.set()

    server = await serve(ask_too)
    association = await call(server)
    await association.send(1, ECHO)
    await association.release()
    async with asyncio.timeout(5):
        await released.wait()


async def test_a_peer_that_asks_for_release_is_answered_on_leaving(
    serve: Serve, call: Call
) -> None:
    released = asyncio.Event()

    async def ask(association: Association) -> None:
        await association.release()
        released.set()

    server = await serve(ask)
    async with await call(server) as association:
        assert await association.receive() is None
    await released.wait()


async def test_a_release_nobody_confirms_ends_by_abort(serve: Serve, call: Call) -> None:
    lost = asyncio.Event()

    async def ignore(association: Association) -> None:
        await association.receive()
        try:
            while True:
                await association.send(1, ECHO)
                await asyncio.sleep(0)
        except AssociationLost:
            lost.set()

    server = await serve(ignore)
    association = await call(server, release_timeout=timedelta(milliseconds=50))
    await association.release()
    async with asyncio.timeout(5):
        await lost.wait()


async def test_what_both_sides_agreed_on_is_known(serve: Serve, call: Call) -> None:
    def negotiate(request: AssociateRequest) -> Acceptance:
        assert request.user_identity is not None
        assert request.user_identity.primary_field == b"user"
        return Acceptance(
            contexts={1: ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED, 3: IMPLICIT_LITTLE},
            extended_negotiation={US_IMAGE: b"\1\1"},
            user_identity_response=b"",
        )

    server = await serve(mirror, negotiate)
    asked = proposal(
        extended_negotiation={US_IMAGE: b"\2\2"},
        user_identity=UserIdentity(UserIdentityType.USERNAME, True, b"user"),
    )
    async with await call(server, asked) as association:
        assert set(association.contexts) == {3}
        assert association.extended_negotiation == {US_IMAGE: b"\1\1"}
        assert association.user_identity_response == b""
        assert association.find_context(VERIFICATION) is None
        assert association.find_context(US_IMAGE, EXPLICIT_LITTLE) is None
        context = association.find_context(US_IMAGE, IMPLICIT_LITTLE)
        assert context is association.contexts[3]
        with pytest.raises(ValueError, match="presentation context"):
            await association.send(1, ECHO)
        with pytest.raises(ValueError, match="has_data_set"):
            await association.send(3, STORE)


async def test_message_ids_go_round_without_those_in_use(serve: Serve, call: Call) -> None:
    server = await serve(mirror)
    async with await call(server) as association:
        association._last_message_id = 65534
        ids = []
        for _ in range(3):
            operation = await association.invoke(1, ECHO)
            await operation.response()
            ids.append(operation.message_id)
    assert ids == [65535, 1, 2]


async def test_a_peer_that_does_not_respond_is_given_up(serve: Serve, call: Call) -> None:
    async def ignore(association: Association) -> None:
        while await association.receive() is not None:
            pass

    server = await serve(ignore)
    association = await call(server, response_timeout=timedelta(milliseconds=50))
    operation = await association.invoke(1, ECHO)
    with pytest.raises(AssociationLost, match="did not respond"):
        await operation.response()
    assert not association.is_established


async def test_a_large_object_needs_little_memory(serve: Serve, call: Call) -> None:
    """200 MB go through a receiver that is slower than the sender."""
    received = 0

    async def store(association: Association) -> None:
        nonlocal received
        while (message := await association.receive()) is not None:
            async for fragment in message.fragments():
                received += len(fragment)
                if received % 7 == 0:
                    await asyncio.sleep(0)
            await association.send(1, answer(message.command))
        await association.confirm_release()

    async def film() -> AsyncIterator[bytes]:
        frame = bytes(1 << 20)
        for _ in range(200):
            yield frame

    server = await serve(store)
    async with await call(server) as association:
        tracemalloc.start()
        try:
            operation = await association.invoke(1, STORE, film())
            await operation.response()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert received == 200 << 20
    assert peak < 24 << 20
