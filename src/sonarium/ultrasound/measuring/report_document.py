"""The document around a measurement report: Comprehensive 3D SR (PS3.3 A.35.13)."""

from typing import Final
from uuid import UUID, uuid5

from sonarium.dicom.sr.document_modules import (
    DocumentIdentity,
    DocumentSeries,
    document_modules,
    evidence,
    references,
)
from sonarium.dicom.sr.writing import content_attributes, element, sequence
from sonarium.domain.attributes import Attributes, Element
from sonarium.ultrasound.measuring.concepts import PRIVATE_SCHEME, PRIVATE_SCHEME_NAME
from sonarium.ultrasound.measuring.report import MeasurementReport, report_content

COMPREHENSIVE_3D_SR: Final = "1.2.840.10008.5.1.4.1.1.88.34"
MANUFACTURER: Final = "Sonarium"

_SERIES: Final = DocumentSeries(COMPREHENSIVE_3D_SR, "SR", 9700, "Measurements")
_NAMESPACE: Final = UUID("5a1de3c4-9a57-4d8c-8a61-7b0f6a3f2f10")


def report_document(
    identity: DocumentIdentity,
    predecessor_uid: str | None,
    copied: Attributes,
    report: MeasurementReport,
) -> Attributes:
    """Write the whole data set of a document; its Instance Number counts versions.

    Args:
        identity: its names.
        predecessor_uid: the document of the version before.
        copied: the attributes `COPIED_TAGS` of any object of the study.
        report: what it says.
    """
    document = document_modules(identity, _SERIES, copied, report.observer)
    document |= {
        "00080110": _coding_schemes(),
        "0040A372": sequence([]),
        "0040A491": element("CS", "COMPLETE"),
        "0040A493": element("CS", "UNVERIFIED"),
    }
    if report.images:
        document["0040A375"] = evidence(identity.study_instance_uid, report.images)
    if predecessor_uid is not None:
        document["0040A360"] = references(
            identity.study_instance_uid,
            {identity.series_instance_uid: [(COMPREHENSIVE_3D_SR, predecessor_uid)]},
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


def measurement_series_uid(study_instance_uid: str) -> str:
    """Return the series in which a study's measurement documents lie: the same everywhere."""
    return uid_from(f"{study_instance_uid}/measurements")


def marks_series_uid(study_instance_uid: str) -> str:
    """Return the series in which a study's measurements lie as presentation states."""
    return uid_from(f"{study_instance_uid}/measurement marks")


def uid_from(name: str) -> str:
    """Make a UID of a name: equal names give equal UIDs (PS3.5 B.2, UUID version 5)."""
    return f"2.25.{uuid5(_NAMESPACE, name).int}"
