"""Finds patients, studies, series and instances: C-FIND, QIDO-RS (PS3.4 C.4.1, PS3.18 10.6).

First the keys of the answers are found, in order, then the answers are read. ORDER BY with
LIMIT tempts the planner to walk the whole order for a rare match, so it is not given the
choice: the most recent studies are looked through; only if they do not fill the page are all
matches collected by the indexes of their keys, which is quick exactly then.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from psycopg.sql import SQL, Composable, Composed, Literal

from sonarium.db.transaction import Transaction
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import Query, QueryLevel
from sonarium.index.answers import Answers, Levels
from sonarium.index.attribute_matching import attributes_match
from sonarium.index.conditions import Conditions
from sonarium.index.errors import SearchTooBroad
from sonarium.index.recent import RECENT, promises_more

_MOST_CANDIDATES: Final = 20_000
"""Headers decoded for one search."""
_CHUNK: Final = 250

_KEY: Final = {
    QueryLevel.PATIENT: SQL("study.study_ref"),
    QueryLevel.STUDY: SQL("study.study_ref"),
    QueryLevel.SERIES: SQL("series.series_ref"),
    QueryLevel.IMAGE: SQL("instance.instance_ref"),
}
_JOINED: Final = {
    QueryLevel.PATIENT: SQL(""),
    QueryLevel.STUDY: SQL(""),
    QueryLevel.SERIES: SQL(" JOIN series USING (study_ref)"),
    QueryLevel.IMAGE: SQL(" JOIN series USING (study_ref) JOIN instance USING (series_ref)"),
}
_ORDER: Final = {
    QueryLevel.PATIENT: (),
    QueryLevel.STUDY: (),
    QueryLevel.SERIES: ("series.series_number", "series.series_ref"),
    QueryLevel.IMAGE: (
        "series.series_number",
        "series.series_ref",
        "instance.instance_number",
        "instance.instance_ref",
    ),
}
_RECENT_FIRST: Final = SQL("study.study_date DESC, study.study_time DESC, study.study_ref DESC")


async def search(tx: Transaction, query: Query) -> list[Attributes]:
    """Return one page of matches, most recent study first, in an order that stays.

    A match holds what was asked for and is known: the keys, `returned`, and the unique keys
    of its level and those above; with `all_attributes` all that is known of its level.

    Raises:
        InvalidMatchKey: a value cannot be matched against its VR.
        SearchTooBroad: keys that have no index would have to be looked up in too many headers.
    """
    conditions = Conditions(query)
    answers = Answers(query, conditions.in_python)
    if conditions.in_python:
        return await _search_by_headers(tx, query, conditions, answers)
    refs = await _find(tx, conditions, query.offset, query.limit)
    return await answers.read(tx, refs)


async def count(tx: Transaction, query: Query, most: int) -> int:
    """Count the matches of a query, up to `most`, without regard to its page.

    Raises:
        InvalidMatchKey, SearchTooBroad: as `search`.
    """
    conditions = Conditions(query)
    if conditions.in_python:
        return len(await search(tx, replace(query, offset=0, limit=most)))
    counted = SQL("SELECT count(*) FROM (SELECT FROM study{} WHERE {} LIMIT {}) AS hit").format(
        _JOINED[query.level], conditions.where, Literal(most)
    )
    return int((await tx.planned_anew(counted))[0][0])


async def _search_by_headers(
    tx: Transaction, query: Query, conditions: Conditions, answers: Answers
) -> list[Attributes]:
    """Read candidates in order until a page is full."""
    refs = await _find(tx, conditions, 0, _MOST_CANDIDATES + 1)
    end = None if query.limit is None else query.offset + query.limit
    found: list[Levels] = []
    for at in range(0, min(len(refs), _MOST_CANDIDATES), _CHUNK):
        candidates = await answers.read_whole(tx, refs[at : at + _CHUNK])
        found += [
            candidate
            for candidate in candidates
            if attributes_match(answers.merged(candidate), conditions.in_python)
        ]
        if end is not None and len(found) >= end:
            break
    else:
        if len(refs) > _MOST_CANDIDATES:
            raise SearchTooBroad(
                f"attributes without an index would be looked up in more than "
                f"{_MOST_CANDIDATES} headers: add a key such as a date or an ID"
            )
    return [answers.trimmed(match) for match in found[query.offset : end]]


async def _find(
    tx: Transaction, conditions: Conditions, offset: int, limit: int | None
) -> list[int]:
    """Return the keys of a page of matches, in order."""
    where, level = conditions.where, conditions.level
    if limit is None or conditions.only_dates:
        found = await tx.planned_anew(_in_order(SQL("study"), level, where, offset, limit))
        return [row[0] for row in found]
    for studies in () if conditions.is_narrow else RECENT:
        recent = SQL("(SELECT * FROM study WHERE {} ORDER BY {} LIMIT {}) AS study").format(
            conditions.dates, _RECENT_FIRST, Literal(studies)
        )
        found = await tx.planned_anew(_in_order(recent, level, where, offset, limit))
        if len(found) == limit:
            return [row[0] for row in found]
        if not promises_more(len(found), limit):
            break
    found = await tx.planned_anew(_collected(level, where, offset, limit))
    return [row[0] for row in found]


def _in_order(
    studies: Composable, level: QueryLevel, where: Composable, offset: int, limit: int | None
) -> Composed:
    return SQL("SELECT {} FROM {}{} WHERE {} ORDER BY {} OFFSET {} LIMIT {}").format(
        _KEY[level],
        studies,
        _JOINED[level],
        where,
        _order(level),
        Literal(offset),
        Literal(limit),
    )


def _collected(level: QueryLevel, where: Composable, offset: int, limit: int) -> Composed:
    """Find all matches before they are ordered, whatever the limit."""
    columns = [
        SQL("study.study_date"),
        SQL("study.study_time"),
        SQL("study.study_ref"),
        *(SQL(name) for name in _ORDER[level]),
    ]
    named = [SQL(f"c{at}") for at in range(len(columns))]
    listed = [SQL("{} AS {}").format(c, name) for c, name in zip(columns, named, strict=True)]
    return SQL(
        "WITH hit AS MATERIALIZED (SELECT {} AS ref, {} FROM study{} WHERE {})"
        " SELECT ref FROM hit ORDER BY {} OFFSET {} LIMIT {}"
    ).format(
        _KEY[level],
        SQL(", ").join(listed),
        _JOINED[level],
        where,
        SQL(", ").join([SQL("{} DESC").format(name) for name in named[:3]] + list(named[3:])),
        Literal(offset),
        Literal(limit),
    )


def _order(level: QueryLevel) -> Composable:
    below: Sequence[str] = _ORDER[level]
    return SQL(", ").join([_RECENT_FIRST, *(SQL(name) for name in below)])
