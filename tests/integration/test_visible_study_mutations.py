"""No clause of the predicate is idle: without any one of them somebody sees what they may not,
or does not see what they may."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from psycopg.sql import SQL
from tests.index.test_visibility import (
    ALL,
    CONFIDENTIAL,
    ECHO,
    NONE,
    ORDERED,
    ORDERED_BY,
    RADIOLOGY,
    TEACHING,
    access,
    grant,
    instances_seen_by,
    person,
)

from sonarium.domain.access import SYSTEM, Viewer, program_viewer
from sonarium.domain.principal import Role
from sonarium.domain.selection import Selection
from sonarium.index import visibility
from sonarium.index.instances import instances_of
from sonarium.index.visibility import PREDICATE
from sonarium.services.access import AccessService

__all__ = ["access"]


def _between(first: str, last: str) -> str:
    """Return the part of the predicate that begins with one text and ends before another."""
    start = PREDICATE.index(first)
    return PREDICATE[start : PREDICATE.index(last, start)]


_OF_PERSON = _between("access_grant.person_ref\n", "AND access_grant.reason")
_OF_REASON = _between("access_grant.reason = ANY", "AND access_grant.revoked_at")
_BOUND = _between("(\n    -- Whoever is bound", "AND (\n")
_EVERY = _between("(\n                SELECT '*'", "OR study.department")
_DEPARTMENT = _between("study.department = ANY", ")\n    AND study.confidentiality")
_BY_CODE = _between("study.physician_ids", "-- Teaching")
_TEACHING = _between("(study.is_teaching", "-- Care team")
_GRANTED = {
    "of the study": _between("study.study_ref IN (", "OR study.patient_ref"),
    "of the patient": _between("study.patient_ref IN (", "\n)\n"),
}


def mutations() -> dict[str, str]:
    """Return the predicate without each of its clauses: a condition to be met becomes true, an
    alternative false."""
    changed = {
        "bound": PREDICATE.replace(_BOUND, "true "),
        "every department": PREDICATE.replace(_EVERY, "false "),
        "department": PREDICATE.replace(_DEPARTMENT, "false"),
        "not confidential": PREDICATE.replace("study.confidentiality <> 'confidential'", "true"),
        "by code": PREDICATE.replace(_BY_CODE, "false\n"),
        "teaching": PREDICATE.replace(_TEACHING, "false\n"),
        "is teaching": PREDICATE.replace("study.is_teaching", "true"),
        "may see teaching": PREDICATE.replace(
            "(SELECT current_setting('sonarium.teaching', true) = 'on')", "true"
        ),
    }
    for name, clause in _GRANTED.items():
        changed[name] = PREDICATE.replace(clause, "false ")
        for part, text in {
            "person": _OF_PERSON,
            "reason": _OF_REASON,
            "not revoked": "access_grant.revoked_at IS NULL",
            "not expired": "access_grant.expires_at > now()",
        }.items():
            without = "true " if text in {_OF_PERSON, _OF_REASON} else "true"
            changed[f"{name}: {part}"] = PREDICATE.replace(clause, clause.replace(text, without))
    return changed


MUTATIONS = mutations()


def scenes() -> Sequence[tuple[Viewer, set[str]]]:
    """Return people and programs with what each of them sees."""
    reader = Role.READING_PHYSICIAN
    return [
        (program_viewer("every"), ALL - {CONFIDENTIAL}),
        (program_viewer("one", ("radiology",)), {RADIOLOGY, ORDERED}),
        (replace(program_viewer("bound"), study_instance_uid=ECHO), {ECHO}),
        (person(Role.REFERRING_CLINICIAN, ids=(ORDERED_BY,)), {NONE, ECHO, ORDERED}),
        (replace(person(reader), person_ref=2), set()),
        (person(Role.STUDENT), {TEACHING}),
        (person(Role.MANAGER), {NONE, ECHO}),
        (person(Role.PATIENT), set()),
    ]


@pytest.fixture
async def granted(access: AccessService) -> AccessService:
    await grant(access, NONE, "grant")
    await grant(access, ECHO, "grant", of="patient")
    for of in ("study", "patient"):
        await grant(access, RADIOLOGY, "grant", of=of, revoked_at="now()")
        await grant(access, CONFIDENTIAL, "grant", of=of, expires_at="now() - interval '1 s'")
    return access


async def _by_rows(access: AccessService, viewer: Viewer) -> set[str]:
    return await access.seen(viewer, sorted(ALL))


async def _by_instances(access: AccessService, viewer: Viewer) -> set[str]:
    async with access.looking(viewer) as tx:
        of_studies = [await instances_of(tx, Selection(uid)) for uid in sorted(ALL)]
    return {row.study_instance_uid for rows in of_studies for row in rows}


async def _by_searching(access: AccessService, viewer: Viewer) -> set[str]:
    found = SQL("SELECT study_instance_uid FROM study WHERE {}")
    async with access.looking(viewer) as tx, visibility.beside_policy(tx, viewer):
        rows = await tx.planned_anew(found.format(visibility.visible(viewer)))
    return {uid for (uid,) in rows}


WAYS = {"rows": _by_rows, "instances": _by_instances, "searching": _by_searching}
"""Each has the predicate from a place of its own: policy, view, statement."""


async def right_ways(
    granted: AccessService, predicate: str, patch: pytest.MonkeyPatch
) -> Sequence[str]:
    """Take a predicate, and return the ways by which everybody sees what they should."""
    patch.setattr(visibility, "PREDICATE", predicate)
    policy: Any = f"ALTER POLICY visible ON study USING ({predicate})"
    async with granted.looking(SYSTEM) as tx:
        await tx.execute(SQL(policy))
        ((view,),) = await tx.values(b"SELECT pg_get_viewdef('seen_instance')")
        await tx.execute(instances_seen_by(view, predicate))
    right = []
    for name, seen_by in WAYS.items():
        for viewer, expected in scenes():
            if await seen_by(granted, viewer) != expected:
                break
        else:
            right.append(name)
    return right


async def test_the_predicate_itself_shows_everybody_what_they_should_see(
    granted: AccessService, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await right_ways(granted, PREDICATE, monkeypatch) == list(WAYS)


async def test_without_any_one_clause_somebody_sees_something_else(
    granted: AccessService, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(set(MUTATIONS.values()) - {PREDICATE}) == len(MUTATIONS) == 18
    idle = {
        name: right
        for name, predicate in MUTATIONS.items()
        if (right := await right_ways(granted, predicate, monkeypatch))
    }
    # Grants of others are not shown to a reader by the policy of their own table either, and a
    # search leaves the alternative of teaching out for whom that is no reason.
    held_twice = {f"{name}: person": ["rows"] for name in _GRANTED}
    assert idle == {**held_twice, "may see teaching": ["searching"]}
