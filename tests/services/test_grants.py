from datetime import timedelta

import psycopg
import pytest
from psycopg import AsyncConnection
from tests.index.synthetic import instance, patient, study

from sonarium.base.errors import RequestError
from sonarium.db.pool import Database
from sonarium.domain.access import SYSTEM, Confidentiality, Reason, Viewer, program_viewer
from sonarium.domain.principal import Role, person_viewer
from sonarium.index.grants import BREAK_GLASS
from sonarium.index.ingest import add_instances
from sonarium.index.people import add_person
from sonarium.services.access import AccessService
from sonarium.services.grants import (
    ConfidentialPatient,
    GrantService,
    InvalidGrant,
    NotAllowed,
    NothingThere,
    Target,
    Verdict,
)

STUDY = "1.2.1"
BY_STUDY = Target(study_instance_uid=STUDY)
A_DAY = timedelta(days=1)


@pytest.fixture
async def access(database: Database) -> AccessService:
    async with database.transaction() as tx:
        await add_instances(
            tx,
            [
                instance(
                    STUDY,
                    patient_attributes=patient("SYN7"),
                    study_attributes=study(accession="ACC7"),
                )
            ],
        )
        for name in ("ada", "eve"):
            await add_person(tx, name, name, [Role.REFERRING_CLINICIAN])
    return AccessService(database)


@pytest.fixture
def grants(database: Database, access: AccessService) -> GrantService:
    return GrantService(database, access)


def clinician(name: str = "ada", role: Role = Role.REFERRING_CLINICIAN) -> Viewer:
    ref = {"ada": 1, "eve": 2}[name]
    return person_viewer(name, ref, (role,), departments=(), physician_ids=())


async def sees(access: AccessService, viewer: Viewer) -> bool:
    return bool(await access.seen(viewer, [STUDY]))


async def test_what_is_granted_holds_until_it_is_taken_back(
    grants: GrantService, access: AccessService
) -> None:
    by_patient = Target(patient_id="SYN7")
    [ref] = await grants.add(
        SYSTEM, "ada", by_patient, Reason.GRANT, why="second opinion", lifetime=A_DAY
    )
    assert await sees(access, clinician())
    assert not await sees(access, clinician("eve"))
    [listed] = await grants.all(user_name="ada")
    assert (listed.grant_ref, listed.patient_id, listed.why) == (ref, "SYN7", "second opinion")
    await grants.revoke(ref, "admin")
    assert not await sees(access, clinician())
    assert await grants.all() == []
    assert len(await grants.all(only_valid=False)) == 1
    with pytest.raises(NothingThere):
        await grants.revoke(ref, "admin")


async def test_nobody_grants_to_themselves_or_what_cannot_be_granted(grants: GrantService) -> None:
    administrator = clinician("ada", Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        await grants.add(
            administrator, "ada", BY_STUDY, Reason.GRANT, why="curious", lifetime=A_DAY
        )
    for reason, why, lifetime in (
        (Reason.BREAK_GLASS, "x", A_DAY),
        (Reason.TEACHING, "x", A_DAY),
        (Reason.GRANT, " ", A_DAY),
        (Reason.GRANT, "x", timedelta(days=400)),
        (Reason.GRANT, "x", timedelta(0)),
    ):
        with pytest.raises(RequestError):
            await grants.add(SYSTEM, "ada", BY_STUDY, reason, why=why, lifetime=lifetime)
    for target, name in ((Target(study_instance_uid="1.9"), "ada"), (BY_STUDY, "nobody")):
        with pytest.raises(NothingThere):
            await grants.add(SYSTEM, name, target, Reason.GRANT, why="x", lifetime=A_DAY)
    with pytest.raises(NothingThere):
        await grants.add(SYSTEM, "ada", Target(), Reason.GRANT, why="x", lifetime=A_DAY)


async def test_a_care_team_grows_by_those_who_see_the_study(
    grants: GrantService, access: AccessService
) -> None:
    with pytest.raises(NothingThere):
        await grants.add_to_care_team(clinician("eve"), "ada", STUDY, lifetime=A_DAY)
    await grants.add_to_care_team(program_viewer("X"), "ada", STUDY, lifetime=A_DAY)
    assert await sees(access, clinician())


@pytest.mark.parametrize("target", [BY_STUDY, Target(patient_id="SYN7"), Target("", "", "ACC7")])
async def test_breaking_the_glass_opens_it_tells_auditors_and_waits_for_their_verdict(
    grants: GrantService, access: AccessService, dsn: str, target: Target
) -> None:
    async with await AsyncConnection.connect(dsn, autocommit=True) as auditor:
        await auditor.execute(f"LISTEN {BREAK_GLASS}")
        [ref] = await grants.break_glass(clinician(), target, "Unconscious, no record at hand")
        told = [n.payload async for n in auditor.notifies(timeout=5, stop_after=1)]
    assert told == [str(ref)]
    assert await sees(access, clinician())
    assert not await sees(access, clinician("eve"))
    [waiting] = await grants.unreviewed()
    assert waiting.expires_at - waiting.granted_at == timedelta(hours=4)
    with pytest.raises(NothingThere):
        await grants.review(ref, Verdict.JUSTIFIED, "", by="ada")
    await grants.review(ref, Verdict.NOT_JUSTIFIED, "the patient was awake", by="audrey")
    assert await grants.unreviewed() == []
    [judged] = await grants.all(user_name="ada", reason=Reason.BREAK_GLASS)
    assert (judged.verdict, judged.reviewed_by) == ("not_justified", "audrey")
    with pytest.raises(NothingThere):
        await grants.review(ref, Verdict.JUSTIFIED, "", by="audrey")


async def test_no_glass_breaks_without_a_reason_for_all_roles_or_for_what_is_not_here(
    grants: GrantService,
) -> None:
    for role in (Role.STUDENT, Role.EDUCATOR, Role.MANAGER, Role.AUDITOR, Role.PATIENT):
        with pytest.raises(NotAllowed):
            await grants.break_glass(clinician("ada", role), BY_STUDY, "Because I want to look")
    with pytest.raises(NotAllowed):
        await grants.break_glass(program_viewer("X"), BY_STUDY, "Because I want to look")
    with pytest.raises(RequestError):
        await grants.break_glass(clinician(), BY_STUDY, "short")
    for target in (Target(), Target(patient_id="SYN"), Target(accession_number="ACC")):
        with pytest.raises(NothingThere):
            await grants.break_glass(clinician(), target, "Unconscious, no record at hand")
    assert await grants.all(only_valid=False) == []


async def test_a_confidential_patient_leaves_the_department_and_comes_back(
    grants: GrantService, access: AccessService, database: Database
) -> None:
    everybody, syn7 = program_viewer("X"), Target(patient_id="SYN7")
    await grants.set_confidentiality(syn7, Confidentiality.CONFIDENTIAL, " Rose ")
    assert not await sees(access, everybody)
    async with database.transaction() as tx:
        await add_instances(
            tx, [instance("1.2.2", sop_uid="1.2.2.1", patient_attributes=patient("SYN7"))]
        )
    assert await access.seen(everybody, [STUDY, "1.2.2"]) == set()
    await grants.set_confidentiality(
        Target(study_instance_uid="1.2.2"), Confidentiality.NORMAL, ""
    )  # a study of a patient is as good a name
    assert await access.seen(everybody, [STUDY, "1.2.2"]) == {STUDY, "1.2.2"}
    for nobody in (Target(patient_id="SYN"), Target(study_instance_uid="1.2")):
        with pytest.raises(NothingThere):
            await grants.set_confidentiality(nobody, Confidentiality.VIP, "")
    for unclear in (Target(), Target(study_instance_uid=STUDY, patient_id="SYN7")):
        with pytest.raises(InvalidGrant):
            await grants.set_confidentiality(unclear, Confidentiality.VIP, "")


async def test_a_study_without_a_patient_id_is_made_confidential_by_itself(
    grants: GrantService, access: AccessService, database: Database
) -> None:
    async with database.transaction() as tx:
        await add_instances(
            tx,
            [
                instance(study, sop_uid=f"{study}.1", patient_attributes=patient(""))
                for study in ("1.2.8", "1.2.9")
            ],
        )
    await grants.set_confidentiality(
        Target(study_instance_uid="1.2.8"), Confidentiality.CONFIDENTIAL, "Rose"
    )
    assert await access.seen(program_viewer("X"), ["1.2.8", "1.2.9"]) == {"1.2.9"}
    listed = ConfidentialPatient("", "1.2.8", "confidential", "Rose", 1)
    assert await grants.confidential() == [listed]


async def test_only_a_study_without_identity_becomes_a_teaching_case(
    grants: GrantService, access: AccessService, database: Database
) -> None:
    student = clinician("eve", Role.STUDENT)
    with pytest.raises(NothingThere):
        await grants.put_teaching(STUDY, is_teaching=True)
    without = patient("SYN8", t00120062={"vr": "CS", "Value": ["YES"]})
    async with database.transaction() as tx:
        await add_instances(
            tx, [instance("1.3.1", "1.3.1.1", "1.3.1.1.1", patient_attributes=without)]
        )
    await grants.put_teaching("1.3.1", is_teaching=True)
    assert await access.seen(student, ["1.3.1"]) == {"1.3.1"}
    async with database.transaction() as tx:
        await add_instances(
            tx, [instance("1.3.1", "1.3.1.1", "1.3.1.1.2", patient_attributes=patient("SYN8"))]
        )
    assert await access.seen(student, ["1.3.1"]) == set()


async def test_departments_and_codes_are_set_where_they_can_be(
    grants: GrantService, database: Database
) -> None:
    await grants.set_reasons_of_person("ada", ["Echo Lab"], ["4711^LOCAL"])
    await grants.set_reasons_of_person("ada", None, [])
    async with database.transaction() as tx:
        rows = await tx.values(
            b"SELECT departments, physician_ids FROM person WHERE user_name = 'ada'"
        )
    assert rows == [(["Echo Lab"], [])]
    for departments, codes in (([""], []), (["a\nb"], []), ([], [" x"]), ([], ["a\n"])):
        with pytest.raises(RequestError):
            await grants.set_reasons_of_person("ada", departments, codes)
    with pytest.raises(NothingThere):
        await grants.set_reasons_of_person("nobody", [], [])
    with pytest.raises(NothingThere):
        await grants.set_departments_of_client("nobody", ["*"])


async def test_a_study_that_belies_its_patient_is_refused_by_the_database(
    access: AccessService,
) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        async with access.looking(SYSTEM) as tx:
            await tx.execute(b"UPDATE study SET confidentiality = 'vip'")


async def test_what_one_gave_oneself_is_taken_back_and_nothing_else(
    grants: GrantService, access: AccessService
) -> None:
    await grants.add(SYSTEM, "eve", BY_STUDY, Reason.GRANT, why="second opinion", lifetime=A_DAY)
    [team] = await grants.add_to_care_team(clinician("eve"), "ada", STUDY, lifetime=A_DAY)
    for by in ("ada", "system"):
        with pytest.raises(NothingThere):
            await grants.take_from_care_team(team, by)
    with pytest.raises(NothingThere):
        await grants.end_emergency(team, "eve")
    await grants.take_from_care_team(team, "eve")
    assert not await sees(access, clinician())
    [broken] = await grants.break_glass(clinician(), BY_STUDY, "Unconscious, no record at hand")
    with pytest.raises(NothingThere):
        await grants.end_emergency(broken, "eve")
    await grants.end_emergency(broken, "ada")
    assert not await sees(access, clinician())
    [waiting] = await grants.unreviewed()
    assert waiting.revoked_at is not None
    await grants.review(broken, Verdict.JUSTIFIED, "", by="audrey")
    assert [one.grant_ref for one in await grants.judged()] == [broken]
