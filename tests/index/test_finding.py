"""Pages for every kind of viewer hold what they may see, whichever way they were found."""

from dataclasses import replace
from random import Random

import pytest
from psycopg.sql import SQL
from tests.index.synthetic import element, instance, patient, series, study

from sonarium.db.pool import Database
from sonarium.domain.access import SYSTEM, Reason, Viewer, ViewerKind, program_viewer
from sonarium.domain.attributes import JSONValue
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.index import finding
from sonarium.index.conditions import Conditions
from sonarium.index.finding import Wanted, count_keys, find_keys
from sonarium.index.ingest import add_instances
from sonarium.index.visibility import opening

EVERYTHING = SQL("true")
EACH = Wanted(QueryLevel.STUDY, EVERYTHING, EVERYTHING, is_narrow=False, only_dates=False)
BY_DATE = Wanted(QueryLevel.STUDY, EVERYTHING, EVERYTHING, is_narrow=False, only_dates=True)
VIEWERS = {
    "the archive": SYSTEM,
    "every department": program_viewer("X"),
    "one department": program_viewer("X", ("d0",)),
    "two departments": program_viewer("X", ("d0", "d1")),
    "own studies": Viewer(
        ViewerKind.PERSON,
        "c",
        frozenset({Reason.ORDERING_OR_READING}),
        1,
        physician_ids=("1^S", "2^S"),
    ),
    "department and own": Viewer(
        ViewerKind.PERSON,
        "s",
        frozenset({Reason.ORDERING_OR_READING, Reason.DEPARTMENT}),
        1,
        departments=("d1",),
        physician_ids=("1^S",),
    ),
}
REFERRERS: list[JSONValue] = [
    {"Alphabetic": "A^B"},
    {"Alphabetic": "C^D", "Ideographic": "A^B"},
    {"Alphabetic": "A^B", "Ideographic": "A^B", "Phonetic": "A^B"},
    {"Alphabetic": "C^D", "Phonetic": "a^b"},
    {"Alphabetic": "C^D"},
]


@pytest.fixture
async def filled(database: Database) -> Database:
    chance = Random(5)
    made = []
    for at in range(40):
        code: JSONValue = {"00080100": element("SH", f"{at % 5}"), "00080102": element("SH", "S")}
        made.append(
            instance(
                f"1.{at}",
                f"1.{at}.1",
                f"1.{at}.1.1",
                patient_attributes=patient(f"SYN{at % 13}"),
                study_attributes={
                    **study(f"2024{chance.randint(1, 12):02d}01"),
                    "00080096": element("SQ", {"00401101": element("SQ", code)}),
                    "00080090": element("PN", REFERRERS[at % len(REFERRERS)]),
                },
                series_attributes={**series(), "00081040": element("LO", f"d{at % 3}")},
            )
        )
    async with database.transaction() as tx:
        await add_instances(tx, made)
        await tx.execute(
            b"UPDATE patient SET confidentiality = 'confidential' WHERE patient_ref % 4 = 0"
        )
    return database


@pytest.mark.parametrize("wanted", [EACH, BY_DATE], ids=["any order", "the order of dates"])
@pytest.mark.parametrize("who", VIEWERS)
async def test_pages_are_parts_of_the_whole(
    filled: Database, monkeypatch: pytest.MonkeyPatch, who: str, wanted: Wanted
) -> None:
    monkeypatch.setattr(finding, "FIRST_LOOK", 2)
    monkeypatch.setattr(finding, "RECENT", (3, 12))
    viewer = VIEWERS[who]
    async with filled.transaction(opening(viewer)) as tx:
        seen = await tx.values(
            b"SELECT study_ref FROM study ORDER BY study_date DESC, study_time DESC, study_ref DESC"
        )
        whole = [ref for (ref,) in seen]
        assert 0 < len(whole) <= 40
        assert await find_keys(tx, viewer, wanted, 0, None) == whole
        for limit in (1, 2, 5, 30):
            for offset in range(0, len(whole) + 1, 3):
                page = await find_keys(tx, viewer, wanted, offset, limit)
                assert page == whole[offset : offset + limit]
        assert await count_keys(tx, viewer, wanted, 100) == len(whole)
        assert await count_keys(tx, viewer, wanted, 2) == 2


@pytest.mark.parametrize("level", [QueryLevel.STUDY, QueryLevel.SERIES, QueryLevel.IMAGE])
@pytest.mark.parametrize("who", VIEWERS)
async def test_whoever_referred_is_found_in_any_group_once_and_in_order(
    filled: Database, who: str, level: QueryLevel
) -> None:
    viewer = VIEWERS[who]
    named = MatchKey(0x00080090, "PN", ("a^b",))
    since = MatchKey(0x00080020, "DA", ("20240301-",))
    async with filled.transaction(opening(viewer)) as tx:
        for keys in ((named,), (named, since)):
            wanted = Conditions(Query(level, keys), viewer).wanted
            assert wanted.in_order is not None
            whole = await find_keys(tx, viewer, wanted, 0, None)
            plain = replace(wanted, in_order=None)
            assert whole == await find_keys(tx, viewer, plain, 0, None)
            assert 0 < len(whole) < 40
            for offset in range(0, len(whole) + 1, 2):
                page = await find_keys(tx, viewer, wanted, offset, 3)
                assert page == whole[offset : offset + 3]


def test_a_referrer_leads_the_way_only_where_nothing_better_does() -> None:
    named = MatchKey(0x00080090, "PN", ("a^b",))
    better = MatchKey(0x00081030, "LO", ("*carotid*",))
    for keys in ((named, better), (MatchKey(0x00080090, "PN", ("a^*",)),), (better,)):
        wanted = Conditions(Query(QueryLevel.STUDY, keys), SYSTEM).wanted
        assert wanted.in_order is None
        assert wanted.is_indexed is (better in keys)
    assert Conditions(Query(QueryLevel.PATIENT, (named,)), SYSTEM).wanted.in_order is None
