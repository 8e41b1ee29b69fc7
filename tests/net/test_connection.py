import asyncio
import socket

import pytest

from sonarium.net.connection import Connection, prepare_socket
from sonarium.net.errors import AssociationLost
from sonarium.net.settings import AssociationSettings
from sonarium.wire.upper_layer.core import UpperLayer
from sonarium.wire.upper_layer.pdu import AssociateRQ, ReleaseRQ, encode_pdu
from sonarium.wire.upper_layer.presentation_context import ProposedContext
from sonarium.wire.upper_layer.user_information import UserInformation

REQUEST = AssociateRQ(
    "ARCHIVE", "SCANNER", (ProposedContext(1, "1.2", ("1.3",)),), UserInformation(0, "1.2")
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
