"""What HTTP refuses is in the trail."""

from collections.abc import Sequence

from tests.faces.conftest import WebArchive
from tests.faces.test_web_access import person_client

from sonarium.app.archive import sealer
from sonarium.app.settings import Settings
from sonarium.domain.audit import AuditEvent, Outcome, SubjectKind
from sonarium.domain.principal import Role
from sonarium.index.audit import audit_chain, event_in
from sonarium.services.audit.sealing import Sealer


async def refusals(web: WebArchive) -> Sequence[AuditEvent]:
    await web.archive.refusals.write(is_end=True)
    chained: Sealer = sealer(web.archive, Settings())
    while await chained.seal():
        pass
    async with web.archive.database.transaction() as tx:
        found = [event_in(one.content or b"") for one in await audit_chain(tx, 0, 10_000)]
    return [one for one in found if one.outcome is not Outcome.SUCCESS]


async def test_a_role_that_does_not_allow_it_is_noted_with_name_and_address(
    web: WebArchive,
) -> None:
    async with await person_client(web, Role.MANAGER) as manager:
        assert (await manager.get("/api/people")).status_code == 403
    *_, last = await refusals(web)
    assert last.actor.name == "manager"
    subject = last.subject(SubjectKind.RESOURCE)
    assert subject is not None
    assert subject.identifier == "GET /api/people"


async def test_a_wrong_token_is_noted(web: WebArchive) -> None:
    wrong = {"Authorization": "Bearer nonsense"}
    assert (await web.client.get("/api/status", headers=wrong)).status_code == 401
    *_, last = await refusals(web)
    assert last.actor.kind == "unknown"
    assert last.subjects[0].identifier == "GET /api/status"


async def test_a_program_with_a_wrong_secret_is_noted_by_the_name_it_said(web: WebArchive) -> None:
    form = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": "x"}
    assert (await web.client.post("/api/oauth/token", data=form)).status_code == 401
    *_, last = await refusals(web)
    assert last.actor.name == "robot"
