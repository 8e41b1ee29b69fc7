"""Syslog over TLS, with a collector that is a real socket."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.certificates import issue
from tests.peers.collector import collector

from sonarium.net.settings import TLSSettings
from sonarium.peers.syslog import CollectorUnreachable, syslog_connection

WAIT = timedelta(seconds=5)


@pytest.fixture
def tls(tmp_path: Path) -> TLSSettings:
    return issue(tmp_path, "collector", ec.generate_private_key(ec.SECP256R1()))


async def test_what_was_sent_has_arrived(tls: TLSSettings) -> None:
    async with (
        collector(tls) as there,
        syslog_connection("127.0.0.1", there.port, tls, WAIT) as connection,
    ):
        await connection.send([b"3 one", b"5 three"])
        async with asyncio.timeout(5):
            while len(there.messages) < 2:
                await asyncio.sleep(0.01)
        assert there.messages == [b"one", b"three"]


async def test_a_collector_that_ended_takes_no_more(tls: TLSSettings) -> None:
    async with collector(tls) as there:
        port = there.port
        async with syslog_connection("127.0.0.1", port, tls, WAIT) as connection:
            await connection.send([b"1 a"])
    with pytest.raises(CollectorUnreachable):
        async with syslog_connection("127.0.0.1", port, tls, WAIT):
            pass


async def test_a_collector_that_we_do_not_trust_gets_nothing(
    tls: TLSSettings, tmp_path: Path
) -> None:
    other = issue(tmp_path, "other", ec.generate_private_key(ec.SECP256R1()))
    async with collector(tls) as there:
        with pytest.raises(CollectorUnreachable, match="TLS"):
            async with syslog_connection("127.0.0.1", there.port, other, WAIT):
                pass
        assert there.messages == []
