"""What is sent and searched: synthetic objects, distinct, and quickly made."""

import secrets
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from sonarium.base.identifiers import new_uid
from sonarium.dicom.encode import encode_attributes
from sonarium.dicom.part10 import file_meta, split_part10
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.attributes import Attributes
from sonarium.ultrasound.synthetic.bulk import cine_4_mb, still_65_kb
from sonarium.ultrasound.synthetic.objects import SyntheticObject

US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
DATES = 143
"""So that one date of 100,000 studies has about 700 matches."""
OBJECTS_IN_STUDY = 25
_FILES_IN_FOLDER = 5000


def stills(count: int) -> Iterator[SyntheticObject]:
    """Make JPEG stills of about 65 kB that nobody has seen, in studies as long as real ones."""
    return still_65_kb(count, seed=fresh_seed(), objects_in_study=OBJECTS_IN_STUDY)


def cines(count: int) -> Iterator[SyntheticObject]:
    """Make JPEG loops of about 4 MB that nobody has seen, in studies as long as real ones."""
    return cine_4_mb(count, seed=fresh_seed(), objects_in_study=OBJECTS_IN_STUDY)


def write_study_of_stills(folder: Path, count: int) -> str:
    """Write stills that share one study and series; returns its Study Instance UID."""
    (first, *others) = still_65_kb(count, seed=fresh_seed(), objects_in_study=count)
    write_objects(folder, [first, *others])
    return first.study_instance_uid


def write_objects(folder: Path, made: Iterable[SyntheticObject]) -> None:
    """Write objects as files, numbered."""
    for number, one in enumerate(made):
        (folder / f"{number:06d}.dcm").write_bytes(one.part10())


def fresh_seed() -> int:
    """Draw a seed, so that no object was seen before."""
    return secrets.randbits(31)


def write_cine(folder: Path) -> tuple[str, str, str]:
    """Write one loop; returns its study, series and instance UIDs."""
    (made,) = cine_4_mb(1, seed=fresh_seed())
    (folder / "cine.dcm").write_bytes(made.part10())
    return made.study_instance_uid, made.series_instance_uid, made.sop_instance_uid


def write_small_studies(folder: Path, count: int) -> list[Path]:
    """Write studies of one object without pixels, for archives with many of them."""
    folders = []
    for number, file in enumerate(iter_small_studies(count)):
        if number % _FILES_IN_FOLDER == 0:
            folders.append(folder / f"{number // _FILES_IN_FOLDER:04d}")
            folders[-1].mkdir(parents=True)
        (folders[-1] / f"{number:07d}.dcm").write_bytes(file)
    return folders


def iter_small_studies(count: int) -> Iterator[bytes]:
    """Make files of studies with one object each; every hundredth is a report."""
    for number in range(count):
        uid = new_uid()
        attributes = small_study(number, uid)
        data_set = encode_attributes(attributes, EXPLICIT_VR_LITTLE_ENDIAN, "")
        yield (
            file_meta(
                sop_class_uid=US_IMAGE,
                sop_instance_uid=uid,
                transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN,
            )
            + data_set
        )


def small_study(number: int, uid: str) -> Attributes:
    """Describe study `number` of many."""
    day = date(2026, 1, 1) + timedelta(days=number % DATES)
    values: dict[str, tuple[str, object]] = {
        "00080016": ("UI", US_IMAGE),
        "00080018": ("UI", uid),
        "00080020": ("DA", f"{day:%Y%m%d}"),
        "00080030": ("TM", f"{number % 24:02d}{number % 60:02d}00"),
        "00080050": ("SH", f"ACC{number:08d}"),
        "00080060": ("CS", "SR" if number % 100 == 99 else "US"),
        "00080090": ("PN", {"Alphabetic": "SYNTHETIC^REFERRER"}),
        "00081030": ("LO", f"SYNTHETIC ECHO {number % 17}"),
        "00100010": ("PN", {"Alphabetic": patient_name(number)}),
        "00100020": ("LO", f"SYN{number:08d}"),
        "00100030": ("DA", f"19{number % 90 + 10}0101"),
        "00100040": ("CS", "OMF"[number % 3]),
        "0020000D": ("UI", f"{uid}.1"[:64]),
        "0020000E": ("UI", f"{uid}.2"[:64]),
        "00200010": ("SH", str(number)),
        "00200011": ("IS", 1),
        "00200013": ("IS", 1),
    }
    return {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in values.items()}  # type: ignore[dict-item]


def patient_name(number: int) -> str:
    """Return a name whose first letters are shared by some and whose end is rare."""
    return f"SYNTHETIC{number % 1000:03d}^BENCH{number:07d}"


def data_set_of(file: bytes) -> bytes:
    """Return what follows the file meta."""
    return file[split_part10(file).data_set_offset :]
