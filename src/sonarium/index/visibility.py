"""Who may see which study: the one predicate, and how PostgreSQL is told who looks.

`visible_study.sql` is the predicate. Rows that are fetched by key are read as the role
`sonarium_reader`, under a policy made of that text. Searches would lose their indexes under a
policy (LIKE and array operators are not leakproof), so they run beside it with the same text
among their own conditions, return keys, and read the rows under the policy (ADR 0018).
"""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from psycopg.sql import SQL, Composable, Composed, Literal

from sonarium.db.cluster import READER
from sonarium.db.opening import Opening
from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.access import GRANTED, Reason, Viewer
from sonarium.index.folding import fold

VISIBLE_STUDIES = sql_file("sonarium.index", "visible_studies")
BEGIN_AS_VIEWER = sql_file("sonarium.index", "begin_as_viewer")
AS_ARCHIVE = sql_file("sonarium.index", "as_archive")
AS_READER = sql_file("sonarium.index", "as_reader")

RECENT_FIRST: Final = SQL("study.study_date DESC, study.study_time DESC, study.study_ref DESC")
_BY_CODE: Final = SQL(
    "SELECT study_ref FROM study WHERE physician_ids && string_to_array("
    "current_setting('sonarium.physician_ids', true), chr(10))"
)
_TEACHING: Final = SQL(
    "SELECT study_ref FROM study"
    " WHERE is_teaching AND current_setting('sonarium.teaching', true) = 'on'"
)
_GRANTED: Final = SQL(
    "SELECT study_ref FROM access_grant WHERE study_ref IS NOT NULL AND person_ref ="
    " nullif(current_setting('sonarium.person', true), '')::bigint"
    " UNION SELECT study.study_ref FROM access_grant JOIN study USING (patient_ref)"
    " WHERE person_ref = nullif(current_setting('sonarium.person', true), '')::bigint"
)
_NONE: Final = SQL("SELECT study_ref FROM study WHERE false")

PREDICATE: Final = (resources.files("sonarium.index") / "visible_study.sql").read_text()
_OF_STUDY: Final = re.compile(r"\bstudy\.")
_CODE, _TEACHES, _GRANTS = "Ordering or reading", "Teaching", "Care team"
_ALTERNATIVE: Final = re.compile(rf"^ *-- ({_CODE}|{_TEACHES}|{_GRANTS}).*\n", re.MULTILINE)
"""What begins each alternative to a department in the predicate, up to the end of it."""
_EVERYTHING: Final = SQL("true")


def visible(viewer: Viewer, study: str = "study") -> Composable:
    """Return the condition under which a row of study is seen.

    Args:
        viewer: who looks; the transaction must have been opened for them.
        study: what the statement calls its study.
    """
    if viewer.is_system:
        return _EVERYTHING
    return _condition_on(study, PREDICATE, _open_alternatives(viewer))


@lru_cache(maxsize=64)
def _condition_on(study: str, predicate: str, alternatives: frozenset[str]) -> SQL:
    """Return the predicate without the alternatives that are closed to somebody.

    Their settings would make these false, and PostgreSQL plans each search anew: half of the time
    that planning takes went to the alternatives of grants.
    """
    end = predicate.rindex(")")
    kept, *parts = _ALTERNATIVE.split(predicate[:end])
    for name, text in zip(parts[::2], parts[1::2], strict=True):
        kept += text if name in alternatives else ""
    own_file: Any = f"(\n{_OF_STUDY.sub(f'{study}.', kept + predicate[end:])})"
    return SQL(own_file)


def opening(viewer: Viewer) -> Opening | None:
    """Return what begins a transaction on somebody's behalf; None for the archive itself."""
    if viewer.is_system:
        return None
    return Opening(BEGIN_AS_VIEWER, {"role": READER, **_settings(viewer)})


def _settings(viewer: Viewer) -> dict[str, str]:
    """Say who looks, by the reasons that count for them alone."""
    reasons = viewer.reasons
    by_department = Reason.DEPARTMENT in reasons
    by_code = Reason.ORDERING_OR_READING in reasons
    return {
        "departments": _lines(map(fold, viewer.departments)) if by_department else "",
        "physician_ids": _lines(viewer.physician_ids) if by_code else "",
        "teaching": "on" if Reason.TEACHING in reasons else "",
        "granted": _lines(sorted(reasons & GRANTED)),
        "person": "" if viewer.person_ref is None else str(viewer.person_ref),
        "study": "" if viewer.study_instance_uid is None else viewer.study_instance_uid,
    }


def _lines(values: Iterable[str]) -> str:
    """Write values as the predicate takes them apart; what would become two is left out."""
    return "\n".join(value for value in values if value and "\n" not in value)


@asynccontextmanager
async def beside_policy(tx: Transaction, viewer: Viewer) -> AsyncIterator[None]:
    """Let statements find keys as the archive; each of them must carry `visible`."""
    if viewer.is_system:
        yield
        return
    await tx.soon(AS_ARCHIVE)
    yield
    await tx.soon(AS_READER, role=READER)


async def visible_studies(tx: Transaction, study_instance_uids: Sequence[str]) -> set[str]:
    """Return those of some studies that are here and seen by whom the transaction is for."""
    rows = await tx.values(VISIBLE_STUDIES, studies=list(study_instance_uids))
    return {row[0] for row in rows}


def recent_studies(viewer: Viewer, within: Composable, most: int) -> Composed:
    """Return a FROM item: the newest studies of those among which are all that somebody sees.

    Args:
        viewer: who looks; somebody with a department or of the archive itself.
        within: a condition on the columns of study, true for all that are wanted.
        most: how many of the newest.
    """
    if viewer.is_system or viewer.sees_every_department:
        return SQL("(SELECT * FROM study WHERE {} ORDER BY {} LIMIT {}) AS study").format(
            within, RECENT_FIRST, Literal(most)
        )
    own = _own_candidates(viewer)
    of_department = SQL(
        "(SELECT * FROM study WHERE study.department = {} AND {} ORDER BY {} LIMIT {})"
    )
    mine = _departments(viewer)
    branches: list[Composable] = [
        of_department.format(Literal(department), within, RECENT_FIRST, Literal(most))
        for department in mine
    ]
    if own:
        branches.append(
            SQL(
                "(SELECT study.* FROM ({}) AS candidate JOIN study USING (study_ref)"
                " WHERE study.department <> ALL ({}::text[]) AND {} ORDER BY {} LIMIT {})"
            ).format(SQL(" UNION ").join(own), Literal(mine), within, RECENT_FIRST, Literal(most))
        )
    # Branches in one order are merged as far as the page needs, not sorted.
    return SQL("(SELECT * FROM ({}) AS study ORDER BY {} LIMIT {}) AS study").format(
        SQL(" UNION ALL ").join(branches), RECENT_FIRST, Literal(most)
    )


def own_studies(viewer: Viewer) -> Composed:
    """Return a FROM item: the studies that are seen for another reason than a department.

    A little more than these: `visible` decides. For a reason that does not count for somebody
    their settings are empty, and the predicate's clause is false: it is not looked through.
    """
    return SQL(
        "(SELECT study.* FROM ({}) AS candidate JOIN study USING (study_ref)) AS study"
    ).format(SQL(" UNION ").join(_own_candidates(viewer) or [_NONE]))


def _own_candidates(viewer: Viewer) -> list[Composable]:
    candidates = {_CODE: _BY_CODE, _TEACHES: _TEACHING, _GRANTS: _GRANTED}
    alternatives = _open_alternatives(viewer)
    return [found for name, found in candidates.items() if name in alternatives]


def _open_alternatives(viewer: Viewer) -> frozenset[str]:
    """Return for what else than a department somebody may see a study."""
    settings = _settings(viewer)
    given = {
        _CODE: settings["physician_ids"],
        _TEACHES: settings["teaching"],
        _GRANTS: settings["granted"] and settings["person"],
    }
    return frozenset(name for name, setting in given.items() if setting)


def of_department(viewer: Viewer) -> Composable:
    """Return a condition that an index serves: studies of somebody's departments."""
    return SQL("study.department = ANY ({}::text[])").format(Literal(_departments(viewer)))


def has_departments(viewer: Viewer) -> bool:
    """Whether a department is a reason for somebody."""
    return Reason.DEPARTMENT in viewer.reasons and bool(viewer.departments)


def _departments(viewer: Viewer) -> list[str]:
    return list(dict.fromkeys(fold(department) for department in viewer.departments))
