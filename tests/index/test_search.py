from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.index.reference_matcher import Archive
from tests.index.synthetic import element, instance, name, patient, series, study, with_header

from sonarium.db.pool import Database
from sonarium.dicom.level_attributes import find_query_level
from sonarium.domain.access import SYSTEM
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.index import finding
from sonarium.index import search as search_module
from sonarium.index.errors import InvalidMatchKey, SearchTooBroad
from sonarium.index.ingest import NewInstance, add_instances
from sonarium.index.search import count, search

PATIENT, STUDY, SERIES, IMAGE = QueryLevel
NAME, ID, BORN, SEX = 0x00100010, 0x00100020, 0x00100030, 0x00100040
DATE, TIME, ACCESSION, DESCRIPTION = 0x00080020, 0x00080030, 0x00080050, 0x00081030
REFERRER, READER, CODES = 0x00080090, 0x00081060, 0x00081032
MODALITY, NUMBER, OPERATOR, REQUEST = 0x00080060, 0x00200011, 0x00081070, 0x00400275
UNIQUE = {PATIENT: "00100020", STUDY: "0020000D", SERIES: "0020000E", IMAGE: "00080018"}

NAMES = ["DOE^JANE", "Doe^Jane^^", "Müller^Ana", "MULLER^ANNA MARIA", "Straße^Jürgen",
         "Smith-Jones^A", "Yamada^Tarou=山田^太郎=やまだ^たろう", "O'Neil^J_n", "100%^x",
         "Renée^Ę", ""]  # fmt: skip
TEXTS = ["Echo", "echo", "Echo adult", "100% stress", "a_b", "Carotid (left)", "*", ""]
DATES = ["20240229", "20240301", "20231231", "20240101", ""]
TIMES = ["101112", "101112.500000", "235959", "000000", "1030", ""]
CHARACTERS = "DOEJANdoejanüMULLERmuller^ %_山田1"


def people() -> list[Attributes]:
    chance = Random(3)
    return [
        patient(
            f"SYN{number % 9}" if number % 7 else "",
            chance.choice(NAMES),
            t00100030=element("DA", *filter(None, [chance.choice(DATES)])),
            t00100040=element("CS", *filter(None, [chance.choice(["F", "M", "O", ""])])),
            t00104000=element("LT", *filter(None, [chance.choice(TEXTS)])),
        )
        for number in range(25)
    ]


def contents() -> list[NewInstance]:
    chance = Random(4)
    made = []
    for at, person in enumerate(people()):
        exam = {
            **study(chance.choice(DATES), chance.choice(["A1", "a1", ""]), chance.choice(TEXTS)),
            "00080030": element("TM", *filter(None, [chance.choice(TIMES)])),
            "00080090": name(chance.choice(NAMES)),
            "00081060": name(chance.choice(NAMES)),
            "00081032": element("SQ", {"00080100": element("SH", chance.choice("PQ")),
                                       "00080104": element("LO", chance.choice(TEXTS[:3]))},
                                {"00080100": element("SH", "R"),
                                 "00080104": element("LO", "Echo")}),
        }  # fmt: skip
        exam = {tag: e for tag, e in exam.items() if e.get("Value") not in ([""], [{}], None)}
        for s in range(1, chance.randint(2, 4)):
            part = {
                **series(s, chance.choice(["US", "SR", "CT"])),
                "00081070": name(chance.choice(NAMES[:-1])),
                "00400275": element("SQ", {"00401001": element("SH", chance.choice(["P1", "P2"]))}),
            }
            for i in range(1, chance.randint(2, 4)):
                uid = f"1.9.{at}.{s}.{i}"
                made.append(
                    instance(
                        f"1.9.{at}",
                        f"1.9.{at}.{s}",
                        uid,
                        patient_attributes=person,
                        study_attributes=exam,
                        series_attributes=part,
                        instance_number=i,
                    )
                )
    return made


LEVEL_OF = {
    0x00080061: STUDY, 0x00080062: STUDY, 0x00201206: STUDY, 0x00201208: STUDY, 0x00201209: SERIES,
}  # fmt: skip
ASKED = [(NAME, "PN"), (ID, "LO"), (BORN, "DA"), (SEX, "CS"), (0x00104000, "LT"), (DATE, "DA"),
         (TIME, "TM"), (ACCESSION, "SH"), (DESCRIPTION, "LO"), (REFERRER, "PN"), (READER, "PN"),
         (0x00080061, "CS"), (0x00201206, "IS"), (0x00201208, "IS"), (0x0020000D, "UI"),
         (MODALITY, "CS"), (NUMBER, "IS"), (OPERATOR, "PN"), (0x00201209, "IS"),
         (0x00200013, "IS"), (0x00080018, "UI")]  # fmt: skip
IN_SEQUENCES = [(CODES, 0x00080100, "SH"), (CODES, 0x00080104, "LO"), (REQUEST, 0x00401001, "SH")]

wildcards = st.lists(st.sampled_from([*CHARACTERS, "*", "*", "?"]), max_size=7).map("".join)


@st.composite
def asked_value(draw: st.DrawFn, vr: str) -> str:
    match vr:
        case "PN":
            whole = draw(st.sampled_from([n for n in NAMES if n]))
            cut = draw(st.integers(0, len(whole)))
            return draw(
                st.sampled_from(
                    [
                        whole,
                        whole.upper(),
                        whole[:cut] + "*",
                        f"*{whole[cut:]}*",
                        whole.split("=")[-1],
                        whole[:cut],
                        f"={whole}",
                    ]
                )
                | wildcards
            )
        case "DA" | "TM":
            some = st.sampled_from([x for x in (DATES if vr == "DA" else TIMES) if x])
            first, last = draw(some), draw(some)
            return draw(st.sampled_from([first, f"{first}-{last}", f"{first}-", f"-{last}"]))
        case "IS":
            return draw(st.sampled_from(["1", "2", "03", "4.0"]))
        case "UI":
            return draw(st.sampled_from([f"1.9.{n}" for n in range(4)] + ["1.9.1.1.1"]))
        case _:
            whole = draw(
                st.sampled_from([*TEXTS[:-1], "A1", "a1", "US", "SR", "F", "P1", "SYN3", "R"])
            )
            cut = draw(st.integers(0, len(whole)))
            return draw(
                st.sampled_from(
                    [
                        whole,
                        whole[:cut] + "*",
                        "*" + whole[cut:],
                        whole[:cut] + "?" + whole[cut + 1 :],
                        '""',
                        "*",
                    ]
                )
                | wildcards
            )


@st.composite
def queries(draw: st.DrawFn) -> Query:
    keys = []
    for tag, vr in draw(st.lists(st.sampled_from(ASKED), max_size=3, unique=True)):
        values = draw(st.lists(asked_value(vr), max_size=2))
        keys.append(MatchKey(tag, vr, tuple(values)))
    for sequence, tag, vr in draw(st.lists(st.sampled_from(IN_SEQUENCES), max_size=2, unique=True)):
        keys.append(MatchKey(tag, vr, (draw(asked_value(vr)),), (sequence,)))
    return Query(
        level=draw(st.sampled_from(QueryLevel)),
        keys=tuple(keys),
        fuzzy_person_names=draw(st.booleans()),
        combined_date_time=draw(st.booleans()),
    )


@pytest.fixture(scope="module")
def archive() -> Archive:
    stored = contents()
    levels = LEVEL_OF | {tag: find_query_level(tag) for tag, _ in ASKED if tag not in LEVEL_OF}
    levels |= {sequence: find_query_level(sequence) for sequence, _, _ in IN_SEQUENCES}
    return Archive(stored, {tag: level for tag, level in levels.items() if level is not None})


@pytest.fixture
async def filled(database: Database, archive: Archive) -> Database:
    async with database.transaction() as tx:
        for at in range(0, len(archive.instances), 7):
            batch = [with_header(one) for one in archive.instances[at : at + 7]]
            await add_instances(tx, batch)
    return database


def keys_of(query: Query, found: list[Attributes]) -> list[str]:
    keys = []
    for answer in found:
        value = answer.get(UNIQUE[query.level], {}).get("Value")
        keys.append(str(value[0]) if isinstance(value, list) and value else "nobody")
    return keys


async def answered(database: Database, query: Query) -> list[str]:
    async with database.statement() as tx:
        return keys_of(query, await search(tx, SYSTEM, query))


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=queries())
async def test_every_query_finds_what_the_plain_matcher_finds(
    filled: Database, archive: Archive, query: Query
) -> None:
    found = await answered(filled, query)
    expected = sorted(k.split(" of ")[0] for k in archive.expected(query))
    assert sorted(found) == expected, query


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=queries(), size=st.integers(1, 9))
async def test_pages_together_are_the_whole(filled: Database, query: Query, size: int) -> None:
    whole = await answered(filled, query)
    paged: list[str] = []
    for offset in range(0, len(whole) + size, size):
        paged += await answered(filled, replace(query, offset=offset, limit=size))
    assert paged == whole
    async with filled.statement() as tx:
        assert await count(tx, SYSTEM, query, most=10_000) == len(whole)


async def test_the_most_recent_study_comes_first(filled: Database) -> None:
    async with filled.statement() as tx:
        found = await search(tx, SYSTEM, Query(STUDY, (MatchKey(DATE, "DA"), MatchKey(TIME, "TM"))))
    dates = [str(answer.get("00080020", {}).get("Value") or [""]) for answer in found]
    assert dates == sorted(dates, reverse=True)


async def test_a_rare_match_is_found_behind_the_recent_studies(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FIRST_LOOK", 1)
    monkeypatch.setattr(finding, "RECENT", (2, 4))
    query = Query(STUDY, (MatchKey(DESCRIPTION, "LO", ("*c*",)),))
    assert await answered(filled, replace(query, limit=50)) == await answered(filled, query)


async def test_an_attribute_without_a_column_is_found_in_headers(database: Database) -> None:
    frequency = {"00186030": element("UL", 3500)}
    async with database.transaction() as tx:
        await add_instances(
            tx, [with_header(instance(sop_uid="1.2.3"), frequency), with_header(instance())]
        )
        query = Query(IMAGE, (MatchKey(0x00186030, "UL", ("3500",)),))
        found = await search(tx, SYSTEM, query)
    assert keys_of(query, found) == ["1.2.3"]
    assert found[0]["00186030"]["Value"] == [3500]


async def test_too_many_headers_are_refused_rather_than_read(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "_MOST_CANDIDATES", 3)
    with pytest.raises(SearchTooBroad):
        await answered(filled, Query(IMAGE, (MatchKey(0x00186030, "UL", ("1",)),)))


@pytest.mark.parametrize(
    ("vr", "value"),
    [("DA", "yesterday"), ("DA", "2024-01-01-2"), ("TM", "noon"), ("IS", "one"), ("DS", "inf"),
     ("OB", "AA==")],
)  # fmt: skip
async def test_a_value_that_is_none_is_refused_by_tag(
    database: Database, vr: str, value: str
) -> None:
    with pytest.raises(InvalidMatchKey, match=r"\(0020,0011\)") as refused:
        await answered(database, Query(SERIES, (MatchKey(NUMBER, vr, (value,)),)))
    assert value not in str(refused.value)


async def test_only_what_was_asked_for_comes_back(filled: Database) -> None:
    keys = (MatchKey(NAME, "PN"), MatchKey(0x00201208, "IS"))
    async with filled.statement() as tx:
        [first, *_] = await search(
            tx, SYSTEM, Query(STUDY, keys, returned=frozenset({DESCRIPTION}))
        )
        [whole, *_] = await search(tx, SYSTEM, Query(STUDY, all_attributes=True))
    assert set(first) <= {"00100010", "00100020", "0020000D", "00201208", "00081030"}
    assert {"00080020", "00080061", "00201206", "0020000D"} <= set(whole)
    assert list(whole) == sorted(whole)


async def test_all_attributes_of_an_instance_are_its_whole_header(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [with_header(instance(), {"00186030": element("UL", 3500)})])
        [found] = await search(tx, SYSTEM, Query(IMAGE, all_attributes=True))
    assert {"00186030", "00080018", "00100010", "00200013"} <= set(found)


async def test_a_query_of_nothing_but_stars_is_quick(filled: Database) -> None:
    pattern = "*a" * 2000 + "*"
    assert await answered(filled, Query(STUDY, (MatchKey(NAME, "PN", (pattern,)),))) == []
    assert await answered(filled, Query(STUDY, (MatchKey(READER, "PN", (pattern,)),))) == []
