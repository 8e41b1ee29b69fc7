import asyncio
import socket
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonarium.net.association import Association
from sonarium.net.connection import Connection, prepare_socket
from sonarium.net.errors import AssociationLost
from sonarium.net.settings import AssociationSettings
from sonarium.wire.dimse.command import Command, CommandField, encode_command
from sonarium.wire.dimse.message import command_pdus
from sonarium.wire.upper_layer.core import UpperLayer
from sonarium.wire.upper_layer.pdu import (
    Abort,
    AssociateAC,
    AssociateRJ,
    AssociateRQ,
    AssociationPDU,
    ReleaseRP,
    ReleaseRQ,
    data_header,
    encode_pdu,
)
from sonarium.wire.upper_layer.presentation_context import (
    AnsweredContext,
    ContextResult,
    ProposedContext,
)
from sonarium.wire.upper_layer.user_information import UserInformation

REQUEST = AssociateRQ(
    "ARCHIVE", "SCANNER", (ProposedContext(1, "1.2", ("1.3",)),), UserInformation(0, "1.2")
)
ANSWER = AssociateAC(
    "ARCHIVE",
    "SCANNER",
    (AnsweredContext(1, ContextResult.ACCEPTANCE, "1.3"),),
    UserInformation(0, "1.2"),
)


def test_a_socket_sends_at_once_and_notices_a_vanished_peer() -> None:
    with socket.socket() as sock:
        prepare_socket(sock)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert sock.gettimeout() == 0


async def connected() -> tuple[Connection, socket.socket]:
    """Connect an acceptor's connection with a plain socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        peer = socket.create_connection(listener.getsockname())
        sock, _ = listener.accept()
    prepare_socket(sock)
    connection = Connection(AssociationSettings(), sock)
    await asyncio.get_running_loop().connect_accepted_socket(lambda: connection, sock)
    return connection, peer


async def test_a_request_is_handed_up() -> None:
    connection, peer = await connected()
    with peer:
        peer.sendall(encode_pdu(REQUEST))
        assert await connection.negotiated() == REQUEST
        connection.kill()
        await connection.closed()


async def test_a_peer_that_closes_first_is_lost() -> None:
    connection, peer = await connected()
    peer.close()
    with pytest.raises(AssociationLost):
        await connection.negotiated()
    await connection.closed()
    with pytest.raises(AssociationLost):
        connection.send([b""])
    with pytest.raises(AssociationLost):
        await connection.drain()


async def test_nothing_can_be_sent_before_the_association() -> None:
    connection, peer = await connected()
    with peer:
        with pytest.raises(AssociationLost):
            connection.send([b""])
        connection.kill()
        await connection.closed()


async def test_the_first_reason_is_the_one_told() -> None:
    connection, peer = await connected()
    with peer:
        peer.sendall(encode_pdu(REQUEST))
        await connection.negotiated()
        first = connection.abort("first")
        assert connection.abort("second") is first
        assert str(connection.lost) == "first"
        connection.hang_up()
        await connection.closed()


async def test_a_connection_without_tls_has_no_certificate() -> None:
    connection, peer = await connected()
    with peer:
        assert connection.peer_certificate is None
        connection.kill()
        await connection.closed()


async def test_a_connection_that_never_opened_can_be_killed() -> None:
    with socket.socket() as sock:
        connection = Connection(AssociationSettings(), sock)
        connection.kill()
        connection.hang_up()
        with pytest.raises(AssociationLost):
            _ = connection.transport


class MemoryTransport(asyncio.Transport):
    """A transport whose other side is the test."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_read = True
        self._is_closing = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._is_closing
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self._is_closing = True

    abort = close

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True


COMMANDS = [
    Command(field=CommandField.C_ECHO_RQ, message_id=1),
    Command(field=CommandField.C_STORE_RQ, message_id=2, has_data_set=True),
    Command(field=CommandField.C_CANCEL_RQ, message_id_responded_to=2),
    Command(field=CommandField.C_FIND_RSP, message_id_responded_to=3, status=0xFF00),
]
CONTROL: list[AssociationPDU] = [
    REQUEST,
    ReleaseRQ(),
    ReleaseRP(),
    Abort(0, 0),
    AssociateRJ(1, 1, 1),
]
PDUS = st.sampled_from(
    [command_pdus(1, encode_command(command), 16384) for command in COMMANDS]
    + [
        data_header(1, 8, is_command=False, is_last=True) + b"data set",
        data_header(1, 8, is_command=False, is_last=False) + b"data set",
        *(encode_pdu(pdu) for pdu in CONTROL),
    ]
)


@settings(max_examples=200)
@given(
    pdus=st.lists(PDUS, max_size=10),
    mutations=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=3),
    cuts=st.lists(st.integers(0, 2000), max_size=6),
)
def test_hostile_bytes_after_the_association_raise_nothing_and_end_it_or_not(
    pdus: list[bytes], mutations: list[tuple[int, int]], cuts: list[int]
) -> None:
    stream = bytearray(b"".join(pdus))
    for at, value in mutations:
        if stream:
            stream[at % len(stream)] = value

    async def scenario() -> None:
        transport = MemoryTransport()
        with socket.socket() as sock:
            connection = Connection(AssociationSettings(receive_high_water=128 * 1024), sock)
            connection.connection_made(transport)
            push(connection, encode_pdu(REQUEST))
            connection.accept(ANSWER)
            association = Association(connection, "", is_requestor=False)
            edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
            for start, end in pairwise(edges):
                if not transport.is_closing():
                    push(connection, bytes(stream[start:end]))
            connection.connection_lost(None)
            assert connection.lost is not None
            assert not association.is_established
            with pytest.raises(AssociationLost):
                await association.receive()

    asyncio.run(scenario())


def push(connection: Connection, content: bytes) -> None:
    while content:
        buffer = connection.get_buffer(-1)
        count = min(len(buffer), len(content))
        buffer[:count] = content[:count]
        connection.buffer_updated(count)
        content = content[count:]


async def test_bytes_are_read_straight_into_the_upper_layer() -> None:
    """A view handed out before stays as it was when more is read."""
    connection, peer = await connected()
    with peer:
        buffer = connection.get_buffer(-1)
        content = encode_pdu(ReleaseRQ())
        buffer[: len(content)] = content
        connection.buffer_updated(len(content))
        assert isinstance(connection._layer, UpperLayer)
        assert bytes(buffer[: len(content)]) == content
        connection.kill()
        await connection.closed()
