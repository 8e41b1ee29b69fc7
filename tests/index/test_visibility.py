"""The predicate: who sees which study, for which reason, and that no clause of it is idle."""

from dataclasses import replace
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg.sql import SQL
from tests.index.synthetic import element, instance, patient, series, study

from sonarium.db.pool import Database
from sonarium.domain.access import SYSTEM, Viewer, device_viewer, program_viewer
from sonarium.domain.attributes import Attributes
from sonarium.domain.principal import Role, person_viewer
from sonarium.domain.query import MatchKey, Query, QueryLevel
from sonarium.domain.selection import Selection
from sonarium.index.ingest import NewInstance, add_instances
from sonarium.index.instances import instances_of
from sonarium.index.search import count, search
from sonarium.index.study_list import studies_with_words
from sonarium.index.visibility import PREDICATE
from sonarium.services.access import AccessService

PATIENT_ID = 0x00100020
ORDERED_BY = "4711^LOCAL"
NONE, ECHO, RADIOLOGY, TEACHING, CONFIDENTIAL, ORDERED = (f"1.{n}" for n in range(1, 7))
ALL = {NONE, ECHO, RADIOLOGY, TEACHING, CONFIDENTIAL, ORDERED}


def made_for(
    uid: str,
    department: str = "",
    patient_says: Attributes | None = None,
    study_says: Attributes | None = None,
) -> NewInstance:
    of_series = series()
    if department:
        of_series["00081040"] = element("LO", department)
    return instance(
        uid,
        f"{uid}.1",
        f"{uid}.1.1",
        patient_attributes={**patient(f"SYN{uid}"), **(patient_says or {})},
        study_attributes={**study(), **(study_says or {})},
        series_attributes=of_series,
    )


BY_CODE: Attributes = {
    "00080096": element(
        "SQ",
        {
            "00401101": element(
                "SQ", {"00080100": element("SH", "4711"), "00080102": element("SH", "LOCAL")}
            )
        },
    )
}


@pytest.fixture
async def access(database: Database) -> AccessService:
    """Studies for every relationship, and people 1 and 2."""
    async with database.transaction() as tx:
        await add_instances(
            tx,
            [
                made_for(NONE),
                made_for(ECHO, "Écho  Lab"),
                made_for(RADIOLOGY, "Radiology"),
                made_for(TEACHING, patient_says={"00120062": element("CS", "YES")}),
                made_for(CONFIDENTIAL, "Echo Lab"),
                made_for(ORDERED, "Radiology", study_says=BY_CODE),
            ],
        )
        await tx.execute(
            b"UPDATE patient SET confidentiality = 'confidential', alias = 'Rose'"
            b" WHERE patient_id = 'SYN1.5'"
        )
        await tx.execute(b"UPDATE study SET is_teaching = true WHERE study_instance_uid = '1.4'")
        await tx.execute(
            b"INSERT INTO person (user_name, display_name, roles)"
            b" VALUES ('a', 'A', '{}'), ('b', 'B', '{}')"
        )
    return AccessService(database)


async def grant(
    access: AccessService, uid: str, reason: str, *, of: str = "study", **more: str
) -> None:
    """Grant person 1 a study, or its patient."""
    columns = {"expires_at": "now() + interval '1 hour'", **more}
    async with access.looking(SYSTEM) as tx:
        await tx.execute(
            f"INSERT INTO access_grant (person_ref, {of}_ref, reason, why, granted_by,"
            f" {', '.join(columns)}) SELECT 1, {of}_ref, '{reason}', 'a test', 'b',"
            f" {', '.join(columns.values())} FROM study"
            f" WHERE study_instance_uid = '{uid}'".encode()
        )


def instances_seen_by(definition: str, predicate: str) -> SQL:
    """Return a statement that makes the view of instances anew, under another predicate.

    Args:
        definition: what PostgreSQL says of the view as it is.
        predicate: in the place of `visible_study.sql`.
    """
    rows = definition[: definition.index("WHERE")]
    archive = "(SELECT has_table_privilege('study'::regclass, 'DELETE'))"
    text: Any = (
        "CREATE OR REPLACE VIEW seen_instance WITH (security_barrier) AS"
        f" {rows} WHERE {archive} OR ({predicate})"
    )
    return SQL(text)


def person(*roles: Role, departments: tuple[str, ...] = (), ids: tuple[str, ...] = ()) -> Viewer:
    return person_viewer("a", 1, roles, departments=departments, physician_ids=ids)


async def seen(access: AccessService, viewer: Viewer) -> set[str]:
    """Return what somebody finds; whatever way they look, it is the same."""
    found = await access.seen(viewer, sorted(ALL))
    for level in QueryLevel:
        query = Query(level, returned=frozenset({PATIENT_ID}))
        for limit in (None, 3, 100):
            async with access.looking(viewer) as tx:
                matches = await search(tx, viewer, replace(query, limit=limit))
                counted = await count(tx, viewer, query, most=100)
            named = {match["00100020"]["Value"][0] for match in matches}  # type: ignore[index]
            assert len(named) == len(matches) == min(len(found), limit or 100)
            assert named <= {f"SYN{uid}" for uid in found}
            assert counted == len(found)
    async with access.looking(viewer) as tx:
        of_studies = [await instances_of(tx, Selection(uid)) for uid in sorted(ALL)]
        assert {row.study_instance_uid for rows in of_studies for row in rows} == found
        for text in ("", "one", "syn1"):
            lines = await studies_with_words(tx, viewer, text, limit=100, offset=0)
            assert {line.study_instance_uid for line in lines} == found
    return found


async def test_the_archive_itself_sees_everything(access: AccessService) -> None:
    assert await seen(access, SYSTEM) == ALL


@pytest.mark.parametrize("role", Role)
async def test_without_a_reason_no_role_sees_anything(access: AccessService, role: Role) -> None:
    expected = {TEACHING} if role in {Role.EDUCATOR, Role.STUDENT} else set()
    assert await seen(access, person(role)) == expected


@pytest.mark.parametrize("role", Role)
async def test_a_department_is_a_reason_for_those_who_work_there(
    access: AccessService, role: Role
) -> None:
    is_clinical = role in {Role.SONOGRAPHER, Role.READING_PHYSICIAN}
    teaching = {TEACHING} if role in {Role.EDUCATOR, Role.STUDENT} else set()
    one = person(role, departments=("ECHO LAB",))
    assert await seen(access, one) == teaching | ({ECHO} if is_clinical else set())
    every = person(role, departments=("*",))
    assert await seen(access, every) == teaching | (ALL - {CONFIDENTIAL} if is_clinical else set())


async def test_programs_and_devices_see_their_departments(access: AccessService) -> None:
    for made in (program_viewer, device_viewer):
        assert await seen(access, made("X")) == ALL - {CONFIDENTIAL}
        assert await seen(access, made("X", ("radiology",))) == {RADIOLOGY, ORDERED}
        assert await seen(access, made("X", ())) == set()


async def test_whoever_ordered_by_code_sees_it(access: AccessService) -> None:
    referring = Role.REFERRING_CLINICIAN
    assert await seen(access, person(referring, ids=(ORDERED_BY,))) == {ORDERED}
    assert await seen(access, person(referring, ids=("4711", "4711^OTHER"))) == set()
    assert await seen(access, person(Role.MANAGER, ids=(ORDERED_BY,))) == set()


@pytest.mark.parametrize("of", ["study", "patient"])
@pytest.mark.parametrize(
    ("reason", "roles"),
    [
        ("care_team", {Role.SONOGRAPHER, Role.READING_PHYSICIAN, Role.REFERRING_CLINICIAN}),
        ("grant", set(Role) - {Role.STUDENT, Role.PATIENT}),
        (
            "break_glass",
            {
                *(Role.SONOGRAPHER, Role.READING_PHYSICIAN, Role.REFERRING_CLINICIAN),
                Role.ADMINISTRATOR,
            },
        ),
        ("own_record", {Role.PATIENT}),
    ],
)
async def test_what_is_granted_counts_for_the_roles_it_is_for(
    access: AccessService, reason: str, roles: set[Role], of: str
) -> None:
    await grant(access, CONFIDENTIAL, reason, of=of)
    for role in Role:
        expected = {CONFIDENTIAL} if role in roles else set()
        assert await seen(access, person(role)) - {TEACHING} == expected
        assert await seen(access, replace(person(role), person_ref=2)) - {TEACHING} == set()


async def test_a_grant_that_is_over_is_none(access: AccessService) -> None:
    await grant(access, NONE, "grant", expires_at="now() - interval '1 second'")
    await grant(access, ECHO, "grant", revoked_at="now()")
    await grant(access, RADIOLOGY, "break_glass", of="patient", expires_at="now() - interval '1 s'")
    await grant(access, ORDERED, "care_team", of="patient", revoked_at="now()")
    assert await seen(access, person(Role.READING_PHYSICIAN)) == set()


async def test_whoever_is_bound_to_a_study_sees_no_other(access: AccessService) -> None:
    bound = replace(program_viewer("X"), study_instance_uid=ECHO)
    assert await seen(access, bound) == {ECHO}
    assert await seen(access, replace(bound, study_instance_uid=CONFIDENTIAL)) == set()


async def test_a_patient_is_matched_by_studies_in_sight_alone(access: AccessService) -> None:
    async with access.looking(SYSTEM) as tx:
        await tx.execute(b"UPDATE study SET patient_ref = 2 WHERE study_instance_uid = '1.3'")
        await tx.execute(
            b"UPDATE study SET accession_number = 'HIDDEN', study_date = '20990101'"
            b" WHERE study_instance_uid = '1.3'"
        )
    viewer = program_viewer("X", ("echo lab",))
    async with access.looking(viewer) as tx:
        hidden = Query(QueryLevel.PATIENT, (MatchKey(0x00080050, "SH", ("HIDDEN",)),))
        assert await search(tx, viewer, hidden) == []
        counts = Query(QueryLevel.PATIENT, returned=frozenset({0x00201200}))
        [found] = await search(tx, viewer, counts)
        assert found["00201200"]["Value"] == [1]


async def test_the_policy_is_made_of_the_same_text_as_the_searches(dsn: str) -> None:
    async with await AsyncConnection.connect(dsn) as connection:
        await connection.execute(
            SQL("CREATE POLICY again ON study FOR SELECT TO sonarium_reader USING ({})").format(
                SQL(PREDICATE)
            )
        )
        cursor = await connection.execute(
            "SELECT count(*), count(DISTINCT qual) FROM pg_policies"
            " WHERE tablename = 'study' AND policyname IN ('visible', 'again')"
        )
        assert await cursor.fetchone() == (2, 1)


async def test_instances_are_seen_by_the_same_text(dsn: str) -> None:
    async with await AsyncConnection.connect(dsn) as connection:
        views = []
        for _ in range(2):
            cursor = await connection.execute("SELECT pg_get_viewdef('seen_instance')")
            views += [str(row[0]) for row in await cursor.fetchall()]
            await connection.execute(instances_seen_by(views[0], PREDICATE))
        assert views[0] == views[1]


GUARDED = ("study", "series", "instance", "patient", "metadata_document", "access_grant")


async def test_a_reader_that_says_not_who_looks_sees_nothing(access: AccessService) -> None:
    async with access.looking(SYSTEM) as tx:
        await tx.values(b"SELECT set_config('role', 'sonarium_reader', true)")
        for table in (*GUARDED, "seen_instance"):
            assert await tx.values(f"SELECT * FROM {table}".encode()) == []


async def test_a_reader_writes_nothing_and_reads_nothing_else(dsn: str) -> None:
    async with await AsyncConnection.connect(dsn) as connection:
        cursor = await connection.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = 'sonarium_reader'"
        )
        assert set(await cursor.fetchall()) == {
            *((table, "SELECT") for table in (*GUARDED, "seen_instance")),
            # A look is noted in its own transaction; what was noted cannot be read or changed.
            *((table, "INSERT") for table in ("audit_record", "audit_waiting")),
        }
        cursor = await connection.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        )
        assert {name for (name,) in await cursor.fetchall()} == set(GUARDED)
