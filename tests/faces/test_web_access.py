"""Who may use which route, tried on every route that there is."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from tests.faces.conftest import Shelf, WebArchive

from sonarium.app.settings import Settings
from sonarium.app.web_server import routes_of
from sonarium.domain.principal import PERMISSIONS, Permission, Role
from sonarium.faces.web_access import ANYONE, SESSION_COOKIE, SIGNED_IN, rule_of
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInService

ORIGIN = {"Origin": "http://127.0.0.1"}
UNNAMED = re.compile(r"\{(\w+)(?::\w+)?\}")


@pytest.fixture
def application(shelf: Shelf) -> Litestar:
    return routes_of(shelf.web.archive, Settings(), shelf.web.feed)


def each_route(application: Litestar) -> Iterator[tuple[str, str, Any]]:
    """Walk over method, path with numbers for names, and rule of every route of ours."""
    for route in application.routes:
        assert isinstance(route, HTTPRoute), "a route that is not HTTP needs a guard of its own"
        path = UNNAMED.sub("1", route.path_format)
        for method, (handler, _) in route.route_handler_map.items():
            if not (method == "OPTIONS" and handler.fn.__name__ == "options_handler"):
                yield method, path, rule_of(handler.opt)


async def person_client(web: WebArchive, *roles: Role) -> httpx.AsyncClient:
    """Return a browser in which somebody of these roles is signed in."""
    people = PeopleService(web.archive.database)
    name = "-".join(role.replace("_", "") for role in roles)
    if name not in {one.user_name for one in await people.all()}:
        await people.add(name, f"SYNTHETIC {name}", roles)
    signing_in = SignInService(web.archive.database, SessionSettings())
    link = await people.sign_in_link(name, SessionSettings().lifetime)
    secret = await signing_in.with_link(link, Caller("127.0.0.1", "tests"))
    return httpx.AsyncClient(
        transport=web.client._transport,
        base_url="http://127.0.0.1",
        headers={"Cookie": f"{SESSION_COOKIE}={secret}"},
    )


def test_every_route_names_its_rule(application: Litestar) -> None:
    known = {ANYONE, SIGNED_IN, *Permission}
    nameless = [(m, p) for m, p, rule in each_route(application) if rule not in known]
    assert nameless == []


async def test_a_stranger_is_heard_nowhere_but_at_the_door(
    shelf: Shelf, application: Litestar
) -> None:
    async with httpx.AsyncClient(
        transport=shelf.web.client._transport, base_url="http://127.0.0.1"
    ) as stranger:
        for method, path, rule in each_route(application):
            if rule == ANYONE:
                continue
            answer = await stranger.request(method, path, headers=ORIGIN)
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert method == "HEAD" or answer.json()["status"] == 401


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_gets_no_further_than_its_permissions(
    shelf: Shelf, application: Litestar, role: Role
) -> None:
    async with await person_client(shelf.web, role) as person:
        for method, path, rule in each_route(application):
            if not isinstance(rule, Permission) or path.endswith("/changes"):
                continue
            answer = await person.request(method, path, headers=ORIGIN)
            refused = answer.status_code == 403
            assert refused == (rule not in PERMISSIONS[role]), (method, path, answer.status_code)


@pytest.mark.parametrize("secret", ["", "wrong", "a" * 4000, "é"])
async def test_a_wrong_token_opens_nothing(shelf: Shelf, secret: str) -> None:
    for headers in (
        [(b"authorization", b"Bearer " + secret.encode())],
        [(b"cookie", SESSION_COOKIE.encode() + b"=" + secret.encode())],
    ):
        async with httpx.AsyncClient(
            transport=shelf.web.client._transport, base_url="http://127.0.0.1", headers=headers
        ) as stranger:
            assert (await stranger.get("/dicom-web/studies")).status_code == 401


async def test_a_cookie_alone_changes_nothing(shelf: Shelf) -> None:
    async with await person_client(shelf.web, Role.ADMINISTRATOR) as person:
        body = {"userName": "new", "displayName": "New", "roles": ["student"]}
        assert (await person.post("/api/people", json=body)).status_code == 401
        assert (await person.post("/api/people", json=body, headers=ORIGIN)).status_code == 201


async def test_a_session_ends_with_the_right_to_come_in(web: WebArchive) -> None:
    people = PeopleService(web.archive.database)
    async with await person_client(web, Role.SONOGRAPHER) as person:
        assert (await person.get("/api/studies")).status_code == 200
        await people.change("sonographer", "S", [Role.SONOGRAPHER], is_active=False)
        assert (await person.get("/api/studies")).status_code == 401
