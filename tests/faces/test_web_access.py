"""Who may use which route, tried on every route that there is."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from tests.faces.conftest import Shelf, WebArchive

from sonarium.app.settings import Settings
from sonarium.app.web_server import routes_of
from sonarium.domain.principal import PERMISSIONS, Permission, Role
from sonarium.faces.web_access import ANYONE, SESSION_COOKIE, SIGNED_IN, asks_for_proof, rule_of
from sonarium.services.access import AccessService
from sonarium.services.other_viewers import StudyTokenService, ViewerSettings
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInService

ORIGIN = {"Origin": "http://127.0.0.1"}
UNNAMED = re.compile(r"\{(\w+)(?::\w+)?\}")


@pytest.fixture
def application(shelf: Shelf) -> Litestar:
    return routes_of(shelf.web.archive, Settings(), shelf.web.feed)


def each_route(application: Litestar) -> Iterator[tuple[str, str, Any]]:
    """Walk over method, path with numbers for names, and rule of every route of ours."""
    for method, path, opt in each_opt(application):
        yield method, path, rule_of(opt)


def each_opt(application: Litestar) -> Iterator[tuple[str, str, Any]]:
    """Walk over method, path with numbers for names, and `opt` of every route of ours."""
    for route in application.routes:
        assert isinstance(route, HTTPRoute), "a route that is not HTTP needs a guard of its own"
        path = UNNAMED.sub("1", route.path_format)
        for method, (handler, _) in route.route_handler_map.items():
            if not (method == "OPTIONS" and handler.fn.__name__ == "options_handler"):
                yield method, path, handler.opt


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
            if not isinstance(rule, Permission):
                continue
            if path.endswith(("/changes", "/watch")) and rule in PERMISSIONS[role]:
                continue  # whom they let in they tell for minutes
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


ASKING = {
    ("POST", "/api/people"),
    ("PUT", "/api/people/1"),
    ("POST", "/api/people/1/enrolment-link"),
    ("POST", "/api/clients"),
    ("PUT", "/api/devices/1"),
    ("POST", "/api/passkeys/options"),
    ("POST", "/api/passkeys"),
    ("DELETE", "/api/passkeys/1"),
    ("POST", "/api/studies/1/shares"),
    ("POST", "/api/studies/1/links"),
    ("POST", "/api/break-glass"),
    ("POST", "/api/grants"),
    ("PUT", "/api/people/1/reasons"),
    ("PUT", "/api/clients/1/departments"),
    ("PUT", "/api/patient-confidentiality"),
    ("PUT", "/api/studies/1/teaching"),
    ("GET", "/api/audit/records.csv"),
    ("GET", "/api/audit/disclosures.pdf"),
}


async def test_what_only_its_person_may_do_asks_for_a_proof_of_late(
    shelf: Shelf, application: Litestar
) -> None:
    asking = {(method, path) for method, path, opt in each_opt(application) if asks_for_proof(opt)}
    assert asking >= ASKING
    everything = (Role.ADMINISTRATOR, Role.READING_PHYSICIAN, Role.AUDITOR)
    async with await person_client(shelf.web, *everything) as person:
        for method, path in asking:
            answer = await person.request(method, path, headers=ORIGIN)
            assert answer.status_code not in {401, 403}, (method, path)
        async with shelf.web.archive.database.transaction() as tx:
            await tx.execute(b"UPDATE session SET proved_at = now() - interval '301 seconds'")
        for method, path in asking:
            answer = await person.request(method, path, headers=ORIGIN)
            assert answer.status_code == 401, (method, path)
            assert 'error="insufficient_user_authentication"' in answer.headers["www-authenticate"]
        assert (await person.get("/api/studies")).status_code == 200
        async with shelf.web.archive.database.transaction() as tx:
            await tx.execute(b"UPDATE session SET proved_at = now()")


async def test_a_session_ends_with_the_right_to_come_in(web: WebArchive) -> None:
    people = PeopleService(web.archive.database)
    async with await person_client(web, Role.SONOGRAPHER) as person:
        assert (await person.get("/api/studies")).status_code == 200
        await people.change("sonographer", "S", [Role.SONOGRAPHER], is_active=False)
        assert (await person.get("/api/studies")).status_code == 401


@asynccontextmanager
async def token_of(shelf: Shelf, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """A viewer that comes by a token of one study of the shelf."""
    database = shelf.web.archive.database
    async with await person_client(shelf.web, Role.READING_PHYSICIAN) as person:
        cookie = person.headers["cookie"].partition("=")[2]
    principal = await SignInService(database, SessionSettings()).principal_of(cookie)
    assert principal is not None
    service = StudyTokenService(database, AccessService(database), ViewerSettings(weasis=True))
    study = shelf.selections[name].study_instance_uid
    link = await service.weasis_link(principal, study, "http://127.0.0.1/dicom-web")
    token = unquote(link).rpartition("Bearer ")[2].removesuffix('"')
    async with httpx.AsyncClient(
        transport=shelf.web.client._transport,
        base_url="http://127.0.0.1",
        headers={"Authorization": f"Bearer {token}"},
    ) as viewer:
        yield viewer


STILL, OTHER = "toshiba-xario-mmode", "ge-logiq700-rgb"


async def test_a_token_of_one_study_finds_and_opens_it(shelf: Shelf) -> None:
    study = shelf.selections[STILL].study_instance_uid
    async with token_of(shelf, STILL) as viewer:
        for key in ("StudyInstanceUID", "0020000D", "0020000d"):
            found = await viewer.get("/dicom-web/studies", params={key: study, "limit": "5"})
            assert len(found.json()) == 1
        for path in ("/series", "/instances", "/metadata", ""):
            answer = await viewer.get(f"/dicom-web{shelf.study(STILL)}{path}")
            assert answer.status_code == 200, path
        frame = f"/dicom-web{shelf.instance(STILL)}/frames/1"
        assert (await viewer.get(frame)).status_code == 200


async def test_a_token_of_one_study_opens_nothing_else(shelf: Shelf, application: Litestar) -> None:
    study = shelf.selections[STILL].study_instance_uid
    other = shelf.selections[OTHER].study_instance_uid
    refused = [
        "/dicom-web/studies",
        "/dicom-web/studies/",
        f"/dicom-web/studies?StudyInstanceUID={other}",
        f"/dicom-web/studies?StudyInstanceUID={study},{other}",
        f"/dicom-web/studies?StudyInstanceUID={study}&0020000D={other}",
        f"/dicom-web/studies?0020000d={other}&StudyInstanceUID={study}",
        f"/dicom-web/studies?PatientID=*&StudyInstanceUID={study}%5C{other}",
        f"/dicom-web{shelf.study(OTHER)}/metadata",
        f"/dicom-web{shelf.instance(OTHER)}/frames/1",
        f"/dicom-web/studies/{study}/../{other}/metadata",
        f"/dicom-web/instances?StudyInstanceUID={study}",
        f"/dicom-web/wado?requestType=WADO&studyUID={study}",
        f"/api/studies/{study}",
        "/api/changes",
    ]
    async with token_of(shelf, STILL) as viewer:
        for path in refused:
            assert (await viewer.get(path)).status_code in {403, 404}, path
        for method, path, rule in each_route(application):
            if rule == ANYONE:
                continue
            answer = await viewer.request(method, path, headers=ORIGIN)
            assert answer.status_code == 403, (method, path, answer.status_code)
        for path in (f"/dicom-web/studies/{study}", "/dicom-web/studies"):
            assert (await viewer.post(path, headers=ORIGIN)).status_code == 403
