"""What is joined into one application, and how each failure is told."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from litestar import Litestar, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody
from litestar.routes import HTTPRoute
from tests.in_process import InProcess

from sonarium import __version__
from sonarium.app.archive import archive_over
from sonarium.app.settings import Settings
from sonarium.app.web_application import web_application
from sonarium.app.web_server import routes_of
from sonarium.base.errors import RequestError, UnavailableError
from sonarium.db.pool import Database
from sonarium.domain.principal import Principal
from sonarium.faces.web_access import SIGNED_IN, access, access_guard
from sonarium.services.change_feed import ChangeFeed
from sonarium.storage.key_room import Keys
from sonarium.storage.memory import MemoryBlobStore


@get("/refused")
async def refused() -> None:
    raise RequestError("the moon is no study")


@get("/unavailable")
async def unavailable() -> None:
    raise UnavailableError("the moon is in the way")


@get("/mistake")
async def mistake() -> None:
    raise ZeroDivisionError("SYNTHETIC^PATIENT")


@post("/described")
async def described(data: JSONBody[dict[str, object]]) -> None:
    raise AssertionError(f"no body of the tests fits, and {len(data)} names came")


class Namesake(msgspec.Struct):
    """A body whose field has the name of one of our services."""

    studies: list[str]


@post("/namesake")
async def namesake(studies: NamedDependency[object], data: JSONBody[Namesake]) -> None:
    raise AssertionError(f"no body of the tests fits: {data}, {studies}")


@get("/counted")
async def counted(limit: FromQuery[int]) -> int:
    return limit


class Doorkeeper:
    """Knows one token."""

    async def principal_of(self, secret: str, /) -> Principal | None:
        return Principal("tests", "Tests", frozenset()) if secret == "known" else None


@pytest.fixture(scope="module")
async def application() -> Litestar:
    """Every real route, and some that fail; no service is there."""
    database = Database("")
    archive = archive_over(database, MemoryBlobStore(), Keys.throw_away(), Settings())
    services = routes_of(archive, Settings(), ChangeFeed(database, archive.access)).dependencies
    handlers = [refused, unavailable, mistake, counted, described, namesake]
    trial = Router("/trial", route_handlers=handlers, opt=access(SIGNED_IN))
    guard = access_guard(Doorkeeper(), Doorkeeper(), Doorkeeper())
    return web_application(dict.fromkeys(services), [trial], guard, archive.refusals)


@pytest.fixture
async def client(application: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = InProcess(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://127.0.0.1",
        headers={"Authorization": "Bearer known"},
    ) as opened:
        yield opened


async def problem(client: httpx.AsyncClient, path: str) -> dict[str, object]:
    """Ask for a path that fails, and return its problem document."""
    answer = await client.get(path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, object] = answer.json()
    assert told["status"] == answer.status_code
    return told


async def test_a_request_that_cannot_be_granted_is_told_why(client: httpx.AsyncClient) -> None:
    told = await problem(client, "/trial/refused")
    assert (told["status"], told["detail"]) == (400, "the moon is no study")


async def test_what_is_away_may_be_asked_again(client: httpx.AsyncClient) -> None:
    told = await problem(client, "/trial/unavailable")
    assert (told["status"], told["detail"]) == (503, "the moon is in the way")
    assert (await client.get("/trial/unavailable")).headers["retry-after"] == "5"


async def test_a_mistake_of_ours_tells_nothing_of_its_inside(client: httpx.AsyncClient) -> None:
    told = await problem(client, "/trial/mistake")
    assert told["status"] == 500
    assert "SYNTHETIC" not in str(told)
    assert "Zero" not in str(told)


@pytest.mark.parametrize("body", [b"[" * 1_000_000, b'{"a":' * 100_000])
async def test_a_body_that_is_nested_too_deeply_is_the_callers_mistake(
    client: httpx.AsyncClient, body: bytes
) -> None:
    told = await client.post(
        "/trial/described", content=body, headers={"Content-Type": "application/json"}
    )
    assert told.status_code == 400
    assert told.headers["content-type"] == "application/problem+json"


async def test_a_parameter_that_does_not_fit_is_named(client: httpx.AsyncClient) -> None:
    told = await problem(client, "/trial/counted?limit=many")
    assert told["status"] == 400
    assert "limit" in str(told["detail"])


@pytest.mark.parametrize("studies", ["one", {"a": 1}, [1], None])
async def test_a_field_with_the_name_of_a_service_is_the_callers_mistake_too(
    client: httpx.AsyncClient, studies: object
) -> None:
    answer = await client.post("/trial/namesake", json={"studies": studies})
    told = answer.json()
    assert told["status"] == answer.status_code == 400
    assert told["detail"].startswith("studies")


async def test_a_method_that_is_not_allowed_is_a_problem_too(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/trial/counted")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_document_is_served_and_no_page_that_loads_from_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    document = await client.get("/api/openapi.json")
    assert document.json()["info"] == {"title": "Sonarium", "version": __version__}
    for page in ("/api", "/api/swagger", "/api/redoc"):
        assert '<script src="http' not in (await client.get(page)).text


async def test_a_path_without_an_api_gets_the_web_application(client: httpx.AsyncClient) -> None:
    answer = await client.get("/studies/2.25.1")
    assert answer.headers["content-type"].startswith("text/html")


def test_no_request_opens_a_group_of_tasks_for_its_services(application: Litestar) -> None:
    batches = [
        batch
        for route in application.routes
        if isinstance(route, HTTPRoute)
        for _, parameters in route.route_handler_map.values()
        for batch in parameters.dependency_batches
    ]
    assert len(batches) > 100
    assert {len(batch) for batch in batches} == {1}
