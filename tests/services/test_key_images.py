"""Marked images are kept as Key Object Selections."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.running_archive import RunningArchive

from sonarium.dicom.sr.document_modules import Observer
from sonarium.domain.access import SYSTEM
from sonarium.services.access import AccessService
from sonarium.services.key_images import KeyImageService, MarkedImage, MarkRefused, NoSuchStudy
from sonarium.services.store import Stored

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.fixture
def marking(sonarium: RunningArchive) -> KeyImageService:
    observer = Observer("This workstation", "2.25.77", "Sonarium")
    return KeyImageService(AccessService(sonarium.database), sonarium.store, observer, lambda: AT)


@pytest.fixture
async def loop(sonarium: RunningArchive, testdata: Path) -> Stored:
    return await sonarium.keep(testdata / "dicom/us/sonosite-30frames.dcm")


async def test_what_is_marked_is_listed(marking: KeyImageService, loop: Stored) -> None:
    study = loop.study_instance_uid
    assert await marking.marked(SYSTEM, study) == []
    await marking.mark(SYSTEM, study, "113004", "Look", [MarkedImage(loop.sop_instance_uid, 7)])
    marked = await marking.mark(
        SYSTEM, study, "113000", "", [MarkedImage(loop.sop_instance_uid, None)]
    )
    assert [(it.reason.meaning, it.description, it.images[0].frame) for it in marked] == [
        ("For Teaching", "Look", 7),
        ("Of Interest", "", None),
    ]
    assert marked[0].marked_by == "This workstation"


async def test_what_cannot_be_marked_is_refused(marking: KeyImageService, loop: Stored) -> None:
    study = loop.study_instance_uid
    image = MarkedImage(loop.sop_instance_uid, 1)
    for reason, description, images in (
        ("1", "", [image]),
        ("113000", "x" * 2000, [image]),
        ("113000", "", []),
        ("113000", "", [MarkedImage("1.2.3", 1)]),
        ("113000", "", [MarkedImage(loop.sop_instance_uid, 31)]),
    ):
        with pytest.raises(MarkRefused):
            await marking.mark(SYSTEM, study, reason, description, images)
    with pytest.raises(NoSuchStudy):
        await marking.marked(SYSTEM, "1.2.3")
