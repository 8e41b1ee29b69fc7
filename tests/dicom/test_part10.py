"""Part 10 files."""

import struct
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.filebase import DicomBytesIO
from tests.dicom.building import BIG_ENDIAN, EXPLICIT, IMPLICIT, JPEG, element, implicit, item

from sonarium.base.errors import RequestError
from sonarium.base.identifiers import IMPLEMENTATION_CLASS_UID
from sonarium.dicom.errors import IncompletePrefix, MalformedDataSet
from sonarium.dicom.part10 import PREFIX_BYTES, file_meta, guess_transfer_syntax, split_part10

META = file_meta(sop_class_uid="1.2", sop_instance_uid="1.2.3", transfer_syntax_uid=JPEG)
DATA_SET = element(0x00080016, "UI", b"1.2\0") + element(0x00080018, "UI", b"1.3\0")


def test_what_we_write_reads_back() -> None:
    meta = file_meta(
        sop_class_uid="1.2.840.10008.5.1.4.1.1.6.1",
        sop_instance_uid="1.2.3",
        transfer_syntax_uid=JPEG,
        source_ae_title="SCANNER",
        sending_ae_title="SCANNER",
        receiving_ae_title="SONARIUM",
    )
    start = split_part10(meta + DATA_SET)
    assert start.data_set_offset == len(meta)
    assert (start.transfer_syntax_uid, start.is_guessed) == (JPEG, False)
    assert start.preamble == bytes(128)
    assert start.meta.source_ae_title == start.meta.sending_ae_title == "SCANNER"
    assert start.meta.receiving_ae_title == "SONARIUM"
    assert start.meta.media_storage_sop_instance_uid == "1.2.3"
    assert start.meta.implementation_class_uid == IMPLEMENTATION_CLASS_UID


def test_pydicom_reads_what_we_write() -> None:
    file = pydicom.dcmread(DicomBytesIO(META + DATA_SET))
    assert file.preamble == bytes(128)
    assert file.file_meta.FileMetaInformationVersion == b"\0\x01"
    assert file.file_meta.FileMetaInformationGroupLength == len(META) - 144
    assert file.file_meta.TransferSyntaxUID == JPEG
    assert file.SOPInstanceUID == "1.3"


@pytest.mark.filterwarnings("ignore:Incorrect value for Specific Character Set")
def test_real_files_agree_with_pydicom(testdata: Path) -> None:
    compared = 0
    for path in sorted((testdata / "dicom").rglob("*.dcm")):
        raw = path.read_bytes()
        if raw[128:132] != b"DICM" or "fuzz" in path.parts:
            continue
        start = split_part10(raw)
        with DicomBytesIO(raw) as file:
            reference = pydicom.dcmread(file, stop_before_pixels=True, force=True)
        expected = reference.file_meta.get("TransferSyntaxUID")
        if expected is not None:
            assert start.transfer_syntax_uid == expected, path.name
        length = reference.file_meta.get("FileMetaInformationGroupLength")
        if length is not None and path.name != "no_meta_group_length.dcm":
            assert start.data_set_offset == 144 + length, path.name
        compared += 1
    assert compared > 90


@pytest.mark.parametrize("shift", [128, 132])
def test_a_missing_preamble_is_forgiven(shift: int) -> None:
    start = split_part10(META[shift:] + DATA_SET)
    assert start.data_set_offset == len(META) - shift
    assert start.transfer_syntax_uid == JPEG
    assert start.preamble == b""


def test_a_missing_or_wrong_group_length_is_forgiven() -> None:
    without = META[:132] + META[144:]
    assert split_part10(without + DATA_SET).data_set_offset == len(without)
    wrong = META[:140] + struct.pack("<I", 9) + META[144:]
    assert split_part10(wrong + DATA_SET).data_set_offset == len(META)


def test_meta_information_in_implicit_vr_is_read() -> None:
    meta = bytes(128) + b"DICM" + implicit(0x00020000, bytes(4)) + implicit(0x00020010, b"1.2\0")
    start = split_part10(meta + DATA_SET)
    assert (start.transfer_syntax_uid, start.data_set_offset) == ("1.2", len(meta))


@pytest.mark.parametrize(
    ("data_set", "uid"),
    [
        (DATA_SET, EXPLICIT),
        (element(0x00080016, "UI", b"1.2\0", order=">"), BIG_ENDIAN),
        (implicit(0x00080016, b"1.2\0"), IMPLICIT),
        (implicit(0x00080005, b"") + implicit(0x00080016, b"1.2\0"), IMPLICIT),
        (element(0x00080006, "SQ", item(b"")) + DATA_SET, EXPLICIT),
        (element(0x00081140, "SQ", item(b""), length=0xFFFFFFFF), EXPLICIT),
    ],
)
def test_a_missing_transfer_syntax_is_seen_in_the_first_elements(data_set: bytes, uid: str) -> None:
    for prefix in (b"", bytes(128) + b"DICM"):
        start = split_part10(prefix + data_set)
        assert (start.transfer_syntax_uid, start.is_guessed) == (uid, True)
        assert start.data_set_offset == len(prefix)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 300,
        b"<html><body>no image</body></html>",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
    ],
)
def test_other_files_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedDataSet):
        split_part10(raw)


def test_an_undeclared_syntax_that_cannot_be_seen_is_refused() -> None:
    without = META.replace(b"\x02\0\x10\0UI", b"\x02\0\x11\0UI")
    with pytest.raises(MalformedDataSet, match="declares no transfer syntax"):
        split_part10(without + b"\x78\x9c\xed\x91")


def test_a_prefix_that_is_too_short_says_how_much_is_needed() -> None:
    for size in range(145, len(META)):
        with pytest.raises(IncompletePrefix) as caught:
            split_part10(META[:size])
        assert size < caught.value.needed <= len(META) + 8


def test_meta_information_beyond_bounds_is_refused() -> None:
    private = element(0x00020102, "OB", length=PREFIX_BYTES)
    with pytest.raises(MalformedDataSet, match="too long"):
        split_part10(META + private)


@pytest.mark.parametrize("declared", [EXPLICIT, IMPLICIT, BIG_ENDIAN])
@pytest.mark.parametrize(
    ("data_set", "shown"),
    [
        (element(0x00080016, "UI", b"1.2\0") + element(0x00080018, "UI", b"1.3\0"), EXPLICIT),
        (implicit(0x00080016, b"1.2\0") + implicit(0x00080018, b"1.3\0"), IMPLICIT),
    ],
)
def test_a_data_set_that_contradicts_its_meta_information_is_believed(
    declared: str, data_set: bytes, shown: str
) -> None:
    meta = file_meta(sop_class_uid="1.2", sop_instance_uid="1.3", transfer_syntax_uid=declared)
    start = split_part10(meta + data_set)
    assert (start.transfer_syntax_uid, start.is_guessed) == (shown, shown != declared)
    assert start.meta.transfer_syntax_uid == declared


@pytest.mark.parametrize("declared", [JPEG, "1.2.840.113619.5.2"])
def test_a_syntax_that_the_first_elements_cannot_show_stays_as_declared(declared: str) -> None:
    meta = file_meta(sop_class_uid="1.2", sop_instance_uid="1.3", transfer_syntax_uid=declared)
    start = split_part10(meta + implicit(0x00080016, b"1.2\0") + implicit(0x00080018, b"1.3\0"))
    assert (start.transfer_syntax_uid, start.is_guessed) == (declared, False)


def test_the_preamble_is_handed_out_but_never_written() -> None:
    windows_program = b"MZ" + bytes(126)
    start = split_part10(windows_program + META[128:] + DATA_SET)
    assert start.preamble == windows_program
    assert META[:128] == bytes(128)


def test_the_guess_refuses_what_is_in_doubt() -> None:
    assert guess_transfer_syntax(b"") is None
    assert guess_transfer_syntax(DATA_SET[:7]) is None
    assert guess_transfer_syntax(element(0x00080016, "XX", b"1.2\0") + DATA_SET) is None
    assert guess_transfer_syntax(DATA_SET + element(0x00080016, "UI")) == EXPLICIT
    assert guess_transfer_syntax(DATA_SET[12:] + DATA_SET[:12]) is None


@given(noise=st.binary(max_size=400))
def test_no_bytes_break_the_reading(noise: bytes) -> None:
    for raw in (noise, META[:132] + noise, META + noise):
        try:
            start = split_part10(raw)
        except RequestError:
            continue
        assert start.data_set_offset <= len(raw)
