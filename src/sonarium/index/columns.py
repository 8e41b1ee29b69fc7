"""Which attribute lives where in the index: the table behind every search.

A tag that is neither here nor among the attributes kept as JSON at its level is found by
decoding headers (`attribute_matching`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from psycopg.sql import SQL, Composable, Identifier

from sonarium.domain.query import QueryLevel
from sonarium.index.asked import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of its level; a name has three of them.

    `is_narrow`: few rows have the same value, and an index finds them.
    `has_trigrams`: an index finds the rows that hold three letters or digits in a row.
    """

    level: QueryLevel
    names: tuple[str, ...]
    kind: Kind
    is_narrow: bool = False
    has_trigrams: bool = False

    def of(self, study: str) -> list[Composable]:
        """Return the column as SQL; `study` is what the statement calls its study."""
        table = {QueryLevel.SERIES: "series", QueryLevel.IMAGE: "instance"}.get(self.level, study)
        if self.names == ("study_time",):
            return [SQL("replace({}, '.', '')").format(Identifier(table, "study_time"))]
        if self.names == ("referring_name",):
            groups = Identifier(table, "referring_name")
            return [SQL(f"split_part({{}}, '=', {n})").format(groups) for n in (1, 2, 3)]
        return [Identifier(table, name) for name in self.names]


def _patient(kind: Kind, *names: str) -> Column:
    return Column(QueryLevel.PATIENT, names, kind)


def _study(kind: Kind, *names: str) -> Column:
    return Column(QueryLevel.STUDY, names, kind)


def _narrow(level: QueryLevel, kind: Kind, *names: str) -> Column:
    return Column(level, names, kind, is_narrow=True)


def _text(level: QueryLevel, kind: Kind, *names: str, is_narrow: bool = False) -> Column:
    return Column(level, names, kind, is_narrow, has_trigrams=True)


COLUMNS: Final[Mapping[int, Column]] = {
    0x00100010: _text(
        QueryLevel.PATIENT,
        Kind.NAME,
        *("name_alphabetic", "name_ideographic", "name_phonetic"),
        is_narrow=True,
    ),
    0x00100020: _text(QueryLevel.PATIENT, Kind.TEXT, "patient_id", is_narrow=True),
    0x00100021: _patient(Kind.TEXT, "issuer"),
    0x00100030: _narrow(QueryLevel.PATIENT, Kind.MOMENT, "birth_date"),
    0x00100040: _patient(Kind.TEXT, "sex"),
    0x0020000D: _narrow(QueryLevel.STUDY, Kind.UID, "study_instance_uid"),
    0x00080020: _study(Kind.MOMENT, "study_date"),
    0x00080030: _study(Kind.MOMENT, "study_time"),
    0x00080050: _text(QueryLevel.STUDY, Kind.TEXT, "accession_number", is_narrow=True),
    0x00200010: _study(Kind.TEXT, "study_id"),
    0x00081030: _text(QueryLevel.STUDY, Kind.TEXT, "description"),
    0x00080090: _text(QueryLevel.STUDY, Kind.NAME, "referring_name"),
    0x00080061: _study(Kind.LIST, "modalities"),
    0x00080062: _study(Kind.LIST, "sop_classes"),
    0x00201206: _study(Kind.NUMBER, "number_of_series"),
    0x00201208: _study(Kind.NUMBER, "number_of_instances"),
    0x0020000E: _narrow(QueryLevel.SERIES, Kind.UID, "series_instance_uid"),
    0x00080060: Column(QueryLevel.SERIES, ("modality",), Kind.TEXT),
    0x00200011: Column(QueryLevel.SERIES, ("series_number",), Kind.NUMBER),
    0x00201209: Column(QueryLevel.SERIES, ("number_of_instances",), Kind.NUMBER),
    0x00080018: _narrow(QueryLevel.IMAGE, Kind.UID, "sop_instance_uid"),
    0x00080016: Column(QueryLevel.IMAGE, ("sop_class_uid",), Kind.UID),
    0x00200013: Column(QueryLevel.IMAGE, ("instance_number",), Kind.NUMBER),
    0x00280008: Column(QueryLevel.IMAGE, ("number_of_frames",), Kind.NUMBER),
}

DEPTH: Final[Mapping[QueryLevel, int]] = {level: at for at, level in enumerate(QueryLevel)}
"""0 for the patient, 3 for the instance."""
