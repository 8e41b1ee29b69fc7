"""To the provider and back, as a browser goes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.in_process import InProcess
from tests.openid_site import ISSUER, SECRET, OpenIDSite

from sonarium.app import web_server
from sonarium.app.archive import open_archive
from sonarium.app.settings import Settings
from sonarium.faces.ui_api.provider_routes import ANSWER_PATH, FLOW_COOKIE
from sonarium.peers.openid_provider import OpenIDProvider, ProviderSettings
from sonarium.services.change_feed import ChangeFeed

HERE = {"Origin": "http://localhost"}


@dataclass(frozen=True, slots=True)
class Visited:
    """A browser at our door, and the provider behind."""

    browser: httpx.AsyncClient
    site: OpenIDSite

    async def go(self) -> tuple[dict[str, str], dict[str, str]]:
        """Go to the provider; return what it gives back, and the cookie of the errand."""
        going = await self.browser.post("/api/session/provider", json={"prove": False})
        sent = going.headers["set-cookie"]
        for guard in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert guard in sent
        return self.site.visit(going.json()["address"]), {"Cookie": sent.split(";")[0]}


@pytest.fixture
async def visited(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Visited]:
    site = OpenIDSite()

    def over_asgi(settings: ProviderSettings) -> OpenIDProvider:
        return OpenIDProvider(settings, InProcess(site))

    monkeypatch.setattr(web_server, "OpenIDProvider", over_asgi)
    settings = Settings.model_validate(
        {
            "data": tmp_path,
            "provider": {
                "issuer": ISSUER,
                "client_id": "sonarium",
                "client_secret": SECRET,
                "name": "the hospital",
                "roles": {"us-lab": ["sonographer"]},
            },
        }
    )
    async with open_archive(settings, dsn) as archive:
        application = web_server.application_of(
            archive, settings, ChangeFeed(archive.database, archive.access)
        )
        async with httpx.AsyncClient(
            transport=InProcess(application),
            base_url="http://localhost",
            headers=HERE,
        ) as browser:
            yield Visited(browser, site)


async def test_somebody_comes_back_signed_in(visited: Visited) -> None:
    assert (await visited.browser.get("/api/session")).json()["provider"] == "the hospital"
    brought, cookie = await visited.go()
    del visited.browser.headers["Origin"]  # a page of another site leads here
    answer = await visited.browser.get(ANSWER_PATH, params=brought, headers=cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    session, flow = answer.headers.get_list("set-cookie")
    assert "SameSite=strict" in session
    assert flow.startswith(f"{FLOW_COOKIE}=")
    assert "Max-Age=0" in flow
    signed_in = {"Cookie": session.split(";")[0]}
    state = (await visited.browser.get("/api/session", headers=signed_in)).json()
    assert (state["userName"], state["ways"]) == ("mary", ["provider"])
    again = await visited.browser.get(ANSWER_PATH, params=brought, headers=cookie)
    assert again.headers["location"] == "/provider#expired"


async def test_what_comes_back_elsewhere_or_wrong_signs_nobody_in(visited: Visited) -> None:
    brought, cookie = await visited.go()
    for params, headers, why in (
        (brought, {}, "expired"),
        ({"error": "<script>"}, cookie, "expired"),
        ({**brought, "state": "x"}, cookie, "expired"),
        ({**brought, "iss": "https://evil.example"}, cookie, "wrong_answer"),
    ):
        answer = await visited.browser.get(ANSWER_PATH, params=params, headers=headers)
        assert answer.headers["location"] == f"/provider#{why}"
        assert len(answer.headers.get_list("set-cookie")) == 1
    visited.site.groups = []
    brought, cookie = await visited.go()
    answer = await visited.browser.get(ANSWER_PATH, params=brought, headers=cookie)
    assert answer.headers["location"] == "/provider#not_let_in"


async def test_a_stranger_has_nothing_to_prove(visited: Visited) -> None:
    answer = await visited.browser.post("/api/session/provider", json={"prove": True})
    assert answer.status_code == 401
