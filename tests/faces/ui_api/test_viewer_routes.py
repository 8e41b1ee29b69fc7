"""Which viewers of others the browser is told of, and how it opens a study in them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from tests.faces.conftest import Shelf, WebArchive, web_archive

from sonarium.domain.principal import Role
from sonarium.faces.web_access import SESSION_COOKIE
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInService

ORIGIN = {"Origin": "http://127.0.0.1"}


@pytest.fixture
async def weasis(dsn: str, tmp_path: Path) -> AsyncIterator[WebArchive]:
    """An archive that offers Weasis."""
    async with web_archive(dsn, tmp_path, viewers={"weasis": True}) as opened:
        yield opened


async def person(web: WebArchive) -> httpx.AsyncClient:
    database = web.archive.database
    people = PeopleService(database)
    await people.add("ada", "SYNTHETIC Ada", [Role.SONOGRAPHER])
    link = await people.sign_in_link("ada", timedelta(hours=1))
    secret = await SignInService(database, SessionSettings()).with_link(link, Caller("", "tests"))
    return httpx.AsyncClient(
        transport=web.client._transport,
        base_url="http://127.0.0.1",
        headers={"Cookie": f"{SESSION_COOKIE}={secret}", **ORIGIN},
    )


async def test_a_viewer_that_is_not_installed_is_not_offered(shelf: Shelf) -> None:
    answer = await shelf.web.client.get("/api/viewers")
    assert answer.json() == {"ohif": False, "weasis": False}
    refused = await shelf.web.client.post("/api/studies/2.25.1/weasis")
    assert refused.status_code == 400
    assert "viewers.weasis" in refused.json()["detail"]


async def test_ohif_is_offered_as_soon_as_it_is_there(web: WebArchive, tmp_path: Path) -> None:
    folder = tmp_path / "add-ons" / "ohif"
    await asyncio.to_thread(folder.mkdir, parents=True)
    await asyncio.to_thread((folder / "index.html").write_bytes, b"<!doctype html>")
    assert (await web.client.get("/api/viewers")).json()["ohif"] is True
    page = await web.client.get("/ohif/viewer")
    assert page.status_code == 200
    assert "connect-src http://127.0.0.1/dicom-web/" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


async def test_the_link_into_weasis_opens_the_study_and_nothing_else(
    weasis: WebArchive, shelf: Shelf
) -> None:
    name = "toshiba-xario-mmode"
    assert (await weasis.stow(shelf.files[name])).status_code == 200
    study = shelf.selections[name].study_instance_uid
    assert (await weasis.client.get("/api/viewers")).json()["weasis"] is True
    async with await person(weasis) as browser:
        answer = await browser.post(f"/api/studies/{study}/weasis")
        assert answer.headers["cache-control"] == "no-store"
        link = unquote(answer.json()["address"])
        assert (await browser.post("/api/studies/2.25.99/weasis")).status_code == 404
        assert (await browser.post("/api/studies/nothing/weasis")).status_code == 404
    assert '--url "http://127.0.0.1/dicom-web"' in link
    token = link.rpartition("Bearer ")[2].removesuffix('"')
    async with httpx.AsyncClient(
        transport=weasis.client._transport,
        base_url="http://127.0.0.1/dicom-web",
        headers={"Authorization": f"Bearer {token}"},
    ) as viewer:
        found = await viewer.get(f"/studies?0020000D={study}")
        assert len(found.json()) == 1
        assert (await viewer.get("/studies")).status_code == 403
