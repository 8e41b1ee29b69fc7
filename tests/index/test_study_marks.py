"""Marks of studies, in rows."""

from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.index.ingest import add_instances
from sonarium.index.study_marks import (
    mark_studies_read,
    mark_studies_urgent,
    study_marks,
    urgent_studies,
)


async def test_what_is_read_waits_no_longer(database: Database) -> None:
    studies = ["2.25.77"]
    async with database.transaction() as tx:
        await add_instances(tx, [instance("2.25.77")])
        assert await study_marks(tx, studies) == []
        await mark_studies_urgent(tx, studies, "SYNTHETIC Mary", is_urgent=True)
        assert await urgent_studies(tx, 5) == studies
        await mark_studies_read(tx, studies, "SYNTHETIC Paul", is_read=True)
        assert await urgent_studies(tx, 5) == []
        (mark,) = await study_marks(tx, studies)
    assert (mark.urgent_by, mark.read_by) == ("SYNTHETIC Mary", "SYNTHETIC Paul")
    assert not mark.has_grown
