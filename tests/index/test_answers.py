"""Rows turned into what was asked for."""

import pytest
from tests.index.synthetic import element, instance, name, patient, series, study, with_header

from sonarium.db.pool import Database
from sonarium.domain.access import SYSTEM
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import Query, QueryLevel
from sonarium.index.ingest import add_instances
from sonarium.index.search import search

PATIENT, STUDY, SERIES, IMAGE = QueryLevel


@pytest.fixture
async def filled(database: Database) -> Database:
    arrivals = [
        with_header(
            instance(
                "1.2.1", "1.2.1.1", f"1.2.1.1.{number}",
                patient_attributes=patient("SYN1", "DOE^JANE"),
                study_attributes=study(), series_attributes=series(1, "US"),
            ),
            {"00280102": element("US", 7)},
        )
        for number in (1, 2)
    ]  # fmt: skip
    async with database.transaction() as tx:
        await add_instances(tx, arrivals)
    return database


async def answers(database: Database, query: Query) -> list[Attributes]:
    async with database.transaction() as tx:
        return await search(tx, SYSTEM, query)


async def test_an_answer_holds_what_was_asked_and_the_unique_keys(filled: Database) -> None:
    (found,) = await answers(filled, Query(STUDY, returned=frozenset({0x00100010})))
    assert found["00100010"] == name("DOE^JANE")
    assert set(found) == {"00100010", "00100020", "0020000D"}


async def test_what_no_object_carries_is_counted(filled: Database) -> None:
    asked = frozenset({0x00080061, 0x00080062, 0x00201206, 0x00201208})
    (found,) = await answers(filled, Query(STUDY, returned=asked))
    assert found["00080061"]["Value"] == ["US"]
    assert found["00201206"]["Value"] == [1]
    assert found["00201208"]["Value"] == [2]
    (of_patient,) = await answers(
        filled, Query(PATIENT, returned=frozenset({0x00201200, 0x00201202, 0x00201204}))
    )
    assert [of_patient[tag]["Value"] for tag in ("00201200", "00201202", "00201204")] == [
        [1], [1], [2],
    ]  # fmt: skip


async def test_what_only_a_header_knows_is_read_from_it(filled: Database) -> None:
    found = await answers(filled, Query(IMAGE, returned=frozenset({0x00280102})))
    assert [one["00280102"]["Value"] for one in found] == [[7], [7]]
    (of_study,) = await answers(filled, Query(STUDY, returned=frozenset({0x00280102})))
    assert of_study["00280102"]["Value"] == [7]


async def test_everything_of_a_level_can_be_asked_for(filled: Database) -> None:
    (found,) = await answers(filled, Query(STUDY, all_attributes=True))
    assert {"00081030", "00080050", "00100040", "00201208"} <= set(found)
    (of_patient,) = await answers(filled, Query(PATIENT, all_attributes=True))
    assert "00081030" not in of_patient


async def test_a_series_tells_the_study_that_it_is_of(filled: Database) -> None:
    (found,) = await answers(filled, Query(SERIES, returned=frozenset({0x00201209})))
    assert found["0020000D"]["Value"] == ["1.2.1"]
    assert found["00201209"]["Value"] == [2]
