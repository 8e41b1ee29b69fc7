"""Setting up, signing in, letting in and shutting out, in the real page and a real browser."""

from pathlib import Path

import pytest
from tests.e2e.browsers import drive, needs_browser, running_site

from sonarium.services.people import PeopleService

pytestmark = [pytest.mark.peers, needs_browser]


async def test_people_are_let_in_and_shut_out(dsn: str, tmp_path: Path) -> None:
    async with running_site(dsn, tmp_path) as site:
        secret = await PeopleService(site.archive.database).set_up_link()
        entrance = f"{site.address}/enrol#{secret}"
        read = await drive("signing-in.mjs", tmp_path, site.address, entrance)
    assert read["cookie"] == {
        "name": "__Host-sonarium",
        "httpOnly": True,
        "secure": True,
        "sameSite": "Strict",
    }
    assert "four words" in read["tooWeak"]
    assert "do not hold" in read["refused"]
    assert read["token"] == "Bearer"
