"""What the browser application receives: the shapes behind `/api/openapi.json`."""

from typing import Literal

import msgspec

Presentation = Literal["stored-jpeg", "rendered", "video", "none"]
Playback = Literal["loop", "sweep"]
ImageMode = Literal["", "2D", "colour", "M-mode", "PW", "CW", "colour M-mode", "3D"]


class UIModel(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A value of the JSON API; names are DICOM keywords in camel case."""


class StudySummary(UIModel, frozen=True):
    """One line of the study list.

    Dates are calendar days (`YYYY-MM-DD`) and times are local to the scanner, because
    DICOM gives them no zone; `received_at` is a moment in UTC.
    """

    study_instance_uid: str = msgspec.field(name="studyInstanceUID")
    patient_name: str
    patient_id: str = msgspec.field(name="patientID")
    patient_birth_date: str | None
    patient_sex: str
    study_date: str | None
    study_time: str | None
    study_description: str
    accession_number: str
    modalities: list[str]
    number_of_series: int
    number_of_instances: int
    received_at: str
    confidentiality: Literal["normal", "vip", "confidential"]
    """Where it is not normal, a list shows an alias for the name, and no other mark of a person;
    whoever opens the study sees them."""


class StudyPage(UIModel, frozen=True):
    """Some studies, most recent first."""

    studies: list[StudySummary]
    has_more: bool


class PaintedTrace(UIModel, frozen=True):
    """Where a trace is painted into the frames, in pixels, and how much time a column takes."""

    left: int
    top: int
    width: int
    height: int
    seconds_per_column: float


class InstanceDetail(UIModel, frozen=True):
    """One object of a study, with what a player needs before the first frame.

    `frame_starts_ms` and `loop_length_ms` are milliseconds; `pixel_aspect_ratio` is the
    height of a pixel divided by its width; `timing_source` names the attribute used.
    `first_shown` and `last_shown` count frames from 0 (Start Trim, Stop Trim); `r_waves_ms`
    are R-wave peaks from the first frame on (R Wave Time Vector). `painted_ecg` is where a loop
    without them shows its ECG (Region Data Type 10). `acquired_at` is when the first frame or
    sample was taken, local to the scanner: by it a loop and a trace lie beside each other.
    """

    sop_instance_uid: str = msgspec.field(name="sopInstanceUID")
    sop_class_uid: str = msgspec.field(name="sopClassUID")
    sop_class_name: str
    transfer_syntax_uid: str = msgspec.field(name="transferSyntaxUID")
    instance_number: int | None
    presentation: Presentation
    rows: int
    columns: int
    pixel_aspect_ratio: float
    number_of_frames: int
    frame_starts_ms: list[float]
    loop_length_ms: float
    timing_source: str
    playback: Playback
    first_shown: int
    last_shown: int
    r_waves_ms: list[float]
    painted_ecg: PaintedTrace | None = msgspec.field(name="paintedECG")
    acquired_at: str | None
    image_mode: ImageMode
    title: str
    stage_name: str
    stage_number: int | None
    view_name: str
    view_number: int | None
    heart_rate: int | None


class SeriesDetail(UIModel, frozen=True):
    """One series of a study, instances in the order they were acquired."""

    series_instance_uid: str = msgspec.field(name="seriesInstanceUID")
    modality: str
    series_number: int | None
    series_description: str
    instances: list[InstanceDetail]


class StudyDetail(UIModel, frozen=True):
    """A study opened."""

    study: StudySummary
    series: list[SeriesDetail]


class SystemStatus(UIModel, frozen=True):
    """What this archive is and how a scanner reaches it."""

    version: str
    ae_title: str
    dimse_port: int
    studies: int
    instances: int
    quarantined: int
    damaged: int
    demo: bool


class Problem(UIModel, frozen=True):
    """Why a request was not granted (RFC 9457)."""

    status: int
    title: str
    detail: str
