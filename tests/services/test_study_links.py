from datetime import timedelta

import pytest
from tests.index.synthetic import instance

from sonarium.db.pool import Database
from sonarium.domain.access import Viewer, ViewerKind, program_viewer
from sonarium.domain.principal import Permission, Role, person_viewer
from sonarium.index.ingest import add_instances
from sonarium.index.people import add_person
from sonarium.services.access import AccessService
from sonarium.services.study_links import (
    MOST_ATTEMPTS,
    LinkRefused,
    NoSuchLink,
    StudyLinkService,
)

STUDY, OTHER = "1.2.1", "1.2.2"
A_DAY = timedelta(days=1)


@pytest.fixture
async def links(database: Database) -> StudyLinkService:
    async with database.transaction() as tx:
        await add_instances(
            tx, [instance(STUDY), instance(OTHER, series_uid="1.2.2.1", sop_uid="1.2.2.1.1")]
        )
        await add_person(tx, "ada", "Ada", [Role.READING_PHYSICIAN])
    return StudyLinkService(database, AccessService(database))


def ada(*departments: str) -> Viewer:
    return person_viewer(
        "ada", 1, (Role.READING_PHYSICIAN,), departments=departments, physician_ids=()
    )


async def test_the_code_opens_one_study_only_to_look_and_serves_once(
    links: StudyLinkService, database: Database
) -> None:
    made = await links.make(ada("*"), STUDY, "SYNTHETIC colleague", A_DAY)
    visit = await links.open(made.secret, f"{made.code[:4]} {made.code[4:]}")
    assert visit.study_instance_uid == STUDY
    principal = await links.principal_of(visit.secret)
    assert principal is not None
    assert principal.permissions == {Permission.OPEN_STUDIES}
    assert principal.viewer.kind is ViewerKind.LINK
    access = AccessService(database)
    assert await access.seen(principal.viewer, [STUDY, OTHER]) == {STUDY}
    with pytest.raises(LinkRefused):
        await links.open(made.secret, made.code)
    [listed] = await links.of_study(ada("*"), STUDY)
    assert (listed.opened, listed.waits_for_code, listed.recipient) == (
        1,
        False,
        "SYNTHETIC colleague",
    )


async def test_codes_cannot_be_tried_out(links: StudyLinkService) -> None:
    made = await links.make(ada("*"), STUDY, "x", A_DAY)
    wrong = f"{(int(made.code) + 1) % 10**8:08d}"
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(LinkRefused):
            await links.open(made.secret, wrong)
    with pytest.raises(LinkRefused):
        await links.open(made.secret, made.code)
    with pytest.raises(LinkRefused):
        await links.open("made up", made.code)


async def test_a_link_ends_when_it_is_taken_back_or_its_maker_may_no_longer_look(
    links: StudyLinkService, database: Database
) -> None:
    made = await links.make(ada("*"), STUDY, "x", A_DAY)
    visit = await links.open(made.secret, made.code)
    access = AccessService(database)
    async with database.transaction() as tx:
        await tx.execute(b"UPDATE person SET departments = '{}'")
    principal = await links.principal_of(visit.secret)
    assert principal is not None
    assert await access.seen(principal.viewer, [STUDY]) == set()
    with pytest.raises(NoSuchLink):
        await links.revoke(made.link_ref, "eve")
    await links.revoke(made.link_ref, "ada")
    assert await links.principal_of(visit.secret) is None
    [listed] = await links.all("ada")
    assert listed.revoked_at is not None


async def test_nobody_makes_a_link_to_what_they_do_not_see_or_for_long(
    links: StudyLinkService,
) -> None:
    with pytest.raises(NoSuchLink):
        await links.make(ada(), STUDY, "x", A_DAY)
    with pytest.raises(NoSuchLink):
        await links.of_study(ada(), STUDY)
    for viewer, recipient, lifetime in (
        (ada("*"), "x", timedelta(days=8)),
        (ada("*"), " ", A_DAY),
        (program_viewer("X"), "x", A_DAY),
    ):
        with pytest.raises(LinkRefused):
            await links.make(viewer, STUDY, recipient, lifetime)


async def test_secret_code_and_visit_are_kept_as_digests_alone(
    links: StudyLinkService, database: Database
) -> None:
    made = await links.make(ada("*"), STUDY, "x", A_DAY)
    visit = await links.open(made.secret, made.code)
    async with database.transaction() as tx:
        [(row,)] = await tx.values(b"SELECT study_link::text FROM study_link")
    assert not any(secret in row for secret in (made.secret, made.code, visit.secret))


async def test_whoever_has_a_link_is_told_why_it_opens_nothing(
    links: StudyLinkService, database: Database
) -> None:
    async def refusal(secret: str, code: str) -> str:
        with pytest.raises(LinkRefused) as caught:
            await links.open(secret, code)
        return str(caught.value)

    assert "no such link" in await refusal("made up", "1")
    made = await links.make(ada("*"), STUDY, "x", A_DAY)
    wrong = f"{(int(made.code) + 1) % 10**8:08d}"
    assert "4 times more" in await refusal(made.secret, wrong)
    await links.open(made.secret, made.code)
    assert "used before" in await refusal(made.secret, made.code)
    await links.revoke(made.link_ref, "ada")
    assert "taken back" in await refusal(made.secret, made.code)
    tried = await links.make(ada("*"), STUDY, "x", A_DAY)
    for _ in range(MOST_ATTEMPTS - 1):
        await refusal(tried.secret, wrong if wrong != tried.code else made.code)
    assert "too often" in await refusal(tried.secret, "0")
    late = await links.make(ada("*"), STUDY, "x", A_DAY)
    async with database.transaction() as tx:
        await tx.execute(b"UPDATE study_link SET expires_at = now()")
    assert "expired" in await refusal(late.secret, late.code)
