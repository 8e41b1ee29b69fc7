"""The document is a valid Comprehensive 3D SR, and others read it."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from highdicom.sr import srread
from pydicom import dcmread
from tests.ultrasound.measuring.examples import one_of_each
from tests.ultrasound.measuring.test_report import REPORT

from sonarium.dicom.encode import encode_attributes
from sonarium.dicom.header import header_of
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.part10 import file_meta, split_part10
from sonarium.dicom.scanner import DataSetScanner
from sonarium.dicom.sr.document_modules import DocumentIdentity
from sonarium.dicom.sr.reading import read_content
from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.measuring.report import read_report
from sonarium.ultrasound.measuring.report_document import (
    COMPREHENSIVE_3D_SR,
    measurement_series_uid,
    report_document,
    uid_from,
)

EXPLICIT = "1.2.840.10008.1.2.1"
IDENTITY = DocumentIdentity(
    study_instance_uid="1.2.3",
    series_instance_uid=measurement_series_uid("1.2.3"),
    sop_instance_uid="1.2.3.7.2",
    instance_number=2,
    written_at=datetime(2026, 11, 23, 18, 0, 0, 5, UTC),
)
COPIED: Attributes = {
    "00080020": {"vr": "DA", "Value": ["20261123"]},
    "00080030": {"vr": "TM", "Value": ["170000"]},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "SYNTHETIC^Müller"}]},
    "00100020": {"vr": "LO", "Value": ["SYN-1"]},
    "00200010": {"vr": "SH", "Value": ["1"]},
}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    encoded = encode_attributes(report_document(IDENTITY, "1.2.3.7.1", COPIED, REPORT), EXPLICIT)
    meta = file_meta(
        sop_class_uid=COMPREHENSIVE_3D_SR,
        sop_instance_uid=IDENTITY.sop_instance_uid,
        transfer_syntax_uid=EXPLICIT,
    )
    file = tmp_path / "report.dcm"
    file.write_bytes(meta + encoded)
    return file


def test_pydicom_reads_it(document: Path) -> None:
    read = dcmread(BytesIO(document.read_bytes()))
    assert read.SOPClassUID == COMPREHENSIVE_3D_SR
    assert str(read.PatientName) == "SYNTHETIC^Müller"
    assert read.InstanceNumber == 2
    evidence = read.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
    assert len(evidence[0].ReferencedSOPSequence) == 2
    predecessor = read.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert predecessor.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2.3.7.1"


def test_highdicom_reads_every_measurement(document: Path) -> None:
    groups = srread(str(document)).content.get_image_measurement_groups()  # type: ignore[attr-defined]
    read = {
        group.tracking_identifier: [measured.value for measured in group.get_measurements()]
        for group in groups
    }
    assert read["LVIDd 2"] == [5.1]
    assert read["HC 4"][:4] == [19.5, 29.1, 7.0, 5.3]
    assert len(groups) == len(one_of_each()) + 1


def test_we_read_it(document: Path) -> None:
    content = document.read_bytes()
    scanner = DataSetScanner(EXPLICIT)
    scanner.feed(content[split_part10(content).data_set_offset :])
    root = read_content(header_to_json(header_of(scanner.finish()), None))
    assert root is not None
    assert read_report(root) == one_of_each()


@pytest.mark.peers
def test_dcmtk_reads_every_measurement(document: Path) -> None:
    assert shutil.which("dsrdump"), "install dcmtk"
    told = subprocess.run(["dsrdump", str(document)], capture_output=True, text=True, check=True)
    assert "E:" not in told.stderr
    assert told.stdout.count('"Measurement Group"') == len(one_of_each()) + 1
    assert "SCOORD:=(ELLIPSE" in told.stdout


@pytest.mark.peers
@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dicom3tools is not installed")
def test_the_validator_finds_no_error(document: Path) -> None:
    told = subprocess.run(
        ["dciodvfy", "-new", str(document)], capture_output=True, text=True, check=False
    )
    assert not re.findall(r"^Error.*", told.stderr, re.MULTILINE)
    # The only warnings: a private coding scheme is unknown to the validator.
    warnings = re.findall(r"^Warning.*", told.stderr, re.MULTILINE)
    assert all("99SONARIUM" in warning for warning in warnings), warnings


def test_names_made_from_names_are_stable_uids() -> None:
    assert uid_from("a") == uid_from("a") != uid_from("b")
    assert len(uid_from("a")) <= 64
