from datetime import timedelta
from pathlib import Path

import pytest
from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.services.access import AccessService
from sonarium.services.query import QueryService, QueryTimedOut, QueryTooLong, TooManyMatches

STUDIES = Query(QueryLevel.STUDY, keys=(MatchKey(0x0020000D, "UI"),))
FILES = ("hp-pediatric-echo-1.dcm", "ge-vivid7-colour-cine.dcm", "sonosite-30frames.dcm")


async def pages(service: QueryService) -> list[int]:
    return [len(page) async for page in service.iter_pages(SYSTEM, STUDIES)]


@pytest.fixture
async def filled(sonarium: RunningArchive, testdata: Path) -> RunningArchive:
    for name in FILES:
        await sonarium.keep(testdata / "dicom" / "us" / name)
    return sonarium


async def test_all_matches_come_in_pages(filled: RunningArchive) -> None:
    service = QueryService(
        AccessService(filled.database), timeout=timedelta(seconds=10), maximum_matches=100
    )
    assert await pages(service) == [3]
    assert len(await service.find(SYSTEM, STUDIES)) == 3
    narrow = Query(QueryLevel.STUDY, keys=(MatchKey(0x0020000D, "UI", ("1.2.3.4.5",)),))
    assert await service.find(SYSTEM, narrow) == []
    assert [page async for page in service.iter_pages(SYSTEM, narrow)] == []


async def test_beyond_the_limit_the_query_fails_after_what_it_found(
    filled: RunningArchive,
) -> None:
    service = QueryService(
        AccessService(filled.database), timeout=timedelta(seconds=10), maximum_matches=2
    )
    found: list[Attributes] = []

    async def collect() -> None:
        async for page in service.iter_pages(SYSTEM, STUDIES):
            found.extend(page)

    with pytest.raises(TooManyMatches):
        await collect()
    assert len(found) == 2


async def test_a_query_that_is_too_slow_is_given_up(filled: RunningArchive) -> None:
    service = QueryService(AccessService(filled.database), timeout=timedelta(0), maximum_matches=10)
    with pytest.raises(QueryTimedOut):
        await service.find(SYSTEM, STUDIES)


NAME = 0x00100010


def service_of(sonarium: RunningArchive) -> QueryService:
    return QueryService(
        AccessService(sonarium.database), timeout=timedelta(seconds=10), maximum_matches=2
    )


@pytest.mark.parametrize(
    "keys",
    [
        (MatchKey(NAME, "PN", ("*a" * 16_000,)),),
        (MatchKey(NAME, "PN", ("a " * 16_000,)),),
        tuple(MatchKey(0x00100000 + number, "LO", ("1",)) for number in range(1000)),
    ],
    ids=["wildcards", "words", "keys"],
)
async def test_what_costs_more_to_read_than_to_answer_is_refused(
    sonarium: RunningArchive, keys: tuple[MatchKey, ...]
) -> None:
    service = service_of(sonarium)
    with pytest.raises(QueryTooLong):
        await service.find(SYSTEM, Query(QueryLevel.STUDY, keys, fuzzy_person_names=True))


async def test_a_list_of_uids_may_be_as_long_as_it_likes(sonarium: RunningArchive) -> None:
    service = service_of(sonarium)
    uids = tuple(f"1.2.{number}" for number in range(20_000))
    assert (
        await service.find(SYSTEM, Query(QueryLevel.STUDY, (MatchKey(0x0020000D, "UI", uids),)))
        == []
    )
