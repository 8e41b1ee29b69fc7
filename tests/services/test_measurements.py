"""What is measured is kept as documents, each superseding the one before."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread
from tests.running_archive import RunningArchive

from sonarium.dicom.sr.content import GraphicPoint, GraphicType
from sonarium.dicom.sr.document_modules import Observer
from sonarium.domain.access import SYSTEM
from sonarium.domain.selection import Selection
from sonarium.index.instances import instances_of
from sonarium.services.access import AccessService
from sonarium.services.measurements import (
    MeasurementService,
    StudyNotHere,
    VersionConflict,
)
from sonarium.services.retrieve import RetrieveService
from sonarium.services.store import Stored
from sonarium.services.studies import StudiesService
from sonarium.ultrasound.measuring.measurement import (
    Figure,
    MeasuredValue,
    Measurement,
    Quantity,
    Tool,
)
from sonarium.ultrasound.measuring.plausible import ImplausibleMeasurement
from sonarium.ultrasound.measuring.report_document import measurement_series_uid

PICTURE = "dicom/us/hp-pediatric-echo-1.dcm"
ADA = "SYNTHETIC Ada"
AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


WORKSTATION = Observer("This workstation", "2.25.77", "Sonarium")


@pytest.fixture
def measuring(sonarium: RunningArchive) -> MeasurementService:
    return MeasurementService(
        AccessService(sonarium.database), sonarium.store, WORKSTATION, lambda: AT
    )


@pytest.fixture
async def picture(sonarium: RunningArchive, testdata: Path) -> Stored:
    return await sonarium.keep(testdata / PICTURE)


def caliper(picture: Stored, uid: str = "2.25.1", number: float = 4.463) -> Measurement:
    points = (GraphicPoint(100.5, 100.5), GraphicPoint(200.5, 250.5))
    return Measurement(
        tracking_uid=uid,
        tool=Tool.DISTANCE,
        label="LVIDd",
        figures=(Figure(picture.sop_instance_uid, 1, GraphicType.POLYLINE, points),),
        values=(MeasuredValue(Quantity.LENGTH, number),),
        measured_at=AT,
        measured_by=ADA,
    )


async def test_a_study_starts_without_measurements(
    measuring: MeasurementService, picture: Stored
) -> None:
    current = await measuring.current(SYSTEM, picture.study_instance_uid)
    assert (current.version, current.measurements) == (0, ())


async def test_what_is_saved_is_read_again_with_mean_and_derived_values(
    measuring: MeasurementService, picture: Stored
) -> None:
    study = picture.study_instance_uid
    systole = replace(
        caliper(picture, "2.25.3"), label="LVIDs", values=(MeasuredValue(Quantity.LENGTH, 3.2),)
    )
    drawn = (caliper(picture), caliper(picture, "2.25.2", 5.537), systole)
    saved = await measuring.save(SYSTEM, study, 0, drawn, ADA)
    assert saved.version == 1
    assert saved.measurements == drawn
    assert saved == await measuring.current(SYSTEM, study)
    assert [(mean.label, round(mean.number, 6), mean.count) for mean in saved.means] == [
        ("LVIDd", 5.0, 2),
        ("LVIDs", 3.2, 1),
    ]
    fraction = {value.name: value.number for value in saved.derived}["EF Teichholz"]
    assert round(fraction, 1) == 65.4


async def test_each_measurement_names_who_made_it_whatever_the_page_says(
    measuring: MeasurementService, picture: Stored
) -> None:
    study = picture.study_instance_uid
    forged = replace(caliper(picture), measured_by="SYNTHETIC Eve")
    [first] = (await measuring.save(SYSTEM, study, 0, [forged], ADA)).measurements
    assert first.measured_by == ADA
    moved = replace(caliper(picture, "2.25.2"), measured_at=AT + timedelta(seconds=1))
    both = (await measuring.save(SYSTEM, study, 1, [first, moved], "SYNTHETIC Eve")).measurements
    assert [it.measured_by for it in both] == [ADA, "SYNTHETIC Eve"]
    again = replace(first, measured_at=AT + timedelta(milliseconds=1))
    [last] = (await measuring.save(SYSTEM, study, 2, [again], "SYNTHETIC Eve^=Two")).measurements
    assert last.measured_by == "SYNTHETIC Eve  Two"


async def test_a_save_from_an_old_version_is_refused_and_loses_nothing(
    measuring: MeasurementService, picture: Stored
) -> None:
    study = picture.study_instance_uid
    await measuring.save(SYSTEM, study, 0, [caliper(picture)], ADA)
    with pytest.raises(VersionConflict):
        await measuring.save(SYSTEM, study, 0, [caliper(picture, "2.25.2")], ADA)
    current = await measuring.current(SYSTEM, study)
    assert [measurement.tracking_uid for measurement in current.measurements] == ["2.25.1"]


async def test_of_two_processes_that_save_at_once_one_is_told_to_read_again(
    sonarium: RunningArchive, measuring: MeasurementService, picture: Stored
) -> None:
    study = picture.study_instance_uid
    other = MeasurementService(
        AccessService(sonarium.database), sonarium.store, WORKSTATION, lambda: AT
    )
    answers = await asyncio.gather(
        measuring.save(SYSTEM, study, 0, [caliper(picture)], ADA),
        other.save(SYSTEM, study, 0, [caliper(picture, "2.25.2")], ADA),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, VersionConflict)]
    assert len(refused) == 1
    assert (await measuring.current(SYSTEM, study)).version == 1


async def test_every_version_stays_and_names_its_predecessor(
    sonarium: RunningArchive, measuring: MeasurementService, picture: Stored
) -> None:
    study = picture.study_instance_uid
    first = await measuring.save(SYSTEM, study, 0, [caliper(picture)], ADA)
    second = await measuring.save(SYSTEM, study, 1, [], ADA)
    assert (second.version, second.measurements) == (2, ())
    async with sonarium.database.transaction() as tx:
        series = Selection(study, measurement_series_uid(study))
        rows = await instances_of(tx, series)
    assert [row.instance_number for row in rows] == [1, 2]
    written = await RetrieveService(AccessService(sonarium.database), sonarium.blobs).part10(
        rows[1]
    )
    document = dcmread(BytesIO(written))
    reference = document.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert reference.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == first.sop_instance_uid
    original = dcmread(BytesIO(await _file_of(sonarium, picture)), stop_before_pixels=True)
    assert document.PatientName == original.PatientName
    assert document.PatientID == original.PatientID


async def _file_of(sonarium: RunningArchive, picture: Stored) -> bytes:
    retrieve = RetrieveService(AccessService(sonarium.database), sonarium.blobs)
    selection = Selection(
        picture.study_instance_uid, picture.series_instance_uid, picture.sop_instance_uid
    )
    return bytes(await retrieve.part10((await retrieve.instances(SYSTEM, selection))[0]))


async def test_what_refers_to_another_study_is_refused(
    measuring: MeasurementService, picture: Stored
) -> None:
    stray = caliper(replace(picture, sop_instance_uid="1.2.3"))
    with pytest.raises(ImplausibleMeasurement):
        await measuring.save(SYSTEM, picture.study_instance_uid, 0, [stray], ADA)


async def test_a_cavity_of_two_views_gives_a_biplane_volume(
    measuring: MeasurementService, picture: Stored
) -> None:
    corners = ((100.5, 300.5), (100.5, 100.5), (150.5, 60.5), (200.5, 100.5), (200.5, 300.5))
    outline = tuple(GraphicPoint(*corner) for corner in corners)
    figure = Figure(picture.sop_instance_uid, 1, GraphicType.POLYLINE, outline)
    views = [
        replace(
            caliper(picture, f"2.25.{number}"),
            tool=Tool.VOLUME,
            label=label,
            figures=(figure,),
            values=(MeasuredValue(Quantity.VOLUME, 10.0),),
        )
        for number, label in enumerate(("LV EDV 4C", "LV EDV 2C"), 1)
    ]
    saved = await measuring.save(SYSTEM, picture.study_instance_uid, 0, views, ADA)
    assert "EDV biplane" in {value.name for value in saved.derived}


async def test_a_study_that_is_not_here_is_said_so(measuring: MeasurementService) -> None:
    with pytest.raises(StudyNotHere):
        await measuring.current(SYSTEM, "1.2.3")
    with pytest.raises(StudyNotHere):
        await measuring.headers(SYSTEM, "1.2.3")


async def test_an_opened_study_shows_only_the_newest_document(
    sonarium: RunningArchive, measuring: MeasurementService, picture: Stored
) -> None:
    study = picture.study_instance_uid
    await measuring.save(SYSTEM, study, 0, [caliper(picture)], ADA)
    newest = await measuring.save(SYSTEM, study, 1, [], ADA)
    opened = await StudiesService(AccessService(sonarium.database)).open(SYSTEM, study)
    assert opened is not None
    documents = {series.series_instance_uid: series.instances for series in opened.series}
    shown = documents[measurement_series_uid(study)]
    assert [instance.sop_instance_uid for instance in shown] == [newest.sop_instance_uid]
