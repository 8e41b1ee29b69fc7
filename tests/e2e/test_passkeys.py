"""Passkeys in the real page and a real browser, whose virtual authenticator is the device."""

from pathlib import Path

import pytest
from tests.e2e.browsers import drive, needs_browser, running_site

from sonarium.services.people import PeopleService

pytestmark = [pytest.mark.peers, needs_browser]

PROOF_S = 8


async def test_a_passkey_enrols_signs_in_proves_and_is_never_the_last_to_go(
    dsn: str, tmp_path: Path
) -> None:
    async with running_site(dsn, tmp_path, sessions={"proof": PROOF_S}) as site:
        secret = await PeopleService(site.archive.database).set_up_link()
        address = site.address.replace("127.0.0.1", "localhost")
        entrance = f"{address}/enrol#{secret}"
        wait_ms = str(PROOF_S * 1000 + 500)
        read = await drive("passkeys.mjs", tmp_path, address, entrance, wait_ms)
    assert read["credential"] == {"rpId": "localhost", "resident": True}
    assert "only way in" in read["last"]
    assert "already" in read["twice"]
    assert "No passkey was used" in read["unverified"]
    assert "nothing was done" in read["leftIt"]
    assert read["ways"] == [["mary", ["passkey"]], ["root", ["passkey"]]]
