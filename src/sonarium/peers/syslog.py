"""Sends syslog messages over TLS (RFC 5425) to one collector."""

import array
import asyncio
import fcntl
import socket
import ssl
import termios
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic, sleep
from typing import Final

from sonarium.base.errors import UnavailableError
from sonarium.net.settings import TLSSettings
from sonarium.net.tls import TLSUnusable, client_context

_LOOK_EVERY_S: Final = 0.01


class CollectorUnreachable(UnavailableError):
    """The collector does not answer, is not whom we trust, or does not take what is sent."""


class SyslogConnection:
    """One connection; what `send` returned from, the collector's machine has received.

    The socket blocks, in a thread: only then is it known what the kernel still has to send.
    """

    def __init__(self, tls: ssl.SSLSocket, timeout: timedelta) -> None:
        self._tls = tls
        self._timeout_s = timeout.total_seconds()

    async def send(self, frames: Sequence[bytes]) -> None:
        """Send messages and wait until the peer's TCP has acknowledged every byte.

        RFC 5425 knows no answer of the collector itself: this is as much as can be known.

        Raises:
            CollectorUnreachable: some or all may not have arrived.
        """
        try:
            await asyncio.to_thread(self._send, b"".join(frames))
        except OSError as error:
            raise CollectorUnreachable("the collector takes no more") from error

    def _send(self, content: bytes) -> None:
        deadline = monotonic() + self._timeout_s
        self._tls.settimeout(self._timeout_s)
        self._tls.sendall(content)
        while self._unacknowledged():
            if monotonic() > deadline:
                raise TimeoutError
            sleep(_LOOK_EVERY_S)
        if self._is_closed():
            raise ConnectionResetError

    def _unacknowledged(self) -> int:
        """Return how many bytes are not known to have arrived."""
        waiting = array.array("i", [0])
        fcntl.ioctl(self._tls.fileno(), termios.TIOCOUTQ, waiting)
        return waiting[0]

    def _is_closed(self) -> bool:
        """Tell whether the collector, which says nothing, has ended the connection."""
        self._tls.settimeout(0)
        try:
            return self._tls.recv(1) == b""
        except ssl.SSLWantReadError:
            return False


@asynccontextmanager
async def syslog_connection(
    host: str, port: int, tls: TLSSettings, patience: timedelta
) -> AsyncIterator[SyslogConnection]:
    """Connect to a collector for as long as the block runs.

    Raises:
        CollectorUnreachable: it cannot be used now.
    """
    try:
        connected = await asyncio.to_thread(_connect, host, port, tls, patience.total_seconds())
    except ssl.SSLError as error:
        raise CollectorUnreachable(f"no TLS with the collector: {error.reason}") from error
    except TLSUnusable as error:
        raise CollectorUnreachable(f"audit.collector.tls: {error}") from error
    except OSError as error:
        raise CollectorUnreachable("the collector does not answer") from error
    try:
        yield SyslogConnection(connected, patience)
    finally:
        connected.close()


def _connect(host: str, port: int, tls: TLSSettings, timeout_s: float) -> ssl.SSLSocket:
    context = client_context(tls)
    plain = socket.create_connection((host, port), timeout_s)
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
