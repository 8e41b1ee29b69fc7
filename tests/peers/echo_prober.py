"""Asks for C-ECHO again and again, in a process of its own, and prints how long each took.

`python -m tests.peers.echo_prober PORT SECONDS [CERTIFICATE KEY]`
"""

import asyncio
import json
import sys
from pathlib import Path
from time import monotonic

from sonarium.base.errors import SonariumError
from sonarium.net.requestor import PeerAddress
from sonarium.net.settings import AssociationSettings, TLSSettings
from sonarium.peers.echo import echo


def peer_at(port: int, *own: Path) -> PeerAddress:
    """Return a DICOM door of this machine; with certificate and key, over TLS."""
    tls = None
    if own:
        tls = TLSSettings(certificate=own[0], private_key=own[1], trusted=own[0])
    return PeerAddress("127.0.0.1", port, tls)


async def echo_times(address: PeerAddress, seconds: float) -> list[float]:
    """Measure associations with one C-ECHO each, one after another; inf is one that failed."""
    times: list[float] = []
    end = monotonic() + seconds
    while (began := monotonic()) < end:
        try:
            status = await echo(
                address,
                AssociationSettings(),
                calling_ae_title="PROBER",
                called_ae_title="SONARIUM",
            )
        except SonariumError:
            status = -1
        times.append(monotonic() - began if status == 0 else float("inf"))
        await asyncio.sleep(0.02)
    return times


if __name__ == "__main__":
    port, seconds, *own = sys.argv[1:]
    door = peer_at(int(port), *map(Path, own))
    print(json.dumps(asyncio.run(echo_times(door, float(seconds)))))
