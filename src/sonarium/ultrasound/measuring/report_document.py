"""The document around a measurement report: Comprehensive 3D SR (PS3.3 A.35.13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sonarium.base.identifiers import IMPLEMENTATION_VERSION_NAME
from sonarium.dicom.sr.writing import content_attributes, element, sequence
from sonarium.domain.attributes import Attributes, Element
from sonarium.ultrasound.measuring.concepts import PRIVATE_SCHEME, PRIVATE_SCHEME_NAME
from sonarium.ultrasound.measuring.report import (
    MeasurementReport,
    ReferencedImage,
    report_content,
)

COMPREHENSIVE_3D_SR: Final = "1.2.840.10008.5.1.4.1.1.88.34"
SERIES_DESCRIPTION: Final = "Measurements"
MANUFACTURER: Final = "Sonarium"
_NAMESPACE: Final = UUID("5a1de3c4-9a57-4d8c-8a61-7b0f6a3f2f10")

COPIED_TAGS: Final = (
    0x00080020, 0x00080030, 0x00080050, 0x00080051, 0x00080090, 0x00081030, 0x00100010,
    0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x00101010, 0x00101020, 0x00101030,
    0x00200010,
)  # fmt: skip
"""Of patient and study: the same in every object of a study."""

_REQUIRED_EMPTY: Final = {
    "00080020": "DA",
    "00080030": "TM",
    "00080050": "SH",
    "00080090": "PN",
    "00100010": "PN",
    "00100020": "LO",
    "00100030": "DA",
    "00100040": "CS",
    "00200010": "SH",
}
"""Type 2: present, and empty when unknown."""

_SERIES_NUMBER: Final = 9700
"""Behind what scanners number."""


@dataclass(frozen=True, slots=True)
class DocumentIdentity:
    """The names of one version of a study's measurement document."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    version: int
    written_at: datetime
    """In the local time of the archive."""
    predecessor_uid: str | None


def report_document(
    identity: DocumentIdentity, copied: Attributes, report: MeasurementReport
) -> Attributes:
    """Write the whole data set of a document.

    Args:
        identity: its names.
        copied: the attributes `COPIED_TAGS` of any object of the study.
        report: what it says.
    """
    date, time = identity.written_at.strftime("%Y%m%d"), identity.written_at.strftime("%H%M%S.%f")
    document: Attributes = {key: element(vr) for key, vr in _REQUIRED_EMPTY.items()}
    document |= copied
    document |= {
        "00080005": element("CS", "ISO_IR 192"),
        "00080012": element("DA", date),
        "00080013": element("TM", time),
        "00080016": element("UI", COMPREHENSIVE_3D_SR),
        "00080018": element("UI", identity.sop_instance_uid),
        "00080023": element("DA", date),
        "00080033": element("TM", time),
        "00080060": element("CS", "SR"),
        "00080070": element("LO", MANUFACTURER),
        "0008103E": element("LO", SERIES_DESCRIPTION),
        "00081090": element("LO", MANUFACTURER),
        "00080110": _coding_schemes(),
        "00081111": sequence([]),
        "00181000": element("LO", report.observer.uid),
        "00181020": element("LO", IMPLEMENTATION_VERSION_NAME),
        "0020000D": element("UI", identity.study_instance_uid),
        "0020000E": element("UI", identity.series_instance_uid),
        "00200011": element("IS", _SERIES_NUMBER),
        "00200013": element("IS", identity.version),
        "0040A372": sequence([]),
        "0040A491": element("CS", "COMPLETE"),
        "0040A493": element("CS", "UNVERIFIED"),
    }
    if report.images:
        document["0040A375"] = _evidence(identity.study_instance_uid, report.images)
    if identity.predecessor_uid is not None:
        document["0040A360"] = _references(
            identity.study_instance_uid,
            {identity.series_instance_uid: [(COMPREHENSIVE_3D_SR, identity.predecessor_uid)]},
        )
    return document | content_attributes(report_content(report))


def _coding_schemes() -> Element:
    return sequence(
        [
            {
                "00080102": element("SH", PRIVATE_SCHEME),
                "00080115": element("ST", PRIVATE_SCHEME_NAME),
            }
        ]
    )


def _evidence(study_instance_uid: str, images: Mapping[str, ReferencedImage]) -> Element:
    """Name every image that is referred to (Current Requested Procedure Evidence)."""
    series: dict[str, list[tuple[str, str]]] = {}
    for image in images.values():
        named = (image.sop_class_uid, image.sop_instance_uid)
        series.setdefault(image.series_instance_uid, []).append(named)
    return _references(study_instance_uid, series)


def _references(
    study_instance_uid: str, series: Mapping[str, Sequence[tuple[str, str]]]
) -> Element:
    """Write the Hierarchical SOP Instance Reference Macro (PS3.3 C.17.2.1)."""
    return sequence(
        [
            {
                "00081115": sequence(
                    [
                        {
                            "00081199": sequence(
                                [
                                    {
                                        "00081150": element("UI", sop_class_uid),
                                        "00081155": element("UI", sop_instance_uid),
                                    }
                                    for sop_class_uid, sop_instance_uid in instances
                                ]
                            ),
                            "0020000E": element("UI", series_instance_uid),
                        }
                        for series_instance_uid, instances in series.items()
                    ]
                ),
                "0020000D": element("UI", study_instance_uid),
            }
        ]
    )


def measurement_series_uid(study_instance_uid: str) -> str:
    """Return the series in which a study's measurement documents lie: the same everywhere."""
    return uid_from(f"{study_instance_uid}/measurements")


def uid_from(name: str) -> str:
    """Make a UID of a name: equal names give equal UIDs (PS3.5 B.2, UUID version 5)."""
    return f"2.25.{uuid5(_NAMESPACE, name).int}"
