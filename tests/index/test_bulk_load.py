"""An index filled with synthetic studies, and the plans by which they are found."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from psycopg.sql import SQL, Composed
from tests.conftest import fresh_database

from sonarium.db.embedded import EmbeddedPostgres
from sonarium.db.pool import Database
from sonarium.dicom.dictionary import VR_BY_TAG, tag_of
from sonarium.domain.access import SYSTEM, Reason, Viewer, ViewerKind, program_viewer
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.index.bulk_load import load_synthetic_studies
from sonarium.index.conditions import Conditions
from sonarium.index.finding import _collected
from sonarium.index.search import count, search
from sonarium.index.study_list import archive_counts

STUDIES = 20_000


def query(**keys: str) -> Query:
    tags = {tag_of(name): value for name, value in keys.items()}
    matched = tuple(MatchKey(tag, VR_BY_TAG[tag], (value,)) for tag, value in tags.items() if tag)
    return Query(QueryLevel.STUDY, matched, limit=50)


@pytest.fixture(scope="session")
async def large(postgres: EmbeddedPostgres) -> AsyncIterator[Database]:
    """An archive of many studies that tests only read."""
    async with (
        fresh_database(postgres) as dsn,
        Database(dsn, connections=2, wait=timedelta(seconds=30)) as database,
    ):
        async with database.transaction() as tx:
            await load_synthetic_studies(tx, STUDIES)
        yield database


async def test_what_was_loaded_is_found_and_counted(database: Database) -> None:
    async with database.transaction() as tx:
        await load_synthetic_studies(tx, 500)
        counts = await archive_counts(tx)
        assert (counts.studies, counts.series) == (500, 500)
        assert await count(tx, SYSTEM, query(AccessionNumber="A00000123"), most=10) == 1
        assert len(await search(tx, SYSTEM, query(PatientID="SYN0000007"))) == 2


CLINICIAN = Viewer(
    ViewerKind.PERSON,
    "clinician",
    frozenset({Reason.ORDERING_OR_READING, Reason.CARE_TEAM}),
    1,
    physician_ids=("1^SYN",),
)


@pytest.mark.parametrize(
    "viewer",
    [SYSTEM, program_viewer("all"), program_viewer("one", ("echo",)), CLINICIAN],
    ids=lambda viewer: viewer.name,
)
@pytest.mark.parametrize(
    "keys",
    [
        {"PatientID": "SYN0000007"},
        {"PatientID": "SYN00000*"},
        {"PatientID": "*00071*"},
        {"PatientName": "BRAWEI*"},
        {"PatientName": "*brawei*"},
        {"AccessionNumber": "A00012345"},
        {"AccessionNumber": "A000123*"},
        {"AccessionNumber": "*12345*"},
        {"StudyDate": "20240102"},
        {"StudyID": "777"},
        {"StudyDescription": "*no such study*"},
        {"ReferringPhysicianName": "referrer7^synthetic"},
        {"ModalitiesInStudy": "SR"},
    ],
    ids=str,
)
async def test_an_index_serves_each_frequent_search(
    large: Database, keys: dict[str, str], viewer: Viewer
) -> None:
    wanted = Conditions(query(**keys), viewer).wanted
    statement = _collected(viewer, wanted, 0, 50)
    async with large.transaction() as tx:
        await tx.execute(b"SET LOCAL enable_seqscan = off")  # the archive is small: it would do
        plan = await tx.planned_anew(_explained(statement))
    text = "\n".join(row[0] for row in plan)
    assert "Seq Scan on study" not in text
    assert "Index" in text


def _explained(statement: Composed) -> Composed:
    return SQL("EXPLAIN {}").format(statement)
