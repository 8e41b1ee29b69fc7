"""The test objects that are valid, as a scanner would hold them."""

import hashlib
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError

from sonarium.dicom.part10 import split_part10

FOLDERS = ("us", "sr", "ko", "pr", "doc", "ecg", "charset", "irwf", "odd", "dicomdir")
_TRUNCATED = {"MR_truncated.dcm", "rtplan_truncated.dcm"}


@dataclass(frozen=True, slots=True)
class Kept:
    """What of an object must not change between its coming and its going."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    sha256: bytes
    """Of the data set alone."""


@dataclass(frozen=True, slots=True)
class TestObject:
    """A valid object of the test data."""

    __test__ = False

    path: Path
    kept: Kept
    study_instance_uid: str
    data_set: bytes

    @property
    def sent_back(self) -> Kept:
        """What comes back over DIMSE: an odd length is padded (PS3.8 E.2)."""
        padding = b"\0" * (len(self.data_set) % 2)
        return replace(self.kept, sha256=hashlib.sha256(self.data_set + padding).digest())


def valid_objects(testdata: Path) -> list[TestObject]:
    """Read the objects that have all of their identity and are whole."""
    found = []
    for folder in FOLDERS:
        for path in sorted((testdata / "dicom" / folder).rglob("*")):
            if path.is_file() and path.name not in _TRUNCATED:
                one = _read(path)
                if one is not None:
                    found.append(one)
    return found


def without_clashes(objects: Iterable[TestObject]) -> list[list[TestObject]]:
    """Sort objects into groups in which no SOP Instance UID comes twice."""
    groups: list[dict[str, TestObject]] = []
    for one in objects:
        uid = one.kept.sop_instance_uid
        group = next((group for group in groups if uid not in group), None)
        if group is None:
            group = {}
            groups.append(group)
        group[uid] = one
    return [list(group.values()) for group in groups]


def _read(path: Path) -> TestObject | None:
    names = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some objects are odd on purpose
        try:
            read = pydicom.dcmread(path, stop_before_pixels=True)
        except (InvalidDicomError, OSError):
            return None
        uids = [str(read.get(name) or "") for name in names]
    if not all(uids) or "TransferSyntaxUID" not in read.file_meta:
        return None
    content = path.read_bytes()
    data_set = content[split_part10(content).data_set_offset :]
    return TestObject(
        path,
        Kept(
            uids[0],
            uids[1],
            str(read.file_meta.TransferSyntaxUID),
            hashlib.sha256(data_set).digest(),
        ),
        uids[2],
        data_set,
    )
