"""Thousands of peers that say nothing, or drip, at each door of a running service."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest
from tests.peers.service import Service, running_service

pytestmark = pytest.mark.peers

PEERS = 1000
GONE_WITHIN_S = 12.0
"""Ten seconds of ours, and some for two busy processors."""
ECHO_WITHIN_S = 1.0
MEMORY_MIB = 200.0

BODY_HEAD = (
    b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n"
)
HTTP_HEAD = b"GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
ASSOCIATE_RQ = b"\x01\x00\x00\x00\x10\x00" + bytes(4096)


SAID = {
    "dimse": (b"", ASSOCIATE_RQ),
    "http": (b"", HTTP_HEAD + b"x" * 100),
    "http_body": (BODY_HEAD, b"{" * 100),
}
"""What all say at each door, and what half of them drip."""


@pytest.fixture(scope="module")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running_service(tmp_path_factory.mktemp("flood")) as running:
        yield running


@asynccontextmanager
async def many_open_files() -> AsyncIterator[None]:
    """Let this process have as many sockets as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def until_dropped(port: int, dripped: bytes, said: bytes = b"") -> float:
    """Connect, drip a byte each second or nothing at all, and tell how long that was borne."""
    began = monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return monotonic() - began
    writer.write(said)
    dripping = asyncio.create_task(_drip(writer, dripped))
    try:
        while await reader.read(4096):
            pass  # a refusal may be told before the end
    except OSError:
        pass
    finally:
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)
        writer.close()
    return monotonic() - began


async def _drip(writer: asyncio.StreamWriter, dripped: bytes) -> None:
    for byte in dripped:
        writer.write(bytes((byte,)))
        await writer.drain()
        await asyncio.sleep(1)


def memory_mib(service: Service) -> float:
    """Sum what our processes have to themselves, with their share of the rest."""
    total = 0
    for pid in service.family():
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


@pytest.mark.timeout(120)
@pytest.mark.parametrize("door", ["dimse", "http", "http_body"])
async def test_silent_and_dripping_peers_are_gone_in_ten_seconds(
    service: Service, door: str
) -> None:
    port = service.dimse_port if door == "dimse" else service.http_port
    said, dripped = SAID[door]
    before = memory_mib(service)
    echoes: list[float] = []
    async with many_open_files():
        flood = asyncio.gather(
            *(until_dropped(port, b"", said) for _ in range(PEERS)),
            *(until_dropped(port, dripped, said) for _ in range(PEERS)),
        )
        await asyncio.sleep(2)
        highest = memory_mib(service)
        while not flood.done() and len(echoes) < 20:
            echoes.append(await service.until_well(10))
            highest = max(highest, memory_mib(service))
        borne = await flood
    assert max(borne) < GONE_WITHIN_S, sorted(borne)[-5:]
    assert sorted(echoes)[len(echoes) // 2] < ECHO_WITHIN_S
    assert highest - before < MEMORY_MIB
    assert await service.is_well()
