"""What a scanner sends after a fetal examination: an OB-GYN report with its biometry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sonarium.dicom.json_model import json_to_data_set
from sonarium.dicom.sr.content import (
    Code,
    Container,
    ContentItem,
    ImageReference,
    Number,
    Relationship,
    UIDReference,
)
from sonarium.dicom.sr.writing import content_attributes
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.measuring import concepts
from sonarium.ultrasound.measuring.obstetrics import (
    hadlock_1984_ac_weeks,
    hadlock_1984_bpd_weeks,
    hadlock_1984_fl_weeks,
    hadlock_1984_hc_weeks,
    hadlock_1985_weight_g,
)
from sonarium.ultrasound.synthetic.attribute_set import attribute_set
from sonarium.ultrasound.synthetic.data_sets import Series, common_attributes
from sonarium.ultrasound.synthetic.objects import SyntheticObject

COMPREHENSIVE_SR: Final = "1.2.840.10008.5.1.4.1.1.88.33"

_OB_GYN_REPORT: Final = Code("125000", "DCM", "OB-GYN Ultrasound Procedure Report")
_FETUS_SUMMARY: Final = Code("125008", "DCM", "Fetus Summary")
_FETAL_BIOMETRY: Final = Code("125002", "DCM", "Fetal Biometry")
_BIOMETRY_GROUP: Final = Code("125005", "DCM", "Biometry Group")
_GESTATIONAL_AGE: Final = Code("18185-9", "LN", "Gestational Age")
_ESTIMATED_WEIGHT: Final = Code("11727-5", "LN", "Estimated Weight")
_EQUATION: Final = Code("121420", "DCM", "Equation")
_WEIGHT_EQUATION: Final = Code("11732-5", "LN", "EFW by AC, BPD, FL, HC, Hadlock 1985")

_SIZES: Final = {
    # Measured, and the equation that turns it into an age (CID 12005, CID 12013).
    "BPD": (
        Code("11820-8", "LN", "Biparietal Diameter"),
        Code("11902-4", "LN", "BPD, Hadlock 1984"),
        hadlock_1984_bpd_weeks,
    ),
    "HC": (
        Code("11984-2", "LN", "Head Circumference"),
        Code("11932-1", "LN", "HC, Hadlock 1984"),
        hadlock_1984_hc_weeks,
    ),
    "AC": (
        Code("11979-2", "LN", "Abdominal Circumference"),
        Code("11892-7", "LN", "AC, Hadlock 1984"),
        hadlock_1984_ac_weeks,
    ),
    "FL": (
        Code("11963-6", "LN", "Femur Length"),
        Code("11920-6", "LN", "FL, Hadlock 1984"),
        hadlock_1984_fl_weeks,
    ),
}


@dataclass(frozen=True, slots=True)
class MeasuredImage:
    """An image of the study, and the sizes that were measured on it, in millimetres."""

    image: SyntheticObject
    sizes_mm: Mapping[str, float]


def biometry_report(
    series: Series,
    images: Sequence[MeasuredImage],
    *,
    sop_instance_uid: str,
    device_uid: str,
    made: datetime,
) -> SyntheticObject:
    """Write a Comprehensive SR (PS3.3 A.35.3) after TID 5000, from images that have sizes."""
    attributes = common_attributes(
        series, sop_class_uid=COMPREHENSIVE_SR, sop_instance_uid=sop_instance_uid, number=1,
        made=made,
    )  # fmt: skip
    attributes |= attribute_set(
        ReferencedPerformedProcedureStepSequence=[],
        PerformedProcedureCodeSequence=[],
        CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED",
        CurrentRequestedProcedureEvidenceSequence=[_evidence(images)],
    )
    attributes |= content_attributes(_content(device_uid, images))
    return SyntheticObject(
        sop_class_uid=COMPREHENSIVE_SR,
        sop_instance_uid=sop_instance_uid,
        series_instance_uid=series.series_instance_uid,
        study_instance_uid=series.study.study_instance_uid,
        transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN,
        patient_id=series.study.patient.patient_id,
        description="Fetal biometry report",
        data_set=json_to_data_set(dict(sorted(attributes.items())), EXPLICIT_VR_LITTLE_ENDIAN),
    )


def _content(device_uid: str, images: Sequence[MeasuredImage]) -> ContentItem:
    context = Relationship.HAS_OBSERVATION_CONTEXT
    sizes_cm = {name: mm / 10 for one in images for name, mm in one.sizes_mm.items()}
    groups = tuple(
        _group(name, mm / 10, one.image) for one in images for name, mm in one.sizes_mm.items()
    )
    return ContentItem(
        _OB_GYN_REPORT,
        Container("5000"),
        (
            ContentItem(concepts.LANGUAGE, concepts.ENGLISH, (), Relationship.HAS_CONCEPT_MODIFIER),
            ContentItem(concepts.OBSERVER_TYPE, concepts.DEVICE, (), context),
            ContentItem(concepts.DEVICE_OBSERVER_UID, UIDReference(device_uid), (), context),
            *_summary(sizes_cm),
            ContentItem(_FETAL_BIOMETRY, Container(), groups),
        ),
    )


def _summary(sizes_cm: Mapping[str, float]) -> tuple[ContentItem, ...]:
    """Write the estimated weight (TID 5002, 5003) where all four sizes were measured."""
    if sizes_cm.keys() != _SIZES.keys():
        return ()
    grams = hadlock_1985_weight_g(
        bpd_cm=sizes_cm["BPD"], hc_cm=sizes_cm["HC"], ac_cm=sizes_cm["AC"], fl_cm=sizes_cm["FL"]
    )
    weight = ContentItem(
        _ESTIMATED_WEIGHT, Number(round(grams), concepts.GRAM), (_from(_WEIGHT_EQUATION),)
    )
    return (ContentItem(_FETUS_SUMMARY, Container(), (weight,)),)


def _group(name: str, size_cm: float, image: SyntheticObject) -> ContentItem:
    """Write a size and the age that it means (TID 5008)."""
    concept, equation, weeks_of = _SIZES[name]
    drawn = ContentItem(
        None,
        ImageReference(image.sop_class_uid, image.sop_instance_uid),
        (),
        Relationship.INFERRED_FROM,
    )
    days = round(7 * weeks_of(size_cm), 1)
    return ContentItem(
        _BIOMETRY_GROUP,
        Container(),
        (
            ContentItem(concept, Number(round(size_cm, 3), concepts.CENTIMETRE), (drawn,)),
            ContentItem(_GESTATIONAL_AGE, Number(days, concepts.DAY), (_from(equation),)),
        ),
    )


def _from(equation: Code) -> ContentItem:
    return ContentItem(_EQUATION, equation, (), Relationship.INFERRED_FROM)


def _evidence(images: Sequence[MeasuredImage]) -> Attributes:
    first = images[0].image
    return attribute_set(
        StudyInstanceUID=first.study_instance_uid,
        ReferencedSeriesSequence=[
            attribute_set(
                SeriesInstanceUID=first.series_instance_uid,
                ReferencedSOPSequence=[
                    attribute_set(
                        ReferencedSOPClassUID=one.image.sop_class_uid,
                        ReferencedSOPInstanceUID=one.image.sop_instance_uid,
                    )
                    for one in images
                ],
            )
        ],
    )
