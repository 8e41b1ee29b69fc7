"""Which attribute lives where in the index: the table behind every search.

A tag that is neither here nor among the attributes kept as JSON at its level is found by
decoding headers (`header_matching`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sonarium.domain.query import QueryLevel


class Kind(StrEnum):
    """How a column is compared."""

    UID = "uid"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    NAME = "name"
    NUMBER = "number"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of its level; a name has three of them."""

    level: QueryLevel
    table: str
    names: tuple[str, ...]
    kind: Kind


def _study(kind: Kind, *names: str) -> Column:
    return Column(QueryLevel.STUDY, "study", names, kind)


def _patient(kind: Kind, *names: str) -> Column:
    return Column(QueryLevel.PATIENT, "study", names, kind)


COLUMNS: Final[Mapping[int, Column]] = {
    0x00100010: _patient(Kind.NAME, "name_alphabetic", "name_ideographic", "name_phonetic"),
    0x00100020: _patient(Kind.TEXT, "patient_id"),
    0x00100021: _patient(Kind.TEXT, "issuer"),
    0x00100030: _patient(Kind.DATE, "birth_date"),
    0x00100040: _patient(Kind.TEXT, "sex"),
    0x0020000D: _study(Kind.UID, "study_instance_uid"),
    0x00080020: _study(Kind.DATE, "study_date"),
    0x00080030: _study(Kind.TIME, "study_time"),
    0x00080050: _study(Kind.TEXT, "accession_number"),
    0x00200010: _study(Kind.TEXT, "study_id"),
    0x00081030: _study(Kind.TEXT, "description"),
    0x00080090: _study(Kind.NAME, "referring_name"),
    0x00080061: _study(Kind.LIST, "modalities"),
    0x00080062: _study(Kind.LIST, "sop_classes"),
    0x00201206: _study(Kind.NUMBER, "number_of_series"),
    0x00201208: _study(Kind.NUMBER, "number_of_instances"),
    0x0020000E: Column(QueryLevel.SERIES, "series", ("series_instance_uid",), Kind.UID),
    0x00080060: Column(QueryLevel.SERIES, "series", ("modality",), Kind.TEXT),
    0x00200011: Column(QueryLevel.SERIES, "series", ("series_number",), Kind.NUMBER),
    0x00201209: Column(QueryLevel.SERIES, "series", ("number_of_instances",), Kind.NUMBER),
    0x00080018: Column(QueryLevel.IMAGE, "instance", ("sop_instance_uid",), Kind.UID),
    0x00080016: Column(QueryLevel.IMAGE, "instance", ("sop_class_uid",), Kind.UID),
    0x00200013: Column(QueryLevel.IMAGE, "instance", ("instance_number",), Kind.NUMBER),
    0x00280008: Column(QueryLevel.IMAGE, "instance", ("number_of_frames",), Kind.NUMBER),
}

KIND_OF_VR: Final[Mapping[str, Kind]] = {
    "UI": Kind.UID,
    "DA": Kind.DATE,
    "TM": Kind.TIME,
    "DT": Kind.TIME,
    "PN": Kind.NAME,
    **dict.fromkeys(("IS", "DS", "US", "UL", "SS", "SL", "FL", "FD", "SV", "UV"), Kind.NUMBER),
}
"""Every other VR is compared as text."""

DEPTH: Final[Mapping[QueryLevel, int]] = {level: at for at, level in enumerate(QueryLevel)}
"""0 for the patient, 3 for the instance."""
