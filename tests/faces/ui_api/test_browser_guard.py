"""Which callers are heard, and what every answer carries."""

import httpx
import pytest
from tests.faces.conftest import Shelf
from tests.in_process import InProcess

from sonarium.app.settings import Settings
from sonarium.app.web_server import routes_of
from sonarium.faces.ui_api.browser_guard import SECURITY_HEADERS, browser_guard, secured


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8042", "localhost:1", "[::1]:8042"])
async def test_this_machine_is_heard_by_any_of_its_names(shelf: Shelf, host: str) -> None:
    answer = await shelf.web.client.get("/api/status", headers={"Host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["archive.example", "127.0.0.1.example:80", "10.0.0.1", ""])
async def test_a_name_that_was_made_to_point_here_is_refused(shelf: Shelf, host: str) -> None:
    answer = await shelf.web.client.get("/dicom-web/studies", headers={"Host": host})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://localhost:9"])
async def test_a_page_from_elsewhere_is_refused(shelf: Shelf, origin: str) -> None:
    for path in ("/api/studies", "/dicom-web/studies", "/"):
        answer = await shelf.web.client.get(path, headers={"Origin": origin})
        assert answer.status_code == 403


async def test_a_name_of_ours_is_heard_in_any_case_and_no_other(shelf: Shelf) -> None:
    app = browser_guard(routes_of(shelf.web.archive, Settings(), shelf.web.feed), ["pacs.example"])
    async with httpx.AsyncClient(
        transport=InProcess(app),
        base_url="https://PACS.example",
    ) as client:
        assert (await client.get("/api/session")).status_code == 200
        other = await client.get("/api/session", headers={"Host": "other.example"})
        assert other.status_code == 403


async def test_a_request_that_names_two_hosts_is_refused(shelf: Shelf) -> None:
    hosts = [("Host", "elsewhere.example"), ("Host", "127.0.0.1")]
    assert (await shelf.web.client.get("/api/session", headers=hosts)).status_code == 400


@pytest.mark.parametrize("path", ["/api/studies", "/dicom-web/studies", "/dicom-web/wado", "/"])
async def test_thousands_of_parameters_are_refused(shelf: Shelf, path: str) -> None:
    address = path + "?" + "&".join(["q=1"] * 4000)
    assert (await shelf.web.client.get(address)).status_code == 400


async def test_our_own_page_is_heard(shelf: Shelf) -> None:
    answer = await shelf.web.client.get("/api/status", headers={"Origin": "http://127.0.0.1"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/status", "/dicom-web/studies", "/api/nothing"])
async def test_every_answer_is_locked_down(shelf: Shelf, path: str) -> None:
    headers = (await shelf.web.client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_a_route_with_a_policy_of_its_own_keeps_it() -> None:
    own = (b"Content-Security-Policy", b"default-src 'none'")
    headers = secured([own])
    assert own in headers
    assert [name.lower() for name, _ in headers].count(b"content-security-policy") == 1
    assert len(headers) == len(list(SECURITY_HEADERS))
