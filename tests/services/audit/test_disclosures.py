"""The accounting of disclosures."""

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import ALICE, note_some

from sonarium.domain.audit import Action, Actor, ActorKind, EventID, Participant, ParticipantRole
from sonarium.services.audit.disclosures import DisclosureService, NothingKnown
from sonarium.services.audit.reading import AuditReader
from sonarium.services.audit.trail import about_study, note, study_subjects


@pytest.fixture
def service(trail: Trail) -> DisclosureService:
    made = datetime(2030, 1, 2, 3, 4, tzinfo=UTC)
    return DisclosureService(AuditReader(trail.database), "SITE", lambda: made)


async def test_it_is_a_pdf_a_with_what_left_and_who_looked(
    trail: Trail, service: DisclosureService
) -> None:
    await note_some(trail.database, 2)
    receiver = Participant(
        Actor(ActorKind.DEVICE, "#set page"), is_requestor=False, role=ParticipantRole.DESTINATION
    )
    async with trail.database.transaction() as tx:
        sent = about_study(
            EventID.BEGIN_TRANSFERRING,
            Action.EXECUTE,
            study_subjects("1.9", "P1", "Doe^Jane *bold* `x`"),
            participants=[Participant(ALICE), receiver],
        )
        await note(tx, sent)
    made = await service.accounting("P1", timezone(timedelta(hours=2)))
    assert made.startswith(b"%PDF-")
    assert b"<pdfaid:part>2</pdfaid:part>" in made or b'pdfaid:part="2"' in made
    assert io.BytesIO(made).getbuffer().nbytes > 5_000


async def test_of_somebody_unknown_there_is_none(service: DisclosureService) -> None:
    with pytest.raises(NothingKnown):
        await service.accounting("P9", UTC)
