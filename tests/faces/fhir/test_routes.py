"""Searching AuditEvent over FHIR."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fhir.resources.R4B.bundle import Bundle
from tests.faces.conftest import WebArchive
from tests.faces.test_web_access import person_client
from tests.services.audit.trail_events import note_some

from sonarium.domain.principal import Role, Scope
from sonarium.services.clients import ClientService


@pytest.fixture
async def auditor(web: WebArchive) -> AsyncIterator[httpx.AsyncClient]:
    async with await person_client(web, Role.AUDITOR) as client:
        yield client


async def found(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.get(f"/fhir/AuditEvent?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/fhir+json")
    bundle: Any = Bundle.model_validate_json(answer.content)
    return [entry.resource.entity[0].what.identifier.value for entry in bundle.entry or []]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("altid=alice", 2),
        ("patient:identifier=hospital|P1", 2),
        ("patient:identifier=P2", 0),
        ("entity:identifier=urn:oid:1.2", 1),
        ("altid=alice&type=http://dicom.nema.org/resources/ontology/DCM|110103", 2),
        ("altid=alice&type=110112", 0),
        ("altid=alice&date=ge2000-01-01&date=lt2001-01-01", 0),
        ("altid=alice&date=gt2000-01-01", 2),
        ("altid=alice&outcome=8", 0),
        ("altid=alice&address=192.0.2.7", 2),
    ],
)
async def test_a_search_finds_what_fits(
    auditor: httpx.AsyncClient, web: WebArchive, query: str, count: int
) -> None:
    await note_some(web.archive.database, 2)
    assert len(await found(auditor, query)) == count


async def test_the_next_link_goes_on(auditor: httpx.AsyncClient, web: WebArchive) -> None:
    await note_some(web.archive.database, 3)
    answer = (await auditor.get("/fhir/AuditEvent?altid=alice&_count=2")).json()
    links = {link["relation"]: link["url"] for link in answer["link"]}
    assert len(answer["entry"]) == 2
    rest = (await auditor.get(links["next"])).json()
    assert len(rest["entry"]) == 1
    assert {link["relation"] for link in rest["link"]} == {"self"}


@pytest.mark.parametrize(
    "query", ["name=x", "date=yesterday", "type=x", "_before=x", "date=sa2030-01-01"]
)
async def test_a_condition_that_is_not_understood_is_refused(
    auditor: httpx.AsyncClient, query: str
) -> None:
    assert (await auditor.get(f"/fhir/AuditEvent?{query}")).status_code == 400


async def test_who_is_no_auditor_reads_nothing(web: WebArchive) -> None:
    async with await person_client(web, Role.ADMINISTRATOR) as administrator:
        assert (await administrator.get("/fhir/AuditEvent")).status_code == 403


async def test_a_program_with_the_scope_reads_it(web: WebArchive) -> None:
    clients = ClientService(web.archive.database)
    for scope, status in ((Scope.READ_AUDIT, 200), (Scope.READ_STUDIES, 403)):
        name = f"siem-{status}"
        await clients.add(name, "", [scope])
        token = await clients.token_by_administrator(name, timedelta(minutes=5))
        headers = {"Authorization": f"Bearer {token.secret}"}
        answer = await web.client.get("/fhir/AuditEvent", headers=headers)
        assert answer.status_code == status
