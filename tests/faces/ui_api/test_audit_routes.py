"""The audit trail over HTTP."""

import csv
import io
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.faces.conftest import WebArchive
from tests.faces.test_web_access import person_client
from tests.services.audit.trail_events import note_some, opened

from sonarium.domain.audit import Actor, ActorKind, EventID
from sonarium.domain.principal import Role
from sonarium.services.audit.trail import note


@pytest.fixture
async def auditor(web: WebArchive) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which an auditor is signed in."""
    async with await person_client(web, Role.AUDITOR) as client:
        yield client


async def records(client: httpx.AsyncClient, **query: str | int) -> list[dict[str, object]]:
    answer = await client.get("/api/audit/records", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["records"]
    return found


async def test_who_opened_this_patient_and_what_did_this_person_open(
    auditor: httpx.AsyncClient, web: WebArchive
) -> None:
    await note_some(web.archive.database, 2)
    by_patient = await records(auditor, patient="P1", kind=EventID.INSTANCES_ACCESSED)
    assert [(one["who"], one["act"]) for one in by_patient] == [("Alice Ash", "opened a study")] * 2
    by_person = await records(auditor, who="alice")
    assert {one["studyInstanceUID"] for one in by_person} == {"1.1", "1.2"}
    assert await records(auditor, patient="P2") == []


async def test_a_list_goes_on_where_it_stopped(auditor: httpx.AsyncClient, web: WebArchive) -> None:
    await note_some(web.archive.database, 5)
    seen: list[str] = []
    before: dict[str, str] = {}
    while True:
        query = {"who": "alice", "limit": "2", **before}
        page = (await auditor.get("/api/audit/records", params=query)).json()
        seen += [one["studyInstanceUID"] for one in page["records"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert seen == ["1.5", "1.4", "1.3", "1.2", "1.1"]


async def test_reading_the_trail_is_in_the_trail(auditor: httpx.AsyncClient) -> None:
    await records(auditor, patient="P1")
    (first, *_) = await records(auditor, kind=EventID.AUDIT_LOG_USED)
    assert first["userName"] == "auditor"
    assert "patient=P1" in str(first["what"])


async def test_a_table_for_a_spreadsheet_runs_nothing(
    auditor: httpx.AsyncClient, web: WebArchive
) -> None:
    async with web.archive.database.transaction() as tx:
        await note(tx, opened(actor=Actor(ActorKind.PERSON, "bob", "", "=HYPERLINK(1)")))
    answer = await auditor.get("/api/audit/records.csv", params={"who": "bob"})
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[1][1] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    "wrong", [{"before": "x"}, {"since": "2030-01-01T00:00:00"}, {"kind": "1"}, {"limit": 0}]
)
async def test_what_cannot_be_asked_is_said(
    auditor: httpx.AsyncClient, wrong: dict[str, str | int]
) -> None:
    assert (await auditor.get("/api/audit/records", params=wrong)).status_code == 400


async def test_who_is_no_auditor_reads_nothing(web: WebArchive) -> None:
    async with await person_client(web, Role.ADMINISTRATOR) as administrator:
        for path in ("records", "records.csv", "state"):
            assert (await administrator.get(f"/api/audit/{path}")).status_code == 403


async def test_the_state_is_told(auditor: httpx.AsyncClient) -> None:
    state = (await auditor.get("/api/audit/state")).json()
    assert state["waiting"] + state["sealed"] > 0
