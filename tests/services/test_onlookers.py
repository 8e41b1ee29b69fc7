"""The reasons that people are told agree with what PostgreSQL lets them see."""

from datetime import timedelta

import pytest
from tests.index.synthetic import element, instance, patient, series, study

from sonarium.db.pool import Database
from sonarium.domain.access import Confidentiality, Reason, Viewer
from sonarium.domain.principal import Person, Role, person_viewer
from sonarium.index.ingest import add_instances
from sonarium.index.people import add_person, all_people
from sonarium.services.access import AccessService
from sonarium.services.grants import GrantService, Target
from sonarium.services.onlookers import NoSuchStudy, OnlookerService

ECHO, TEACHING = "1.2.1", "1.3.1"
A_DAY = timedelta(days=1)
PLACES = {"none": (), "lab": ("ÉCHO  lab",), "all": ("*",), "other": ("Radiology",)}
IDENTIFIED = {
    "00080096": element("SQ", {"00401101": element("SQ", {
        "00080100": element("SH", "4711"), "00080102": element("SH", "LOCAL")})})
}  # fmt: skip


@pytest.fixture
async def people(database: Database) -> list[Person]:
    """Everybody: each role in each place, with and without the code."""
    without = patient("SYN8", t00120062={"vr": "CS", "Value": ["YES"]})
    async with database.transaction() as tx:
        await add_instances(
            tx,
            [
                instance(
                    ECHO,
                    study_attributes={**study(), **IDENTIFIED},
                    series_attributes={**series(), "00081040": element("LO", "Echo Lab")},
                ),
                instance(TEACHING, "1.3.1.1", "1.3.1.1.1", patient_attributes=without),
            ],
        )
        for role in Role:
            for place, departments in PLACES.items():
                for codes in ((), ("4711^LOCAL",)):
                    name = f"{role.replace('_', '-')}-{place}-{len(codes)}"
                    ref = await add_person(tx, name, name, [role])
                    await tx.execute(
                        b"UPDATE person SET departments = %(departments)s,"
                        b" physician_ids = %(codes)s WHERE person_ref = %(ref)s",
                        departments=list(departments),
                        codes=list(codes),
                        ref=ref,
                    )
        return await all_people(tx)


def viewer_of(person: Person) -> Viewer:
    return person_viewer(
        person.user_name,
        person.person_ref,
        person.roles,
        departments=person.departments,
        physician_ids=person.physician_ids,
    )


async def agree(
    database: Database, people: list[Person], uid: str
) -> dict[str, tuple[Reason, ...]]:
    """Hold what people are told against what each of them sees; return the reasons."""
    access = AccessService(database)
    onlookers = OnlookerService(database, access)
    seers = [one for one in people if await access.seen(viewer_of(one), [uid])]
    asking = next(one for one in seers if Reason.CARE_TEAM in viewer_of(one).reasons)
    told = await onlookers.of_study(viewer_of(asking), uid)
    assert [one.person.user_name for one in told] == [one.user_name for one in seers]
    return {one.person.user_name: one.reasons for one in told}


async def test_whoever_is_told_of_sees_the_study_and_nobody_else(
    database: Database, people: list[Person]
) -> None:
    grants = GrantService(database, AccessService(database))
    told = await agree(database, people, ECHO)
    assert told["sonographer-lab-1"] == (Reason.DEPARTMENT, Reason.ORDERING_OR_READING)
    assert told["referring-clinician-none-1"] == (Reason.ORDERING_OR_READING,)
    assert "administrator-all-1" not in told
    for one in people[::2]:
        for reason, target in (
            (Reason.GRANT, Target(patient_id="SYN1")),
            (Reason.CARE_TEAM, Target(study_instance_uid=ECHO)),
            (Reason.OWN_RECORD, Target(patient_id="SYN1")),
        ):
            await grants.add(
                viewer_of(people[1]), one.user_name, target, reason, why="a test", lifetime=A_DAY
            )
    with_grants = await agree(database, people, ECHO)
    assert set(with_grants) > set(told)
    await grants.set_confidentiality(
        Target(patient_id="SYN1"), Confidentiality.CONFIDENTIAL, "Rose"
    )
    assert Reason.DEPARTMENT not in {r for it in (await agree(database, people, ECHO)).values()
                                     for r in it}  # fmt: skip
    await grants.put_teaching(TEACHING, is_teaching=True)
    assert (await agree(database, people, TEACHING))["student-none-0"] == (Reason.TEACHING,)


async def test_students_learn_only_why_they_see_it_and_strangers_nothing(
    database: Database, people: list[Person]
) -> None:
    access = AccessService(database)
    onlookers = OnlookerService(database, access)
    await GrantService(database, access).put_teaching(TEACHING, is_teaching=True)
    student = next(one for one in people if one.user_name == "student-none-0")
    told = await onlookers.of_study(viewer_of(student), TEACHING)
    assert [one.person for one in told] == [student]
    with pytest.raises(NoSuchStudy):
        await onlookers.of_study(viewer_of(student), ECHO)


@pytest.mark.usefixtures("people")
async def test_colleagues_are_those_for_whom_a_care_team_counts(database: Database) -> None:
    found = await OnlookerService(database, AccessService(database)).colleagues()
    assert {role for one in found for role in one.roles} == {
        Role.SONOGRAPHER,
        Role.READING_PHYSICIAN,
        Role.REFERRING_CLINICIAN,
    }
