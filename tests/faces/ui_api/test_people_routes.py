"""Administering people and programs over HTTP, and the token endpoint."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from tests.faces.conftest import WebArchive

from sonarium.domain.principal import Role
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInService


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


async def test_nobody_lets_themselves_see_studies(administrator: httpx.AsyncClient) -> None:
    roles = ["administrator", "reading_physician"]
    change = {"displayName": "Root", "roles": roles, "isActive": True}
    answer = await administrator.put("/api/people/root", json=change)
    assert answer.status_code == 400
    assert "nobody gives a role to themselves" in answer.json()["detail"]
    reasons = {"departments": ["*"], "physicianIDs": ["4711^LOCAL"]}
    answer = await administrator.put("/api/people/root/reasons", json=reasons)
    assert answer.status_code == 400
    assert "another administrator" in answer.json()["detail"]
    called = {"displayName": "Grace", "roles": ["administrator"], "isActive": True}
    assert (await administrator.put("/api/people/root", json=called)).status_code == 204


async def test_what_cannot_be_is_refused_in_words(administrator: httpx.AsyncClient) -> None:
    body = {"userName": "Ada Space", "displayName": "Ada", "roles": ["sonographer"]}
    answer = await administrator.post("/api/people", json=body)
    assert answer.status_code == 400
    assert "user name" in answer.json()["detail"]
    change = {"displayName": "X", "roles": ["student"], "isActive": True}
    assert (await administrator.put("/api/people/nobody", json=change)).status_code == 404
    assert (await administrator.post("/api/people/nobody/enrolment-link")).status_code == 404
    assert (await administrator.delete("/api/clients/nobody")).status_code == 404


async def test_somebody_is_signed_out_everywhere(
    administrator: httpx.AsyncClient, web: WebArchive
) -> None:
    people = PeopleService(web.archive.database)
    await people.add("ada", "Ada", [Role.STUDENT])
    signing_in = SignInService(web.archive.database, SessionSettings())
    secret = await signing_in.with_link(
        await people.sign_in_link("ada", timedelta(hours=1)), Caller("192.0.2.1", "tests")
    )
    listed = (await administrator.get("/api/people/ada/sessions")).json()["sessions"]
    assert [one["address"] for one in listed] == ["192.0.2.1"]
    assert (await administrator.delete("/api/people/ada/sessions")).status_code == 204
    assert await signing_in.principal_of(secret) is None
    assert (await administrator.delete("/api/people/nobody/sessions")).status_code == 404
