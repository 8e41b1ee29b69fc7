"""What an attacker's page, neighbour or proxy may forge, and that it opens nothing."""

from datetime import timedelta

import httpx
import pytest
from tests.faces.conftest import WebArchive
from tests.in_process import InProcess

from sonarium.app.settings import Settings
from sonarium.app.web_server import routes_of
from sonarium.domain.principal import Role
from sonarium.faces.ui_api.browser_guard import browser_guard
from sonarium.faces.web_access import SESSION_COOKIE
from sonarium.services import passwords
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInRefused, SignInService

NAME = "pacs.example"
NEW = {"userName": "eve", "displayName": "Eve", "roles": ["administrator"]}


def site(web: WebArchive) -> InProcess:
    """The archive as it is reached by its name over TLS."""
    return InProcess(browser_guard(routes_of(web.archive, Settings(), web.feed), [NAME]))


async def session_of(web: WebArchive, *roles: Role) -> str:
    people = PeopleService(web.archive.database)
    await people.add("ada", "Ada", roles)
    link = await people.sign_in_link("ada", timedelta(hours=1))
    signing_in = SignInService(web.archive.database, SessionSettings())
    return await signing_in.with_link(link, Caller("127.0.0.1", "tests"))


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        f"http://{NAME}",
        f"https://evil.{NAME}",
        f"https://{NAME}.evil.example",
        f"https://{NAME}:8443",
        f"https://user@{NAME}",
        f"https://{NAME}@evil.example",
        "https://[::1",
        "https://localhost",
    ],
)
async def test_a_page_that_is_not_ours_changes_nothing_with_somebodys_cookie(
    web: WebArchive, origin: str | None
) -> None:
    headers = {"Cookie": f"{SESSION_COOKIE}={await session_of(web, Role.ADMINISTRATOR)}"}
    if origin is not None:
        headers["Origin"] = origin
    async with httpx.AsyncClient(transport=site(web), base_url=f"https://{NAME}") as browser:
        answer = await browser.post("/api/people", json=NEW, headers=headers)
        assert answer.status_code in {401, 403}
        own = {**headers, "Origin": f"https://{NAME}"}
        assert (await browser.post("/api/people", json=NEW, headers=own)).status_code == 201


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-Host": NAME},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": f"host={NAME};for=127.0.0.1"},
        {"X-Original-URL": "/api/session"},
        {"X-HTTP-Method-Override": "GET"},
    ],
    ids=str,
)
async def test_no_header_of_a_proxy_opens_a_door(web: WebArchive, forged: dict[str, str]) -> None:
    async with httpx.AsyncClient(transport=site(web), base_url="https://evil.example") as stranger:
        assert (await stranger.get("/api/session", headers=forged)).status_code == 403
    async with httpx.AsyncClient(transport=site(web), base_url=f"https://{NAME}") as stranger:
        assert (await stranger.get("/api/people", headers=forged)).status_code == 401
        posted = await stranger.post("/api/people", json=NEW, headers=forged)
        assert posted.status_code == 401


async def test_a_forged_address_escapes_no_count_of_failures(web: WebArchive) -> None:
    typed = {"userName": "ada", "password": "wrong", "code": "000000"}
    own = {"Origin": f"https://{NAME}"}
    async with httpx.AsyncClient(transport=site(web), base_url=f"https://{NAME}") as stranger:
        for number in range(5):
            forged = {**own, "X-Forwarded-For": f"192.0.2.{number}"}
            answer = await stranger.post("/api/session", json=typed, headers=forged)
            assert answer.status_code == 401
        forged = {**own, "X-Forwarded-For": "192.0.2.99"}
        answer = await stranger.post("/api/session", json=typed, headers=forged)
        assert answer.status_code == 429


@pytest.mark.parametrize("name", ["sonarium", "__host-sonarium", "__Secure-sonarium"])
async def test_a_cookie_that_a_neighbour_may_set_is_not_ours(web: WebArchive, name: str) -> None:
    headers = {"Cookie": f"{name}={await session_of(web, Role.SONOGRAPHER)}"}
    async with httpx.AsyncClient(transport=site(web), base_url=f"https://{NAME}") as browser:
        assert (await browser.get("/api/studies", headers=headers)).status_code == 401


async def test_a_session_that_was_there_before_signing_in_is_never_taken_over(
    web: WebArchive,
) -> None:
    planted = await session_of(web, Role.STUDENT)
    people = PeopleService(web.archive.database)
    await people.add("eve", "Eve", [Role.ADMINISTRATOR])
    link = await people.sign_in_link("eve", timedelta(hours=1))
    headers = {"Cookie": f"{SESSION_COOKIE}={planted}", "Origin": f"https://{NAME}"}
    async with httpx.AsyncClient(transport=site(web), base_url=f"https://{NAME}") as browser:
        answer = await browser.post("/api/session/link", json={"secret": link}, headers=headers)
        assert planted not in answer.headers["set-cookie"]
        state = await browser.get("/api/session", headers={"Cookie": headers["Cookie"]})
        assert state.json()["userName"] == "ada"


async def test_a_secret_in_an_address_opens_nothing(web: WebArchive) -> None:
    secret = await session_of(web, Role.SONOGRAPHER)
    async with httpx.AsyncClient(transport=site(web), base_url=f"https://{NAME}") as browser:
        for name in ("access_token", "token", SESSION_COOKIE):
            answer = await browser.get("/api/studies", params={name: secret})
            assert answer.status_code == 401


async def test_an_unknown_name_costs_as_much_as_a_known_one(
    web: WebArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    compare = passwords.Passwords._compare

    def counted(self: passwords.Passwords, password: str, kept: str) -> bool:
        compared.append(kept.split("$")[3])
        return compare(self, password, kept)

    monkeypatch.setattr(passwords.Passwords, "_compare", counted)
    signing_in = SignInService(web.archive.database, SessionSettings())
    for name in ("nobody", "ada"):
        with pytest.raises(SignInRefused):
            await signing_in.with_password(name, "wrong", "000000", Caller("192.0.2.7", ""))
    assert len(compared) == 2
    assert len(set(compared)) == 1
