"""Tokens of programs, as OAuth 2.0 gives and takes them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.faces.conftest import WebArchive

from sonarium.domain.principal import Scope
from sonarium.services.clients import ClientService


@pytest.fixture
async def stranger(web: WebArchive) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=web.client._transport, base_url="http://127.0.0.1"
    ) as opened:
        yield opened


async def test_a_program_gets_its_token_by_basic_or_form(
    administrator: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    body = {"clientID": "pacs", "description": "A peer", "scopes": ["system/ImagingStudy.rs"]}
    secret = (await administrator.post("/api/clients", json=body)).json()["secret"]
    grant = {"grant_type": "client_credentials"}
    by_basic = await stranger.post("/api/oauth/token", data=grant, auth=("pacs", secret))
    by_form = await stranger.post(
        "/api/oauth/token", data={**grant, "client_id": "pacs", "client_secret": secret}
    )
    for answer in (by_basic, by_form):
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        given = answer.json()
        assert (given["token_type"], given["expires_in"]) == ("Bearer", 900)
        assert given["scope"] == "system/ImagingStudy.rs"
        headers = {"Authorization": f"Bearer {given['access_token']}"}
        assert (await stranger.get("/dicom-web/studies", headers=headers)).status_code == 200
        refused = await stranger.post("/dicom-web/studies", headers=headers)
        assert refused.status_code == 403
    listed = (await administrator.get("/api/clients")).json()["clients"]
    assert "pacs" in {one["clientID"] for one in listed}
    await administrator.delete("/api/clients/pacs")
    assert (await stranger.get("/dicom-web/studies", headers=headers)).status_code == 401


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "all"}, 400, "invalid_scope"),
    ],
)
async def test_a_token_is_refused_as_rfc_6749_says(
    stranger: httpx.AsyncClient, form: dict[str, str], status: int, error: str
) -> None:
    answer = await stranger.post("/api/oauth/token", data=form)
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize("authorization", ["Basic", "Basic !", "Basic /w==", "Basic Og=="])
async def test_malformed_credentials_are_no_credentials(
    stranger: httpx.AsyncClient, authorization: str
) -> None:
    answer = await stranger.post(
        "/api/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": authorization},
    )
    assert answer.status_code == 401


GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
async def program(web: WebArchive) -> tuple[str, str]:
    """A program's client id and secret."""
    return "pacs", await ClientService(web.archive.database).add("pacs", "", list(Scope))


async def test_a_token_is_heard_where_it_was_made_for(
    stranger: httpx.AsyncClient, program: tuple[str, str]
) -> None:
    for resource, opens, shut in (
        ("http://127.0.0.1/dicom-web", "/dicom-web/studies", "/api/studies"),
        ("http://127.0.0.1/api/", "/api/studies", "/dicom-web/studies"),
    ):
        form = {**GRANT, "resource": resource}
        given = await stranger.post("/api/oauth/token", data=form, auth=program)
        headers = {"Authorization": f"Bearer {given.json()['access_token']}"}
        assert (await stranger.get(opens, headers=headers)).status_code == 200
        refused = await stranger.get(shut, headers=headers)
        assert refused.status_code == 401
        assert 'error="invalid_token"' in refused.headers["www-authenticate"]


@pytest.mark.parametrize(
    "resources",
    [
        ["https://evil.example/dicom-web"],
        ["http://127.0.0.1/dicom-webx"],
        ["/dicom-web"],
        [""],
        ["http://127.0.0.1/dicom-web", "http://127.0.0.1/api"],
    ],
)
async def test_no_token_is_given_for_somewhere_else(
    stranger: httpx.AsyncClient, program: tuple[str, str], resources: list[str]
) -> None:
    form = {**GRANT, "resource": resources}
    answer = await stranger.post("/api/oauth/token", data=form, auth=program)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_target"})


async def test_a_program_gives_its_token_back(
    stranger: httpx.AsyncClient, program: tuple[str, str], web: WebArchive
) -> None:
    other = ("other", await ClientService(web.archive.database).add("other", "", list(Scope)))
    given = (await stranger.post("/api/oauth/token", data=GRANT, auth=program)).json()
    shown = {"token": given["access_token"]}
    headers = {"Authorization": f"Bearer {shown['token']}"}
    for who in (other, ("pacs", "wrong")):
        answer = await stranger.post("/api/oauth/revoke", data=shown, auth=who)
        assert answer.status_code == (200 if who == other else 401)
        assert (await stranger.get("/dicom-web/studies", headers=headers)).status_code == 200
    for token in (shown, shown, {"token": "never given"}, {}):
        answer = await stranger.post("/api/oauth/revoke", data=token, auth=program)
        assert answer.status_code == 200
    assert (await stranger.get("/dicom-web/studies", headers=headers)).status_code == 401


async def test_programs_are_told_where_to_ask(stranger: httpx.AsyncClient) -> None:
    for path in ("oauth-authorization-server", "smart-configuration"):
        told = (await stranger.get(f"/.well-known/{path}")).json()
        assert told["issuer"] == "http://127.0.0.1"
        assert told["token_endpoint"] == "http://127.0.0.1/api/oauth/token"
        assert told["grant_types_supported"] == ["client_credentials"]
        assert set(told["scopes_supported"]) == {scope.value for scope in Scope}
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}
    told = await stranger.get("/.well-known/oauth-authorization-server", headers=forged)
    assert "evil" not in told.text
    assert "gopher" not in told.text
