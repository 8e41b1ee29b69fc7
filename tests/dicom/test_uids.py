"""Facts about UIDs."""

import pytest

from sonarium.dicom.uids import (
    NON_PATIENT_STORAGE_SOP_CLASSES,
    STORAGE_SOP_CLASSES,
    TRANSFER_SYNTAXES,
    transfer_syntax,
    uid_name,
)


def test_the_native_syntaxes_differ_in_vr_and_byte_order() -> None:
    assert transfer_syntax("1.2.840.10008.1.2").is_implicit
    assert transfer_syntax("1.2.840.10008.1.2.2").is_big_endian
    assert transfer_syntax("1.2.840.10008.1.2.1.99").is_deflated
    assert not any(
        transfer_syntax(f"1.2.840.10008.1.2{tail}").is_encapsulated
        for tail in ("", ".1", ".2", ".1.99", ".4.94", ".4.95")
    )


@pytest.mark.parametrize("number", [50, 70, 80, 81, 90, 91, 102, 201, 203])
def test_compressed_syntaxes_are_encapsulated(number: int) -> None:
    assert transfer_syntax(f"1.2.840.10008.1.2.4.{number}").is_encapsulated


def test_lossy_means_always_lossy() -> None:
    assert transfer_syntax("1.2.840.10008.1.2.4.50").is_lossy
    assert transfer_syntax("1.2.840.10008.1.2.4.81").is_lossy
    assert not transfer_syntax("1.2.840.10008.1.2.4.91").is_lossy
    assert not transfer_syntax("1.2.840.10008.1.2.4.70").is_lossy


def test_video_syntaxes_hold_one_stream() -> None:
    videos = {uid for uid, syntax in TRANSFER_SYNTAXES.items() if syntax.is_video}
    assert "1.2.840.10008.1.2.4.100" in videos
    assert "1.2.840.10008.1.2.4.107" in videos
    assert "1.2.840.10008.1.2.4.90" not in videos


def test_an_unknown_syntax_is_taken_for_an_encapsulated_one() -> None:
    syntax = transfer_syntax("1.2.3.4")
    assert syntax.is_encapsulated
    assert not syntax.is_implicit
    assert not syntax.is_known


def test_the_private_implicit_syntax_of_old_scanners_is_known() -> None:
    syntax = transfer_syntax("1.2.840.113619.5.2")
    assert syntax.is_implicit
    assert not syntax.is_encapsulated


def test_storage_classes_hold_the_ultrasound_and_the_retired_ones() -> None:
    assert {
        "1.2.840.10008.5.1.4.1.1.6.1",
        "1.2.840.10008.5.1.4.1.1.3.1",
        "1.2.840.10008.5.1.4.1.1.6",
        "1.2.840.10008.5.1.4.1.1.88.33",
        "1.2.840.10008.5.1.4.34.7",
    } <= STORAGE_SOP_CLASSES


def test_storage_classes_hold_neither_services_nor_objects_without_a_patient() -> None:
    assert not STORAGE_SOP_CLASSES & NON_PATIENT_STORAGE_SOP_CLASSES
    assert "1.2.840.10008.1.20.1" not in STORAGE_SOP_CLASSES
    assert "1.2.840.10008.5.1.4.1.1.201.2" not in STORAGE_SOP_CLASSES


def test_a_name_is_found_or_the_uid_stands_for_it() -> None:
    assert uid_name("1.2.840.10008.1.2.4.50") == "JPEG Baseline (Process 1)"
    assert uid_name("1.2.840.10008.5.1.4.1.1.6.1") == "Ultrasound Image Storage"
    assert uid_name("1.2.3") == "1.2.3"
