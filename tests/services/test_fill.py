"""An archive filled with objects of our own making."""

from collections.abc import Iterator

from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM
from sonarium.domain.query import Query, QueryLevel
from sonarium.services.fill import fill
from sonarium.ultrasound.synthetic.bulk import header_only
from sonarium.ultrasound.synthetic.objects import SyntheticObject


async def test_objects_are_kept_as_they_are_made(sonarium: RunningArchive) -> None:
    made_so_far: list[str] = []

    def making() -> Iterator[SyntheticObject]:
        for one in header_only(5, objects_in_study=2):
            made_so_far.append(one.sop_instance_uid)
            yield one

    told = []
    async for one in fill(sonarium.store, making()):
        told.append(one.sop_instance_uid)
        assert told == made_so_far
    found = await sonarium.query.find(SYSTEM, Query(QueryLevel.STUDY))
    assert len(found) == 3
    assert len(told) == 5
