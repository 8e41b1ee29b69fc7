"""Sign-in by the site's provider in a real browser: over two origins and back."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from tests.e2e.browsers import drive, needs_browser, running_site
from tests.openid_site import SECRET, OpenIDSite

from sonarium.services.people import PeopleService

pytestmark = [pytest.mark.peers, needs_browser]

PROOF_S = 8


@asynccontextmanager
async def running_provider() -> AsyncIterator[OpenIDSite]:
    """Run the small provider on a port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = OpenIDSite(issuer=f"http://127.0.0.1:{port}", groups=["pacs-administrators"])
    server = Server(
        site,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    serving = asyncio.create_task(server.serve())
    try:
        yield site
    finally:
        server.stop()  # type: ignore[no-untyped-call]  # granian's own
        await serving


async def test_somebody_signs_in_and_proves_at_the_provider(dsn: str, tmp_path: Path) -> None:
    async with running_provider() as provider:
        known = {
            "issuer": provider.issuer,
            "client_id": "sonarium",
            "client_secret": SECRET,
            "name": "the hospital",
            "roles": {"pacs-administrators": ["administrator"]},
        }
        sessions = {"proof": PROOF_S}
        async with running_site(dsn, tmp_path, provider=known, sessions=sessions) as site:
            await PeopleService(site.archive.database).set_up_link()
            address = site.address.replace("127.0.0.1", "localhost")
            read = await drive("provider.mjs", tmp_path, address, str(PROOF_S * 1000 + 500))
    assert read["cookies"] == [["__Host-sonarium", "Strict"]]
    assert read["proved"] is True
    assert "another browser" in read["refused"]
