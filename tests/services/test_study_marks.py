"""Urgent and read are said of studies, and only by who sees them."""

from pathlib import Path

import pytest
from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM, Viewer, ViewerKind
from sonarium.services.access import AccessService
from sonarium.services.study_marks import StudyMarkService

STRANGER = Viewer(ViewerKind.PERSON, "stranger")


@pytest.fixture
def marking(sonarium: RunningArchive) -> StudyMarkService:
    return StudyMarkService(sonarium.database, AccessService(sonarium.database))


async def test_a_study_that_grew_after_it_was_read_is_unread_again(
    sonarium: RunningArchive, marking: StudyMarkService, testdata: Path
) -> None:
    first = await sonarium.keep(testdata / "dicom/us/acuson-stress-baseline-v1.dcm")
    studies = [first.study_instance_uid]
    (mark,) = await marking.change(SYSTEM, studies, "SYNTHETIC Paul", is_read=True, is_urgent=True)
    assert mark.read_at is not None
    assert not mark.has_grown
    assert await marking.urgent(SYSTEM, 5) == []
    await sonarium.keep(testdata / "dicom/us/acuson-stress-baseline-v2.dcm")
    (mark,) = await marking.of(SYSTEM, studies)
    assert mark.has_grown
    (line,) = await marking.urgent(SYSTEM, 5)
    assert line.study_instance_uid == first.study_instance_uid


async def test_a_mark_is_taken_back_and_leaves_the_other(
    sonarium: RunningArchive, marking: StudyMarkService, testdata: Path
) -> None:
    stored = await sonarium.keep(testdata / "dicom/us/sonosite-30frames.dcm")
    studies = [stored.study_instance_uid]
    await marking.change(SYSTEM, studies, "SYNTHETIC Paul", is_read=True, is_urgent=True)
    (mark,) = await marking.change(SYSTEM, studies, "SYNTHETIC Mary", is_read=False)
    assert (mark.read_at, mark.read_by, mark.urgent_by) == (None, "", "SYNTHETIC Paul")


async def test_nobody_marks_or_learns_of_what_they_may_not_see(
    sonarium: RunningArchive, marking: StudyMarkService, testdata: Path
) -> None:
    stored = await sonarium.keep(testdata / "dicom/us/sonosite-30frames.dcm")
    studies = [stored.study_instance_uid]
    assert await marking.change(STRANGER, studies, "stranger", is_urgent=True) == []
    await marking.change(SYSTEM, studies, "SYNTHETIC Mary", is_urgent=True)
    assert await marking.of(STRANGER, studies) == []
    assert await marking.urgent(STRANGER, 5) == []
