"""Audit messages reach the collector, each, in order, whatever happens to it."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.certificates import issue
from tests.peers.collector import Collector, collector
from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import note_some

from sonarium.services.audit import forwarding
from sonarium.services.audit.forwarding import Forwarder
from sonarium.services.audit.settings import AuditSettings, CollectorSettings

STUDY = re.compile(rb'ParticipantObjectID="(1\.\d+)"')


def studies(there: Collector) -> list[str]:
    return [found[1].decode() for one in there.messages if (found := STUDY.search(one))]


async def until(there: Collector, last: str) -> list[str]:
    async with asyncio.timeout(20):
        while last not in studies(there):
            await asyncio.sleep(0.02)
    return studies(there)


async def test_nothing_is_lost_while_the_collector_is_down(
    trail: Trail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "_LOOK_EVERY", timedelta(milliseconds=20))
    monkeypatch.setattr(forwarding, "_LONGEST_PAUSE", timedelta(milliseconds=50))
    tls = issue(tmp_path, "collector", ec.generate_private_key(ec.SECP256R1()))
    async with collector(tls) as first:
        port = first.port
        settings = CollectorSettings(host="127.0.0.1", port=port, tls=tls)
        forwarder = Forwarder(trail.database, AuditSettings(), settings)
        running = asyncio.create_task(forwarder.run())
        await note_some(trail.database, 2)
        await trail.sealer.seal()
        assert await until(first, "1.2") == ["1.1", "1.2"]
    await note_some(trail.database, 5)
    await trail.sealer.seal()
    await asyncio.sleep(0.2)
    async with collector(tls, port) as second:
        arrived = await until(second, "1.5")
    running.cancel()
    assert arrived[-5:] == ["1.1", "1.2", "1.3", "1.4", "1.5"]


async def test_what_waits_unsealed_is_not_sent(trail: Trail, tmp_path: Path) -> None:
    tls = issue(tmp_path, "collector", ec.generate_private_key(ec.SECP256R1()))
    async with collector(tls) as there:
        settings = CollectorSettings(host="127.0.0.1", port=there.port, tls=tls)
        forwarder = Forwarder(trail.database, AuditSettings(), settings)
        running = asyncio.create_task(forwarder.run())
        await note_some(trail.database, 1)
        await asyncio.sleep(0.2)
        assert there.messages == []
        running.cancel()
