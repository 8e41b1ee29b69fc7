"""A collector of syslog over TLS, for tests: it counts octets as RFC 5425 says."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sonarium.net.settings import TLSSettings


@dataclass
class Collector:
    port: int = 0
    messages: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def collector(tls: TLSSettings, port: int = 0) -> AsyncIterator[Collector]:
    """Run a collector until the end of the block; its connections end with it."""
    found = Collector()
    writers: set[asyncio.StreamWriter] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            while True:
                length = int(await reader.readuntil(b" "))
                found.messages.append(await reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    assert tls.certificate is not None
    context.load_cert_chain(tls.certificate, tls.private_key)
    server = await asyncio.start_server(take, "127.0.0.1", port, ssl=context)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
