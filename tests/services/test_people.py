from datetime import timedelta

import pytest

from sonarium.db.pool import Database
from sonarium.domain.principal import Role
from sonarium.services.people import InvalidPerson, PeopleService, UnknownPerson
from sonarium.services.sign_in import Caller, SessionSettings, SignInRefused, SignInService

HERE = Caller("127.0.0.1", "tests")


@pytest.fixture
def people(database: Database) -> PeopleService:
    return PeopleService(database)


@pytest.fixture
def signing_in(database: Database) -> SignInService:
    return SignInService(database, SessionSettings())


@pytest.mark.parametrize("name", ["", "Ada", "a b", "ä", "-a", "a" * 65, "a\n", "a/b"])
async def test_a_user_name_that_cannot_be_typed_everywhere_is_refused(
    people: PeopleService, name: str
) -> None:
    with pytest.raises(InvalidPerson, match="user name"):
        await people.add(name, "Ada", [Role.AUDITOR])


@pytest.mark.parametrize("shown", ["", " ", "a" * 121, "a\u202eb", "a\nb"])
async def test_a_name_that_cannot_be_shown_is_refused(people: PeopleService, shown: str) -> None:
    with pytest.raises(InvalidPerson, match="others see"):
        await people.add("ada", shown, [Role.AUDITOR])


async def test_a_name_is_taken_once_and_needs_a_role(people: PeopleService) -> None:
    with pytest.raises(InvalidPerson, match="role"):
        await people.add("ada", "Ada", [])
    await people.add("ada", "Ada", [Role.AUDITOR])
    with pytest.raises(InvalidPerson, match="taken"):
        await people.add("ada", "Ada", [Role.AUDITOR])
    assert [one.user_name for one in await people.all()] == ["ada"]


async def test_a_newer_enrolment_link_replaces_the_older(
    people: PeopleService, signing_in: SignInService
) -> None:
    older = await people.add("ada", "Ada", [Role.AUDITOR])
    newer = await people.enrolment_link("ada")
    with pytest.raises(SignInRefused):
        await signing_in.begin_enrolment(older)
    assert (await signing_in.begin_enrolment(newer)).user_name == "ada"


async def test_nobody_is_changed_or_invited_who_is_not_there(people: PeopleService) -> None:
    with pytest.raises(UnknownPerson):
        await people.enrolment_link("nobody")
    with pytest.raises(UnknownPerson):
        await people.sign_in_link("nobody", timedelta(hours=1))
    with pytest.raises(UnknownPerson):
        await people.change("nobody", "N", [Role.AUDITOR], is_active=True)


async def test_who_may_not_come_in_any_more_is_out_at_once(
    people: PeopleService, signing_in: SignInService
) -> None:
    await people.add("ada", "Ada", [Role.AUDITOR])
    link = await people.sign_in_link("ada", timedelta(hours=1))
    unused = await people.sign_in_link("ada", timedelta(hours=1))
    session = await signing_in.with_link(link, HERE)
    assert await signing_in.principal_of(session) is not None
    await people.change("ada", "Ada", [Role.AUDITOR], is_active=False)
    assert await signing_in.principal_of(session) is None
    with pytest.raises(SignInRefused):
        await signing_in.with_link(unused, HERE)


async def test_a_role_given_or_taken_counts_at_once(
    people: PeopleService, signing_in: SignInService
) -> None:
    await people.add("ada", "Ada", [Role.AUDITOR])
    session = await signing_in.with_link(await people.sign_in_link("ada", timedelta(hours=1)), HERE)
    await people.change("ada", "Ada", [Role.STUDENT], is_active=True)
    principal = await signing_in.principal_of(session)
    assert principal is not None
    assert principal.roles == (Role.STUDENT,)
