"""Opens associations to other application entities."""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from sonarium.base.errors import UnavailableError
from sonarium.base.identifiers import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from sonarium.net.association import Association
from sonarium.net.connection import Connection, prepare_socket
from sonarium.net.errors import AssociationLost
from sonarium.net.negotiation import Rejection
from sonarium.net.settings import AssociationSettings, TLSSettings
from sonarium.net.tls import client_context
from sonarium.wire.upper_layer.pdu import AssociateAC, AssociateRJ, AssociateRQ, encode_pdu
from sonarium.wire.upper_layer.presentation_context import ProposedContext
from sonarium.wire.upper_layer.user_information import (
    AsynchronousOperationsWindow,
    CommonExtendedNegotiation,
    RoleSelection,
    UserIdentity,
    UserInformation,
)


class PeerUnreachable(UnavailableError):
    """No connection, no TLS, or no answer in time."""


class AssociationRejected(UnavailableError):
    """The peer answered A-ASSOCIATE-RJ."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__("the peer rejected the association")
        self.rejection = rejection


@dataclass(frozen=True, slots=True)
class PeerAddress:
    """Where a peer listens; with `tls`, over TLS."""

    host: str
    port: int
    tls: TLSSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What we ask for in A-ASSOCIATE-RQ."""

    calling_ae_title: str
    called_ae_title: str
    presentation_contexts: tuple[ProposedContext, ...]
    roles: tuple[RoleSelection, ...] = ()
    extended_negotiation: Mapping[str, bytes] = field(default_factory=dict)
    common_extended_negotiation: tuple[CommonExtendedNegotiation, ...] = ()
    user_identity: UserIdentity | None = None
    window: AsynchronousOperationsWindow | None = None


def number_contexts(*syntaxes: tuple[str, tuple[str, ...]]) -> tuple[ProposedContext, ...]:
    """Give odd context ids to pairs of abstract syntax and its transfer syntaxes."""
    return tuple(
        ProposedContext(2 * index + 1, abstract, transfer)
        for index, (abstract, transfer) in enumerate(syntaxes)
    )


async def associate(
    address: PeerAddress, proposal: Proposal, settings: AssociationSettings
) -> Association:
    """Open an association; use it as `async with await associate(…) as association`.

    Raises:
        PeerUnreachable: no connection, no TLS, or no answer in time.
        AssociationRejected: the peer does not want us.
        AssociationLost: it aborted or closed instead of answering.
        TLSUnusable: our own certificates do not fit.
        ValueError: an AE title or a context id that does not fit into the request.
    """
    tls = client_context(address.tls) if address.tls is not None else None
    request = _build_request(proposal, settings)
    encode_pdu(request)  # what is wrong with it is told here, not inside the event loop
    try:
        async with asyncio.timeout(settings.connect_timeout.total_seconds()):
            sock, peer_address = await _connect(address)
    except OSError as error:
        raise PeerUnreachable(f"no connection: {_reason(error)}") from error
    connection = Connection(settings, sock, request)
    is_established = False
    try:
        answer = await _negotiate(connection, sock, address, tls)
        if isinstance(answer, AssociateRJ):
            raise AssociationRejected(Rejection(answer.result, answer.source, answer.reason))
        association = Association(connection, peer_address, is_requestor=True)
        is_established = True
        return association
    finally:
        if not is_established:
            connection.kill()
            sock.close()


async def _connect(address: PeerAddress) -> tuple[socket.socket, str]:
    """Try the addresses of a host one after the other; tell which one it was."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    failure = OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
    for family, kind, protocol, _, where in found:
        sock = socket.socket(family, kind, protocol)
        is_connected = False
        try:
            prepare_socket(sock)
            await loop.sock_connect(sock, where)
            is_connected = True
        except OSError as error:
            failure = error
        finally:
            if not is_connected:
                sock.close()
        if is_connected:
            return sock, str(where[0])
    raise failure


async def _negotiate(
    connection: Connection,
    sock: socket.socket,
    address: PeerAddress,
    tls: ssl.SSLContext | None,
) -> AssociateAC | AssociateRJ:
    settings = connection.settings
    connect_timeout = settings.connect_timeout.total_seconds()
    try:
        async with asyncio.timeout(connect_timeout):
            await asyncio.get_running_loop().create_connection(
                lambda: connection,
                sock=sock,
                ssl=tls,
                server_hostname=address.host if tls is not None else None,
                ssl_handshake_timeout=connect_timeout if tls is not None else None,
                ssl_shutdown_timeout=settings.artim.total_seconds() if tls is not None else None,
            )
        async with asyncio.timeout(settings.associate_timeout.total_seconds()):
            answer = await connection.negotiated()
    except OSError as error:
        raise PeerUnreachable(f"no association: {_reason(error)}") from error
    if isinstance(answer, AssociateRQ):
        raise AssociationLost("the peer asked instead of answering")
    return answer


def _build_request(proposal: Proposal, settings: AssociationSettings) -> AssociateRQ:
    return AssociateRQ(
        proposal.called_ae_title,
        proposal.calling_ae_title,
        proposal.presentation_contexts,
        UserInformation(
            maximum_length_received=settings.maximum_length_received,
            implementation_class_uid=IMPLEMENTATION_CLASS_UID,
            implementation_version_name=IMPLEMENTATION_VERSION_NAME,
            window=proposal.window,
            roles=proposal.roles,
            extended_negotiation=proposal.extended_negotiation,
            common_extended_negotiation=proposal.common_extended_negotiation,
            user_identity=proposal.user_identity,
        ),
    )


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason}"
    if isinstance(error, socket.gaierror):
        return "the host name is unknown"
    return os.strerror(error.errno).lower() if error.errno else "the peer closed the connection"
