"""Our own documents go through the door of every other object."""

from pathlib import Path

from tests.running_archive import RunningArchive

from sonarium.domain.selection import Selection
from sonarium.index.instances import instances_of
from sonarium.services.own_documents import store_document
from sonarium.services.store import Placement


async def test_a_document_is_findable_once_it_is_stored(
    sonarium: RunningArchive, testdata: Path
) -> None:
    picture = await sonarium.keep(testdata / "dicom/us/hp-pediatric-echo-1.dcm")
    document = {
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.88.33"]},
        "00080018": {"vr": "UI", "Value": ["2.25.8"]},
        "0020000D": {"vr": "UI", "Value": [picture.study_instance_uid]},
        "0020000E": {"vr": "UI", "Value": ["2.25.9"]},
    }
    assert await store_document(sonarium.store, document) is Placement.STORED  # type: ignore[arg-type]
    assert await store_document(sonarium.store, document) is Placement.ALREADY_PRESENT  # type: ignore[arg-type]
    async with sonarium.database.transaction() as tx:
        rows = await instances_of(tx, Selection(picture.study_instance_uid, "2.25.9"))
    assert [row.sop_instance_uid for row in rows] == ["2.25.8"]
