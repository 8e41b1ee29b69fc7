from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from sonarium.db.pool import Database
from sonarium.domain.principal import Permission, Role
from sonarium.index.audit import event_in
from sonarium.services.passwords import PasswordTooWeak
from sonarium.services.people import InvalidPerson, PeopleService
from sonarium.services.sign_in import (
    Caller,
    Enrolled,
    Enrolling,
    SessionSettings,
    SignInRefused,
    SignInService,
    TooManyFailures,
)

HERE = Caller("192.0.2.1", "tests")
ELSEWHERE = Caller("192.0.2.2", "tests")
PASSWORD = "lamp otter violin thursday"
STEP = timedelta(seconds=30)


class HeldClock:
    """A clock that moves when it is told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def people(database: Database) -> PeopleService:
    return PeopleService(database)


@pytest.fixture
def signing_in(database: Database, clock: HeldClock) -> SignInService:
    return SignInService(database, SessionSettings(), clock)


def code_at(secret: str, clock: HeldClock) -> str:
    return pyotp.TOTP(secret).at(clock.now)


async def enrolled(signing_in: SignInService, link: str, clock: HeldClock) -> tuple[str, Enrolled]:
    """Set up the sign-in of `ada`; returns the authenticator's secret too."""
    offer = await signing_in.begin_enrolment(link)
    chosen = Enrolling("ada", "Ada", PASSWORD, offer.totp_secret, code_at(offer.totp_secret, clock))
    return offer.totp_secret, await signing_in.enrol(link, chosen, HERE)


async def test_the_first_administrator_enrols_by_a_link_of_one_use(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    assert not await people.has_administrator()
    link = await people.set_up_link()
    _, done = await enrolled(signing_in, link, clock)
    principal = await signing_in.principal_of(done.session_secret)
    assert principal is not None
    assert principal.roles == (Role.ADMINISTRATOR,)
    assert Permission.MANAGE_PEOPLE in principal.permissions
    assert await people.has_administrator()
    with pytest.raises(SignInRefused, match="ask for a new one"):
        await enrolled(signing_in, link, clock)
    with pytest.raises(InvalidPerson, match="already"):
        await people.set_up_link()


async def test_the_last_administrator_stays(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    await enrolled(signing_in, await people.set_up_link(), clock)
    for roles, is_active in (([Role.AUDITOR], True), ([Role.ADMINISTRATOR], False)):
        with pytest.raises(InvalidPerson, match="nobody would be left"):
            await people.change("ada", "Ada", roles, is_active=is_active)
    [person] = await people.all()
    assert person.roles == (Role.ADMINISTRATOR,)
    assert person.is_active


async def test_password_and_code_let_in_and_a_code_does_so_once(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    secret, _ = await enrolled(
        signing_in, await people.add("ada", "Ada", [Role.SONOGRAPHER]), clock
    )
    with pytest.raises(SignInRefused):  # it was used to enrol
        await signing_in.with_password("ada", PASSWORD, code_at(secret, clock), HERE)
    clock.now += STEP
    code = code_at(secret, clock)
    session = await signing_in.with_password(" ADA ", PASSWORD, code, HERE)
    principal = await signing_in.principal_of(session)
    assert principal is not None
    assert principal.name == "ada"
    with pytest.raises(SignInRefused):
        await signing_in.with_password("ada", PASSWORD, code, HERE)


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("ada", PASSWORD, "000000"),
        ("ada", PASSWORD, ""),
        ("ada", "wrong", None),
        ("eve", PASSWORD, None),
        ("ada' OR 1=1 --", PASSWORD, None),
    ],
)
async def test_what_does_not_hold_is_refused_in_the_same_words(
    signing_in: SignInService,
    people: PeopleService,
    clock: HeldClock,
    name: str,
    password: str,
    code: str | None,
) -> None:
    secret, _ = await enrolled(
        signing_in, await people.add("ada", "Ada", [Role.SONOGRAPHER]), clock
    )
    clock.now += STEP
    right = code_at(secret, clock)
    with pytest.raises(SignInRefused, match=r"^user name, password or code do not hold$"):
        await signing_in.with_password(name, password, right if code is None else code, HERE)


async def test_a_recovery_code_stands_for_the_authenticator_once(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    _, done = await enrolled(signing_in, await people.add("ada", "Ada", [Role.STUDENT]), clock)
    code = done.recovery_codes[3]
    await signing_in.with_password("ada", PASSWORD, code.upper(), HERE)
    with pytest.raises(SignInRefused):
        await signing_in.with_password("ada", PASSWORD, code, HERE)


async def test_failures_shut_out_the_address_and_nobody_else(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    secret, _ = await enrolled(signing_in, await people.add("ada", "Ada", [Role.STUDENT]), clock)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            await signing_in.with_password("ada", "wrong", "000000", HERE)
    clock.now += STEP
    code = code_at(secret, clock)
    with pytest.raises(TooManyFailures, match="quarter of an hour"):
        await signing_in.with_password("ada", PASSWORD, code, HERE)
    assert await signing_in.with_password("ada", PASSWORD, code, ELSEWHERE)


async def test_somebody_inactive_is_refused_with_the_right_password(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    secret, _ = await enrolled(signing_in, await people.add("ada", "Ada", [Role.STUDENT]), clock)
    await people.change("ada", "Ada", [Role.STUDENT], is_active=False)
    clock.now += STEP
    with pytest.raises(SignInRefused):
        await signing_in.with_password("ada", PASSWORD, code_at(secret, clock), HERE)


async def test_enrolling_again_ends_the_sessions_before(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    _, done = await enrolled(signing_in, await people.add("ada", "Ada", [Role.STUDENT]), clock)
    _, again = await enrolled(signing_in, await people.enrolment_link("ada"), clock)
    assert await signing_in.principal_of(done.session_secret) is None
    assert await signing_in.principal_of(again.session_secret) is not None


async def test_a_weak_password_or_wrong_code_leaves_the_link_unused(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    link = await people.add("ada", "Ada", [Role.STUDENT])
    secret = (await signing_in.begin_enrolment(link)).totp_secret
    code = code_at(secret, clock)
    with pytest.raises(PasswordTooWeak):
        await signing_in.enrol(link, Enrolling("ada", "Ada", "password1234", secret, code), HERE)
    with pytest.raises(SignInRefused, match="code does not fit"):
        await signing_in.enrol(link, Enrolling("ada", "Ada", PASSWORD, secret, "x"), HERE)
    await enrolled(signing_in, link, clock)


async def test_a_link_serves_its_purpose_alone(
    signing_in: SignInService, people: PeopleService
) -> None:
    enrolment = await people.add("ada", "Ada", [Role.STUDENT])
    entrance = await people.sign_in_link("ada", timedelta(hours=1))
    with pytest.raises(SignInRefused):
        await signing_in.with_link(enrolment, HERE)
    with pytest.raises(SignInRefused):
        await signing_in.begin_enrolment(entrance)
    await signing_in.with_link(entrance, HERE)
    with pytest.raises(SignInRefused):
        await signing_in.with_link(entrance, HERE)


async def test_sessions_are_listed_and_ended_by_their_person(
    signing_in: SignInService, people: PeopleService
) -> None:
    await people.add("ada", "Ada", [Role.STUDENT])
    hour = timedelta(hours=1)
    first = await signing_in.with_link(await people.sign_in_link("ada", hour), HERE)
    await signing_in.with_link(await people.sign_in_link("ada", hour), ELSEWHERE)
    assert {one.address for one in await signing_in.sessions_of("ada")} == {
        HERE.address,
        ELSEWHERE.address,
    }
    principal = await signing_in.principal_of(first)
    assert principal is not None
    assert principal.session_ref is not None
    assert not await signing_in.end_session("eve", principal.session_ref)
    assert await signing_in.end_session("ada", principal.session_ref)
    assert await signing_in.principal_of(first) is None


async def test_a_proof_by_password_renews_the_session_and_its_secret(
    signing_in: SignInService, people: PeopleService, clock: HeldClock, database: Database
) -> None:
    secret, done = await enrolled(
        signing_in, await people.add("ada", "Ada", [Role.SONOGRAPHER]), clock
    )
    async with database.transaction() as tx:
        await tx.execute(b"UPDATE session SET proved_at = now() - interval '301 seconds'")
    stale = await signing_in.principal_of(done.session_secret)
    assert stale is not None
    assert not stale.has_proved
    clock.now += STEP
    with pytest.raises(SignInRefused):
        await signing_in.prove_with_password(stale, "wrong", code_at(secret, clock), HERE)
    renewed = await signing_in.prove_with_password(stale, PASSWORD, code_at(secret, clock), HERE)
    fresh = await signing_in.principal_of(renewed)
    assert fresh is not None
    assert fresh.has_proved
    assert fresh.session_ref == stale.session_ref
    assert await signing_in.principal_of(done.session_secret) is None
    async with database.transaction() as tx:
        kept = await tx.values(b"SELECT content FROM audit_record ORDER BY record_ref")
    noted = [event_in(content) for (content,) in kept]
    assert [one.reason for one in noted[-2:]] == [
        "could not prove that it is still them",
        "proved again that it is them",
    ]
    assert noted[-1].actor.name == "ada"


async def test_a_proof_in_a_session_that_ended_is_refused(
    signing_in: SignInService, people: PeopleService, clock: HeldClock
) -> None:
    secret, done = await enrolled(signing_in, await people.add("ada", "Ada", [Role.STUDENT]), clock)
    principal = await signing_in.principal_of(done.session_secret)
    assert principal is not None
    assert principal.session_ref is not None
    await signing_in.end_session("ada", principal.session_ref)
    clock.now += STEP
    with pytest.raises(SignInRefused, match="has ended"):
        await signing_in.prove_with_password(principal, PASSWORD, code_at(secret, clock), HERE)
