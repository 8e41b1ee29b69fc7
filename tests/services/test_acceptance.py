"""What may be kept, and what the index is told of it."""

from datetime import UTC, datetime

import pytest
from tests.services.data_sets import EXPLICIT, US_IMAGE, instance_uid, still

from sonarium.dicom.header import Header, header_of, unpack_header
from sonarium.dicom.scanner import DataSetScanner, ScannedDataSet
from sonarium.domain.arrival import Door, Source
from sonarium.services.acceptance import (
    Describer,
    Identity,
    InstanceUIDMismatch,
    MissingIdentity,
    SOPClassMismatch,
    identity_of,
)
from sonarium.storage.blob_store import StoredBlob

SOURCE = Source(Door.STOW, address="192.0.2.9")
NOW = datetime(2025, 1, 2, tzinfo=UTC)
BLOB = StoredBlob("m.1", 700, 1000, b"\1" * 32)


def scan(data_set: bytes) -> tuple[ScannedDataSet, Header]:
    scanner = DataSetScanner(EXPLICIT)
    scanner.feed(data_set)
    scanned = scanner.finish()
    return scanned, header_of(scanned)


def test_an_object_is_known_by_its_own_uids() -> None:
    _, header = scan(still(7))
    expected = Identity(US_IMAGE, instance_uid(7), "2.25.20001", "2.25.10001")
    assert identity_of(header) == expected
    assert identity_of(header, US_IMAGE, instance_uid(7)) == expected


def test_an_announcement_must_be_true() -> None:
    _, header = scan(still(7))
    with pytest.raises(SOPClassMismatch):
        identity_of(header, "1.2.3", instance_uid(7))
    with pytest.raises(InstanceUIDMismatch):
        identity_of(header, US_IMAGE, "1.2.3")


@pytest.mark.parametrize(
    "uid", [b"2.25.1000a", b"../../pwnd", b" " * 10, b"2.25.\xff0000", b"." * 10, b"..        "]
)
def test_a_key_is_digits_and_dots(uid: bytes) -> None:
    _, header = scan(still(7).replace(b"2.25.10001", uid))
    with pytest.raises(MissingIdentity) as refused:
        identity_of(header)
    assert uid.decode("latin_1").strip() not in str(refused.value) or not uid.strip()


def test_a_description_holds_all_levels_and_the_place() -> None:
    scanned, header = scan(still(7))
    description = Describer().describe(identity_of(header), scanned, header, SOURCE, NOW)
    found = description.at(BLOB)
    assert found.patient["00100020"]["Value"] == ["SYNTHETIC-1"]
    assert found.study["00080020"]["Value"] == ["20250102"]
    assert found.series["00080060"]["Value"] == ["US"]
    assert (found.instance_number, found.number_of_frames) == (7, 1)
    assert (found.blob_key, found.data_set_offset, found.sha256) == ("m.1", 700, b"\1" * 32)
    assert (found.source, found.received_at) == (SOURCE, NOW)
    assert unpack_header(found.packed_header).text(0x00100020) == "SYNTHETIC-1"
    assert found.packed_frames is not None


def test_objects_of_one_series_share_what_they_say_alike() -> None:
    describer = Describer()
    described = []
    for number, patient_id in ((1, "A"), (2, "A"), (3, "B")):
        scanned, header = scan(still(number, patient_id=patient_id))
        described.append(describer.describe(identity_of(header), scanned, header, SOURCE, NOW))
    assert described[0].series is described[1].series
    assert described[2].patient["00100020"]["Value"] == ["B"], "a clash of patients must be seen"


def test_only_so_many_series_are_remembered() -> None:
    describer = Describer()
    for number in range(600):
        scanned, header = scan(still(number, series=number))
        describer.describe(identity_of(header), scanned, header, SOURCE, NOW)
    assert len(describer._levels) <= 256


def test_a_number_beyond_the_index_is_none() -> None:
    scanned, header = scan(still(99_999_999_999))
    description = Describer().describe(identity_of(header), scanned, header, SOURCE, NOW)
    assert description.instance_number is None
