"""Presentation states of measurements: what was measured, drawn for viewers that read no reports.

A job writes them once nobody has saved for a while, one for grey images and one for coloured ones.
Their UIDs follow from the report's, so a second run writes the same bytes again.
"""

from collections.abc import Sequence
from typing import Final

from sonarium.dicom.header import Header
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.presentation_state import (
    PresentationLabel,
    PresentedImage,
    presentation_state,
)
from sonarium.dicom.sr.document_modules import COPIED_TAGS, DocumentIdentity, Observer
from sonarium.domain.access import SYSTEM
from sonarium.index.blobs import selection_of_blob
from sonarium.services.access import AccessService
from sonarium.services.measurements import MeasurementService, StudyNotHere
from sonarium.services.own_documents import store_document
from sonarium.services.store import StoreService
from sonarium.ultrasound.measuring.measurement import Measurement
from sonarium.ultrasound.measuring.presentation import marked_frames
from sonarium.ultrasound.measuring.report_document import marks_series_uid, uid_from

_CALLED: Final = PresentationLabel("MEASUREMENTS", "Measurements as marks", "")
_SAMPLES_PER_PIXEL, _PHOTOMETRIC = 0x00280002, 0x00280004
_ROWS, _COLUMNS, _FRAMES = 0x00280010, 0x00280011, 0x00280008
_PIXEL_ASPECT_RATIO = 0x00280034


class MeasurementMarks:
    """Writes what was measured as presentation states."""

    def __init__(
        self,
        access: AccessService,
        measuring: MeasurementService,
        store: StoreService,
        observer: Observer,
    ) -> None:
        self._access = access
        self._measuring = measuring
        self._store = store
        self._observer = observer

    async def write(self, blob_key: str) -> None:
        """Write the states of the report in a blob, unless a newer report supersedes it.

        Raises:
            StorageUnavailable, DatabaseUnavailable: the same may work later.
        """
        async with self._access.looking(SYSTEM) as tx:
            report = await selection_of_blob(tx, blob_key)
        if report is None:
            return
        study = report.study_instance_uid
        try:
            saved = await self._measuring.current(SYSTEM, study)
            headers = {
                it.sop_instance_uid: it.header
                for it in await self._measuring.headers(SYSTEM, study)
            }
        except StudyNotHere:
            return
        if saved.sop_instance_uid != report.sop_instance_uid or saved.saved_at is None:
            return
        for in_colour in (False, True):
            measured = _measured_on(saved.measurements, headers, in_colour=in_colour)
            if not measured:
                continue
            uids = {figure.sop_instance_uid for it in measured for figure in it.figures}
            single = frozenset(uid for uid in uids if (headers[uid].integer(_FRAMES) or 1) <= 1)
            kind = "colour" if in_colour else "grey"
            identity = DocumentIdentity(
                study_instance_uid=study,
                series_instance_uid=marks_series_uid(study),
                sop_instance_uid=uid_from(f"{report.sop_instance_uid}/{kind} marks"),
                instance_number=2 * saved.version - (not in_colour),
                written_at=saved.saved_at,
            )
            state = presentation_state(
                identity,
                header_to_json(headers[min(uids)], None, COPIED_TAGS),
                self._observer,
                [_presented(headers[uid], uid) for uid in sorted(uids)],
                list(marked_frames(measured, single)),
                _CALLED,
                in_colour=in_colour,
            )
            await store_document(self._store, state)


def _measured_on(
    measurements: Sequence[Measurement], headers: dict[str, Header], *, in_colour: bool
) -> list[Measurement]:
    """Return what was measured on images of one kind."""
    return [
        it
        for it in measurements
        if all(
            figure.sop_instance_uid in headers
            and _is_coloured(headers[figure.sop_instance_uid]) is in_colour
            for figure in it.figures
        )
    ]


def _is_coloured(header: Header) -> bool:
    return (header.integer(_SAMPLES_PER_PIXEL) or 1) > 1 or (
        header.text(_PHOTOMETRIC) == "PALETTE COLOR"
    )


def _presented(header: Header, uid: str) -> PresentedImage:
    ratio = header.decimals(_PIXEL_ASPECT_RATIO)
    return PresentedImage(
        sop_class_uid=header.text(0x00080016) or "",
        sop_instance_uid=uid,
        series_instance_uid=header.text(0x0020000E) or "",
        rows=header.integer(_ROWS) or 1,
        columns=header.integer(_COLUMNS) or 1,
        pixel_aspect_ratio=(int(ratio[0]), int(ratio[1])) if len(ratio) == 2 else (1, 1),
    )
