"""The listener: admits connections, negotiates and hands over associations."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeAlias

from sonarium.base.errors import SonariumError
from sonarium.base.log import get_logger
from sonarium.net.admission import Admission, Ticket
from sonarium.net.association import Association
from sonarium.net.connection import Connection, prepare_socket
from sonarium.net.errors import AssociationLost
from sonarium.net.negotiation import (
    LOCAL_LIMIT_EXCEEDED,
    Acceptance,
    AssociateRequest,
    Rejection,
    build_answer,
    incoming_request,
    refusal_of,
)
from sonarium.net.settings import DimseNetSettings
from sonarium.net.tls import server_context
from sonarium.wire.upper_layer.pdu import AssociateRJ, AssociateRQ
from sonarium.wire.upper_layer.stream import read_blocks

log = get_logger(__name__)

Negotiate: TypeAlias = Callable[[AssociateRequest], Acceptance | Rejection]
"""Decides at once; it may look things up in memory only."""

Converse: TypeAlias = Callable[[Association], Awaitable[None]]
"""Serves one association; returning before its release aborts it."""

_OUT_OF_RESOURCES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_PAUSE_WHEN_OUT_OF_RESOURCES: Final = 0.1
_IDLE_LOOK: Final = 0.25
_MAPPED_IPV4: Final = "::ffff:"


class DimseServer:
    """A running listener; `serve_dimse` makes it."""

    def __init__(
        self,
        settings: DimseNetSettings,
        negotiate: Negotiate,
        converse: Converse,
        listener: socket.socket,
    ) -> None:
        self._settings = settings
        self._negotiate = negotiate
        self._converse = converse
        self._admission = Admission(settings)
        self._blocks = read_blocks()
        self._tls = server_context(settings.tls) if settings.tls is not None else None
        self._listener = listener
        self.port: int = self._listener.getsockname()[1]
        self._connections: set[asyncio.Task[None]] = set()
        self._associations: dict[asyncio.Task[None], Association] = {}
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        self._is_closing = False
        self._running = asyncio.create_task(self._run())

    @property
    def connection_count(self) -> int:
        """How many TCP connections are inside."""
        return self._admission.total

    async def wait(self) -> None:
        """Wait until the listener has closed; raise what broke it, if something did."""
        await asyncio.shield(self._running)

    async def close(self, drain: timedelta) -> None:
        """Stop accepting, let associations finish for `drain`, then abort them.

        An association that is found idle twice, a quarter of a second apart, has nothing to
        finish and is aborted before that.
        """
        self._stop_listening()
        for task in self._connections - self._associations.keys():
            task.cancel()
        deadline = self._loop.time() + drain.total_seconds()
        idle: set[asyncio.Task[None]] = set()
        while self._associations and (left := deadline - self._loop.time()) > 0:
            await asyncio.wait(self._associations, timeout=min(left, _IDLE_LOOK))
            still_idle = {task for task, held in self._associations.items() if held.is_idle}
            for task in idle & still_idle:
                task.cancel()
            idle = still_idle
        for task in self._associations:
            task.cancel()
        self._stopped.set()
        await self.wait()

    def reload_tls(self) -> None:
        """Read the certificates again; later connections use them.

        Raises:
            TLSUnusable: the files do not fit; the old ones stay in use.
        """
        if self._settings.tls is not None:
            self._tls = server_context(self._settings.tls)

    def _stop_listening(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._loop.remove_reader(self._listener)
            self._listener.close()

    # Accepting -------------------------------------------------------------------------------

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            self._listen(group)
            await self._stopped.wait()

    def _listen(self, group: asyncio.TaskGroup) -> None:
        if not self._is_closing:
            self._loop.add_reader(self._listener, self._accept, group)

    def _accept(self, group: asyncio.TaskGroup) -> None:
        """Take one of the connections that wait.

        Not more: another process that shares the listener may be less busy. And a request
        that came with its connection is read some turns of the loop later, which must be
        before a flood of silent newcomers makes its connection the oldest.
        """
        try:
            sock, address = self._listener.accept()
        except BlockingIOError:
            return
        except OSError as error:
            # A connection that is gone before we take it is nothing to us.
            if error.errno in _OUT_OF_RESOURCES:
                log.warning("dimse_accept_out_of_resources", error=str(error))
                self._loop.remove_reader(self._listener)
                self._loop.call_later(_PAUSE_WHEN_OUT_OF_RESOURCES, self._listen, group)
        else:
            self._admit(group, sock, address[0].removeprefix(_MAPPED_IPV4))

    def _admit(self, group: asyncio.TaskGroup, sock: socket.socket, address: str) -> None:
        ticket = self._admission.enter(address)
        if ticket is None:
            sock.close()
            return
        task = group.create_task(self._serve(sock, ticket))
        ticket.drop = task.cancel
        self._connections.add(task)

        def forget(_: asyncio.Task[None]) -> None:
            self._connections.discard(task)
            self._associations.pop(task, None)
            self._admission.leave(ticket)
            sock.close()

        task.add_done_callback(forget)

    # One connection --------------------------------------------------------------------------

    async def _serve(self, sock: socket.socket, ticket: Ticket) -> None:
        """Serve one connection from accept to close; what it does harms no other."""
        connection = Connection(self._settings, sock, blocks=self._blocks)
        deadline = self._loop.time() + self._settings.artim.total_seconds()
        try:
            async with asyncio.timeout_at(deadline):
                prepare_socket(sock)
                association = await self._establish(connection, sock, ticket)
            if association is not None:
                await self._hold(connection, association)
        except (SonariumError, OSError) as error:
            log.info("association_not_established", address=ticket.address, reason=_reason(error))
        except Exception:
            log.exception("association_failed", address=ticket.address)
        finally:
            connection.kill()

    async def _establish(
        self, connection: Connection, sock: socket.socket, ticket: Ticket
    ) -> Association | None:
        """Negotiate; None when the peer was rejected, which it has then seen."""
        tls = self._tls
        artim = self._settings.artim.total_seconds()
        await self._loop.connect_accepted_socket(
            lambda: connection,
            sock,
            ssl=tls,
            ssl_handshake_timeout=artim if tls is not None else None,
            ssl_shutdown_timeout=artim if tls is not None else None,
        )
        request = await connection.negotiated()
        if not isinstance(request, AssociateRQ):
            raise AssociationLost("the peer did not ask for an association")
        decision = self._decide(connection, request, ticket)
        if isinstance(decision, Rejection):
            connection.reject(AssociateRJ(decision.result, decision.source, decision.reason))
            log.info("association_rejected", address=ticket.address, reason=str(decision))
            await connection.closed()
            return None
        connection.accept(build_answer(request, decision, self._settings))
        return Association(connection, ticket.address, is_requestor=False)

    def _decide(
        self, connection: Connection, request: AssociateRQ, ticket: Ticket
    ) -> Acceptance | Rejection:
        if (refusal := refusal_of(request)) is not None:
            return refusal
        if ticket.is_refused or self._is_closing:
            return LOCAL_LIMIT_EXCEEDED
        decision = self._negotiate(
            incoming_request(request, ticket.address, connection.peer_certificate)
        )
        if isinstance(decision, Acceptance) and not self._admission.associate(
            ticket, request.calling_ae_title
        ):
            return LOCAL_LIMIT_EXCEEDED
        return decision

    async def _hold(self, connection: Connection, association: Association) -> None:
        """Let the face converse, and see the association to its end."""
        task = asyncio.current_task()
        if task is not None:
            self._associations[task] = association
        log.debug(
            "association_established",
            association=association.association_id,
            address=association.peer_address,
        )
        try:
            await self._converse(association)
            if connection.is_release_asked:
                await association.confirm_release()
        except AssociationLost:
            pass  # said below, whoever noticed it
        finally:
            connection.abort("the association was left unreleased")
            log.debug(
                "association_ended",
                association=association.association_id,
                reason=str(connection.lost),
            )
            if self._is_closing:
                connection.hang_up()
            await connection.closed()


async def serve_dimse(
    settings: DimseNetSettings,
    negotiate: Negotiate,
    converse: Converse,
    listener: socket.socket | None = None,
) -> DimseServer:
    """Listen, and run `converse` for every association that `negotiate` accepts.

    Args:
        settings: bounds and timeouts.
        negotiate: accepts or rejects.
        converse: serves an association.
        listener: what `open_listener` made, to share it between processes; none: our own.

    Raises:
        OSError: the address cannot be listened on.
        TLSUnusable: the certificates do not fit.
    """
    return DimseServer(settings, negotiate, converse, listener or open_listener(settings))


def open_listener(settings: DimseNetSettings) -> socket.socket:
    """Listen on the address and port of the settings.

    Raises:
        OSError: it cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by what is accepted, in time for TCP to announce a large window.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, settings.receive_buffer)
        listener.bind((settings.host, settings.port))
        listener.listen(settings.backlog)
    except OSError:
        listener.close()
        raise
    return listener


def _reason(error: Exception) -> str:
    """Say what ended a connection, without what the peer wrote."""
    if isinstance(error, TimeoutError):
        return "no complete A-ASSOCIATE-RQ within ARTIM"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason}"
    return str(error)
