"""Finds patients, studies, series and instances (C-FIND, QIDO-RS).

Optional keys are composed here and nowhere else. A search runs in two steps, because one
statement with ORDER BY and LIMIT tempts the planner to walk the whole order for a rare match:
first up to `_FEW` candidates are collected by the indexes of their keys; only where there are
more does a second statement walk in order, which is quick exactly then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from sonarium.db.transaction import Transaction
from sonarium.dicom.header import unpack_header
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.level_attributes import find_query_level
from sonarium.domain.attributes import Attributes, tag_key
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.index.columns import COLUMNS, DEPTH, KIND_OF_VR, Kind
from sonarium.index.header_matching import header_matches
from sonarium.index.matching import condition, date_time_range

_FEW: Final = 2000
_CHUNK: Final = 500
_STUDY_DATE: Final = 0x00080020
_STUDY_TIME: Final = 0x00080030

_TABLES: Final = {
    QueryLevel.PATIENT: SQL("study"),
    QueryLevel.STUDY: SQL("study"),
    QueryLevel.SERIES: SQL("series JOIN study USING (study_ref)"),
    QueryLevel.IMAGE: SQL("instance JOIN series USING (series_ref) JOIN study USING (study_ref)"),
}
_KEY: Final = {
    QueryLevel.PATIENT: SQL("study.study_ref"),
    QueryLevel.STUDY: SQL("study.study_ref"),
    QueryLevel.SERIES: SQL("series.series_ref"),
    QueryLevel.IMAGE: SQL("instance.instance_ref"),
}
_RECENT_FIRST: Final = SQL("study.study_date DESC, study.study_time DESC, study.study_ref DESC")
_ORDER: Final = {
    QueryLevel.PATIENT: _RECENT_FIRST,
    QueryLevel.STUDY: _RECENT_FIRST,
    QueryLevel.SERIES: SQL("{}, series.series_number NULLS LAST, series.series_ref").format(
        _RECENT_FIRST
    ),
    QueryLevel.IMAGE: SQL(
        "{}, series.series_number NULLS LAST, series.series_ref,"
        " instance.instance_number NULLS LAST, instance.instance_ref"
    ).format(_RECENT_FIRST),
}
_LATEST_OF_PATIENT: Final = SQL(
    "NOT EXISTS (SELECT FROM study AS later WHERE later.patient_ref = study.patient_ref"
    " AND (later.study_date, later.study_time, later.study_ref)"
    " > (study.study_date, study.study_time, study.study_ref))"
)
_BELOW: Final = {
    (QueryLevel.STUDY, "series"): SQL(
        "EXISTS (SELECT FROM series WHERE series.study_ref = study.study_ref AND {})"
    ),
    (QueryLevel.STUDY, "instance"): SQL(
        "EXISTS (SELECT FROM series JOIN instance USING (series_ref)"
        " WHERE series.study_ref = study.study_ref AND {})"
    ),
    (QueryLevel.SERIES, "instance"): SQL(
        "EXISTS (SELECT FROM instance WHERE instance.series_ref = series.series_ref AND {})"
    ),
}
"""How an attribute of a lower level narrows a higher one."""

_OF_PATIENT: Final = "(SELECT {} FROM study AS own WHERE own.patient_ref = study.patient_ref)"
_COMPUTED: Final[dict[int, tuple[QueryLevel, str, Composable]]] = {
    0x00201200: (QueryLevel.PATIENT, "IS", SQL(_OF_PATIENT).format(SQL("count(*)"))),
    0x00201202: (
        QueryLevel.PATIENT,
        "IS",
        SQL(_OF_PATIENT).format(SQL("sum(own.number_of_series)")),
    ),
    0x00201204: (
        QueryLevel.PATIENT,
        "IS",
        SQL(_OF_PATIENT).format(SQL("sum(own.number_of_instances)")),
    ),
    0x00080061: (QueryLevel.STUDY, "CS", SQL("study.modalities")),
    0x00080062: (QueryLevel.STUDY, "UI", SQL("study.sop_classes")),
    0x00201206: (QueryLevel.STUDY, "IS", SQL("study.number_of_series")),
    0x00201208: (QueryLevel.STUDY, "IS", SQL("study.number_of_instances")),
    0x00201209: (QueryLevel.SERIES, "IS", SQL("series.number_of_instances")),
}
"""Attributes that no object carries: level, VR and where they come from."""

_UNIQUE: Final = {
    QueryLevel.PATIENT: (0x00100020,),
    QueryLevel.STUDY: (0x0020000D,),
    QueryLevel.SERIES: (0x0020000D, 0x0020000E),
    QueryLevel.IMAGE: (0x0020000D, 0x0020000E, 0x00080016, 0x00080018),
}


async def search(tx: Transaction, query: Query) -> list[Attributes]:
    """Return one page of matches, most recent study first.

    A match holds what was asked for: the keys, `returned`, and the unique keys of its level;
    with `all_attributes` everything that the index keeps of its level and those above.
    """
    plan = _Plan(query)
    if not plan.header_keys:
        return await plan.page(tx, query.offset, query.limit)
    wanted = None if query.limit is None else query.offset + query.limit
    found: list[Attributes] = []
    for offset in range(0, 2**31, _CHUNK):
        rows = await plan.page(tx, offset, _CHUNK)
        found += [row for row in rows if plan.keep(row)]
        if len(rows) < _CHUNK or (wanted is not None and len(found) >= wanted):
            break
    return found[query.offset : wanted]


class _Plan:
    """One query on its way to SQL."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._level = query.level
        matched = [key for key in query.keys if any(key.values)]
        self.header_keys = [k for k in matched if k.tag not in COLUMNS and not self._as_json(k)]
        self._where = self._conditions([k for k in matched if k not in self.header_keys])
        self._is_narrow = bool(matched)
        self._asked = {key.tag for key in query.keys} | query.returned
        self._computed = {
            tag: entry
            for tag, entry in _COMPUTED.items()
            if DEPTH[entry[0]] <= DEPTH[self._level]
            and (tag in self._asked or (query.all_attributes and entry[0] is self._level))
        }
        self._from_header = sorted(t for t in self._asked if find_query_level(t) is None)
        self._from_header = [t for t in self._from_header if t not in _COMPUTED]

    async def page(self, tx: Transaction, offset: int, limit: int | None) -> list[Attributes]:
        """Fetch and assemble one page."""
        many = None
        if self._is_narrow:
            few = await tx.values(
                SQL("SELECT {} FROM {} WHERE {} LIMIT {}").format(
                    _KEY[self._level], _TABLES[self._level], self._where, Literal(_FEW + 1)
                )
            )
            if not few:
                return []
            many = None if len(few) > _FEW else [row[0] for row in few]
        where = (
            self._where
            if many is None
            else SQL("{} = ANY({})").format(_KEY[self._level], Literal(many))
        )
        rows = await tx.values(
            SQL("SELECT {} FROM {} WHERE {} ORDER BY {} OFFSET {} LIMIT {}").format(
                SQL(", ").join(self._selected()),
                _TABLES[self._level],
                where,
                _ORDER[self._level],
                Literal(offset),
                Literal(limit),
            )
        )
        return [self._assemble(row) for row in rows]

    def counting(self, most: int) -> Composed:
        """Return the statement that counts up to `most` matches."""
        return SQL("SELECT count(*) FROM (SELECT FROM {} WHERE {} LIMIT {}) AS match").format(
            _TABLES[self._level], self._where, Literal(most)
        )

    def keep(self, match: Attributes) -> bool:
        """Drop the mark that `_assemble` left on matches whose header does not match."""
        return match.pop("mismatch", None) is None

    def _as_json(self, key: MatchKey) -> bool:
        """Tell whether the level that holds a tag keeps it as JSON and compares it as text."""
        kind = KIND_OF_VR.get(key.vr, Kind.TEXT)
        return find_query_level(key.tag) is not None and kind in {Kind.TEXT, Kind.UID}

    def _conditions(self, keys: Sequence[MatchKey]) -> Composable:
        parts: list[Composable] = []
        by_tag = {key.tag: key for key in keys}
        if self._query.combined_date_time and {_STUDY_DATE, _STUDY_TIME} <= by_tag.keys():
            date, time = by_tag.pop(_STUDY_DATE), by_tag.pop(_STUDY_TIME)
            parts.append(
                date_time_range(
                    SQL("study.study_date"), SQL("study.study_time"), date.values[0], time.values[0]
                )
            )
        parts += [self._narrowed(key) for key in by_tag.values()]
        if self._level is QueryLevel.PATIENT:
            parts.append(_LATEST_OF_PATIENT)
        return SQL(" AND ").join(parts) if parts else SQL("true")

    def _narrowed(self, key: MatchKey) -> Composable:
        """Return the condition of one key, seen from the level of the query."""
        column = COLUMNS.get(key.tag)
        if column is not None:
            matched = condition(
                [Identifier(column.table, name) for name in column.names],
                column.kind,
                key.values,
                fuzzy=self._query.fuzzy_person_names,
            )
            return self._lifted(column.table, matched)
        level = find_query_level(key.tag)
        table = {QueryLevel.SERIES: "series", QueryLevel.IMAGE: "instance"}.get(
            level or QueryLevel.STUDY, "study"
        )
        text = SQL("jsonb_array_elements_text({}.attributes->{}->'Value')").format(
            Identifier(table), Literal(tag_key(key.tag))
        )
        kind = Kind.TEXT
        inner = condition([SQL("one")], kind, key.values, fuzzy=False)
        matched = Composed(
            [SQL("EXISTS (SELECT FROM "), text, SQL(" AS one WHERE "), inner, SQL(")")]
        )
        return self._lifted(table, matched)

    def _lifted(self, table: str, matched: Composable) -> Composable:
        level = QueryLevel.STUDY if self._level is QueryLevel.PATIENT else self._level
        below = _BELOW.get((level, table))
        return matched if below is None else below.format(matched)

    def _selected(self) -> Iterable[Composable]:
        yield SQL("study.attributes")
        yield SQL("study.study_instance_uid")
        if DEPTH[self._level] >= DEPTH[QueryLevel.SERIES]:
            yield SQL("series.attributes")
        if self._level is QueryLevel.IMAGE:
            yield SQL("instance.attributes")
        for _, _, source in self._computed.values():
            yield source
        if self.header_keys or self._from_header:
            yield self._header_source()

    def _header_source(self) -> Composable:
        if self._level is QueryLevel.IMAGE:
            return SQL("instance.packed_header")
        of = (
            SQL("instance.series_ref = series.series_ref")
            if self._level is QueryLevel.SERIES
            else SQL("one.study_ref = study.study_ref")
        )
        tables = (
            SQL("instance")
            if self._level is QueryLevel.SERIES
            else SQL("instance JOIN series AS one USING (series_ref)")
        )
        return SQL(
            "(SELECT instance.packed_header FROM {} WHERE {}"
            " ORDER BY instance.instance_ref LIMIT 1)"
        ).format(tables, of)

    def _assemble(self, row: tuple[Any, ...]) -> Attributes:
        values = iter(row)
        everything: Attributes = dict(next(values))
        everything["0020000D"] = {"vr": "UI", "Value": [next(values)]}
        for _ in range(max(0, DEPTH[self._level] - DEPTH[QueryLevel.STUDY])):
            everything.update(next(values))
        computed: Attributes = {}
        for tag, (_, vr, _source) in self._computed.items():
            value = next(values)
            computed[tag_key(tag)] = {
                "vr": vr,
                "Value": value if isinstance(value, list) else [int(value or 0)],
            }
        if self.header_keys or self._from_header:
            self._read_header(next(values), everything)
        everything.update(computed)
        if self._query.all_attributes:
            return everything
        asked = self._asked | set(_UNIQUE[self._level])
        return {
            key: element
            for key, element in everything.items()
            if key == "mismatch" or int(key, 16) in asked
        }

    def _read_header(self, packed: bytes | None, everything: Attributes) -> None:
        header = None if packed is None else unpack_header(packed)
        fuzzy = self._query.fuzzy_person_names
        if header is None or not header_matches(header, self.header_keys, fuzzy=fuzzy):
            everything["mismatch"] = {"vr": ""}
        elif self._from_header:
            everything.update(header_to_json(header, None, self._from_header))


async def count(tx: Transaction, query: Query, most: int) -> int:
    """Count the matches of a query, up to `most`."""
    plan = _Plan(replace(query, offset=0, limit=None))
    if plan.header_keys:
        return len(await search(tx, replace(query, offset=0, limit=most)))
    rows = await tx.values(plan.counting(most))
    return int(rows[0][0])
