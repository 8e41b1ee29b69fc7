"""A patient that cannot be mistaken for another, and the places where no trace of it may be."""

import os
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from pydicom import Dataset, dcmread
from pydicom.uid import generate_uid

MARK = "QUETZALCANARY"
UID_ROOT = "1.2.826.0.1.3680043.10.77317731."
BIRTH_DATE = "18771103"
TRACES = (MARK, MARK.lower(), MARK.title(), UID_ROOT, BIRTH_DATE)
NAMING = (
    *("PatientName", "PatientID", "OtherPatientNames", "PatientAddress", "AccessionNumber"),
    *("StudyDescription", "InstitutionName", "ReferringPhysicianName", "ImageComments"),
)


def canary(path: Path, **other: object) -> bytes:
    """Return an object of this patient, its identity in every place that one may be."""
    data_set = dcmread(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of what real machines wrote
        for keyword in NAMING:
            setattr(data_set, keyword, MARK)
        data_set.PatientName = f"{MARK}^{MARK}"
        data_set.PatientBirthDate = BIRTH_DATE
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            setattr(data_set, keyword, generate_uid(UID_ROOT))
        for keyword, value in other.items():
            setattr(data_set, keyword, value)
        data_set.file_meta.MediaStorageSOPInstanceUID = data_set.SOPInstanceUID
        written = BytesIO()
        data_set.save_as(written)
    return written.getvalue()


def uids_of(file: bytes) -> tuple[str, str, str]:
    """Return study, series and instance."""
    data_set: Dataset = dcmread(BytesIO(file), stop_before_pixels=True)
    return data_set.StudyInstanceUID, data_set.SeriesInstanceUID, data_set.SOPInstanceUID


def traces_in(text: str) -> list[str]:
    """Return the lines that hold a trace of the patient."""
    return [line for line in text.splitlines() if any(trace in line for trace in TRACES)]


def iter_log_lines(folder: Path) -> Iterator[str]:
    """Yield every line of a log file below a folder, PostgreSQL's own included."""
    for path in folder.rglob("*"):
        if path.is_file() and (path.suffix == ".log" or path.name == "log"):
            yield from path.read_text(errors="replace").splitlines()


def names_below(folder: Path) -> str:
    """Return the names of all files and folders."""
    return "\n".join(os.fspath(path) for path in folder.rglob("*"))


def titles_of(pids: Iterator[int]) -> str:
    """Return how processes show themselves to everybody on the machine."""
    titles = []
    for pid in pids:
        try:
            titles.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return "\n".join(titles)
