"""Finds the keys of a page of matches, most recent study first, that somebody may see.

ORDER BY with LIMIT tempts the planner to walk the whole order for a rare match, so it is not
given the choice: the most recent studies are looked through; only if they do not fill the page
are all matches collected by the indexes of their keys, which is quick exactly then.

Who sees every department but the confidential is searched for in everything; who has
departments, in the newest of these; and whoever has neither, in the few studies of their own.
Whichever it is, each statement carries the predicate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg.sql import SQL, Composable, Composed, Literal

from sonarium.db.transaction import Transaction
from sonarium.domain.access import Viewer
from sonarium.domain.query import QueryLevel
from sonarium.index.recent import RECENT, promises_more
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
    in_order = _InOrder(viewer, wanted, offset, limit)
    sees_most = viewer.is_system or viewer.sees_every_department
    if not sees_most and not has_departments(viewer):
        return await in_order.of(tx, own_studies())
    if limit is None or (wanted.only_dates and sees_most):
        return await in_order.of(tx, _EVERYTHING)
    # All of their departments' match, but those of confidential patients.
    few = (2 * (offset + limit),) if wanted.only_dates else ()
    for studies in () if wanted.is_narrow else (*few, *RECENT):
        found = await in_order.of(tx, recent_studies(viewer, wanted.dates, studies))
        if len(found) == limit:
            return found
        if not promises_more(len(found), limit):
            break
    collected = await tx.planned_anew(_collected(viewer, wanted, offset, limit))
    return [row[0] for row in collected]


def _all_seen(viewer: Viewer) -> Composable:
    is_wide = viewer.is_system or has_departments(viewer)
    return _EVERYTHING if is_wide else own_studies()


def _seen(viewer: Viewer, wanted: Wanted) -> Composed:
    return SQL("{} AND {}").format(wanted.where, visible(viewer))


@dataclass(frozen=True, slots=True)
class _InOrder:
    """A page of what matches among some studies."""

    viewer: Viewer
    wanted: Wanted
    offset: int
    limit: int | None

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
        return [row[0] for row in await tx.planned_anew(statement)]


def _collected(viewer: Viewer, wanted: Wanted, offset: int, limit: int) -> Composed:
    """Find all matches before they are ordered, whatever the limit."""
    level = wanted.level
    columns = [
        SQL("study.study_date"),
        SQL("study.study_time"),
        SQL("study.study_ref"),
        *(SQL(name) for name in _ORDER[level]),
    ]
    named = [SQL(f"c{at}") for at in range(len(columns))]
    listed = [SQL("{} AS {}").format(c, name) for c, name in zip(columns, named, strict=True)]
    hits = [
        SQL("SELECT {} AS ref, {} FROM {}{} WHERE {} AND {}").format(
            _KEY[level],
            SQL(", ").join(listed),
            source,
            _JOINED[level],
            narrowed,
            _seen(viewer, wanted),
        )
        for source, narrowed in _sources(viewer)
    ]
    return SQL(
        "WITH hit AS MATERIALIZED ({}) SELECT ref FROM hit ORDER BY {} OFFSET {} LIMIT {}"
    ).format(
        SQL(" UNION ").join(hits),
        SQL(", ").join([SQL("{} DESC").format(name) for name in named[:3]] + list(named[3:])),
        Literal(offset),
        Literal(limit),
    )


def _sources(viewer: Viewer) -> Sequence[tuple[Composable, Composable]]:
    """Return FROM items with the condition under which an index leads to what is seen of them."""
    if viewer.is_system or viewer.sees_every_department:
        return [(_EVERYTHING, SQL("true"))]
    return [(_EVERYTHING, of_department(viewer)), (own_studies(), SQL("true"))]


def _order(level: QueryLevel) -> Composable:
    return SQL(", ").join([RECENT_FIRST, *(SQL(name) for name in _ORDER[level])])
