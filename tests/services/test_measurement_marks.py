"""What is measured is also written as presentation states, once saving has paused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.running_archive import RunningArchive

from sonarium.dicom.presentation_state import (
    COLOR_SOFTCOPY_PRESENTATION_STATE,
    GRAYSCALE_SOFTCOPY_PRESENTATION_STATE,
)
from sonarium.dicom.sr.content import GraphicPoint, GraphicType
from sonarium.dicom.sr.document_modules import Observer
from sonarium.domain.access import SYSTEM
from sonarium.domain.selection import Selection
from sonarium.index.instances import InstanceRow, instances_of
from sonarium.services.access import AccessService
from sonarium.services.measurement_marks import MeasurementMarks
from sonarium.services.measurements import MeasurementService
from sonarium.services.store import Stored
from sonarium.services.studies import StudiesService
from sonarium.ultrasound.measuring.measurement import (
    Figure,
    MeasuredValue,
    Measurement,
    Quantity,
    Tool,
)
from sonarium.ultrasound.measuring.report_document import marks_series_uid, measurement_series_uid

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
WORKSTATION = Observer("This workstation", "2.25.77", "Sonarium")


@pytest.fixture
def measuring(sonarium: RunningArchive) -> MeasurementService:
    access = AccessService(sonarium.database)
    return MeasurementService(access, sonarium.store, WORKSTATION, lambda: AT)


@pytest.fixture
def marks(sonarium: RunningArchive, measuring: MeasurementService) -> MeasurementMarks:
    access = AccessService(sonarium.database)
    return MeasurementMarks(access, measuring, sonarium.store, WORKSTATION)


def caliper(picture: Stored, uid: str) -> Measurement:
    points = (GraphicPoint(100.5, 100.5), GraphicPoint(200.5, 250.5))
    figure = Figure(picture.sop_instance_uid, 1, GraphicType.POLYLINE, points)
    value = MeasuredValue(Quantity.LENGTH, 4.463)
    return Measurement(uid, Tool.DISTANCE, "LVIDd", (figure,), (value,), AT, "SYNTHETIC Ada")


async def rows(sonarium: RunningArchive, study: str, series: str) -> list[InstanceRow]:
    async with sonarium.database.transaction() as tx:
        return await instances_of(tx, Selection(study, series))


@pytest.mark.parametrize(
    ("name", "sop_class"),
    [
        ("hp-pediatric-echo-1", COLOR_SOFTCOPY_PRESENTATION_STATE),
        ("philips-epiq5-grey-still", GRAYSCALE_SOFTCOPY_PRESENTATION_STATE),
    ],
)
async def test_the_newest_report_becomes_marks_of_the_right_kind(
    sonarium: RunningArchive,
    measuring: MeasurementService,
    marks: MeasurementMarks,
    testdata: Path,
    name: str,
    sop_class: str,
) -> None:
    picture = await sonarium.keep(testdata / f"dicom/us/{name}.dcm")
    study = picture.study_instance_uid
    await measuring.save(SYSTEM, study, 0, [caliper(picture, "2.25.1")], "Ada")
    (first,) = await rows(sonarium, study, measurement_series_uid(study))
    await measuring.save(
        SYSTEM, study, 1, [caliper(picture, "2.25.1"), caliper(picture, "2.25.2")], "Ada"
    )
    await marks.write(first.blob_key)
    assert await rows(sonarium, study, marks_series_uid(study)) == []
    newest = (await rows(sonarium, study, measurement_series_uid(study)))[-1]
    for _ in range(2):  # a job may run twice
        await marks.write(newest.blob_key)
    (state,) = await rows(sonarium, study, marks_series_uid(study))
    assert state.sop_class_uid == sop_class
    async with sonarium.database.transaction() as tx:
        assert await tx.values(b"SELECT 1 FROM quarantine") == []
    opened = await StudiesService(AccessService(sonarium.database)).open(SYSTEM, study)
    assert opened is not None
    assert marks_series_uid(study) not in {it.series_instance_uid for it in opened.series}


async def test_saving_enqueues_the_job_for_later(
    sonarium: RunningArchive, measuring: MeasurementService, testdata: Path
) -> None:
    picture = await sonarium.keep(testdata / "dicom/us/hp-pediatric-echo-1.dcm")
    await measuring.save(SYSTEM, picture.study_instance_uid, 0, [caliper(picture, "2.25.1")], "Ada")
    async with sonarium.database.transaction() as tx:
        waiting = await tx.values(
            b"SELECT scheduled_at > now() + interval '1 minute' FROM procrastinate_jobs"
            b" WHERE task_name = 'measurements.marks'"
        )
    assert waiting == [(True,)]
