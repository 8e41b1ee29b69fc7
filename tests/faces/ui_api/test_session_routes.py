"""Signing in over HTTP, as the browser does it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pyotp
import pytest
from tests.faces.conftest import WebArchive

from sonarium.domain.principal import Role
from sonarium.faces.web_access import SESSION_COOKIE
from sonarium.services.people import PeopleService

ORIGIN = {"Origin": "http://127.0.0.1"}
PASSWORD = "lamp otter violin thursday"


@pytest.fixture
async def browser(web: WebArchive) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which nobody is signed in; it keeps no cookie, the tests send them."""
    async with httpx.AsyncClient(
        transport=web.client._transport, base_url="http://127.0.0.1", headers=ORIGIN
    ) as opened:
        yield opened


@pytest.fixture
def people(web: WebArchive) -> PeopleService:
    return PeopleService(web.archive.database)


def cookie_of(answer: httpx.Response) -> dict[str, str]:
    """Return the session cookie that an answer sets, for the next request."""
    sent = answer.headers["set-cookie"]
    assert sent.startswith(f"{SESSION_COOKIE}=")
    for guard in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert guard in sent
    assert "Domain" not in sent
    return {"Cookie": sent.split(";")[0]}


async def enrol(browser: httpx.AsyncClient, secret: str) -> tuple[str, httpx.Response]:
    offer = (await browser.post("/api/enrolment/offer", json={"secret": secret})).json()
    totp = pyotp.TOTP(offer["totpSecret"])
    choice = {
        "secret": secret,
        "userName": offer["userName"] or "ada",
        "displayName": offer["displayName"] or "Ada",
        "password": PASSWORD,
        "totpSecret": offer["totpSecret"],
        "code": totp.now(),
    }
    return offer["totpSecret"], await browser.post("/api/enrolment", json=choice)


async def test_the_door_tells_whether_anybody_can_sign_in(
    browser: httpx.AsyncClient, people: PeopleService
) -> None:
    state = (await browser.get("/api/session")).json()
    assert (state["signedIn"], state["needsSetUp"], state["demo"]) == (False, True, False)
    await enrol(browser, await people.set_up_link())
    assert (await browser.get("/api/session")).json()["needsSetUp"] is False


async def test_enrolling_signs_in_and_shows_recovery_codes_once(
    browser: httpx.AsyncClient, people: PeopleService
) -> None:
    link = await people.add("ada", "Ada", [Role.SONOGRAPHER])
    _, done = await enrol(browser, link)
    assert done.status_code == 200
    assert done.headers["cache-control"] == "no-store"
    assert len(done.json()["codes"]) == 8
    state = (await browser.get("/api/session", headers=cookie_of(done))).json()
    assert (state["userName"], state["roles"]) == ("ada", ["sonographer"])
    assert "open_studies" in state["permissions"]
    again = await browser.post("/api/enrolment/offer", json={"secret": link})
    assert again.status_code == 401


async def test_signing_in_with_password_and_code_and_out_again(
    browser: httpx.AsyncClient, people: PeopleService
) -> None:
    _, done = await enrol(browser, await people.add("ada", "Ada", [Role.SONOGRAPHER]))
    typed = {"userName": "Ada", "password": PASSWORD, "code": done.json()["codes"][0]}
    answer = await browser.post("/api/session", json=typed)
    assert answer.status_code == 204
    cookie = cookie_of(answer)
    assert (await browser.get("/api/studies", headers=cookie)).status_code == 200
    listed = (await browser.get("/api/sessions", headers=cookie)).json()["sessions"]
    assert sorted(one["isThis"] for one in listed) == [False, True]
    other = next(one for one in listed if not one["isThis"])
    ended = await browser.delete(f"/api/sessions/{other['sessionRef']}", headers=cookie)
    assert ended.status_code == 204
    ended = await browser.delete(f"/api/sessions/{other['sessionRef']}", headers=cookie)
    assert ended.status_code == 404
    out = await browser.delete("/api/session", headers=cookie)
    assert out.status_code == 204
    assert "Max-Age=0" in out.headers["set-cookie"]
    assert (await browser.get("/api/studies", headers=cookie)).status_code == 401


async def test_a_wrong_password_says_nothing_about_who_exists(
    browser: httpx.AsyncClient, people: PeopleService
) -> None:
    await enrol(browser, await people.add("ada", "Ada", [Role.SONOGRAPHER]))
    answers = [
        await browser.post(
            "/api/session", json={"userName": name, "password": "wrong", "code": "000000"}
        )
        for name in ("ada", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert "set-cookie" not in answers[0].headers


async def test_after_five_failures_the_address_waits(browser: httpx.AsyncClient) -> None:
    typed = {"userName": "ada", "password": "wrong", "code": "000000"}
    for _ in range(5):
        assert (await browser.post("/api/session", json=typed)).status_code == 401
    answer = await browser.post("/api/session", json=typed)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_a_link_signs_in_once(browser: httpx.AsyncClient, people: PeopleService) -> None:
    await people.add("ada", "Ada", [Role.SONOGRAPHER])
    secret = await people.sign_in_link("ada", timedelta(hours=1))
    answer = await browser.post("/api/session/link", json={"secret": secret})
    assert (await browser.get("/api/studies", headers=cookie_of(answer))).status_code == 200
    assert (await browser.post("/api/session/link", json={"secret": secret})).status_code == 401


async def test_the_qr_code_is_drawn_without_script(browser: httpx.AsyncClient) -> None:
    asked = {"userName": "<script>alert(1)</script>", "totpSecret": "GEZDGNBVGY3TQOJQ" * 2}
    svg = (await browser.post("/api/enrolment/picture", json=asked)).json()["svg"]
    assert svg.startswith("<svg")
    assert "script" not in svg


async def test_a_program_has_no_sessions(web: WebArchive) -> None:
    assert (await web.client.get("/api/sessions")).status_code == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"secret": 1}', b"\xff", b"x" * 20_000])
async def test_a_body_that_is_no_request_is_refused(
    browser: httpx.AsyncClient, body: bytes
) -> None:
    for path in ("/api/session", "/api/session/link", "/api/enrolment", "/api/enrolment/offer"):
        answer = await browser.post(
            path, content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in {400, 413}, path
