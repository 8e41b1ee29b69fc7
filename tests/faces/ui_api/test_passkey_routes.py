"""Passkeys over HTTP, as the browser application uses them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.faces.conftest import WebArchive
from tests.passkey_device import PasskeyDevice, assertion_json, attestation_json

from sonarium.domain.principal import Role
from sonarium.faces.web_access import SESSION_COOKIE
from sonarium.services.people import PeopleService

HERE = {"Origin": "http://localhost"}


@pytest.fixture
async def browser(web: WebArchive) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=web.client._transport, base_url="http://localhost", headers=HERE
    ) as opened:
        yield opened


@pytest.fixture
def people(web: WebArchive) -> PeopleService:
    return PeopleService(web.archive.database)


def cookie_of(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 204, answer.text
    sent = answer.headers["set-cookie"]
    assert sent.startswith(f"{SESSION_COOKIE}=")
    return {"Cookie": sent.split(";")[0]}


async def enrol(browser: httpx.AsyncClient, link: str, device: PasskeyDevice) -> dict[str, str]:
    who = {"secret": link, "userName": "ada", "displayName": "Ada"}
    options = await browser.post("/api/enrolment/passkey-options", json=who)
    assert options.headers["cache-control"] == "no-store"
    passkey = attestation_json(device.make(options.json()["publicKey"]))
    body = {**who, "name": "telephone", "passkey": passkey}
    return cookie_of(await browser.post("/api/enrolment/passkey", json=body))


async def test_a_passkey_is_enrolled_signs_in_and_proves(
    browser: httpx.AsyncClient, people: PeopleService, web: WebArchive
) -> None:
    device = PasskeyDevice()
    await enrol(browser, await people.set_up_link(), device)
    asked = await browser.post("/api/session/passkey-options")
    answer = assertion_json(device.answer(asked.json()["publicKey"]))
    cookie = cookie_of(await browser.post("/api/session/passkey", json=answer))
    state = (await browser.get("/api/session", headers=cookie)).json()
    assert (state["userName"], state["ways"], state["takesPasskeys"]) == ("ada", ["passkey"], True)
    again = await browser.post("/api/session/passkey", json=answer)
    assert again.status_code == 401
    async with web.archive.database.transaction() as tx:
        await tx.execute(b"UPDATE session SET proved_at = now() - interval '301 seconds'")
    body = {"userName": "eve", "displayName": "Eve", "roles": ["student"]}
    refused = await browser.post("/api/people", json=body, headers=cookie)
    assert refused.status_code == 401
    asked = await browser.post("/api/session/proof/passkey-options", headers=cookie)
    proof = assertion_json(device.answer(asked.json()["publicKey"]))
    proved = await browser.post("/api/session/proof/passkey", json=proof, headers=cookie)
    renewed = cookie_of(proved)
    assert (await browser.post("/api/people", json=body, headers=renewed)).status_code == 201
    assert (await browser.get("/api/people", headers=cookie)).status_code == 401


async def test_passkeys_are_listed_added_named_and_removed(
    browser: httpx.AsyncClient, people: PeopleService
) -> None:
    link = await people.add("ada", "Ada", [Role.STUDENT])
    browser.headers.update(await enrol(browser, link, PasskeyDevice()))
    options = (await browser.post("/api/passkeys/options")).json()["publicKey"]
    added = {"name": "tablet", "passkey": attestation_json(PasskeyDevice().make(options))}
    assert (await browser.post("/api/passkeys", json=added)).status_code == 204
    listed = (await browser.get("/api/passkeys")).json()["passkeys"]
    assert [(one["name"], one["hostName"]) for one in listed] == [
        ("telephone", "localhost"),
        ("tablet", "localhost"),
    ]
    first, second = (f"/api/passkeys/{one['passkeyRef']}" for one in listed)
    assert (await browser.put(second, json={"name": "desk"})).status_code == 204
    assert (await browser.put("/api/passkeys/0", json={"name": "x"})).status_code == 404
    assert (await browser.delete(first)).status_code == 204
    assert (await browser.delete(first)).status_code == 404
    last = await browser.delete(second)
    assert last.status_code == 400
    assert "only way in" in last.json()["detail"]


async def test_a_bare_address_leads_to_localhost(browser: httpx.AsyncClient) -> None:
    there = {"Host": "127.0.0.1", "Origin": "http://127.0.0.1"}
    answer = await browser.post("/api/session/passkey-options", headers=there)
    assert answer.status_code == 400
    assert "localhost" in answer.json()["detail"]
    state = (await browser.get("/api/session", headers=there)).json()
    assert state["takesPasskeys"] is False


async def test_what_does_not_hold_sets_no_cookie(
    browser: httpx.AsyncClient, people: PeopleService
) -> None:
    link = await people.add("ada", "Ada", [Role.STUDENT])
    device = PasskeyDevice()
    await enrol(browser, link, device)
    asked = await browser.post("/api/session/passkey-options")
    device.origin = "https://evil.example"
    answer = assertion_json(device.answer(asked.json()["publicKey"]))
    refused = await browser.post("/api/session/passkey", json=answer)
    assert refused.status_code == 401
    assert "set-cookie" not in refused.headers
    for path in (
        "/api/enrolment/passkey-options",
        "/api/enrolment/passkey",
        "/api/session/passkey",
    ):
        assert (await browser.post(path, json={})).status_code == 400
