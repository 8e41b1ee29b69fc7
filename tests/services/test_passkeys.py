from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.passkey_device import PRESENT, PasskeyDevice, encoded

from sonarium.db.pool import Database
from sonarium.domain.principal import Principal, Role, WayIn
from sonarium.services.passkeys import (
    Assertion,
    Attestation,
    InvalidPasskey,
    NewHolder,
    PasskeyService,
    RelyingParty,
)
from sonarium.services.people import InvalidPerson, PeopleService
from sonarium.services.sign_in import (
    Caller,
    SessionSettings,
    SignInRefused,
    SignInService,
    TooManyFailures,
)

HERE = Caller("192.0.2.1", "tests")
AT = RelyingParty("localhost", ("http://localhost",))
ADA = NewHolder("ada", "Ada", "Ada's key")


@pytest.fixture
def people(database: Database) -> PeopleService:
    return PeopleService(database)


@pytest.fixture
def signing_in(database: Database) -> SignInService:
    return SignInService(database, SessionSettings())


@pytest.fixture
def passkeys(database: Database, signing_in: SignInService) -> PasskeyService:
    return PasskeyService(database, signing_in)


async def enrolled(passkeys: PasskeyService, link: str, device: PasskeyDevice) -> str:
    options = await passkeys.begin_enrolment(link, "ada", "Ada", AT, HERE)
    return await passkeys.enrol(link, ADA, device.make(options), AT, HERE)


async def ada(passkeys: PasskeyService, people: PeopleService, device: PasskeyDevice) -> str:
    """Let Ada in by a passkey; returns her session's secret."""
    return await enrolled(passkeys, await people.add("ada", "Ada", [Role.SONOGRAPHER]), device)


async def known(signing_in: SignInService, secret: str) -> Principal:
    principal = await signing_in.principal_of(secret)
    assert principal is not None
    return principal


async def signed_in(passkeys: PasskeyService, device: PasskeyDevice) -> str:
    options = await passkeys.begin_sign_in(AT, HERE)
    return await passkeys.sign_in(device.answer(options), AT, HERE)


async def test_the_first_administrator_enrols_by_passkey_alone(
    passkeys: PasskeyService, people: PeopleService, signing_in: SignInService
) -> None:
    link = await people.set_up_link()
    secret = await enrolled(passkeys, link, PasskeyDevice())
    principal = await known(signing_in, secret)
    assert principal.roles == (Role.ADMINISTRATOR,)
    assert principal.has_proved
    assert await people.has_administrator()
    with pytest.raises(InvalidPerson, match="nobody would be left"):
        await people.change("ada", "Ada", [Role.AUDITOR], is_active=True)
    with pytest.raises(SignInRefused, match="ask for a new one"):
        await passkeys.begin_enrolment(link, "eve", "Eve", AT, HERE)


async def test_a_passkey_signs_in_whoever_it_belongs_to(
    passkeys: PasskeyService, people: PeopleService, signing_in: SignInService
) -> None:
    device = PasskeyDevice()
    await ada(passkeys, people, device)
    principal = await known(signing_in, await signed_in(passkeys, device))
    assert principal.name == "ada"
    [session, _] = await signing_in.sessions_of("ada")
    assert session.method == "passkey"
    [passkey] = await passkeys.passkeys_of("ada")
    assert (passkey.name, passkey.rp_id) == ("Ada's key", "localhost")
    assert passkey.used_at is not None


async def test_asking_for_user_verification_and_a_discoverable_passkey(
    passkeys: PasskeyService, people: PeopleService
) -> None:
    link = await people.add("ada", "Ada", [Role.STUDENT])
    options = await passkeys.begin_enrolment(link, "", "", AT, HERE)
    wanted = options["authenticatorSelection"]
    assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")
    asked = await passkeys.begin_sign_in(AT, HERE)
    assert (asked["userVerification"], asked["allowCredentials"]) == ("required", [])
    assert asked["challenge"] != options["challenge"]


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "http://localhost:9"},
        {"rp_id": "evil.example"},
        {"flags": PRESENT},
        {"flags": 0},
        {"user_handle": b"somebody else's!"},
        {"sign_count": 2},
        {"key": PasskeyDevice().key},
        {"credential_id": b"another passkey."},
    ],
    ids=lambda lie: f"{next(iter(lie))}-{next(iter(lie.values()))!r}"[:40],
)
async def test_what_does_not_hold_is_refused(
    passkeys: PasskeyService, people: PeopleService, lie: dict[str, object]
) -> None:
    device = PasskeyDevice(sign_count=4)
    await ada(passkeys, people, device)
    liar = replace(device, **lie)  # type: ignore[arg-type]  # the fields that lie
    with pytest.raises(SignInRefused):
        await signed_in(passkeys, liar)
    assert await signed_in(passkeys, device)


async def test_a_challenge_is_answered_once_and_for_its_purpose(
    passkeys: PasskeyService, people: PeopleService, signing_in: SignInService
) -> None:
    device = PasskeyDevice()
    principal = await known(signing_in, await ada(passkeys, people, device))
    answer = device.answer(await passkeys.begin_sign_in(AT, HERE))
    await passkeys.sign_in(answer, AT, HERE)
    with pytest.raises(SignInRefused, match="begin again"):
        await passkeys.sign_in(answer, AT, HERE)
    for proof in (
        device.answer(await passkeys.begin_sign_in(AT, HERE)),
        device.answer({"challenge": encoded(b"made up")}),
    ):
        with pytest.raises(SignInRefused, match="begin again"):
            await passkeys.prove(principal, proof, AT)


async def test_a_challenge_ends_after_five_minutes(
    passkeys: PasskeyService, people: PeopleService, database: Database
) -> None:
    device = PasskeyDevice()
    await ada(passkeys, people, device)
    answer = device.answer(await passkeys.begin_sign_in(AT, HERE))
    async with database.transaction() as tx:
        await tx.execute(
            b"UPDATE passkey_ceremony SET expires_at = expires_at - interval '5 minutes'"
        )
    with pytest.raises(SignInRefused, match="too long"):
        await passkeys.sign_in(answer, AT, HERE)


async def test_one_address_cannot_ask_for_challenges_without_end(passkeys: PasskeyService) -> None:
    for _ in range(100):
        await passkeys.begin_sign_in(AT, HERE)
    with pytest.raises(TooManyFailures):
        await passkeys.begin_sign_in(AT, HERE)
    assert await passkeys.begin_sign_in(AT, Caller("192.0.2.2", "tests"))


async def test_somebody_shut_out_cannot_sign_in(
    passkeys: PasskeyService, people: PeopleService
) -> None:
    device = PasskeyDevice()
    await ada(passkeys, people, device)
    await people.change("ada", "Ada", [Role.SONOGRAPHER], is_active=False)
    with pytest.raises(SignInRefused):
        await signed_in(passkeys, device)


async def test_a_proof_is_of_the_same_person_and_renews_the_secret(
    passkeys: PasskeyService,
    people: PeopleService,
    signing_in: SignInService,
    database: Database,
) -> None:
    device, other = PasskeyDevice(), PasskeyDevice()
    secret = await ada(passkeys, people, device)
    await enrolled(passkeys, await people.add("eve", "Eve", [Role.STUDENT]), other)
    async with database.transaction() as tx:
        await tx.execute(b"UPDATE session SET proved_at = now() - interval '6 minutes'")
    stale = await known(signing_in, secret)
    assert not stale.has_proved
    options = await passkeys.begin_proof(stale, AT, HERE)
    with pytest.raises(SignInRefused):
        await passkeys.prove(stale, other.answer(options), AT)
    options = await passkeys.begin_proof(stale, AT, HERE)
    assert [one["id"] for one in options["allowCredentials"]] == [encoded(device.credential_id)]
    renewed = await passkeys.prove(stale, device.answer(options), AT)
    assert (await known(signing_in, renewed)).has_proved
    assert await signing_in.principal_of(secret) is None


async def test_passkeys_are_added_named_and_removed_but_never_the_last(
    passkeys: PasskeyService, people: PeopleService, signing_in: SignInService
) -> None:
    first, second = PasskeyDevice(), PasskeyDevice()
    principal = await known(signing_in, await ada(passkeys, people, first))
    options = await passkeys.begin_adding(principal, AT, HERE)
    assert [one["id"] for one in options["excludeCredentials"]] == [encoded(first.credential_id)]
    await passkeys.add(principal, "telephone", second.make(options), AT)
    [one, two] = await passkeys.passkeys_of("ada")
    assert await passkeys.rename("ada", two.passkey_ref, " tablet ")
    assert [key.name for key in await passkeys.passkeys_of("ada")] == ["Ada's key", "tablet"]
    assert not await passkeys.rename("eve", two.passkey_ref, "mine")
    assert not await passkeys.remove("eve", one.passkey_ref)
    assert await passkeys.remove("ada", one.passkey_ref)
    with pytest.raises(SignInRefused):
        await signed_in(passkeys, first)
    with pytest.raises(InvalidPasskey, match="only way in"):
        await passkeys.remove("ada", two.passkey_ref)
    assert await signed_in(passkeys, second)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb"])
async def test_a_name_has_to_be_one(
    passkeys: PasskeyService, people: PeopleService, name: str
) -> None:
    link = await people.add("ada", "Ada", [Role.STUDENT])
    made = PasskeyDevice().make(await passkeys.begin_enrolment(link, "", "", AT, HERE))
    with pytest.raises(InvalidPasskey, match="name"):
        await passkeys.enrol(link, replace(ADA, passkey_name=name), made, AT, HERE)
    assert await enrolled(passkeys, link, PasskeyDevice())


async def test_a_passkey_is_made_for_the_person_of_the_link(
    passkeys: PasskeyService, people: PeopleService
) -> None:
    eves = await people.add("eve", "Eve", [Role.STUDENT])
    adas = await people.add("ada", "Ada", [Role.STUDENT])
    made = PasskeyDevice().make(await passkeys.begin_enrolment(eves, "", "", AT, HERE))
    with pytest.raises(SignInRefused):
        await passkeys.enrol(adas, ADA, made, AT, HERE)


async def test_a_new_link_replaces_every_way_in_before(
    passkeys: PasskeyService, people: PeopleService, signing_in: SignInService
) -> None:
    lost, new = PasskeyDevice(), PasskeyDevice()
    before = await ada(passkeys, people, lost)
    await enrolled(passkeys, await people.enrolment_link("ada"), new)
    assert await signing_in.principal_of(before) is None
    with pytest.raises(SignInRefused):
        await signed_in(passkeys, lost)
    assert await signed_in(passkeys, new)
    assert await people.ways_of("ada") == (WayIn.PASSKEY,)


async def test_a_passkey_is_kept_once(passkeys: PasskeyService, people: PeopleService) -> None:
    device = PasskeyDevice()
    await ada(passkeys, people, device)
    link = await people.add("eve", "Eve", [Role.STUDENT])
    with pytest.raises(InvalidPasskey, match="kept already"):
        await enrolled(passkeys, link, device)


async def test_a_session_of_a_link_stands_for_a_proof(
    people: PeopleService, signing_in: SignInService
) -> None:
    await people.add("ada", "Ada", [Role.STUDENT])
    link = await people.sign_in_link("ada", timedelta(hours=1))
    assert (await known(signing_in, await signing_in.with_link(link, HERE))).has_proved


NUMBERS = count()
TEXTS = st.one_of(st.text(max_size=40), st.binary(max_size=80).map(encoded))


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(parts=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS))
async def test_no_answer_breaks_the_door(
    passkeys: PasskeyService, parts: tuple[str, str, str, str, str]
) -> None:
    elsewhere = Caller(f"192.0.2.{next(NUMBERS)}", "tests")
    with pytest.raises(SignInRefused):
        await passkeys.sign_in(Assertion(*parts), AT, elsewhere)
    whole = PasskeyDevice().answer(await passkeys.begin_sign_in(AT, elsewhere))
    with pytest.raises(SignInRefused):
        await passkeys.sign_in(replace(whole, raw_id=parts[0]), AT, elsewhere)


@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(garbage=st.one_of(TEXTS, st.integers(0, 250)))
async def test_no_attestation_breaks_the_door(
    passkeys: PasskeyService, people: PeopleService, garbage: str | int
) -> None:
    if "ada" not in {one.user_name for one in await people.all()}:
        await people.add("ada", "Ada", [Role.STUDENT])
    link = await people.enrolment_link("ada")
    options = await passkeys.begin_enrolment(link, "", "", AT, Caller(str(garbage), ""))
    whole = PasskeyDevice().make(options)
    attestation = whole.attestation_object
    broken = garbage if isinstance(garbage, str) else attestation[: garbage % len(attestation)]
    with pytest.raises(SignInRefused):
        await passkeys.enrol(
            link, ADA, Attestation(whole.raw_id, whole.client_data_json, broken), AT, HERE
        )
