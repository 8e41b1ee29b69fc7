import pytest

from sonarium.dicom.uids import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    JPEG_BASELINE,
    STORAGE_SOP_CLASSES,
)
from sonarium.faces.dimse.sop_classes import (
    SERVICE_CLASSES,
    ServiceClass,
    choose_transfer_syntax,
    service_class_of,
)

PRIVATE_SYNTAX = "1.2.276.0.99999.5.2"


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.5.1.4.1.1.6.1",  # Ultrasound Image
        "1.2.840.10008.5.1.4.1.1.3.1",  # Ultrasound Multi-frame Image
        "1.2.840.10008.5.1.4.1.1.6",  # both, as retired
        "1.2.840.10008.5.1.4.1.1.3",
        "1.2.840.10008.5.1.4.1.1.6.2",  # Enhanced US Volume
        "1.2.840.10008.5.1.4.1.1.88.33",  # Comprehensive SR
    ],
)
def test_ultrasound_and_its_reports_are_stored(uid: str) -> None:
    assert service_class_of(uid, unknown_sop_classes=False) is ServiceClass.STORAGE


def test_every_storage_sop_class_of_the_dictionary_is_served() -> None:
    assert {SERVICE_CLASSES[uid] for uid in STORAGE_SOP_CLASSES} == {ServiceClass.STORAGE}


@pytest.mark.parametrize("uid", ["1.2.840.113619.4.2", "1.2.840.10008.5.1.4.1.1.999.1"])
def test_unknown_sop_classes_are_stored_only_where_the_setting_allows(uid: str) -> None:
    assert service_class_of(uid, unknown_sop_classes=True) is ServiceClass.STORAGE
    assert service_class_of(uid, unknown_sop_classes=False) is None


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.5.1.1.9",  # Basic Grayscale Print Management
        "1.2.840.10008.5.1.4.38.1",  # Hanging Protocol Storage has no patient
        "1.2.840.10008.1.3.10",  # Media Storage Directory
        "1.2.840.10008.99.1",  # unknown, of the standard, not beneath the storage root
        "no uid",
        "",
    ],
)
def test_other_sop_classes_are_refused(uid: str) -> None:
    assert service_class_of(uid, unknown_sop_classes=True) is None


def choose(service: ServiceClass, *proposed: str, unknown: bool = True) -> str | None:
    return choose_transfer_syntax(
        service, "1.2.840.10008.5.1.4.1.1.6.1", proposed, unknown_transfer_syntaxes=unknown
    )


def test_a_sender_gets_the_transfer_syntax_that_it_names_first() -> None:
    syntaxes = (JPEG_BASELINE, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
    assert choose(ServiceClass.STORAGE, *syntaxes) == JPEG_BASELINE
    assert choose(ServiceClass.STORAGE, *reversed(syntaxes)) == IMPLICIT_VR_LITTLE_ENDIAN


def test_a_private_transfer_syntax_is_taken_when_nothing_else_is_offered() -> None:
    assert choose(ServiceClass.STORAGE, PRIVATE_SYNTAX) == PRIVATE_SYNTAX
    assert choose(ServiceClass.STORAGE, PRIVATE_SYNTAX, JPEG_BASELINE) == JPEG_BASELINE
    assert choose(ServiceClass.STORAGE, PRIVATE_SYNTAX, unknown=False) is None


def test_only_plain_transfer_syntaxes_carry_identifiers() -> None:
    assert choose(ServiceClass.FIND, JPEG_BASELINE) is None
    assert choose(ServiceClass.FIND, PRIVATE_SYNTAX) is None
    assert (
        choose(ServiceClass.FIND, JPEG_BASELINE, IMPLICIT_VR_LITTLE_ENDIAN)
        == IMPLICIT_VR_LITTLE_ENDIAN
    )


def test_a_report_comes_without_compression_whatever_is_named_first() -> None:
    report = "1.2.840.10008.5.1.4.1.1.88.33"
    for proposed, chosen in (
        ((JPEG_BASELINE, EXPLICIT_VR_LITTLE_ENDIAN), EXPLICIT_VR_LITTLE_ENDIAN),
        ((JPEG_BASELINE,), JPEG_BASELINE),
    ):
        assert chosen == choose_transfer_syntax(
            ServiceClass.STORAGE, report, proposed, unknown_transfer_syntaxes=True
        )
