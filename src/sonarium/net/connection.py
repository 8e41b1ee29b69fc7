"""Runs one upper layer over one socket: bytes, timers, back-pressure and nothing else."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Final, TypeAlias, cast

from sonarium.base.block_pool import BlockPool
from sonarium.base.errors import PeerError
from sonarium.net.errors import AssociationLost
from sonarium.net.inbox import Inbox
from sonarium.net.incoming import ReceiveWindow
from sonarium.net.negotiation import agreed_contexts
from sonarium.net.progress import Progress, ProgressWatch
from sonarium.net.settings import AssociationSettings
from sonarium.wire.upper_layer.core import UpperLayer
from sonarium.wire.upper_layer.effects import (
    ARTIM,
    AbortIndication,
    AssociateConfirmation,
    AssociateIndication,
    Effect,
    ReleaseConfirmation,
    ReleaseIndication,
    Transmit,
    Transport,
)
from sonarium.wire.upper_layer.pdu import (
    AssociateAC,
    AssociateRJ,
    AssociateRQ,
    PresentationDataValue,
)
from sonarium.wire.upper_layer.state_table import State

Negotiated: TypeAlias = AssociateRQ | AssociateAC | AssociateRJ

_TCP_QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)
_PDU_TOLERANCE: Final = 64
"""Some peers measure the fragment alone against our maximum length, and exceed it by headers."""
_RELEASED: Final = "the association was released"
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))


def prepare_socket(sock: socket.socket) -> None:
    """Switch Nagle's algorithm off, and let the system notice peers that vanished."""
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class Connection(asyncio.BufferedProtocol):
    """The protocol object of one transport connection.

    The socket is read straight into the upper layer's memory. Reading stops while more than
    `receive_high_water` waits for the user of the association.
    """

    def __init__(
        self,
        settings: AssociationSettings,
        sock: socket.socket,
        request: AssociateRQ | None = None,
        blocks: BlockPool | None = None,
    ) -> None:
        self.settings = settings
        self.request = request
        self.answer: AssociateAC | None = None
        self.lost: AssociationLost | None = None
        self._window = ReceiveWindow(
            settings.receive_high_water, self._pause_reading, self._resume_reading
        )
        self.inbox = Inbox(settings.maximum_command_length, self._window)
        self._is_requestor = request is not None
        self._sock = sock
        self._layer = UpperLayer(
            largest_data=settings.maximum_length_received + _PDU_TOLERANCE,
            largest_associate=settings.maximum_associate_length,
            blocks=blocks,
        )
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._negotiated: asyncio.Future[Negotiated | AssociationLost] = self._loop.create_future()
        self._released: asyncio.Future[bool] = self._loop.create_future()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._writable: asyncio.Future[None] | None = None
        self._artim: asyncio.TimerHandle | None = None
        self._watch = ProgressWatch(settings)
        self._watching: asyncio.TimerHandle | None = None
        self._killing: asyncio.TimerHandle | None = None

    # What the user of the association calls --------------------------------------------------

    @property
    def transport(self) -> asyncio.Transport:
        """The transport, which is there from the moment the connection is."""
        if self._transport is None:
            raise AssociationLost("the connection is not open")
        return self._transport

    @property
    def is_established(self) -> bool:
        """Tell whether messages may be sent."""
        return self.lost is None and self._layer.state in (State.STA6, State.STA8)

    @property
    def is_release_asked(self) -> bool:
        """Tell whether the peer waits for our A-RELEASE-RP."""
        return self.lost is None and self._layer.state is State.STA8

    @property
    def peer_certificate(self) -> bytes | None:
        """The certificate that TLS verified, in DER: empty if it showed none, None without TLS."""
        tls = self.transport.get_extra_info("ssl_object")
        return None if tls is None else tls.getpeercert(binary_form=True) or b""

    async def negotiated(self) -> Negotiated:
        """Wait for the peer's A-ASSOCIATE PDU.

        Raises:
            AssociationLost: the peer aborted, closed or sent something else.
        """
        result = await asyncio.shield(self._negotiated)
        if isinstance(result, AssociationLost):
            raise result
        return result

    def accept(self, answer: AssociateAC) -> None:
        """Send A-ASSOCIATE-AC."""
        self._agree(answer)
        self._apply(self._layer.accept(answer))

    def reject(self, answer: AssociateRJ) -> None:
        """Send A-ASSOCIATE-RJ."""
        self._apply(self._layer.reject(answer))

    def send(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Send whole P-DATA-TF PDUs; `drain()` before the next many."""
        if not self.is_established:
            raise self.lost or AssociationLost("the association is being released")
        self._apply(self._layer.send(pieces))

    async def drain(self) -> None:
        """Wait while the peer takes nothing and much waits for it.

        Raises:
            AssociationLost: it took nothing for `send_timeout`.
        """
        while self._writable is not None and self.lost is None:
            waiting = self.transport.get_write_buffer_size()
            try:
                async with asyncio.timeout(self.settings.send_timeout.total_seconds()):
                    await asyncio.shield(self._writable)
            except TimeoutError:
                if self.transport.get_write_buffer_size() >= waiting:
                    self.abort("the peer takes no bytes")
        if self.lost is not None:
            raise self.lost

    def request_release(self) -> None:
        """Send A-RELEASE-RQ."""
        if self._layer.state is State.STA6:
            self._apply(self._layer.request_release())

    def respond_release(self) -> None:
        """Send A-RELEASE-RP."""
        if self._layer.state is State.STA8:
            self._apply(self._layer.respond_release())
            self._lose(_RELEASED)

    async def released(self) -> bool:
        """Wait for the end, and tell whether the peer confirmed our release."""
        return await asyncio.shield(self._released)

    def abort(self, reason: str) -> AssociationLost:
        """Send A-ABORT as service user; nothing more happens when the association has ended."""
        if self.lost is None:
            self._lose(reason)
            if self._layer.may_abort:
                self._apply(self._layer.abort())
        return self.lost or AssociationLost(reason)

    def hang_up(self) -> None:
        """Close the transport connection without waiting for the peer to do so."""
        if self._transport is not None and not self._closed.done():
            self._close()

    def kill(self) -> None:
        """Drop the transport connection at once, with what waits to be sent."""
        if self._transport is not None and not self._closed.done():
            self._transport.abort()

    async def closed(self) -> None:
        """Wait until the transport connection is gone."""
        await asyncio.shield(self._closed)

    # What the event loop calls ---------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin: as acceptor in Sta2, as requestor by sending A-ASSOCIATE-RQ."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self.settings.send_high_water)
        if self.request is None:
            self._apply(self._layer.transport_indicated())
        else:
            self._layer.associate(self.request)  # asks for the connection that is now here
            self._apply(self._layer.transport_confirmed())

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - ours to choose
        """Let the loop read into the upper layer's memory."""
        return self._layer.writable()

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was read."""
        if _TCP_QUICKACK is not None:
            # Scanners leave Nagle's algorithm on: each waits for our acknowledgement before it
            # sends the next small part. The system forgets this option as it likes, so it is
            # set again for every read.
            self._sock.setsockopt(socket.IPPROTO_TCP, _TCP_QUICKACK, 1)
        self._apply(self._layer.received(nbytes))
        self._watch_over()

    def pause_writing(self) -> None:
        """Note that much waits for the peer."""
        if self._writable is None:
            self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        """Wake who waits in `drain()`."""
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    def eof_received(self) -> bool:
        """Close our side too: half-open connections are of no use here."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the peer is gone
        """End everything that waits."""
        self._apply(self._layer.transport_closed())
        self._lose("the connection closed")
        for timer in (self._artim, self._watching, self._killing):
            if timer is not None:
                timer.cancel()
        if not self._closed.done():
            self._closed.set_result(None)

    # How the two meet ------------------------------------------------------------------------

    def _apply(self, effects: Sequence[Effect]) -> None:
        failure: PeerError | None = None
        for effect in effects:
            if not isinstance(effect, PresentationDataValue):
                self._carry_out(effect)
            elif failure is None:
                try:
                    self.inbox.add(effect)
                except PeerError as error:
                    failure = error
        if failure is not None:
            self.abort(f"aborted by us: {failure}")

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Transmit(pieces):
                self._write(pieces)
            case AssociateIndication(request):
                self.request = request
                self._settle(request)
            case AssociateConfirmation(answer):
                if isinstance(answer, AssociateAC):
                    self._agree(answer)
                self._settle(answer)
            case ReleaseIndication(is_collision):
                self.inbox.end()
                if is_collision and self._layer.state is State.STA9:
                    self._apply(self._layer.respond_release())
            case ReleaseConfirmation():
                if self._layer.state is State.STA12:
                    self._apply(self._layer.respond_release())
                if not self._released.done():
                    self._released.set_result(True)
                self._lose(_RELEASED)
            case AbortIndication(reason):
                self._lose(reason)
            case ARTIM():
                self._set_artim(effect)
            case Transport.CLOSE:
                self._close()
            case _:
                pass  # Transport.OPEN: the driver opens before it begins

    def _write(self, pieces: Sequence[bytes | memoryview]) -> None:
        transport = self.transport
        if transport.is_closing():
            return
        if len(pieces) == 1:
            transport.write(pieces[0])
        else:
            transport.writelines(pieces)

    def _agree(self, answer: AssociateAC) -> None:
        if self.request is not None:
            self.answer = answer
            self.inbox.contexts = agreed_contexts(
                self.request, answer, is_requestor=self._is_requestor
            )

    def _settle(self, result: Negotiated | AssociationLost) -> None:
        if not self._negotiated.done():
            self._negotiated.set_result(result)

    def _lose(self, reason: str) -> None:
        """End the association for everybody who waits; the first reason is the one told."""
        if self.lost is not None:
            return
        self.lost = AssociationLost(reason)
        self._settle(self.lost)
        self.inbox.fail(self.lost)
        if not self._released.done():
            self._released.set_result(False)
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._resume_reading()  # else nobody would see the peer close

    def _set_artim(self, order: ARTIM) -> None:
        if self._artim is not None:
            self._artim.cancel()
            self._artim = None
        if order is ARTIM.START:
            self._artim = self._loop.call_later(
                self.settings.artim.total_seconds(), self._artim_expired
            )

    def _artim_expired(self) -> None:
        self._artim = None
        if self._layer.state in (State.STA2, State.STA13):
            self._layer.artim_expired()
            self.kill()  # AA-2; what still waits for this peer will not be taken

    def _close(self) -> None:
        transport = self.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() and self._killing is None:
            self._killing = self._loop.call_later(self.settings.artim.total_seconds(), self.kill)
        transport.close()

    def _progress(self) -> Progress:
        layer = self._layer
        inbox = self.inbox
        return Progress(
            layer.byte_count,
            layer.pdu_count,
            inbox.message_count,
            layer.is_inside_pdu,
            inbox.is_inside_message,
        )

    def _watch_over(self) -> None:
        """Note what came; begin to watch a peer that owes us more."""
        progress = self._progress()
        if self._watching is not None:
            self._watch.note(self._loop.time(), progress)
        elif progress.is_under_way and self.lost is None and not self._window.is_closed:
            look = self._watch.begin(self._loop.time(), progress)
            self._watching = self._loop.call_at(look, self._look)

    def _look(self) -> None:
        """See whether the peer makes progress, unless it is we who do not read."""
        self._watching = None
        progress = self._progress()
        if self.lost is not None or not progress.is_under_way:
            return
        verdict = self._watch.look(self._loop.time(), progress)
        if isinstance(verdict, str):
            self.abort(verdict)
        else:
            self._watching = self._loop.call_at(verdict, self._look)

    def _pause_reading(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        self.transport.pause_reading()

    def _resume_reading(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._watch_over()
