from datetime import timedelta

import psycopg
import pytest
from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.domain.principal import Role
from sonarium.index.ingest import add_instances
from sonarium.index.people import add_person
from sonarium.index.study_links import add_study_link


@pytest.mark.parametrize(("study", "days", "is_kept"), [("1.2.1", 7, True), ("1.9", 7, False)])
async def test_a_link_is_kept_for_a_study_that_is_here(
    database: Database, study: str, days: int, is_kept: bool
) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance("1.2.1")])
        person = await add_person(tx, "ada", "Ada", [Role.SONOGRAPHER])
        assert person is not None
        kept = await add_study_link(
            tx,
            b"secret",
            b"code",
            study_instance_uid=study,
            person_ref=person,
            recipient="x",
            lifetime=timedelta(days=days),
        )
    assert (kept is not None) is is_kept


async def test_no_link_holds_longer_than_a_week(database: Database) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        await test_a_link_is_kept_for_a_study_that_is_here(database, "1.2.1", 8, is_kept=True)
