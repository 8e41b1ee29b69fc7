"""Turns rows that a search found into what was asked for (PS3.4 C.4.1.1.3.2)."""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from psycopg.sql import SQL, Composable

from sonarium.db.transaction import Transaction
from sonarium.dicom.header import unpack_header
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.level_attributes import STUDY_TAGS, find_query_level
from sonarium.domain.attributes import Attributes, tag_key
from sonarium.domain.query import Query, QueryLevel
from sonarium.index.asked import AskedKey
from sonarium.index.columns import DEPTH

_FIRST_OF_STUDY: Final = SQL(
    "(SELECT instance.packed_header FROM instance JOIN series AS one USING (series_ref)"
    " WHERE one.study_ref = study.study_ref ORDER BY instance.instance_ref LIMIT 1)"
)
_FIRST_OF_SERIES: Final = SQL(
    "(SELECT instance.packed_header FROM instance"
    " WHERE instance.series_ref = series.series_ref ORDER BY instance.instance_ref LIMIT 1)"
)
_HEADER: Final = {
    QueryLevel.PATIENT: _FIRST_OF_STUDY,
    QueryLevel.STUDY: _FIRST_OF_STUDY,
    QueryLevel.SERIES: _FIRST_OF_SERIES,
    QueryLevel.IMAGE: SQL("instance.packed_header"),
}
"""The header that speaks for a row where no column and no JSON does."""

_TABLES: Final = {
    QueryLevel.PATIENT: SQL("study"),
    QueryLevel.STUDY: SQL("study"),
    QueryLevel.SERIES: SQL("series JOIN study USING (study_ref)"),
    QueryLevel.IMAGE: SQL("instance JOIN series USING (series_ref) JOIN study USING (study_ref)"),
}
_REF: Final = {
    QueryLevel.PATIENT: SQL("study.study_ref"),
    QueryLevel.STUDY: SQL("study.study_ref"),
    QueryLevel.SERIES: SQL("series.series_ref"),
    QueryLevel.IMAGE: SQL("instance.instance_ref"),
}
_OF_PATIENT: Final = "(SELECT {} FROM study AS own WHERE own.patient_ref = study.patient_ref)"
_COMPUTED: Final[dict[int, tuple[QueryLevel, str, Composable]]] = {
    0x00201200: (QueryLevel.PATIENT, "IS", SQL(_OF_PATIENT).format(SQL("count(*)"))),
    0x00201202: (
        QueryLevel.PATIENT,
        "IS",
        SQL(_OF_PATIENT).format(SQL("sum(own.number_of_series)::bigint")),
    ),
    0x00201204: (
        QueryLevel.PATIENT,
        "IS",
        SQL(_OF_PATIENT).format(SQL("sum(own.number_of_instances)::bigint")),
    ),
    0x00080061: (QueryLevel.STUDY, "CS", SQL("study.modalities")),
    0x00080062: (QueryLevel.STUDY, "UI", SQL("study.sop_classes")),
    0x00201206: (QueryLevel.STUDY, "IS", SQL("study.number_of_series")),
    0x00201208: (QueryLevel.STUDY, "IS", SQL("study.number_of_instances")),
    0x00201209: (QueryLevel.SERIES, "IS", SQL("series.number_of_instances")),
}
"""Attributes that no object carries: level, VR and where they come from."""

_UNIQUE: Final[tuple[tuple[QueryLevel, int, Composable], ...]] = (
    (QueryLevel.STUDY, 0x0020000D, SQL("study.study_instance_uid")),
    (QueryLevel.SERIES, 0x0020000E, SQL("series.series_instance_uid")),
    (QueryLevel.IMAGE, 0x00080016, SQL("instance.sop_class_uid")),
    (QueryLevel.IMAGE, 0x00080018, SQL("instance.sop_instance_uid")),
)
Levels: TypeAlias = list[Attributes]
"""What is known of one row, the surest first."""

_PATIENT_ID: Final = 0x00100020
_NOT_OF_OBJECTS: Final = frozenset(
    {0x00080005, 0x00080052, 0x00080053, 0x00080054, 0x00080056, 0x00080130, 0x00080201,
     0x00081190}
)  # fmt: skip
"""Attributes of answers, which the face that gives them fills in."""


class Answers:
    """Reads the rows of one query.

    `compared` are keys whose attributes are needed to compare them in Python.
    """

    def __init__(self, query: Query, compared: Sequence[AskedKey]) -> None:
        self._query = query
        self._level = query.level
        self._asked = (
            {key.path[0] if key.path else key.tag for key in query.keys}
            | query.returned
            | {tag for level, tag, _ in _UNIQUE if DEPTH[level] <= DEPTH[self._level]}
            | {_PATIENT_ID}
        )
        self._computed = {
            tag: (vr, source)
            for tag, (level, vr, source) in _COMPUTED.items()
            if DEPTH[level] <= DEPTH[self._level]
            and (tag in self._asked or (query.all_attributes and level is self._level))
        }
        self._keys = sorted(map(tag_key, self._asked))
        self._depth = max(DEPTH[self._level], DEPTH[QueryLevel.STUDY])
        is_patient = self._level is QueryLevel.PATIENT
        self._left_out = set(map(tag_key, STUDY_TAGS - self._asked)) if is_patient else set()
        self._unique = [u for u in _UNIQUE if DEPTH[u[0]] <= DEPTH[self._level]]
        wanted = self._asked | {key.path[0] if key.path else key.tag for key in compared}
        self._from_header = frozenset(
            tag for tag in wanted if tag not in _COMPUTED and self._is_unknown(tag)
        )
        self._statement = SQL("SELECT {} FROM {} WHERE {} = ANY(%(refs)s::bigint[])").format(
            SQL(", ").join(self._selected()), _TABLES[self._level], _REF[self._level]
        )

    async def read(self, tx: Transaction, refs: Sequence[int]) -> list[Attributes]:
        """Return the answers for some rows, in their order."""
        return [self.trimmed(levels) for levels in await self.read_whole(tx, refs)]

    async def read_whole(self, tx: Transaction, refs: Sequence[int]) -> list[Levels]:
        """As `read`, with everything that was read, asked for or not."""
        if not refs:
            return []
        rows = {row[0]: row for row in await tx.values(self._statement, refs=list(refs))}
        return [self._levels(rows[ref]) for ref in refs if ref in rows]

    def trimmed(self, levels: Levels) -> Attributes:
        """Return what was asked for; what a level says goes before what a header says."""
        if self._query.all_attributes:
            whole = self.merged(levels)
            return {key: whole[key] for key in sorted(whole) if key not in self._left_out}
        answer: Attributes = {}
        for key in self._keys:
            for level in levels:
                if key in level:
                    answer[key] = level[key]
                    break
        return answer

    @staticmethod
    def merged(levels: Levels) -> Attributes:
        """Return all that was read as one data set."""
        whole: Attributes = {}
        for level in reversed(levels):
            whole.update(level)
        return whole

    def _is_unknown(self, tag: int) -> bool:
        """Tell whether only a header can know a tag."""
        if tag in _NOT_OF_OBJECTS:
            return False
        level = find_query_level(tag)
        return level is None or DEPTH[level] > DEPTH[self._level]

    def _selected(self) -> list[Composable]:
        attributes = [SQL("study.attributes"), SQL("series.attributes"), SQL("instance.attributes")]
        return [
            _REF[self._level],
            *attributes[: self._depth],
            *(source for _, _, source in self._unique),
            *(source for _, source in self._computed.values()),
            *([_HEADER[self._level]] if self._reads_header else []),
        ]

    @property
    def _reads_header(self) -> bool:
        return bool(self._from_header) or (
            self._query.all_attributes and self._level is QueryLevel.IMAGE
        )

    def _levels(self, row: tuple[Any, ...]) -> Levels:
        at = 1 + self._depth
        known: Attributes = {}
        for _, tag, _ in self._unique:
            known[tag_key(tag)] = {"vr": "UI", "Value": [row[at]]}
            at += 1
        for tag, (vr, _) in self._computed.items():
            value = row[at]
            known[tag_key(tag)] = {
                "vr": vr,
                "Value": value if isinstance(value, list) else [value or 0],
            }
            at += 1
        levels: Levels = [known, *row[1 : 1 + self._depth]]
        if self._reads_header and row[at] is not None:
            levels.append(self._of_header(row[at]))
        return levels

    def _of_header(self, packed: bytes) -> Attributes:
        is_whole = self._query.all_attributes and self._level is QueryLevel.IMAGE
        return header_to_json(unpack_header(packed), None, None if is_whole else self._from_header)
