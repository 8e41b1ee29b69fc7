"""The study list and an opened study."""

from pathlib import Path

from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM
from sonarium.services.access import AccessService
from sonarium.services.studies import StudiesService

STRESS = "dicom/us/acuson-stress-baseline-v{}.dcm"


async def test_an_opened_study_has_its_objects_in_reading_order(
    sonarium: RunningArchive, testdata: Path
) -> None:
    stored = [await sonarium.keep(testdata / STRESS.format(number)) for number in (3, 1, 2)]
    opened = await StudiesService(AccessService(sonarium.database)).open(
        SYSTEM, stored[0].study_instance_uid
    )
    assert opened is not None
    shown = [one for series in opened.series for one in series.instances]
    assert {one.sop_instance_uid for one in shown} == {one.sop_instance_uid for one in stored}
    numbers = [one.header.integer(0x00200013) or 0 for one in shown]
    assert numbers == sorted(numbers)
    assert opened.line.number_of_instances == 3


async def test_a_study_that_is_not_here_is_nothing(sonarium: RunningArchive) -> None:
    assert await StudiesService(AccessService(sonarium.database)).open(SYSTEM, "1.2.3") is None


async def test_studies_are_found_by_what_a_person_remembers(
    sonarium: RunningArchive, testdata: Path
) -> None:
    service = StudiesService(AccessService(sonarium.database))
    stored = await sonarium.keep(testdata / STRESS.format(1))
    (line,) = await service.search(SYSTEM, "", limit=10, offset=0)
    assert line.study_instance_uid == stored.study_instance_uid
    assert await service.search(SYSTEM, line.study_date[:4], limit=10, offset=0) == [line]
    assert await service.search(SYSTEM, "zzqqzz", limit=10, offset=0) == []


async def test_a_timeline_holds_the_study_itself_and_its_pictures(
    sonarium: RunningArchive, testdata: Path
) -> None:
    stored = await sonarium.keep(testdata / STRESS.format(1))
    service = StudiesService(AccessService(sonarium.database))
    (line,) = await service.timeline(SYSTEM, stored.study_instance_uid, limit=5)
    assert line.study_instance_uid == stored.study_instance_uid
    assert (line.number_of_images, line.is_teaching) == (1, False)
    assert line.sop_classes == [stored.sop_class_uid]
