"""The head of a blob."""

from datetime import UTC, datetime
from io import BytesIO

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.part10 import file_meta
from sonarium.domain.arrival import Door, Source
from sonarium.services.blob_head import BlobHead, read_blob_head, write_blob_head

titles = st.text("ABCDEFGHIJ_ 0123", max_size=16).map(str.strip)
uids = st.integers(1, 10**30).map(lambda number: f"2.25.{number}")
heads = st.builds(
    BlobHead,
    sop_class_uid=uids,
    sop_instance_uid=uids,
    transfer_syntax_uid=uids,
    source=st.builds(
        Source,
        door=st.sampled_from(Door),
        calling_ae_title=titles,
        called_ae_title=titles,
        address=st.ip_addresses().map(str),
        department=st.text(st.characters(exclude_categories=["C"]), max_size=64),
    ),
    received_at=st.datetimes(timezones=st.just(UTC)),
)


@given(head=heads, length=st.sampled_from([None, 4096]))
def test_a_head_reads_back(head: BlobHead, length: int | None) -> None:
    written = write_blob_head(head, length)
    assert length is None or len(written) == length
    assert read_blob_head(written) == head


@pytest.mark.parametrize("length", [None, 4096])
def test_another_toolkit_reads_head_and_data_set(length: int | None) -> None:
    head = BlobHead(
        sop_class_uid="1.2.840.10008.5.1.4.1.1.6.1",
        sop_instance_uid="2.25.17",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        source=Source(Door.DIMSE, "SCANNER", "SONARIUM", "192.0.2.7"),
        received_at=datetime(2025, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
    )
    element = b"\x10\x00\x20\x00LO\x04\x00A17 "
    found = pydicom.dcmread(BytesIO(write_blob_head(head, length) + element))
    assert found.PatientID == "A17"
    assert found.file_meta.SendingApplicationEntityTitle == "SCANNER"
    assert found.file_meta.ReceivingApplicationEntityTitle == "SONARIUM"
    assert found.preamble == bytes(128)


@pytest.mark.parametrize("private", [b"", b"{}", b"[1]", b'{"door": "cellar"}', b"\xff\xff"])
def test_a_head_of_somebody_else_is_refused(private: bytes) -> None:
    foreign = file_meta(
        sop_class_uid="1.2",
        sop_instance_uid="1.3",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        private_information_creator_uid="1.2.3",
        private_information=private.ljust(len(private) + len(private) % 2),
    )
    with pytest.raises(MalformedDataSet):
        read_blob_head(foreign)
