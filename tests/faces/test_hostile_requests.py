"""What a hostile caller may send to every route, made from the router: a new route is tried too."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from tests.faces.conftest import Shelf
from tests.faces.test_web_access import (
    ORIGIN,
    UNNAMED,
    application,
    each_route,
    person_client,
)
from tests.signing_in import bearer_of

from sonarium.base.secrets import digest_of
from sonarium.domain.principal import Role, Scope
from sonarium.faces.web_access import ANYONE, SESSION_COOKIE, VISIT_COOKIE
from sonarium.services.clients import ClientService
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInService

__all__ = ["application"]

EVERYTHING = (Role.ADMINISTRATOR, Role.READING_PHYSICIAN, Role.AUDITOR, Role.EDUCATOR)
STILL = "toshiba-xario-mmode"
STREAMS = ("/changes", "/watch")
"""They tell for minutes whom they let in."""
KEPT_BY_NOBODY = {"no-store", "private, no-store"}
ASKED_AGAIN = {"private, max-age=0, must-revalidate"}
"""A browser may keep it for its person, and shows it only when we said that it still holds."""


def each_handler(application: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Walk over method, path as the router writes it, and handler of every route."""
    for route in application.routes:
        assert isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items():
            if handler.fn.__name__ != "options_handler":
                yield method, route.path_format, handler


def with_body(application: Litestar) -> list[tuple[str, str, HTTPRouteHandler]]:
    """Return the routes that read a body as a value, with numbers for names in their paths."""
    return [
        (method, UNNAMED.sub("1", path), handler)
        for method, path, handler in each_handler(application)
        if handler.parsed_data_field is not None
    ]


def stranger(shelf: Shelf, headers: dict[str, str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=shelf.web.client._transport, base_url="http://127.0.0.1", headers=headers
    )


async def test_a_body_that_does_not_fit_is_never_our_mistake(
    shelf: Shelf, application: Litestar
) -> None:
    """Whatever the field is called: like one of its own, or like a service behind the route."""
    routes = with_body(application)
    assert len(routes) > 30
    wrong: list[tuple[str, str, object, int]] = []
    async with await person_client(shelf.web, *EVERYTHING) as person:
        for method, path, handler in routes:
            fields: list[str] = []
            described = handler.parsed_data_field.annotation  # type: ignore[union-attr]
            if issubclass(described, msgspec.Struct):
                fields = [one.encode_name for one in msgspec.structs.fields(described)]
            names = {*fields, *application.dependencies}
            bodies: list[object] = [None, [], "text", 1, *({name: {"x": [1]}} for name in names)]
            for body in bodies:
                answer = await person.request(method, path, headers=ORIGIN, json=body)
                if answer.status_code >= 500:
                    wrong.append((method, path, body, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("declared", [True, False], ids=["with its length", "in chunks"])
async def test_a_body_without_end_is_refused(
    shelf: Shelf, application: Litestar, *, declared: bool
) -> None:
    whole = b'{"userName":"' + b"x" * 11_000_000 + b'"}'

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(whole), 1 << 20):
            yield whole[at : at + (1 << 20)]

    kind = {"Content-Type": "application/json", **ORIGIN}
    async with await person_client(shelf.web, *EVERYTHING) as person:
        for method, path, _ in with_body(application):
            content = whole if declared else pieces()
            answer = await person.request(method, path, headers=kind, content=content)
            assert answer.status_code in {400, 413}, (method, path)


async def test_no_answer_about_a_patient_is_kept_by_a_cache(
    shelf: Shelf, application: Litestar
) -> None:
    """Whether it was granted or refused, an answer says that nobody keeps it unasked."""
    one = shelf.selections[STILL]
    names = {
        "study": one.study_instance_uid,
        "study_instance_uid": one.study_instance_uid,
        "series": one.series_instance_uid or "",
        "instance": one.sop_instance_uid or "",
        "frames": "1",
        "path": "00081140",
    }
    granted = 0
    wrong: list[tuple[str, str, int, str]] = []
    async with await person_client(shelf.web, *EVERYTHING) as person:
        for method, path, _ in each_handler(application):
            if path.endswith(STREAMS) or path.startswith("/ohif") or path in {"/", "/{path}"}:
                continue
            filled = UNNAMED.sub(lambda found: names.get(found[1], "1"), path)
            answer = await person.request(method, filled, headers=ORIGIN)
            granted += answer.status_code == 200
            kept, tag = (answer.headers.get(name, "") for name in ("cache-control", "etag"))
            if kept not in (ASKED_AGAIN if tag else KEPT_BY_NOBODY):
                wrong.append((method, path, answer.status_code, kept))
            if tag:
                again = await person.request(method, filled, headers={"If-None-Match": tag})
                if again.headers["cache-control"] != kept:
                    wrong.append((method, path, again.status_code, "changes its mind"))
    assert wrong == []
    assert granted > 30


async def spent_secrets(shelf: Shelf) -> list[dict[str, str]]:
    """Make what let somebody in once, or lets them in at another door, and not at this one."""
    database = shelf.web.archive.database
    people, clients = PeopleService(database), ClientService(database)
    signing_in = SignInService(database, SessionSettings())
    caller = Caller("127.0.0.1", "tests")
    await people.add("spent", "SYNTHETIC spent", EVERYTHING)
    links = [await people.sign_in_link("spent", timedelta(hours=1)) for _ in range(6)]
    unused = links.pop()
    expired, idle, ended, proved, alive = [await signing_in.with_link(it, caller) for it in links]
    was = await signing_in.principal_of(proved)
    assert was is not None
    assert was.viewer.person_ref is not None
    async with database.transaction() as tx:
        await signing_in.prove_session(tx, was, was.viewer.person_ref)
    client_secret = await clients.add("spent", "", list(Scope))
    tokens = [await clients.token_by_administrator("spent", timedelta(hours=1)) for _ in range(3)]
    over, given_back, good = (it.secret for it in tokens)
    await clients.give_back("spent", client_secret, given_back)
    async with database.transaction() as tx:
        for change, secret in (
            ("UPDATE session SET expires_at = now()", expired),
            ("UPDATE session SET seen_at = now() - interval '31 minutes'", idle),
            ("DELETE FROM session", ended),
            ("UPDATE access_token SET expires_at = now()", over),
        ):
            statement = f"{change} WHERE secret_hash = %(secret)s".encode()
            await tx.execute(statement, secret=digest_of(secret))
    as_cookie = [unused, links[0], expired, idle, ended, proved, good, client_secret, "", "wrong"]
    as_bearer = [unused, over, given_back, alive, client_secret, f"{good}x", "", "wrong"]
    return [
        *({"Cookie": f"{SESSION_COOKIE}={secret}"} for secret in as_cookie),
        *({"Cookie": f"{VISIT_COOKIE}={secret}"} for secret in (alive, good)),
        *({"Authorization": f"Bearer {secret}"} for secret in as_bearer),
        {"Authorization": f"Basic {good}"},
        # A token that does not hold is not made good by a cookie that does.
        {"Authorization": f"Bearer {over}", "Cookie": f"{SESSION_COOKIE}={alive}"},
    ]


async def test_no_secret_opens_anything_once_it_is_spent_or_at_another_door(
    shelf: Shelf, application: Litestar
) -> None:
    opened: list[tuple[int, str, str, int]] = []
    for number, headers in enumerate(await spent_secrets(shelf)):
        async with stranger(shelf, headers | ORIGIN) as somebody:
            for method, path, rule in each_route(application):
                if rule == ANYONE:
                    continue
                answer = await somebody.request(method, path)
                if answer.status_code != 401:
                    opened.append((number, method, path, answer.status_code))
    assert opened == []


FORGED = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "127.0.0.1@evil.example"},
    {"Host": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:81"},
    {"Origin": "http://127.0.0.1.evil.example"},
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
async def test_a_forged_host_or_page_is_heard_on_no_route(
    shelf: Shelf, application: Litestar, forged: dict[str, str]
) -> None:
    """Not even with the cookie or the token of somebody who may do everything."""
    async with await person_client(shelf.web, *EVERYTHING) as person:
        cookie = {"Cookie": person.headers["Cookie"]}
    for secret in (cookie, await bearer_of(shelf.web.archive.database)):
        async with stranger(shelf, secret) as browser:
            for method, path, _ in each_route(application):
                answer = await browser.request(method, path, headers=ORIGIN | forged)
                assert answer.status_code == 403, (method, path)
