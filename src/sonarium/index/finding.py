"""Finds the keys of a page of matches, most recent study first, that somebody may see.

ORDER BY with LIMIT tempts the planner to walk the whole order for a rare match, so it is not
given the choice: the most recent studies are looked through; only if they do not fill the page
are all matches collected by the indexes of their keys, which is quick exactly then.

Who sees every department but the confidential is searched for in everything; who has
departments, in the newest of these; and whoever has neither, in the few studies of their own.
Whichever it is, each statement carries the predicate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from psycopg.sql import SQL, Composable, Composed, Literal

from sonarium.db.transaction import Transaction
from sonarium.domain.access import Viewer
from sonarium.domain.query import QueryLevel
from sonarium.index.recent import FIRST_LOOK, RECENT, promises_more
from sonarium.index.visibility import (
    RECENT_FIRST,
    beside_policy,
    has_departments,
    of_department,
    own_studies,
    recent_studies,
    visible,
)

_EVERYTHING: Final = SQL("study")
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
_RECENCY: Final = (SQL("study.study_date"), SQL("study.study_time"), SQL("study.study_ref"))
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


@dataclass(frozen=True, slots=True)
class InOrder:
    """A way to matches by indexes in which the order of the answers follows a column."""

    columns: tuple[tuple[Composable, Composable], ...]
    """Columns of which one has its value in each match."""
    where: Composable
    """What else is wanted; said twice, the value would seem to the planner to be rarer than it is.
    """


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, as conditions on `study` and what is joined to it."""

    level: QueryLevel
    where: Composable
    dates: Composable
    """What narrows the order of the answers; true where nothing does."""
    is_narrow: bool
    """Few rows match, and an index finds them."""
    only_dates: bool
    """The order of the answers itself leads to the matches."""
    is_indexed: bool = False
    """An index finds what matches, however much that is."""
    in_order: InOrder | None = None


async def find_keys(
    tx: Transaction, viewer: Viewer, wanted: Wanted, offset: int, limit: int | None
) -> list[int]:
    """Return the keys of a page of matches, in order."""
    async with beside_policy(tx, viewer):
        return await _find(tx, viewer, wanted, offset, limit)


async def count_keys(tx: Transaction, viewer: Viewer, wanted: Wanted, most: int) -> int:
    """Count matches, up to `most`."""
    async with beside_policy(tx, viewer):
        counted = SQL("SELECT count(*) FROM (SELECT FROM {}{} WHERE {} LIMIT {}) AS hit").format(
            _all_seen(viewer),
            _JOINED[wanted.level],
            _seen(viewer, wanted),
            Literal(most),
        )
        return int((await tx.planned_anew(counted))[0][0])


async def _find(
    tx: Transaction, viewer: Viewer, wanted: Wanted, offset: int, limit: int | None
) -> list[int]:
    page = _InOrder(viewer, wanted, offset, limit)
    sees_most = viewer.is_system or viewer.sees_every_department
    if not sees_most and not has_departments(viewer):
        return await page.of(tx, own_studies(viewer))
    if _is_counted_off(viewer, wanted) and limit is not None:
        return await page.of_first(tx, _open_page(wanted.dates, offset, limit))
    if limit is None or (wanted.only_dates and sees_most):
        return await page.of(tx, _EVERYTHING)
    if wanted.in_order is not None:
        return await _refs(tx, _merged(viewer, wanted, wanted.in_order, offset, limit))
    end = offset + limit
    from_start = _InOrder(viewer, wanted, 0, end)
    for studies in _looks(wanted, end):
        found = await from_start.of(tx, recent_studies(viewer, wanted.dates, studies))
        if len(found) == end:
            return found[offset:]
        if not wanted.only_dates and not promises_more(
            len(found), end, studies, is_indexed=wanted.is_indexed
        ):
            break
    return await _refs(tx, _collected(viewer, wanted, offset, limit))


async def _refs(tx: Transaction, statement: Composed) -> list[int]:
    return [row[0] for row in await tx.planned_anew(statement)]


def _looks(wanted: Wanted, end: int) -> Sequence[int]:
    """Return how many of the newest studies are looked through, look after look."""
    if wanted.is_narrow:
        return ()
    if wanted.only_dates:  # all of their departments' match, but those of confidential patients
        return tuple(sorted({2 * end, max(2 * end, RECENT[-1])}))
    return tuple(studies for studies in (FIRST_LOOK, *RECENT) if studies >= end)


def _is_counted_off(viewer: Viewer, wanted: Wanted) -> bool:
    """Whether a page follows from order and confidentiality, which one index holds."""
    return (
        wanted.only_dates
        and wanted.level is QueryLevel.STUDY
        and viewer.sees_all_but_the_confidential
    )


def _open_page(dates: Composable, offset: int, limit: int) -> Composed:
    return SQL(
        "(SELECT study.* FROM study JOIN (SELECT study_ref FROM study WHERE {}"
        " AND confidentiality <> 'confidential' ORDER BY {} OFFSET {} LIMIT {}) AS page"
        " USING (study_ref)) AS study"
    ).format(dates, RECENT_FIRST, Literal(offset), Literal(limit))


def _all_seen(viewer: Viewer) -> Composable:
    is_wide = viewer.is_system or has_departments(viewer)
    return _EVERYTHING if is_wide else own_studies(viewer)


def _seen(viewer: Viewer, wanted: Wanted) -> Composed:
    return SQL("{} AND {}").format(wanted.where, visible(viewer))


@dataclass(frozen=True, slots=True)
class _InOrder:
    """A page of what matches among some studies."""

    viewer: Viewer
    wanted: Wanted
    offset: int
    limit: int | None

    async def of_first(self, tx: Transaction, studies: Composable) -> list[int]:
        """As `of`, of studies that are the page already."""
        return await replace(self, offset=0).of(tx, studies)

    async def of(self, tx: Transaction, studies: Composable) -> list[int]:
        """Return the keys; `studies` is a FROM item called `study`."""
        level = self.wanted.level
        statement = SQL("SELECT {} FROM {}{} WHERE {} ORDER BY {} OFFSET {} LIMIT {}").format(
            _KEY[level],
            studies,
            _JOINED[level],
            _seen(self.viewer, self.wanted),
            _order(level),
            Literal(self.offset),
            Literal(self.limit),
        )
        return await _refs(tx, statement)


def _collected(viewer: Viewer, wanted: Wanted, offset: int, limit: int) -> Composed:
    """Find all matches before they are ordered, whatever the limit."""
    hits = [_hit(viewer, wanted, source, narrowed) for source, narrowed in _sources(viewer, wanted)]
    return _page(hits, wanted.level, offset, limit)


def _merged(viewer: Viewer, wanted: Wanted, in_order: InOrder, offset: int, limit: int) -> Composed:
    """Look along each of the indexes that have the order of the answers, and merge what is found.

    Without the indexed column in front of the order PostgreSQL does not see that it is one.
    """
    others = replace(wanted, where=in_order.where)
    hits = [
        SQL("({} ORDER BY {}, {} LIMIT {})").format(
            _hit(viewer, others, _EVERYTHING, SQL("{} = {}").format(column, value)),
            *(column, _order(wanted.level), Literal(offset + limit)),
        )
        for column, value in in_order.columns
    ]
    return _page(hits, wanted.level, offset, limit)


def _hit(viewer: Viewer, wanted: Wanted, source: Composable, narrowed: Composable) -> Composed:
    level = wanted.level
    columns = [*_RECENCY, *(SQL(name) for name in _ORDER[level])]
    listed = [SQL("{} AS c{}").format(c, SQL(str(at))) for at, c in enumerate(columns)]
    return SQL("SELECT {} AS ref, {} FROM {}{} WHERE {} AND {}").format(
        *(_KEY[level], SQL(", ").join(listed), source, _JOINED[level]),
        *(narrowed, _seen(viewer, wanted)),
    )


def _page(hits: Sequence[Composable], level: QueryLevel, offset: int, limit: int) -> Composed:
    order = [SQL("c0 DESC, c1 DESC, c2 DESC")]
    order += [SQL(f"c{at}") for at in range(len(_RECENCY), len(_RECENCY) + len(_ORDER[level]))]
    return SQL(
        "WITH hit AS MATERIALIZED ({}) SELECT ref FROM hit ORDER BY {} OFFSET {} LIMIT {}"
    ).format(SQL(" UNION ").join(hits), SQL(", ").join(order), Literal(offset), Literal(limit))


def _sources(viewer: Viewer, wanted: Wanted) -> Sequence[tuple[Composable, Composable]]:
    """Return FROM items with the condition under which an index leads to what is seen of them."""
    if viewer.is_system or viewer.sees_every_department:
        return [(_EVERYTHING, SQL("true"))]
    if wanted.is_narrow or wanted.is_indexed:
        return [(_EVERYTHING, SQL("true"))]
    return [(_EVERYTHING, of_department(viewer)), (own_studies(viewer), SQL("true"))]


def _order(level: QueryLevel) -> Composable:
    return SQL(", ").join([RECENT_FIRST, *(SQL(name) for name in _ORDER[level])])
