"""Reading the trail."""

from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import note_some

from sonarium.domain.audit import EventID
from sonarium.services.audit.reading import AuditReader, AuditSearch, words_of


async def test_everything_is_read_page_by_page_and_noted_once(trail: Trail) -> None:
    await note_some(trail.database, 3)
    reader = AuditReader(trail.database)
    search = AuditSearch(actor="alice", events=[EventID.INSTANCES_ACCESSED])
    found = [record async for record in reader.iter_all(search)]
    assert [one.event.subjects[0].identifier for one in found] == ["1.3", "1.2", "1.1"]
    page = await reader.page(AuditSearch(events=[EventID.AUDIT_LOG_USED]))
    (read,) = page.records
    assert read.event.subjects[0].query == "who=alice; kinds=instances_accessed"


async def test_the_standing_counts_what_waits(trail: Trail) -> None:
    await note_some(trail.database, 3)
    assert (await AuditReader(trail.database).standing()).waiting == 3
    await trail.sealer.seal()
    standing = await AuditReader(trail.database).standing()
    assert (standing.waiting, standing.sealed) == (0, 3)


def test_what_was_looked_for_is_said() -> None:
    assert words_of(AuditSearch()) == "everything"
    assert words_of(AuditSearch(patient="P1", refused=True)) == "patient=P1; refused=only"
