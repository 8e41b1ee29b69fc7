"""Evidence Documents [RAD-43]: what people measure, kept as structured reports in the study.

Every save makes a new document that names the one before as its predecessor, so nothing that
was ever measured is lost. Its SOP Instance UID follows from the predecessor's, so of two saves
from the same version only one can be stored, whichever process they reach.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import RequestError
from sonarium.dicom.header import Header, unpack_header
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.sr.document_modules import (
    COPIED_TAGS,
    DocumentIdentity,
    Observer,
    ReferencedImage,
)
from sonarium.dicom.sr.reading import read_content
from sonarium.domain.access import Viewer
from sonarium.domain.selection import Selection
from sonarium.index.instances import InstanceRow, headers_of, instances_of
from sonarium.index.opened_instance import find_opened_instance
from sonarium.services.access import AccessService
from sonarium.services.own_documents import store_document
from sonarium.services.store import Placement, StoreService
from sonarium.ultrasound.measuring.concepts import QUANTITIES
from sonarium.ultrasound.measuring.derived import (
    BodySize,
    DerivedValue,
    LabelMean,
    derive,
    label_means,
)
from sonarium.ultrasound.measuring.disks import Disks
from sonarium.ultrasound.measuring.measurement import Measurement, Tool
from sonarium.ultrasound.measuring.outlines import cut_figure
from sonarium.ultrasound.measuring.plausible import check_measurements
from sonarium.ultrasound.measuring.report import (
    MeasurementReport,
    person_name,
    read_report,
)
from sonarium.ultrasound.measuring.report_document import (
    COMPREHENSIVE_3D_SR,
    measurement_series_uid,
    report_document,
    uid_from,
)

__all__ = [
    "InstanceHeader",
    "MeasurementService",
    "SavedMeasurements",
    "StudyNotHere",
    "VersionConflict",
]

_UNITS: Final = {quantity: concept.unit for quantity, concept in QUANTITIES.items()}
_HEIGHT_M, _WEIGHT_KG = 0x00101020, 0x00101030
_REGIONS: Final = 0x00186011


class StudyNotHere(RequestError):
    """The archive does not hold the study."""


class VersionConflict(RequestError):
    """Somebody saved since the caller read; read again, join both, and save."""


@dataclass(frozen=True, slots=True)
class InstanceHeader:
    """An object of the study with its header."""

    sop_instance_uid: str
    header: Header


@dataclass(frozen=True, slots=True)
class SavedMeasurements:
    """The newest document of a study; version 0 where nothing was measured yet."""

    version: int
    sop_instance_uid: str | None
    saved_at: datetime | None
    measurements: tuple[Measurement, ...]
    means: tuple[LabelMean, ...]
    derived: tuple[DerivedValue, ...]


@dataclass(frozen=True, slots=True)
class _Study:
    uid: str
    rows: Sequence[InstanceRow]

    @property
    def newest(self) -> InstanceRow | None:
        """The newest document."""
        series = measurement_series_uid(self.uid)
        documents = (
            row
            for row in self.rows
            if row.series_instance_uid == series and row.sop_class_uid == COMPREHENSIVE_3D_SR
        )
        return max(documents, key=lambda row: row.instance_number or 0, default=None)

    def images(self, measurements: Sequence[Measurement]) -> dict[str, ReferencedImage]:
        """Return what measurements refer to."""
        wanted = {figure.sop_instance_uid for it in measurements for figure in it.figures}
        return {
            row.sop_instance_uid: ReferencedImage(
                row.sop_instance_uid,
                row.sop_class_uid,
                row.series_instance_uid,
                row.number_of_frames,
            )
            for row in self.rows
            if row.sop_instance_uid in wanted
        }


class MeasurementService:
    """Keeps and gives back what was measured."""

    def __init__(
        self,
        access: AccessService,
        store: StoreService,
        observer: Observer,
        clock: Clock = utc_now,
    ) -> None:
        self._access = access
        self._store = store
        self._observer = observer
        self._clock = clock
        self._saving = asyncio.Lock()

    async def headers(self, viewer: Viewer, study_instance_uid: str) -> list[InstanceHeader]:
        """List the objects of a study with their headers, for calibration.

        Raises:
            StudyNotHere: the archive does not hold it.
        """
        async with self._access.looking(viewer, opens=[study_instance_uid]) as tx:
            rows = await headers_of(tx, Selection(study_instance_uid))
        if not rows:
            raise StudyNotHere("This archive does not hold that study.")
        return [
            InstanceHeader(row.sop_instance_uid, unpack_header(row.packed_header)) for row in rows
        ]

    async def current(self, viewer: Viewer, study_instance_uid: str) -> SavedMeasurements:
        """Return the newest measurements of a study.

        Raises:
            StudyNotHere: the archive does not hold it.
        """
        study = await self._study(viewer, study_instance_uid)
        newest = study.newest
        if newest is None:
            return SavedMeasurements(0, None, None, (), (), ())
        return await self._computed(viewer, study, newest, await self._read(viewer, newest))

    async def save(
        self,
        viewer: Viewer,
        study_instance_uid: str,
        version: int,
        measurements: Sequence[Measurement],
        by: str,
    ) -> SavedMeasurements:
        """Store these measurements in place of those of `version`.

        Those that are new or were measured anew get the name of whoever saves, `by`.

        Raises:
            StudyNotHere: the archive does not hold the study.
            VersionConflict: `version` is no longer the newest.
            ImplausibleMeasurement: what is wrong with one of them, in words.
            StorageUnavailable, DatabaseUnavailable: the same save may work later.
        """
        async with self._saving:
            study = await self._study(viewer, study_instance_uid)
            newest = study.newest
            if version != _version(newest):
                raise VersionConflict("Somebody else saved measurements of this study meanwhile.")
            measurements = await self._signed(viewer, newest, measurements, by)
            images = study.images(measurements)
            check_measurements(
                measurements, {uid: image.number_of_frames for uid, image in images.items()}
            )
            if newest is None and not measurements:
                return SavedMeasurements(0, None, None, (), (), ())
            await self._store_document(viewer, study, newest, tuple(measurements), images)
            return await self.current(viewer, study_instance_uid)

    async def _signed(
        self,
        viewer: Viewer,
        newest: InstanceRow | None,
        measurements: Sequence[Measurement],
        by: str,
    ) -> tuple[Measurement, ...]:
        """Let nobody measure in another's name."""
        saved = (
            {}
            if newest is None
            else {it.tracking_uid: it for it in await self._read(viewer, newest)}
        )
        return tuple(
            replace(
                it,
                measured_by=before.measured_by
                if (before := saved.get(it.tracking_uid)) and before.measured_at == it.measured_at
                else person_name(by),
            )
            for it in measurements
        )

    async def _read(self, viewer: Viewer, document: InstanceRow) -> tuple[Measurement, ...]:
        header = await self._header(viewer, document)
        content = read_content(header_to_json(header, None))
        return read_report(content) if content is not None else ()

    async def _store_document(
        self,
        viewer: Viewer,
        study: _Study,
        newest: InstanceRow | None,
        measurements: tuple[Measurement, ...],
        images: Mapping[str, ReferencedImage],
    ) -> None:
        like = next((row for row in study.rows if row.sop_instance_uid in images), study.rows[0])
        header = await self._header(viewer, like)
        means = label_means(measurements, _UNITS)
        disks = await self._disks(viewer, study, measurements)
        report = MeasurementReport(
            measurements, means, derive(means, disks, _body(header)), images, self._observer
        )
        # A blob's key is random, so archives that hold copies of one study never make one name.
        seed = newest or min(study.rows, key=lambda row: row.instance_ref)
        identity = DocumentIdentity(
            study_instance_uid=study.uid,
            series_instance_uid=measurement_series_uid(study.uid),
            sop_instance_uid=uid_from(f"{seed.sop_instance_uid}/{seed.blob_key}"),
            instance_number=_version(newest) + 1,
            written_at=self._clock().astimezone(),
        )
        document = report_document(
            identity,
            newest.sop_instance_uid if newest is not None else None,
            header_to_json(header, None, COPIED_TAGS),
            report,
        )
        if await store_document(self._store, document) is Placement.CONFLICT:
            raise VersionConflict("Somebody else saved measurements of this study meanwhile.")

    async def _computed(
        self,
        viewer: Viewer,
        study: _Study,
        newest: InstanceRow,
        measurements: tuple[Measurement, ...],
    ) -> SavedMeasurements:
        images = study.images(measurements)
        like = next((row for row in study.rows if row.sop_instance_uid in images), newest)
        means = label_means(measurements, _UNITS)
        body = _body(await self._header(viewer, like)) if means else None
        disks = await self._disks(viewer, study, measurements)
        return SavedMeasurements(
            version=_version(newest),
            sop_instance_uid=newest.sop_instance_uid,
            saved_at=newest.received_at,
            measurements=measurements,
            means=means,
            derived=derive(means, disks, body),
        )

    async def _disks(
        self, viewer: Viewer, study: _Study, measurements: Sequence[Measurement]
    ) -> dict[str, Disks]:
        """Cut the cavities that carry a label, the newest of each."""
        cut: dict[str, Disks] = {}
        rows = {row.sop_instance_uid: row for row in study.rows}
        for measurement in measurements:
            if measurement.tool is not Tool.VOLUME or not measurement.label:
                continue
            row = rows.get(measurement.figures[0].sop_instance_uid)
            if row is not None:
                header = await self._header(viewer, row)
                disks = cut_figure(measurement, header_to_json(header, None, (_REGIONS,)))
                if disks is not None:
                    cut[measurement.label] = disks
        return cut

    async def _study(self, viewer: Viewer, study_instance_uid: str) -> _Study:
        async with self._access.looking(viewer, opens=[study_instance_uid]) as tx:
            rows = await instances_of(tx, Selection(study_instance_uid))
        if not rows:
            raise StudyNotHere("This archive does not hold that study.")
        return _Study(study_instance_uid, rows)

    async def _header(self, viewer: Viewer, row: InstanceRow) -> Header:
        selection = Selection(row.study_instance_uid, row.series_instance_uid, row.sop_instance_uid)
        async with self._access.looking(viewer, opens=[row.study_instance_uid]) as tx:
            opened = await find_opened_instance(tx, selection)
        if opened is None:
            raise StudyNotHere("This archive no longer holds that study.")
        return unpack_header(opened.packed_header)


def _version(document: InstanceRow | None) -> int:
    return (document.instance_number or 0) if document is not None else 0


def _body(header: Header) -> BodySize | None:
    """Read the patient's size where a person can have it."""
    height_m, weight_kg = header.decimal(_HEIGHT_M), header.decimal(_WEIGHT_KG)
    if height_m is None or weight_kg is None:
        return None
    if not (0.2 < height_m < 2.8 and 0.3 < weight_kg < 500):
        return None
    return BodySize(100 * height_m, weight_kg)
