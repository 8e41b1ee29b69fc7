"""The SOP classes that we serve: negotiation, dispatch and the conformance statement read this.

What we serve as SCP is here once; C-STORE sub-operations of C-GET and C-MOVE send the same
storage SOP classes as SCU.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sonarium.base.identifiers import is_usable_uid
from sonarium.dicom.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    STORAGE_SOP_CLASSES,
    TRANSFER_SYNTAXES,
    uid_name,
)
from sonarium.domain.query import QueryLevel


class ServiceClass(StrEnum):
    """What can be asked on a presentation context."""

    VERIFICATION = "Verification"
    STORAGE = "Storage"
    FIND = "Query/Retrieve FIND"
    MOVE = "Query/Retrieve MOVE"
    GET = "Query/Retrieve GET"
    COMMITMENT = "Storage Commitment"


@dataclass(frozen=True, slots=True)
class InformationModel:
    """A Query/Retrieve Information Model (PS3.4 C.3) and its SOP classes (PS3.4 C.6)."""

    name: str
    find_sop_class_uid: str
    move_sop_class_uid: str
    get_sop_class_uid: str
    levels: tuple[QueryLevel, ...]
    is_retired: bool = False


VERIFICATION_SOP_CLASS: Final = "1.2.840.10008.1.1"
STORAGE_COMMITMENT_PUSH_MODEL: Final = "1.2.840.10008.1.20.1"

PATIENT_ROOT: Final = InformationModel(
    "Patient Root",
    "1.2.840.10008.5.1.4.1.2.1.1",
    "1.2.840.10008.5.1.4.1.2.1.2",
    "1.2.840.10008.5.1.4.1.2.1.3",
    (QueryLevel.PATIENT, QueryLevel.STUDY, QueryLevel.SERIES, QueryLevel.IMAGE),
)
STUDY_ROOT: Final = InformationModel(
    "Study Root",
    "1.2.840.10008.5.1.4.1.2.2.1",
    "1.2.840.10008.5.1.4.1.2.2.2",
    "1.2.840.10008.5.1.4.1.2.2.3",
    (QueryLevel.STUDY, QueryLevel.SERIES, QueryLevel.IMAGE),
)
PATIENT_STUDY_ONLY: Final = InformationModel(
    "Patient/Study Only",
    "1.2.840.10008.5.1.4.1.2.3.1",
    "1.2.840.10008.5.1.4.1.2.3.2",
    "1.2.840.10008.5.1.4.1.2.3.3",
    (QueryLevel.PATIENT, QueryLevel.STUDY),
    is_retired=True,
)
INFORMATION_MODELS: Final = (PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY)

FIND_MODELS: Final[Mapping[str, InformationModel]] = {
    model.find_sop_class_uid: model for model in INFORMATION_MODELS
}
MOVE_MODELS: Final[Mapping[str, InformationModel]] = {
    model.move_sop_class_uid: model for model in INFORMATION_MODELS
}
GET_MODELS: Final[Mapping[str, InformationModel]] = {
    model.get_sop_class_uid: model for model in INFORMATION_MODELS
}

SERVICE_CLASSES: Final[Mapping[str, ServiceClass]] = {
    VERIFICATION_SOP_CLASS: ServiceClass.VERIFICATION,
    STORAGE_COMMITMENT_PUSH_MODEL: ServiceClass.COMMITMENT,
    **dict.fromkeys(FIND_MODELS, ServiceClass.FIND),
    **dict.fromkeys(MOVE_MODELS, ServiceClass.MOVE),
    **dict.fromkeys(GET_MODELS, ServiceClass.GET),
    **dict.fromkeys(STORAGE_SOP_CLASSES, ServiceClass.STORAGE),
}
"""Every SOP class that we know and serve."""

MESSAGE_TRANSFER_SYNTAXES: Final = (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
)
"""For every service but Storage: identifiers and reports are written in these."""

_NOT_FOR_DATA_SETS: Final = frozenset(
    {
        "1.2.840.10008.1.2.6.1",  # RFC 2557 MIME encapsulation
        "1.2.840.10008.1.2.6.2",  # XML Encoding
        "1.2.840.10008.1.2.7.1",  # SMPTE ST 2110: a live stream, not a stored object
        "1.2.840.10008.1.2.7.2",
        "1.2.840.10008.1.2.7.3",
    }
)

STORAGE_TRANSFER_SYNTAXES: Final[tuple[str, ...]] = tuple(
    uid for uid in TRANSFER_SYNTAXES if uid not in _NOT_FOR_DATA_SETS
)
"""Registered syntaxes in which objects are taken and kept."""

_WITHOUT_PIXELS: Final = (
    "1.2.840.10008.5.1.4.1.1.9.",  # waveforms
    "1.2.840.10008.5.1.4.1.1.11.",  # presentation states
    "1.2.840.10008.5.1.4.1.1.66.",  # registrations, fiducials; segmentations may stay native
    "1.2.840.10008.5.1.4.1.1.88.",  # structured reports, key objects
    "1.2.840.10008.5.1.4.1.1.104.",  # encapsulated documents
)

_STORAGE_ROOT: Final = "1.2.840.10008.5.1.4.1.1."
_DICOM_ROOT: Final = "1.2.840.10008."


def service_class_of(abstract_syntax: str, *, unknown_sop_classes: bool) -> ServiceClass | None:
    """Tell which service an abstract syntax asks for; None when we serve none.

    A UID that no dictionary knows is taken for a storage SOP class when `unknown_sop_classes`
    and it is private, or beneath the root that new storage SOP classes get. Nothing but
    C-STORE is ever answered on such a context.
    """
    known = SERVICE_CLASSES.get(abstract_syntax)
    if known is not None or not unknown_sop_classes:
        return known
    if uid_name(abstract_syntax) != abstract_syntax or not is_usable_uid(abstract_syntax):
        return None
    is_private = not abstract_syntax.startswith(_DICOM_ROOT)
    if is_private or abstract_syntax.startswith(_STORAGE_ROOT):
        return ServiceClass.STORAGE
    return None


def choose_transfer_syntax(
    service: ServiceClass,
    abstract_syntax: str,
    proposed: tuple[str, ...],
    *,
    unknown_transfer_syntaxes: bool,
) -> str | None:
    """Choose one of the proposed transfer syntaxes; None when we take none.

    The peer's first that we know is taken: a sender names first what it has, and an object
    converted on the way to the archive has lost what it was. Where there are no pixels that
    is the first without compression: a compressed syntax could say nothing, and a requestor
    of C-GET who names one for every SOP class would get no report at all. A syntax that we
    do not know is taken only where nothing better is offered.
    """
    if service is not ServiceClass.STORAGE:
        return next((uid for uid in proposed if uid in MESSAGE_TRANSFER_SYNTAXES), None)
    if abstract_syntax.startswith(_WITHOUT_PIXELS):
        plain = next((uid for uid in proposed if uid in MESSAGE_TRANSFER_SYNTAXES), None)
        if plain is not None:
            return plain
    known = next((uid for uid in proposed if uid in STORAGE_TRANSFER_SYNTAXES), None)
    if known is not None or not unknown_transfer_syntaxes:
        return known
    return next(
        (uid for uid in proposed if uid not in _NOT_FOR_DATA_SETS and is_usable_uid(uid)), None
    )
