"""From what the services know to what the browser shows."""

from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec

from sonarium import __version__
from sonarium.dicom.header import Header
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.uids import transfer_syntax, uid_name
from sonarium.domain.access import Confidentiality
from sonarium.faces.ui_api.model import (
    ImageMode,
    InstanceDetail,
    PaintedTrace,
    Playback,
    Presentation,
    SeriesDetail,
    StudyDetail,
    StudySummary,
    SystemStatus,
)
from sonarium.services.studies import OpenedInstance, OpenedSeries, OpenedStudy, StudyLine
from sonarium.services.system_status import ArchiveCounts, Reachability
from sonarium.ultrasound.cine_timing import TIMING_TAGS, frame_timing
from sonarium.ultrasound.regions import TIME_AXES, RegionDataType, fits, read_regions

_WITHHELD: Final = "Name withheld"
_JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
_SHOWN_AS_STORED: Final = frozenset({"YBR_FULL", "YBR_FULL_422", "MONOCHROME2"})
"""With these a browser's JPEG decoder shows what the scanner meant."""

_ROWS, _COLUMNS, _FRAMES = 0x00280010, 0x00280011, 0x00280008
_PIXEL_ASPECT_RATIO = 0x00280034
_R_WAVE_TIME_VECTOR = 0x00186060
_REGIONS = (0x00186011,)

_IMAGE_MODES: Final[tuple[tuple[int, ImageMode], ...]] = (
    (0x20, "colour M-mode"),
    (0x08, "PW"),
    (0x04, "CW"),
    (0x02, "M-mode"),
    (0x110, "colour"),
    (0x40, "3D"),
    (0x01, "2D"),
)
"""Bits of Image Type value 4 and the mode to name when several are set, first match wins."""


def study_summary(line: StudyLine) -> StudySummary:
    """Present a study by what tells it from others."""
    return StudySummary(
        study_instance_uid=line.study_instance_uid,
        patient_name=_name(line.patient_name),
        patient_id=line.patient_id,
        patient_birth_date=_iso_date(line.birth_date),
        patient_sex=line.sex,
        study_date=_iso_date(line.study_date),
        study_time=_iso_time(line.study_time),
        study_description=line.description,
        accession_number=line.accession_number,
        modalities=line.modalities,
        number_of_series=line.number_of_series,
        number_of_instances=line.number_of_instances,
        received_at=line.received_at.isoformat(),
        confidentiality=Confidentiality(line.confidentiality).value,
    )


def listed_study(line: StudyLine) -> StudySummary:
    """Present one line of the study list; some patients are not named before they are opened."""
    summary = study_summary(line)
    if line.confidentiality == Confidentiality.NORMAL:
        return summary
    return msgspec.structs.replace(
        summary,
        patient_name=line.alias or _WITHHELD,
        patient_id="",
        patient_birth_date=None,
        accession_number="",
    )


def study_detail(opened: OpenedStudy) -> StudyDetail:
    """Present an opened study."""
    return StudyDetail(
        study=study_summary(opened.line), series=[_series(series) for series in opened.series]
    )


def system_status(counts: ArchiveCounts, reachability: Reachability) -> SystemStatus:
    """Present what this archive is."""
    return SystemStatus(
        version=__version__,
        ae_title=reachability.ae_title,
        dimse_port=reachability.dimse_port,
        studies=counts.studies,
        instances=counts.instances,
        quarantined=counts.quarantined,
        damaged=counts.damaged,
        demo=reachability.is_demo,
    )


def _series(series: OpenedSeries) -> SeriesDetail:
    header = series.instances[0].header
    return SeriesDetail(
        series_instance_uid=series.series_instance_uid,
        modality=header.text(0x00080060) or "",
        series_number=header.integer(0x00200011),
        series_description=header.text(0x0008103E) or "",
        instances=[_instance(instance) for instance in series.instances],
    )


def _instance(instance: OpenedInstance) -> InstanceDetail:
    header = instance.header
    frames = max(1, header.integer(_FRAMES) or 1)
    timing = frame_timing(header_to_json(header, None, TIMING_TAGS), frames)
    playback: Playback = "sweep" if timing.sweeps else "loop"
    return InstanceDetail(
        sop_instance_uid=instance.sop_instance_uid,
        sop_class_uid=header.text(0x00080016) or "",
        sop_class_name=uid_name(header.text(0x00080016) or "").removesuffix(" Storage"),
        transfer_syntax_uid=header.transfer_syntax_uid,
        instance_number=header.integer(0x00200013),
        presentation=_presentation(header),
        rows=header.integer(_ROWS) or 0,
        columns=header.integer(_COLUMNS) or 0,
        pixel_aspect_ratio=_pixel_aspect_ratio(header),
        number_of_frames=frames,
        frame_starts_ms=[round(start, 3) for start in timing.starts_ms],
        loop_length_ms=round(timing.length_ms, 3),
        timing_source=timing.source,
        playback=playback,
        first_shown=timing.first_shown,
        last_shown=timing.last_shown,
        r_waves_ms=[round(ms, 3) for ms in header.decimals(_R_WAVE_TIME_VECTOR)],
        painted_ecg=_painted_ecg(header) if frames > 1 else None,
        acquired_at=_acquired_at(header),
        image_mode=_image_mode(header),
        title=_title(header),
        stage_name=header.text(0x00082120) or "",
        stage_number=header.integer(0x00082122) or None,
        view_name=_view_name(header),
        view_number=header.integer(0x00082128),
        heart_rate=header.integer(0x00181088) or None,
    )


def _painted_ecg(header: Header) -> PaintedTrace | None:
    """Return where the ECG is painted; None where R-waves are told, or no region says so."""
    if header.decimals(_R_WAVE_TIME_VECTOR):
        return None
    for region in read_regions(header_to_json(header, None, _REGIONS)):
        if region.data_type is RegionDataType.ECG_TRACE and fits(region, TIME_AXES):
            return PaintedTrace(
                left=region.min_x0,
                top=region.min_y0,
                width=region.width,
                height=region.height,
                seconds_per_column=abs(region.delta_x),
            )
    return None


def _acquired_at(header: Header) -> str | None:
    """Return Acquisition DateTime, or Acquisition Date and Time; a zone it may name is left out."""
    moment = header.text(0x0008002A) or ""
    date, time = moment[:8], moment[8:].partition("+")[0].partition("-")[0]
    if not moment:
        date, time = header.text(0x00080022) or "", header.text(0x00080032) or ""
    day, clock = _iso_date(date), _iso_time(time)
    return f"{day}T{clock}" if day and clock else None


def _image_mode(header: Header) -> ImageMode:
    """Read Image Type value 4, a sum of hexadecimal bits (PS3.3 C.8.5.6.1.1)."""
    image_type = header.texts(0x00080008)
    try:
        bits = int(image_type[3], 16)
    except (IndexError, ValueError):
        return ""
    return next((mode for bit, mode in _IMAGE_MODES if bits & bit), "")


def _view_name(header: Header) -> str:
    """Return View Name, or what View Code Sequence means."""
    named = header.text(0x00082127)
    if named:
        return named
    return next((code.text(0x00080104) or "" for code in header.items(0x00540220)), "")


def _title(header: Header) -> str:
    """Return what an object calls itself: a report's concept name, a document's title."""
    concept = next((code.text(0x00080104) for code in header.items(0x0040A043)), None)
    return concept or header.text(0x00420010) or header.text(0x00700080) or ""


def _presentation(header: Header) -> Presentation:
    """Choose how a page shows an instance: its own JPEG frames, rendered ones, or not at all."""
    if not header.integer(_ROWS) or not header.integer(_COLUMNS) or 0x7FE00010 not in header:
        return "none"
    if transfer_syntax(header.transfer_syntax_uid).is_video:
        return "video"
    is_jpeg = header.transfer_syntax_uid == _JPEG_BASELINE
    if is_jpeg and header.text(0x00280004) in _SHOWN_AS_STORED:
        return "stored-jpeg"
    return "rendered"


def _pixel_aspect_ratio(header: Header) -> float:
    """Return height by width of a pixel (PS3.3 C.7.6.3.1.7); 1 where it makes no sense."""
    ratio = header.decimals(_PIXEL_ASPECT_RATIO)
    if len(ratio) == 2 and all(0 < part < 10_000 for part in ratio):
        return ratio[0] / ratio[1]
    return 1.0


def _name(groups: object) -> str:
    if not isinstance(groups, Mapping):
        return ""
    parts = (str(groups.get(part, "")) for part in ("Alphabetic", "Ideographic", "Phonetic"))
    return "=".join(parts).rstrip("=")


@cache
def _iso_date(text: str) -> str | None:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) == 8 else None


def _iso_time(text: str) -> str | None:
    return f"{text[:2]}:{text[2:4]}:{text[4:]}" if len(text) >= 6 else None
