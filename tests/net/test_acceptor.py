import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeAlias

import pytest
import structlog
import uvloop

from sonarium.net.acceptor import DimseServer, serve_dimse
from sonarium.net.association import Association, AssociationLost
from sonarium.net.negotiation import (
    CALLED_AE_TITLE_NOT_RECOGNIZED,
    LOCAL_LIMIT_EXCEEDED,
    Acceptance,
    AssociateRequest,
    Rejection,
    answer_contexts,
)
from sonarium.net.requestor import (
    AssociationRejected,
    PeerAddress,
    Proposal,
    associate,
    number_contexts,
)
from sonarium.net.settings import AssociationSettings, DimseNetSettings
from sonarium.wire.dimse.command import Command, CommandField, encode_command
from sonarium.wire.dimse.message import command_pdus
from sonarium.wire.upper_layer.pdu import (
    Abort,
    AssociateRJ,
    AssociateRQ,
    data_header,
    encode_pdu,
)
from sonarium.wire.upper_layer.presentation_context import ProposedContext
from sonarium.wire.upper_layer.user_information import UserInformation

Serve: TypeAlias = Callable[..., Awaitable[DimseServer]]
Call: TypeAlias = Callable[..., Awaitable[Association]]
Raw: TypeAlias = Callable[[DimseServer], Awaitable[Any]]

VERIFICATION = "1.2.840.10008.1.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
CONTEXTS = (ProposedContext(1, VERIFICATION, (IMPLICIT_LITTLE,)),)
REQUEST = AssociateRQ("ARCHIVE", "SCANNER", CONTEXTS, UserInformation(16384, "1.2.3"))
SOON = timedelta(milliseconds=60)
USER_ABORT = encode_pdu(Abort())
ECHO = Command(field=CommandField.C_ECHO_RQ, message_id=1, affected_sop_class_uid=VERIFICATION)
STORE = Command(field=CommandField.C_STORE_RQ, message_id=1, has_data_set=True)


def message(command: Command) -> bytes:
    return command_pdus(1, encode_command(command), 16384)


def proposal(calling: str = "SCANNER") -> Proposal:
    return Proposal(
        calling_ae_title=calling,
        called_ae_title="ARCHIVE",
        presentation_contexts=number_contexts((VERIFICATION, (IMPLICIT_LITTLE,))),
    )


async def is_gone(server: DimseServer) -> None:
    """Wait until nobody is connected."""
    async with asyncio.timeout(5):
        while server.connection_count:
            await asyncio.sleep(0)


async def is_refused(port: int) -> None:
    """Wait until nobody listens."""
    async with asyncio.timeout(5):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:  # refused, or reset by the closing listener
                return
            writer.transport.abort()


async def associated(peer: Any) -> Any:  # noqa: ANN401 - the raw peer of conftest
    await peer.say(encode_pdu(REQUEST))
    assert (await peer.hear_pdu())[0] == 2
    return peer


# Before an association ---------------------------------------------------------------------------


async def test_a_silent_peer_is_gone_with_artim(serve: Serve, raw: Raw) -> None:
    server = await serve(artim=SOON)
    peer = await raw(server)
    assert await peer.hear_all() == b""
    await is_gone(server)


async def test_a_dripping_peer_is_gone_with_artim_however_it_drips(serve: Serve, raw: Raw) -> None:
    server = await serve(artim=SOON)
    peer = await raw(server)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        hearing = group.create_task(peer.hear_all())
        for byte in encode_pdu(REQUEST)[:-1]:
            peer.writer.write(bytes([byte]))
            await asyncio.sleep(0.001)
    assert hearing.result() == b""
    await is_gone(server)


async def test_a_peer_that_stays_after_a_rejection_is_gone_with_artim(
    serve: Serve, raw: Raw
) -> None:
    server = await serve(artim=SOON, negotiate=lambda _: CALLED_AE_TITLE_NOT_RECOGNIZED)
    peer = await raw(server)
    await peer.say(encode_pdu(REQUEST))
    assert await peer.hear_all() == encode_pdu(AssociateRJ(1, 1, 7))
    await is_gone(server)


@pytest.mark.parametrize(
    ("stream", "abort"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", USER_ABORT),
        (b"\1\0\x7f\xff\xff\xff", USER_ABORT),
        (encode_pdu(REQUEST)[:60] + bytes(100), b""),
        (data_header(1, 2, is_command=True, is_last=True) + b"ab", USER_ABORT),
        (USER_ABORT, b""),
    ],
    ids=["HTTP", "a huge request", "half a request and zeros", "data first", "an abort"],
)
async def test_hostile_openings_end_by_the_state_table(
    serve: Serve, raw: Raw, stream: bytes, abort: bytes
) -> None:
    server = await serve(artim=SOON)
    peer = await raw(server)
    await peer.say(stream)
    assert await peer.hear_all() == abort
    await is_gone(server)


async def test_an_unknown_application_context_is_rejected(serve: Serve, raw: Raw) -> None:
    server = await serve()
    peer = await raw(server)
    await peer.say(encode_pdu(AssociateRQ("A", "B", CONTEXTS, UserInformation(0, "1.2"), "1.9")))
    assert await peer.hear_pdu() == encode_pdu(AssociateRJ(1, 1, 2))


async def test_the_face_decides_with_everything_it_may_know(serve: Serve, call: Call) -> None:
    seen: list[AssociateRequest] = []

    def negotiate(request: AssociateRequest) -> Acceptance | Rejection:
        seen.append(request)
        return CALLED_AE_TITLE_NOT_RECOGNIZED

    server = await serve(negotiate=negotiate)
    with pytest.raises(AssociationRejected) as rejected:
        await call(server)
    assert rejected.value.rejection == CALLED_AE_TITLE_NOT_RECOGNIZED
    (request,) = seen
    assert (request.calling_ae_title, request.peer_address) == ("SCANNER", "127.0.0.1")
    assert request.presentation_contexts == CONTEXTS


# Limits ------------------------------------------------------------------------------------------


async def test_above_the_limit_of_an_address_the_newcomer_is_told(serve: Serve, call: Call) -> None:
    server = await serve(maximum_connections_per_address=1)
    await call(server)
    with pytest.raises(AssociationRejected) as rejected:
        await call(server)
    assert rejected.value.rejection == LOCAL_LIMIT_EXCEEDED


async def test_silent_connections_give_way_to_those_that_speak(
    serve: Serve, call: Call, raw: Raw
) -> None:
    server = await serve(maximum_connections=3)
    silent = [await raw(server) for _ in range(3)]
    association = await call(server)
    assert association.is_established
    assert await silent[0].hear_all() == b""
    assert server.connection_count == 3


async def test_a_calling_ae_title_has_its_own_limit(serve: Serve, call: Call) -> None:
    server = await serve(maximum_associations_per_ae_title=1)
    first = await call(server, proposal("ONE"))
    with pytest.raises(AssociationRejected):
        await call(server, proposal("ONE"))
    await call(server, proposal("TWO"))
    await first.release()
    async with asyncio.timeout(5):
        while server.connection_count > 1:
            await asyncio.sleep(0)
    await call(server, proposal("ONE"))


async def test_a_thousand_silent_connections_keep_no_scanner_out(serve: Serve, call: Call) -> None:
    server = await serve(maximum_connections=50)
    silent = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(300)]
    association = await call(server)
    await association.release()
    assert server.connection_count <= 50
    for _, writer in silent:
        writer.transport.abort()


# Established -------------------------------------------------------------------------------------


async def test_a_message_after_another_and_then_the_release(serve: Serve, call: Call) -> None:
    server = await serve()
    association = await call(server)
    for message_id in range(1, 4):
        await association.send(1, Command(field=CommandField.C_ECHO_RQ, message_id=message_id))
        answer = await association.receive()
        assert answer is not None
        assert answer.command.field is CommandField.C_ECHO_RSP
        assert answer.command.message_id_responded_to == message_id
    await association.release()
    assert not association.is_established
    await is_gone(server)


@pytest.mark.parametrize(
    ("stream", "abort"),
    [
        (b"\x47\0\0\0\0\1x", Abort(2, 1)),
        (b"\4\0\xff\xff\xff\xff", Abort(2, 6)),
        (encode_pdu(REQUEST), Abort(2, 2)),
        (data_header(9, 2, is_command=True, is_last=True) + b"ab", Abort(2, 6)),
        (data_header(1, 2, is_command=True, is_last=True) + b"ab", Abort(0, 0)),
        (data_header(1, 2, is_command=False, is_last=True) + b"ab", Abort(0, 0)),
        (message(STORE) + message(ECHO), Abort(0, 0)),
    ],
    ids=[
        "an unknown PDU", "a huge PDU", "a second request", "a context never accepted",
        "a broken command", "a data set alone", "a command inside a data set",
    ],
)  # fmt: skip
async def test_a_broken_protocol_is_answered_by_an_abort(
    serve: Serve, raw: Raw, stream: bytes, abort: Abort
) -> None:
    server = await serve(artim=SOON)
    peer = await associated(await raw(server))
    await peer.say(stream)
    assert await peer.hear_all() == encode_pdu(abort)
    await is_gone(server)


async def test_an_idle_association_is_aborted(serve: Serve, raw: Raw) -> None:
    server = await serve(artim=SOON, idle_timeout=SOON)
    peer = await associated(await raw(server))
    assert await peer.hear_all() == USER_ABORT


async def test_an_association_at_work_is_not_idle(serve: Serve, raw: Raw) -> None:
    waited = 0

    async def work(association: Association) -> None:
        request = await association.receive()
        assert request is not None

        async def answer_late() -> None:
            nonlocal waited
            while waited < 5:
                await asyncio.sleep(SOON.total_seconds() / 3)
                waited += 1
            await association.send(
                1, Command(field=CommandField.C_ECHO_RSP, message_id_responded_to=1, status=0)
            )

        async with asyncio.TaskGroup() as group:
            group.create_task(answer_late())
            with pytest.raises(AssociationLost, match="idle"):
                await association.receive()

    server = await serve(work, artim=SOON, idle_timeout=SOON)
    peer = await associated(await raw(server))
    await peer.say(message(ECHO))
    assert (await peer.hear_pdu())[0] == 4
    assert waited == 5
    assert await peer.hear_all() == USER_ABORT


async def test_a_pdu_that_is_never_completed_is_aborted(serve: Serve, raw: Raw) -> None:
    server = await serve(artim=SOON, pdu_timeout=SOON)
    peer = await associated(await raw(server))
    await peer.say(b"\4\0\0\0\1\0" + bytes(100))
    assert await peer.hear_all() == USER_ABORT


async def test_a_message_that_drips_in_whole_pdus_is_aborted(serve: Serve, raw: Raw) -> None:
    async def read(association: Association) -> None:
        request = await association.receive()
        assert request is not None
        await request.read(1 << 20)

    server = await serve(read, artim=SOON, progress_window=SOON, progress_bytes=10_000)
    peer = await associated(await raw(server))
    await peer.say(message(STORE))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        hearing = group.create_task(peer.hear_all())
        while not hearing.done():
            peer.writer.write(data_header(1, 1, is_command=False, is_last=False) + b"x")
            await asyncio.sleep(0.005)
    assert hearing.result() == USER_ABORT


async def test_a_peer_that_takes_nothing_is_aborted(serve: Serve, raw: Raw) -> None:
    lost: asyncio.Future[AssociationLost] = asyncio.get_running_loop().create_future()

    async def flood(association: Association) -> None:
        try:
            await association.send(1, STORE, bytes(64 << 20))
        except AssociationLost as error:
            lost.set_result(error)
            raise

    server = await serve(flood, artim=SOON, send_timeout=SOON)
    await associated(await raw(server))
    async with asyncio.timeout(5):
        assert "takes no bytes" in str(await lost)
    await is_gone(server)


async def test_a_slow_receiver_stops_the_sender_instead_of_filling_memory(
    serve: Serve, raw: Raw
) -> None:
    go_on = asyncio.Event()
    received = 0

    async def slow(association: Association) -> None:
        nonlocal received
        request = await association.receive()
        assert request is not None
        await go_on.wait()
        async for fragment in request.fragments():
            received += len(fragment)
        await association.abort()

    server = await serve(slow, artim=SOON, receive_high_water=1 << 20)
    peer = await associated(await raw(server))
    chunk = data_header(1, 100_000, is_command=False, is_last=False) + bytes(100_000)
    total = 200
    sent = 0

    async def send() -> None:
        nonlocal sent
        await peer.say(message(STORE))
        for _ in range(total):
            await peer.say(chunk)
            sent += 1
        await peer.say(data_header(1, 0, is_command=False, is_last=True))

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(send())
        before = -1
        while sent != before:  # until nothing more goes out
            before = sent
            await asyncio.sleep(0.05)
        assert sent < 150
        go_on.set()
    await peer.hear_all()
    assert received == total * 100_000


async def test_a_face_that_fails_ends_its_association_alone(serve: Serve, call: Call) -> None:
    async def fail(association: Association) -> None:
        await association.receive()
        raise ZeroDivisionError

    server = await serve(fail)
    with structlog.testing.capture_logs() as logs:
        first, second = await call(server), await call(server)
        await first.send(1, ECHO)
        with pytest.raises(AssociationLost):
            await first.receive()
        assert second.is_established
        await first.abort()
        async with asyncio.timeout(5):
            while server.connection_count > 1:
                await asyncio.sleep(0)
    assert "association_failed" in {entry["event"] for entry in logs}


async def test_a_face_that_leaves_before_the_release_aborts(serve: Serve, raw: Raw) -> None:
    async def leave(association: Association) -> None:
        await association.receive()

    server = await serve(leave)
    peer = await associated(await raw(server))
    await peer.say(message(ECHO))
    assert await peer.hear_pdu() == USER_ABORT


async def test_a_face_that_leaves_with_the_release_asked_confirms_it(
    serve: Serve, call: Call
) -> None:
    async def leave(association: Association) -> None:
        assert await association.receive() is None

    server = await serve(leave)
    association = await call(server)
    await association.release()
    await is_gone(server)


# The end of the listener -------------------------------------------------------------------------


async def test_closing_lets_work_finish_and_refuses_newcomers(serve: Serve, call: Call) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(association: Association) -> None:
        request = await association.receive()
        assert request is not None
        begun.set()
        await go_on.wait()
        await association.send(
            1, Command(field=CommandField.C_ECHO_RSP, message_id_responded_to=1, status=0)
        )
        assert await association.receive() is None
        await association.confirm_release()

    server = await serve(work)
    association = await call(server)
    await association.send(1, ECHO)
    await begun.wait()
    async with asyncio.TaskGroup() as group:
        closing = group.create_task(server.close(timedelta(seconds=5)))
        await is_refused(server.port)
        go_on.set()
        assert await association.receive() is not None
        await association.release()
        await closing
    assert server.connection_count == 0


async def test_closing_aborts_what_does_not_finish(serve: Serve, raw: Raw) -> None:
    begun = asyncio.Event()

    async def never(association: Association) -> None:
        await association.receive()
        begun.set()
        await asyncio.Event().wait()

    server = await serve(never)
    peer = await associated(await raw(server))
    await peer.say(message(ECHO))
    await begun.wait()
    await server.close(SOON)
    assert await peer.hear_all() == USER_ABORT
    assert server.connection_count == 0


async def test_closing_does_not_wait_long_for_idle_associations(serve: Serve, raw: Raw) -> None:
    server = await serve()
    peer = await associated(await raw(server))
    async with asyncio.timeout(5):
        await server.close(timedelta(minutes=5))
    assert await peer.hear_all() == USER_ABORT


async def test_closing_drops_those_without_an_association(serve: Serve, raw: Raw) -> None:
    server = await serve()
    peer = await raw(server)
    async with asyncio.timeout(5):
        while not server.connection_count:
            await asyncio.sleep(0)
    await server.close(timedelta(minutes=5))
    assert await peer.hear_all() == b""


async def test_a_port_in_use_is_told_at_once(serve: Serve) -> None:
    server = await serve()
    with pytest.raises(OSError, match="in use"):
        await serve(port=server.port)


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_both_event_loops_carry_an_association(
    new_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    content = bytes(range(256)) * 8192

    async def store(association: Association) -> None:
        while (request := await association.receive()) is not None:
            data_set = await request.read(len(content))
            await association.send(
                1,
                Command(
                    field=CommandField.C_STORE_RSP,
                    message_id_responded_to=request.command.message_id,
                    status=0 if data_set == content else 0xC000,
                ),
            )
        await association.confirm_release()

    async def scenario() -> None:
        server = await serve_dimse(
            DimseNetSettings(port=0, artim=SOON),
            lambda request: Acceptance(
                contexts=answer_contexts(request, lambda context: context.transfer_syntaxes[0])
            ),
            store,
        )
        address = PeerAddress("localhost", server.port)
        async with await associate(address, proposal(), AssociationSettings()) as association:
            for _ in range(5):
                operation = await association.invoke(1, STORE, content)
                assert (await operation.response()).command.status == 0
        silent, writer = await asyncio.open_connection("127.0.0.1", server.port)
        async with asyncio.timeout(5):
            assert await silent.read() == b""
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        await server.close(timedelta(seconds=1))

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(scenario())
