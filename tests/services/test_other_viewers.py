"""Tokens of one study, for a viewer on somebody's desk."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from pydantic import ValidationError
from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.domain.principal import Permission, Principal, Role
from sonarium.index.ingest import add_instances
from sonarium.services.access import AccessService
from sonarium.services.other_viewers import (
    NoSuchStudy,
    NotOffered,
    StudyTokenService,
    ViewerSettings,
    weasis_address,
)
from sonarium.services.people import PeopleService
from sonarium.services.sign_in import Caller, SessionSettings, SignInService

WEASIS = ViewerSettings(weasis=True)
STUDY = "2.25.77"
DOOR = "http://127.0.0.1:8042/dicom-web"


async def add_study(database: Database) -> None:
    async with database.transaction() as tx:
        await add_instances(tx, [instance(STUDY)])


@pytest.fixture
async def ada(database: Database) -> Principal:
    """Somebody who is signed in and may do everything with studies."""
    people = PeopleService(database)
    await people.add("ada", "SYNTHETIC Ada", [Role.SONOGRAPHER])
    link = await people.sign_in_link("ada", timedelta(hours=1))
    signing_in = SignInService(database, SessionSettings())
    secret = await signing_in.with_link(link, Caller("127.0.0.1", "tests"))
    principal = await signing_in.principal_of(secret)
    assert principal is not None
    return principal


def token_in(link: str) -> str:
    return unquote(link).rpartition("Bearer ")[2].removesuffix('"')


async def test_a_token_opens_one_study_to_look_at(database: Database, ada: Principal) -> None:
    await add_study(database)
    service = StudyTokenService(database, AccessService(database), WEASIS)
    found = await service.principal_of(token_in(await service.weasis_link(ada, STUDY, DOOR)))
    assert found is not None
    assert (found.name, found.study_instance_uid) == ("ada", STUDY)
    assert found.permissions == {Permission.OPEN_STUDIES}
    assert found.session_ref is None


async def test_a_token_ends_by_itself_with_its_session_and_with_its_person(
    database: Database, ada: Principal
) -> None:
    await add_study(database)
    brief = ViewerSettings(weasis=True, weasis_token=timedelta(seconds=-1))
    over = StudyTokenService(database, AccessService(database), brief)
    assert await over.principal_of(token_in(await over.weasis_link(ada, STUDY, DOOR))) is None
    service = StudyTokenService(database, AccessService(database), WEASIS)
    token = token_in(await service.weasis_link(ada, STUDY, DOOR))
    assert await service.principal_of(token) is not None
    assert ada.session_ref is not None
    await SignInService(database, SessionSettings()).end_session("ada", ada.session_ref)
    assert await service.principal_of(token) is None


async def test_nobody_gets_a_token_for_what_is_not_here_or_not_offered(
    database: Database, ada: Principal
) -> None:
    with pytest.raises(NoSuchStudy):
        await StudyTokenService(database, AccessService(database), WEASIS).weasis_link(
            ada, "2.25.99", DOOR
        )
    with pytest.raises(NotOffered):
        await StudyTokenService(database, AccessService(database), ViewerSettings()).weasis_link(
            ada, STUDY, DOOR
        )
    program = Principal("pacs", "A program", frozenset({Permission.OPEN_STUDIES}))
    with pytest.raises(NotOffered):
        await StudyTokenService(database, AccessService(database), WEASIS).weasis_link(
            program, STUDY, DOOR
        )


async def test_a_made_up_token_is_nobodys(database: Database) -> None:
    assert (
        await StudyTokenService(database, AccessService(database), WEASIS).principal_of("made up")
        is None
    )


def test_the_link_is_one_command_of_weasis_in_one_word() -> None:
    link = weasis_address(DOOR, "2.25.1", "secret")
    assert link.startswith("weasis://%24dicom%3Ars%20--url%20")
    assert unquote(link) == (
        'weasis://$dicom:rs --url "http://127.0.0.1:8042/dicom-web" -r "studyUID=2.25.1" '
        '-H "Authorization: Bearer secret"'
    )


def test_an_unknown_viewer_is_refused() -> None:
    with pytest.raises(ValidationError):
        ViewerSettings.model_validate({"osirix": "/somewhere"})
