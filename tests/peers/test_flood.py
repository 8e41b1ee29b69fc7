"""Peers that say nothing, or drip, at each door of a running service, in clear and over TLS.

`./dev flood` comes with a thousand of each, and prints what it measured.
"""

import asyncio
import json
import os
import resource
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
from tests.peers.secure_service import SecureService, running_secure_service
from tests.peers.service import Service, running_service

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]

PEERS = int(os.environ.get("FLOOD_PEERS", "250"))
"""Of each kind at each door."""
ADDRESSES = 8
"""Of this machine, from which they come: none of them has so many that its address counts."""
GONE_WITHIN_S = 12.0
"""Ten seconds of ours, and some for two busy processors."""
ECHO_WITHIN_S = 1.0
MEMORY_MIB = 200.0
PROBED_S = 10.0

BODY_HEAD = (
    b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n"
)
HTTP_HEAD = b"GET /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
ASSOCIATE_RQ = b"\x01\x00\x00\x00\x10\x00" + bytes(4096)
CLIENT_HELLO = b"\x16\x03\x01\x10\x00\x01\x00\x0f\xfc\x03\x03" + bytes(4000)


@dataclass(frozen=True, slots=True)
class Door:
    """Where they come, what all say there, and what half of them drip."""

    is_dimse: bool
    said: bytes
    dripped: bytes
    in_tls: bool = False
    """Whether they shake hands first, and say all this within TLS."""


IN_CLEAR = {
    "dimse": Door(True, b"", ASSOCIATE_RQ),
    "http": Door(False, b"", HTTP_HEAD + b"x" * 100),
    "http_body": Door(False, BODY_HEAD, b"{" * 100),
}
OVER_TLS = {
    "dimse_handshake": Door(True, b"", CLIENT_HELLO),
    "http_handshake": Door(False, b"", CLIENT_HELLO),
    "dimse_in_tls": Door(True, b"", ASSOCIATE_RQ, in_tls=True),
    "http_in_tls": Door(False, b"", HTTP_HEAD + b"x" * 100, in_tls=True),
    "http_body_in_tls": Door(False, BODY_HEAD, b"{" * 100, in_tls=True),
}


@pytest.fixture(scope="module")
async def in_clear(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with running_service(tmp_path_factory.mktemp("flood")) as running:
        yield running


@pytest.fixture(scope="module")
async def over_tls(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SecureService]:
    async with running_secure_service(tmp_path_factory.mktemp("flood-tls")) as running:
        yield running


@contextmanager
def many_open_files() -> Iterator[None]:
    """Let this process have as many sockets as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def until_dropped(
    port: int, dripped: bytes, said: bytes, number: int, trust: ssl.SSLContext | None
) -> float:
    """Connect, drip a byte each second or nothing at all, and tell how long that was borne."""
    source = (f"127.0.0.{2 + number % ADDRESSES}", 0)
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1",
            port,
            local_addr=source,
            ssl=trust,
            ssl_handshake_timeout=60 if trust else None,
        )
    except OSError:
        return 0.0  # not let in at all
    began = monotonic()
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
        with suppress(OSError):
            await writer.wait_closed()
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


async def probe(service: Service) -> list[float]:
    """Return how long associations with a C-ECHO took for ten seconds, shortest first."""
    own = service.files if isinstance(service, SecureService) else ()
    prober = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.peers.echo_prober"),
        *(str(service.dimse_port), str(PROBED_S), *map(str, own)),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await prober.communicate()
    return sorted(json.loads(printed))


async def flood(service: Service, door: Door, name: str) -> None:
    """Let them come, and hold the service to what it promises meanwhile."""
    port = service.dimse_port if door.is_dimse else service.http_port
    trust = None
    if door.in_tls:
        assert isinstance(service, SecureService)
        trust = service.trust
    before = memory_mib(service)
    highest = before
    with many_open_files():
        borne = asyncio.gather(
            *(
                until_dropped(port, dripped, door.said, number, trust)
                for dripped in (b"", door.dripped)
                for number in range(PEERS)
            )
        )
        probing = asyncio.create_task(probe(service))
        while not borne.done() or not probing.done():
            highest = max(highest, await asyncio.to_thread(memory_mib, service))
            await asyncio.wait({borne, probing}, timeout=1)
        times, echoes = await borne, await probing
    longest, let_in = max(times), sum(time > 0 for time in times)
    p99 = echoes[int(len(echoes) * 0.99)]
    print(
        f"{name}: of 2 × {PEERS} peers {let_in} were let in, and borne for {longest:.1f} s at most;"
        f" of {len(echoes)} C-ECHO"
        f" p99 {p99 * 1000:.0f} ms; memory + {highest - before:.0f} MiB"
    )
    assert let_in >= PEERS / 4
    assert longest < GONE_WITHIN_S
    assert len(echoes) >= 10
    assert p99 < ECHO_WITHIN_S
    assert highest - before < MEMORY_MIB
    assert await service.is_well()


@pytest.mark.parametrize("name", IN_CLEAR)
async def test_silent_and_dripping_peers_are_gone_in_ten_seconds(
    in_clear: Service, name: str
) -> None:
    await flood(in_clear, IN_CLEAR[name], name)


@pytest.mark.parametrize("name", OVER_TLS)
async def test_over_tls_they_are_gone_as_soon(over_tls: SecureService, name: str) -> None:
    await flood(over_tls, OVER_TLS[name], name)


async def test_one_address_that_comes_again_and_again_keeps_nobody_out(in_clear: Service) -> None:
    """It holds what it may, tries for more without a pause, and others are answered at once."""
    stop = asyncio.Event()

    async def come_again() -> None:
        while not stop.is_set():
            try:
                async with asyncio.timeout(2):
                    reader, writer = await asyncio.open_connection(
                        "127.0.0.1", in_clear.http_port, local_addr=("127.0.0.99", 0)
                    )
            except OSError:
                continue
            writer.write(BODY_HEAD)
            with suppress(OSError):
                await reader.read()
            writer.close()

    with many_open_files():
        comers = [asyncio.create_task(come_again()) for _ in range(4500)]
        await asyncio.sleep(3)
        times = []
        async with in_clear.client(timeout=10) as client:
            for _ in range(20):
                began = monotonic()
                answer = await client.get(f"{in_clear.dicomweb}/studies", params={"limit": 1})
                times.append(monotonic() - began)
                assert answer.status_code in {200, 204}
        stop.set()
        await asyncio.gather(*comers)
    print(f"one address: of 20 searches the longest took {max(times):.2f} s")
    assert max(times) < 5
