"""Which attributes describe a patient, study, series and instance in the index.

The lists hold the required and optional keys of PS3.4 C.6.1.1 and C.6.2.1, the
attributes of PS3.18 tables 10.6.1-5 and 10.6.3-3 to 10.6.3-5, and what else people
who query or a viewer's study list expect. What is counted over many objects
(ModalitiesInStudy, NumberOfStudyRelatedInstances…) is not here: the index knows it.
"""

from typing import Final, TypeAlias

from sonarium.dicom.dictionary import tag_of
from sonarium.dicom.header import SPECIFIC_CHARACTER_SET, Header
from sonarium.dicom.json_model import header_to_json, value_to_json
from sonarium.domain.attributes import Attributes, Element, tag_key
from sonarium.domain.query import QueryLevel


def _tags(*keywords: str) -> frozenset[int]:
    found = {tag_of(keyword) for keyword in keywords}
    if None in found:
        raise LookupError("a keyword is not in the dictionary")
    return frozenset(tag for tag in found if tag is not None)


PATIENT_TAGS: Final = _tags(
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "TypeOfPatientID",
    "IssuerOfPatientIDQualifiersSequence",
    "PatientBirthDate",
    "PatientBirthTime",
    "PatientSex",
    "OtherPatientIDs",
    "OtherPatientIDsSequence",
    "OtherPatientNames",
    "EthnicGroup",
    "PatientComments",
    "PatientSpeciesDescription",
    "PatientBreedDescription",
    "ResponsiblePerson",
    "QualityControlSubject",
    "PatientIdentityRemoved",
)
"""PS3.4 table C.6-1."""

STUDY_TAGS: Final = _tags(
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "IssuerOfAccessionNumberSequence",
    "StudyID",
    "StudyInstanceUID",
    "StudyDescription",
    "ProcedureCodeSequence",
    "ReferringPhysicianName",
    "ReferringPhysicianIdentificationSequence",
    "ConsultingPhysicianName",
    "ConsultingPhysicianIdentificationSequence",
    "PhysiciansOfRecord",
    "NameOfPhysiciansReadingStudy",
    "PhysiciansReadingStudyIdentificationSequence",
    "RequestingService",
    "RequestingPhysician",
    "RequestedProcedureDescription",
    "RequestedProcedureCodeSequence",
    "ReasonForStudy",
    "ReasonForPerformedProcedureCodeSequence",
    "AdmissionID",
    "AdmittingDiagnosesDescription",
    "IssuerOfAdmissionIDSequence",
    "PatientAge",
    "PatientSize",
    "PatientWeight",
    "PregnancyStatus",
    "LastMenstrualDate",
    "Occupation",
    "AdditionalPatientHistory",
    "Allergies",
    "MedicalAlerts",
    "TimezoneOffsetFromUTC",
)
"""PS3.4 table C.6-2, without the patient's own and the counted ones."""

SERIES_TAGS: Final = _tags(
    "Modality",
    "SeriesNumber",
    "SeriesInstanceUID",
    "SeriesDescription",
    "SeriesDescriptionCodeSequence",
    "SeriesDate",
    "SeriesTime",
    "PerformingPhysicianName",
    "PerformingPhysicianIdentificationSequence",
    "OperatorsName",
    "ProtocolName",
    "BodyPartExamined",
    "AnatomicRegionSequence",
    "Laterality",
    "PatientPosition",
    "Manufacturer",
    "ManufacturerModelName",
    "DeviceSerialNumber",
    "SoftwareVersions",
    "StationName",
    "InstitutionName",
    "InstitutionAddress",
    "InstitutionalDepartmentName",
    "InstitutionCodeSequence",
    "PerformedProcedureStepID",
    "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime",
    "PerformedProcedureStepEndDate",
    "PerformedProcedureStepEndTime",
    "PerformedProcedureStepDescription",
    "PerformedProtocolCodeSequence",
    "RequestAttributesSequence",
    "ReferencedPerformedProcedureStepSequence",
    "CommentsOnThePerformedProcedureStep",
    "NumberOfStages",
    "FrameOfReferenceUID",
    "PresentationIntentType",
)
"""PS3.4 table C.6-3 and the equipment and performed-procedure attributes beside them."""

INSTANCE_TAGS: Final = _tags(
    "SOPClassUID",
    "SOPInstanceUID",
    "InstanceNumber",
    "InstanceCreationDate",
    "InstanceCreationTime",
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "AcquisitionNumber",
    "ContentDate",
    "ContentTime",
    "ContentLabel",
    "ContentDescription",
    "ContentCreatorName",
    "ConceptNameCodeSequence",
    "CompletionFlag",
    "VerificationFlag",
    "DocumentTitle",
    "MIMETypeOfEncapsulatedDocument",
    "ImageType",
    "ImageComments",
    "ImageLaterality",
    "Rows",
    "Columns",
    "BitsAllocated",
    "NumberOfFrames",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "LossyImageCompression",
    "BurnedInAnnotation",
    "FrameTime",
    "CineRate",
    "RecommendedDisplayFrameRate",
    "HeartRate",
    "StageName",
    "StageNumber",
    "NumberOfStages",
    "ViewName",
    "ViewNumber",
    "NumberOfViewsInStage",
    "EventElapsedTimes",
    "EventTimerNames",
    "ViewCodeSequence",
    "TransducerData",
    "TransducerType",
    "PixelSpacing",
)
"""PS3.4 table C.6-4 and the ultrasound attributes that tell one clip from another."""

_INSTANCE_TAGS_IN_ORDER: Final = tuple(sorted(INSTANCE_TAGS))
_VALUES_REMEMBERED: Final = 4096
_LONGEST_REMEMBERED: Final = 512
_WAYS_REMEMBERED: Final = 8


_LEVELS: Final = (
    (PATIENT_TAGS, QueryLevel.PATIENT),
    (STUDY_TAGS, QueryLevel.STUDY),
    (SERIES_TAGS, QueryLevel.SERIES),
    (INSTANCE_TAGS, QueryLevel.IMAGE),
)


def find_query_level(tag: int) -> QueryLevel | None:
    """Return the highest level whose attributes hold `tag`; None when none does."""
    return next((level for tags, level in _LEVELS if tag in tags), None)


def patient_attributes(header: Header) -> Attributes:
    """Return the patient-level attributes that are present (PS3.4 C.6.1.1.2)."""
    return header_to_json(header, None, PATIENT_TAGS)


def study_attributes(header: Header) -> Attributes:
    """Return the study-level attributes that are present, without the patient's."""
    return header_to_json(header, None, STUDY_TAGS)


def series_attributes(header: Header) -> Attributes:
    """Return the series-level attributes that are present."""
    return header_to_json(header, None, SERIES_TAGS)


_Value: TypeAlias = tuple[int, tuple[bytes, bytes]]
"""Tag; VR and value as written."""
_Way: TypeAlias = tuple[bytes | None, str]
"""Specific Character Set and byte order."""


class InstanceAttributes:
    """Reads the instance-level attributes of many headers.

    Most values of a scanner's objects are alike; each is decoded once and then shared, so
    what is returned must not be changed.
    """

    def __init__(self) -> None:
        self._known: dict[_Way, dict[_Value, tuple[str, Element]]] = {}

    def of(self, header: Header) -> Attributes:
        """Return the instance-level attributes that are present."""
        known = self._known_in(header)
        attributes: Attributes = {}
        for tag, encoded in header.iter_encoded(_INSTANCE_TAGS_IN_ORDER):
            if encoded is None or len(encoded[1]) > _LONGEST_REMEMBERED:
                attributes |= header_to_json(header, None, (tag,))
                continue
            found = known.get((tag, encoded))
            if found is None:
                key = tag_key(tag)
                element = value_to_json(header, tag, encoded[1])
                if element is None:
                    element = header_to_json(header, None, (tag,))[key]
                found = known[tag, encoded] = key, element
            key, element = found
            attributes[key] = element
        return attributes

    def _known_in(self, header: Header) -> dict[_Value, tuple[str, Element]]:
        way = (header.raw(SPECIFIC_CHARACTER_SET), header.order)
        known = self._known.get(way)
        if known is None or len(known) > _VALUES_REMEMBERED:
            if len(self._known) > _WAYS_REMEMBERED:
                self._known.clear()
            known = self._known[way] = {}
        return known
