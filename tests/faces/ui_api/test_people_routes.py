"""Administering people and programs over HTTP, and the token endpoint."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.faces.conftest import WebArchive


@pytest.fixture
async def stranger(web: WebArchive) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=web.client._transport, base_url="http://127.0.0.1"
    ) as opened:
        yield opened


async def test_somebody_is_added_changed_and_invited_again(
    administrator: httpx.AsyncClient,
) -> None:
    body = {"userName": "ada", "displayName": "Ada", "roles": ["sonographer"]}
    added = await administrator.post("/api/people", json=body)
    assert added.status_code == 201
    assert added.json()["path"].startswith("/enrol#")
    change = {"displayName": "Ada L", "roles": ["reading_physician"], "isActive": False}
    assert (await administrator.put("/api/people/ada", json=change)).status_code == 204
    listed = (await administrator.get("/api/people")).json()["people"]
    ada = next(one for one in listed if one["userName"] == "ada")
    assert (ada["displayName"], ada["roles"], ada["isActive"], ada["isEnrolled"]) == (
        "Ada L",
        ["reading_physician"],
        False,
        False,
    )
    invited = await administrator.post("/api/people/ada/enrolment-link")
    assert invited.json()["path"] != added.json()["path"]


async def test_nobody_shuts_himself_out(administrator: httpx.AsyncClient) -> None:
    for roles, is_active in ((["administrator"], False), (["auditor"], True)):
        change = {"displayName": "Root", "roles": roles, "isActive": is_active}
        answer = await administrator.put("/api/people/root", json=change)
        assert answer.status_code == 400
        assert "another administrator" in answer.json()["detail"]


async def test_what_cannot_be_is_refused_in_words(administrator: httpx.AsyncClient) -> None:
    body = {"userName": "Ada Space", "displayName": "Ada", "roles": ["sonographer"]}
    answer = await administrator.post("/api/people", json=body)
    assert answer.status_code == 400
    assert "user name" in answer.json()["detail"]
    change = {"displayName": "X", "roles": ["student"], "isActive": True}
    assert (await administrator.put("/api/people/nobody", json=change)).status_code == 404
    assert (await administrator.post("/api/people/nobody/enrolment-link")).status_code == 404
    assert (await administrator.delete("/api/clients/nobody")).status_code == 404


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
