"""Key Object Selections are written for others and read from others."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sonarium.dicom.encode import encode_attributes
from sonarium.dicom.header import header_of
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.part10 import file_meta, split_part10
from sonarium.dicom.scanner import DataSetScanner
from sonarium.dicom.sr.content import ImageReference
from sonarium.dicom.sr.document_modules import DocumentIdentity, Observer, ReferencedImage
from sonarium.dicom.sr.key_objects import (
    KEY_OBJECT_SELECTION,
    REASONS,
    KeyImages,
    find_reason,
    key_object_content,
    key_object_document,
    read_key_images,
)
from sonarium.dicom.sr.reading import read_content
from sonarium.domain.attributes import Attributes

EXPLICIT = "1.2.840.10008.1.2.1"
LOOP = ReferencedImage("1.2.3.4.2", "1.2.840.10008.5.1.4.1.1.3.1", "1.2.3.4", 30)
OBSERVER = Observer("This workstation", "1.2.3.9", "Sonarium")
MARKED = KeyImages(
    REASONS[2],
    "Vorhofseptumdefekt, für den Unterricht",
    (ImageReference(LOOP.sop_class_uid, LOOP.sop_instance_uid, (12,)),),
    OBSERVER.name,
)
COPIED: Attributes = {
    "00080020": {"vr": "DA", "Value": ["20261123"]},
    "00080030": {"vr": "TM", "Value": ["170000"]},
    "00100020": {"vr": "LO", "Value": ["SYN-1"]},
    "00200010": {"vr": "SH", "Value": ["1"]},
}


@pytest.fixture
def document(tmp_path: Path) -> Path:
    identity = DocumentIdentity(
        "1.2.3", "1.2.3.8", "1.2.3.8.1", 1, datetime(2026, 11, 23, 18, tzinfo=UTC)
    )
    images = {LOOP.sop_instance_uid: LOOP}
    attributes = key_object_document(identity, COPIED, MARKED, images, OBSERVER)
    meta = file_meta(
        sop_class_uid=KEY_OBJECT_SELECTION,
        sop_instance_uid="1.2.3.8.1",
        transfer_syntax_uid=EXPLICIT,
    )
    file = tmp_path / "ko.dcm"
    file.write_bytes(meta + encode_attributes(attributes, EXPLICIT))
    return file


def read(file: Path) -> KeyImages | None:
    content = file.read_bytes()
    start = split_part10(content)
    scanner = DataSetScanner(start.transfer_syntax_uid)
    scanner.feed(content[start.data_set_offset :])
    root = read_content(header_to_json(header_of(scanner.finish()), None))
    return None if root is None else read_key_images(root)


def test_a_selection_comes_back(document: Path) -> None:
    assert read(document) == MARKED
    assert read_key_images(key_object_content(MARKED, OBSERVER)) == MARKED


def test_selections_of_others_are_read(testdata: Path) -> None:
    for file in sorted((testdata / "dicom" / "ko").glob("*.dcm")):
        selection = read(file)
        assert selection is not None
        assert selection.reason.scheme == "DCM"


def test_a_reason_is_found_by_its_code() -> None:
    assert find_reason("113004") == REASONS[2]
    assert find_reason("121106") is None


@pytest.mark.peers
@pytest.mark.skipif(not shutil.which("dciodvfy"), reason="dicom3tools is not installed")
def test_the_validator_finds_nothing_wrong(document: Path) -> None:
    told = subprocess.run(
        ["dciodvfy", "-new", str(document)], capture_output=True, text=True, check=False
    )
    assert not [line for line in told.stderr.splitlines() if line.startswith(("Error", "Warning"))]


@pytest.mark.peers
def test_dcmtk_reads_it(document: Path) -> None:
    assert shutil.which("dsrdump"), "install dcmtk"
    told = subprocess.run(["dsrdump", str(document)], capture_output=True, text=True, check=True)
    assert "Key Object Selection" in told.stdout
    assert '"For Teaching"' in told.stdout
