"""The modules around a content tree that we write: patient, study, series, equipment, evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sonarium.base.identifiers import IMPLEMENTATION_VERSION_NAME
from sonarium.dicom.sr.writing import element, sequence
from sonarium.domain.attributes import Attributes, Element

COPIED_TAGS: Final = (
    0x00080020, 0x00080030, 0x00080050, 0x00080051, 0x00080090, 0x00081030, 0x00100010,
    0x00100020, 0x00100021, 0x00100030, 0x00100040, 0x00101010, 0x00101020, 0x00101030,
    0x00120062, 0x00120063, 0x00120064, 0x00200010,
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


@dataclass(frozen=True, slots=True)
class ReferencedImage:
    """An image that a document refers to."""

    sop_instance_uid: str
    sop_class_uid: str
    series_instance_uid: str
    number_of_frames: int


@dataclass(frozen=True, slots=True)
class Observer:
    """Who or what made a document."""

    name: str
    uid: str
    manufacturer: str


@dataclass(frozen=True, slots=True)
class DocumentIdentity:
    """The names of one document."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    instance_number: int
    written_at: datetime
    """In the local time of the archive."""


@dataclass(frozen=True, slots=True)
class DocumentSeries:
    """The series in which documents of one kind lie."""

    sop_class_uid: str
    modality: str
    number: int
    description: str


def document_modules(
    identity: DocumentIdentity, series: DocumentSeries, copied: Attributes, observer: Observer
) -> Attributes:
    """Write what every document has beside its content.

    Args:
        identity: its names.
        series: its kind.
        copied: the attributes `COPIED_TAGS` of any object of the study.
        observer: what wrote it.
    """
    date, time = identity.written_at.strftime("%Y%m%d"), identity.written_at.strftime("%H%M%S.%f")
    modules: Attributes = {key: element(vr) for key, vr in _REQUIRED_EMPTY.items()}
    modules |= copied
    modules |= {
        "00080005": element("CS", "ISO_IR 192"),
        "00080012": element("DA", date),
        "00080013": element("TM", time),
        "00080016": element("UI", series.sop_class_uid),
        "00080018": element("UI", identity.sop_instance_uid),
        "00080023": element("DA", date),
        "00080033": element("TM", time),
        "00080060": element("CS", series.modality),
        "00080070": element("LO", observer.manufacturer),
        "0008103E": element("LO", series.description),
        "00081090": element("LO", observer.manufacturer),
        "00081111": sequence([]),
        "00181000": element("LO", observer.uid),
        "00181020": element("LO", IMPLEMENTATION_VERSION_NAME),
        "0020000D": element("UI", identity.study_instance_uid),
        "0020000E": element("UI", identity.series_instance_uid),
        "00200011": element("IS", series.number),
        "00200013": element("IS", identity.instance_number),
    }
    return modules


def evidence(study_instance_uid: str, images: Mapping[str, ReferencedImage]) -> Element:
    """Name every image that is referred to (Current Requested Procedure Evidence)."""
    series: dict[str, list[tuple[str, str]]] = {}
    for image in images.values():
        named = (image.sop_class_uid, image.sop_instance_uid)
        series.setdefault(image.series_instance_uid, []).append(named)
    return references(study_instance_uid, series)


def references(study_instance_uid: str, series: Mapping[str, Sequence[tuple[str, str]]]) -> Element:
    """Write the Hierarchical SOP Instance Reference Macro (PS3.3 C.17.2.1).

    Args:
        study_instance_uid: of all of them.
        series: (SOP Class UID, SOP Instance UID) by Series Instance UID.
    """
    return sequence(
        [
            {
                "00081115": sequence(
                    [
                        {
                            "00081199": sequence([_reference(*named) for named in instances]),
                            "0020000E": element("UI", series_instance_uid),
                        }
                        for series_instance_uid, instances in series.items()
                    ]
                ),
                "0020000D": element("UI", study_instance_uid),
            }
        ]
    )


def _reference(sop_class_uid: str, sop_instance_uid: str) -> Attributes:
    return {
        "00081150": element("UI", sop_class_uid),
        "00081155": element("UI", sop_instance_uid),
    }
