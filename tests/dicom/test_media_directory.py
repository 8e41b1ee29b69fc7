"""A DICOMDIR that other toolkits can read."""

from io import BytesIO

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from sonarium.dicom.media_directory import (
    DirectoryRecord,
    ReferencedFile,
    media_directory,
    record_type_of,
)
from sonarium.domain.attributes import Attributes

FILE = ReferencedFile(("ST000001", "SE000001", "IM000001"), "1.2.3", "1.2.3.4", "1.2.840.10008.1.2")


def name(text: str) -> Attributes:
    return {"00100010": {"vr": "PN", "Value": [{"Alphabetic": text}]}}


records = st.recursive(
    st.builds(DirectoryRecord, st.just("IMAGE"), st.just({}), st.just(()), st.just(FILE)),
    lambda lower: st.builds(
        DirectoryRecord,
        st.sampled_from(["PATIENT", "STUDY", "SERIES"]),
        st.text("ABCÄÖ", min_size=1, max_size=9).map(name),
        st.lists(lower, max_size=4),
    ),
    max_leaves=20,
)


def read_tree(encoded: bytes) -> list[tuple[str, list[object]]]:
    """Follow the offsets as PS3.3 F.2.2 describes."""
    directory = pydicom.dcmread(BytesIO(encoded))
    by_offset = {item.seq_item_tell: item for item in directory.DirectoryRecordSequence}

    def siblings(offset: int) -> list[tuple[str, list[object]]]:
        found: list[tuple[str, list[object]]] = []
        while offset:
            item: Dataset = by_offset[offset]
            lower = siblings(item.OffsetOfReferencedLowerLevelDirectoryEntity)
            found.append((item.DirectoryRecordType, list(lower)))
            offset = item.OffsetOfTheNextDirectoryRecord
        return found

    return siblings(directory.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity)


def shape(some: list[DirectoryRecord]) -> list[tuple[str, list[object]]]:
    return [(one.record_type, list(shape(list(one.lower)))) for one in some]


@given(roots=st.lists(records, max_size=4))
def test_every_record_is_found_by_its_offset(roots: list[DirectoryRecord]) -> None:
    assert read_tree(media_directory(roots, "2.25.1")) == shape(roots)


def test_names_keep_their_letters_and_files_their_ids() -> None:
    image = DirectoryRecord("IMAGE", {}, (), FILE)
    encoded = media_directory(
        [DirectoryRecord("PATIENT", name("MÜLLER"), [image])], "2.25.1", "USB"
    )
    directory = pydicom.dcmread(BytesIO(encoded))
    patient, leaf = directory.DirectoryRecordSequence
    assert patient.PatientName == "MÜLLER"
    assert list(leaf.ReferencedFileID) == ["ST000001", "SE000001", "IM000001"]
    assert leaf.ReferencedSOPInstanceUIDInFile == "1.2.3.4"
    assert directory.FileSetID == "USB"


def test_an_empty_file_set_is_a_valid_one() -> None:
    directory = pydicom.dcmread(BytesIO(media_directory([], "2.25.1")))
    assert directory.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity == 0


@pytest.mark.parametrize(
    ("sop_class_uid", "record_type"),
    [
        ("1.2.840.10008.5.1.4.1.1.3.1", "IMAGE"),
        ("1.2.840.10008.5.1.4.1.1.88.33", "SR DOCUMENT"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "KEY OBJECT DOC"),
        ("1.2.840.10008.5.1.4.1.1.9.1.1", "WAVEFORM"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "ENCAP DOC"),
        ("1.2.840.10008.5.1.4.1.1.66", "RAW DATA"),
        ("1.2.840.10008.5.1.4.1.1.66.4", "IMAGE"),
    ],
)
def test_each_kind_of_object_has_its_record_type(sop_class_uid: str, record_type: str) -> None:
    assert record_type_of(sop_class_uid) == record_type
