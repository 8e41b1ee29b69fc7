"""Synthetic instances for tests of the index."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count

from sonarium.dicom.header import pack_header
from sonarium.dicom.json_model import json_to_data_set
from sonarium.dicom.scanner import DataSetScanner
from sonarium.domain.arrival import Door, Source
from sonarium.domain.attributes import Attributes, JSONValue
from sonarium.index.ingest import NewInstance

EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
US_MULTI_FRAME = "1.2.840.10008.5.1.4.1.1.3.1"
RECEIVED = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SOURCE = Source(Door.DIMSE, "SCANNER", "SONARIUM", "127.0.0.1")

_numbers = count(1)


def element(vr: str, *values: JSONValue) -> dict[str, JSONValue]:
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}


def name(text: str) -> dict[str, JSONValue]:
    groups = zip(("Alphabetic", "Ideographic", "Phonetic"), text.split("="), strict=False)
    return element("PN", {group: part for group, part in groups if part})


def patient(
    patient_id: str = "SYN1", named: str = "SYNTHETIC^ONE", **more: dict[str, JSONValue]
) -> Attributes:
    return {
        "00100010": name(named),
        "00100020": element("LO", *filter(None, [patient_id])),
        "00100030": element("DA", "19700102"),
        "00100040": element("CS", "F"),
        **{tag.removeprefix("t"): value for tag, value in more.items()},
    }


def study(date: str = "20260304", accession: str = "A1", description: str = "Echo") -> Attributes:
    return {
        "00080020": element("DA", date),
        "00080030": element("TM", "101112"),
        "00080050": element("SH", accession),
        "00081030": element("LO", description),
        "00200010": element("SH", "7"),
    }


def series(number: int = 1, modality: str = "US") -> Attributes:
    return {"00080060": element("CS", modality), "00200011": element("IS", number)}


def instance(
    study_uid: str = "1.2.1",
    series_uid: str = "1.2.1.1",
    sop_uid: str = "1.2.1.1.1",
    *,
    content: bytes = b"",
    patient_attributes: Attributes | None = None,
    study_attributes: Attributes | None = None,
    series_attributes: Attributes | None = None,
    instance_number: int = 1,
    sop_class_uid: str = US_IMAGE,
    packed_header: bytes = b"header",
) -> NewInstance:
    return NewInstance(
        blob_key=f"blob-{next(_numbers)}",
        data_set_offset=1024,
        data_set_length=65_536,
        sha256=sha256(content or sop_uid.encode()).digest(),
        study_instance_uid=study_uid,
        series_instance_uid=series_uid,
        sop_instance_uid=sop_uid,
        sop_class_uid=sop_class_uid,
        transfer_syntax_uid="1.2.840.10008.1.2.4.50",
        instance_number=instance_number,
        number_of_frames=1,
        patient=patient() if patient_attributes is None else patient_attributes,
        study=study() if study_attributes is None else study_attributes,
        series=series() if series_attributes is None else series_attributes,
        instance={"00200013": element("IS", instance_number)},
        packed_header=packed_header,
        packed_frames=None,
        received_at=RECEIVED,
        source=SOURCE,
    )


def with_header(arrival: NewInstance, *more: Attributes) -> NewInstance:
    """Give an arrival a header made of its levels' attributes and some more."""
    whole: Attributes = {
        "00080016": element("UI", arrival.sop_class_uid),
        "00080018": element("UI", arrival.sop_instance_uid),
        "0020000D": element("UI", arrival.study_instance_uid),
        "0020000E": element("UI", arrival.series_instance_uid),
        "00080005": element("CS", "ISO_IR 192"),
    }
    for level in (arrival.patient, arrival.study, arrival.series, arrival.instance, *more):
        whole |= level
    scanner = DataSetScanner(EXPLICIT_LITTLE_ENDIAN)
    scanner.feed(json_to_data_set(dict(sorted(whole.items())), EXPLICIT_LITTLE_ENDIAN))
    return replace(arrival, packed_header=pack_header(scanner.finish()))


def many(study_uid: str, numbers: Iterable[int], **given: object) -> list[NewInstance]:
    """Make instances of one series, numbered."""
    return [
        instance(study_uid, f"{study_uid}.1", f"{study_uid}.1.{n}", instance_number=n, **given)  # type: ignore[arg-type]  # passed on to the factory
        for n in numbers
    ]
