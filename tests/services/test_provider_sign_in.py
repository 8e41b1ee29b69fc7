from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey
from pydantic import SecretStr
from tests.in_process import InProcess
from tests.openid_site import ISSUER, SECRET, OpenIDSite, new_key, unsigned

from sonarium.db.pool import Database
from sonarium.domain.principal import Principal, Role, WayIn
from sonarium.peers.openid_provider import OpenIDProvider, ProviderSettings
from sonarium.services.people import PeopleService
from sonarium.services.provider_sign_in import (
    Arrived,
    NoProvider,
    ProviderRefused,
    ProviderService,
    Return,
    roles_of,
)
from sonarium.services.sign_in import Caller, SessionSettings, SignInService, TooManyFailures

HERE = Caller("192.0.2.1", "tests")
BACK = "https://pacs.example/api/session/provider/answer"
ROLES = {"us-lab": (Role.SONOGRAPHER,), "readers": (Role.READING_PHYSICIAN,)}


@pytest.fixture
def site() -> OpenIDSite:
    return OpenIDSite()


@pytest.fixture
def people(database: Database) -> PeopleService:
    return PeopleService(database)


@pytest.fixture
def signing_in(database: Database) -> SignInService:
    return SignInService(database, SessionSettings())


@pytest.fixture
def provider(database: Database, signing_in: SignInService, site: OpenIDSite) -> ProviderService:
    return service(database, signing_in, site)


def service(
    database: Database, signing_in: SignInService, site: OpenIDSite, **settings: object
) -> ProviderService:
    known = ProviderSettings.model_validate(
        {
            "issuer": ISSUER,
            "client_id": "sonarium",
            "client_secret": SECRET,
            "roles": ROLES,
            **settings,
        }
    )
    return ProviderService(database, signing_in, OpenIDProvider(known, InProcess(site)))


async def round_trip(
    provider: ProviderService,
    site: OpenIDSite,
    principal: Principal | None = None,
    **changed: str,
) -> Arrived:
    """Go there and come back, with some of what comes back changed."""
    going = await provider.depart(BACK, HERE, principal)
    brought = {"code": "", "error": "", "iss": "", **site.visit(going.address), **changed}
    back = Return(
        brought["code"],
        brought["state"],
        brought["iss"],
        brought["error"],
        brought.get("browser", going.browser_secret),
        BACK,
    )
    return await provider.arrive(back, HERE)


async def known(signing_in: SignInService, arrived: Arrived) -> Principal:
    principal = await signing_in.principal_of(arrived.session_secret)
    assert principal is not None
    return principal


async def test_somebody_in_a_mapped_group_is_let_in_and_known_again(
    provider: ProviderService, site: OpenIDSite, signing_in: SignInService, people: PeopleService
) -> None:
    first = await known(signing_in, await round_trip(provider, site))
    assert (first.name, first.display_name) == ("mary", "SYNTHETIC Mary")
    assert first.roles == (Role.SONOGRAPHER,)
    again = await known(signing_in, await round_trip(provider, site))
    assert again.name == "mary"
    [person] = await people.all()
    assert person.ways == (WayIn.PROVIDER,)
    assert not await people.has_administrator()


async def test_the_address_carries_pkce_nonce_and_state(provider: ProviderService) -> None:
    address = httpx.URL((await provider.depart(BACK, HERE)).address)
    assert address.host == "login.example"
    asked = address.params
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))


async def test_roles_are_those_of_today(
    provider: ProviderService, site: OpenIDSite, signing_in: SignInService
) -> None:
    before = await round_trip(provider, site)
    site.groups = ["readers", "others"]
    now = await known(signing_in, await round_trip(provider, site))
    assert now.roles == (Role.READING_PHYSICIAN,)
    site.groups = ["others"]
    with pytest.raises(ProviderRefused, match="not_let_in"):
        await round_trip(provider, site)
    assert await signing_in.principal_of(before.session_secret) is None


async def test_who_is_in_no_group_is_not_even_added(
    provider: ProviderService, site: OpenIDSite, people: PeopleService
) -> None:
    site.groups = []
    with pytest.raises(ProviderRefused, match="not_let_in"):
        await round_trip(provider, site)
    assert await people.all() == []


async def test_nobody_becomes_somebody_else_by_name_or_e_mail(
    provider: ProviderService, site: OpenIDSite, signing_in: SignInService, people: PeopleService
) -> None:
    await people.add("mary", "Mary", [Role.ADMINISTRATOR])
    site.claims |= {"email": "mary@hospital.example", "email_verified": True}
    guest = await known(signing_in, await round_trip(provider, site))
    assert (guest.name, guest.roles) == ("mary-2", (Role.SONOGRAPHER,))
    site.subject = "another subject"
    third = await known(signing_in, await round_trip(provider, site))
    assert third.name == "mary-3"


async def test_a_user_name_is_made_of_what_can_be_one(
    provider: ProviderService, site: OpenIDSite, signing_in: SignInService
) -> None:
    site.claims = {"preferred_username": " DOM\\Ünal, Eve ", "name": "<b>\x00"}
    assert (await known(signing_in, await round_trip(provider, site))).name == "dom-nal-eve"
    site.claims, site.subject = {}, "x"
    assert (await known(signing_in, await round_trip(provider, site))).name.startswith("person-")


async def test_somebody_shut_out_stays_out(
    provider: ProviderService, site: OpenIDSite, people: PeopleService
) -> None:
    await round_trip(provider, site)
    await people.change("mary", "Mary", [Role.SONOGRAPHER], is_active=False)
    with pytest.raises(ProviderRefused, match="shut_out"):
        await round_trip(provider, site)


NOW = int(datetime.now(UTC).timestamp())


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["sonarium", "another client"]},
        {"azp": "another client"},
        {"iss": "https://evil.example"},
        {"iss": ISSUER + "/"},
        {"exp": NOW - 120},
        {"exp": None},
        {"iat": NOW - 3600},
        {"iat": NOW + 3600},
        {"nbf": NOW + 3600},
        {"sub": ""},
        {"sub": None},
        {"sub": 7},
    ],
)
async def test_a_token_that_lies_lets_nobody_in(
    provider: ProviderService, site: OpenIDSite, people: PeopleService, lies: dict[str, Any]
) -> None:
    site.lies = lies
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await round_trip(provider, site)
    assert await people.all() == []


async def test_an_unsigned_or_badly_signed_token_lets_nobody_in(
    provider: ProviderService, site: OpenIDSite
) -> None:
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await tampered(provider, site, unsigned)
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await tampered(provider, site, lambda token: token[:-8] + "AAAAAAAA")
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await tampered(provider, site, lambda _: "not.a.token")
    site.token, site.key = None, new_key("first")  # the name of a known key, and another key
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await round_trip(provider, site)
    public = site.shown[0].as_pem(private=False)
    site.key, site.algorithm = OctKey.import_key(public.decode().replace("-----", "")), "HS256"
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await round_trip(provider, site)


async def tampered(
    provider: ProviderService, site: OpenIDSite, lie: Callable[[str], str]
) -> Arrived:
    going = await provider.depart(BACK, HERE)
    nonce = httpx.URL(going.address).params["nonce"]
    site.token = lie(site.id_token({"nonce": nonce}))
    brought = site.visit(going.address)
    back = Return(brought["code"], brought["state"], "", "", going.browser_secret, BACK)
    return await provider.arrive(back, HERE)


async def test_new_keys_are_fetched_and_an_unknown_one_is_asked_for_seldom(
    provider: ProviderService, site: OpenIDSite
) -> None:
    await round_trip(provider, site)
    second = new_key("second")
    site.key, site.shown = second, [second]
    for _ in range(3):
        with pytest.raises(ProviderRefused, match="wrong_answer"):
            await round_trip(provider, site)
    assert site.asked.count("/jwks") == 1  # just asked: not again within 30 seconds


async def test_a_token_by_a_new_key_lets_in_once_the_key_is_shown(
    database: Database, signing_in: SignInService, site: OpenIDSite
) -> None:
    now = [0.0]
    settings = ProviderSettings(
        issuer=ISSUER, client_id="sonarium", client_secret=SecretStr(SECRET), roles=ROLES
    )
    known_site = OpenIDProvider(settings, InProcess(site), lambda: now[0])
    provider = ProviderService(database, signing_in, known_site)
    await round_trip(provider, site)
    site.key = new_key("second")
    site.shown = [site.key]
    now[0] += 31
    assert await round_trip(provider, site)
    assert site.asked.count("/jwks") == 2


async def test_a_code_or_state_of_before_or_of_another_browser_is_refused(
    provider: ProviderService, site: OpenIDSite
) -> None:
    going = await provider.depart(BACK, HERE)
    brought = site.visit(going.address)
    back = Return(brought["code"], brought["state"], "", "", going.browser_secret, BACK)
    await provider.arrive(back, HERE)
    with pytest.raises(ProviderRefused, match="expired"):
        await provider.arrive(back, HERE)
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await round_trip(provider, site, code=brought["code"])
    for changed in ({"state": "made up"}, {"state": ""}, {"browser": "another"}, {"browser": ""}):
        with pytest.raises(ProviderRefused, match="expired"):
            await round_trip(provider, site, **changed)  # type: ignore[arg-type]


async def test_an_answer_of_another_provider_is_refused(
    provider: ProviderService, site: OpenIDSite
) -> None:
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await round_trip(provider, site, iss="https://evil.example")
    assert await round_trip(provider, site, iss=ISSUER)


async def test_a_provider_that_names_itself_must_do_so(
    provider: ProviderService, site: OpenIDSite
) -> None:
    site.metadata = {"authorization_response_iss_parameter_supported": True}
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await round_trip(provider, site)
    assert await round_trip(provider, site, iss=ISSUER)


async def test_what_the_provider_refused_is_told_apart(
    provider: ProviderService, site: OpenIDSite
) -> None:
    for error, why in (("access_denied", "cancelled"), ("server_error", "wrong_answer")):
        site.error = error
        with pytest.raises(ProviderRefused, match=why):
            await round_trip(provider, site)
    site.error = ""
    going = await provider.depart(BACK, HERE)
    site.status = 503
    brought = site.visit(going.address)
    with pytest.raises(ProviderRefused, match="unreachable"):
        await provider.arrive(
            Return(brought["code"], brought["state"], "", "", going.browser_secret, BACK), HERE
        )


async def test_a_kind_of_sign_in_can_be_required(
    database: Database, signing_in: SignInService, site: OpenIDSite
) -> None:
    strict = service(database, signing_in, site, acr_values=["two-factors"])
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await round_trip(strict, site)
    site.claims["acr"] = "two-factors"
    assert await round_trip(strict, site)


async def test_a_proof_is_of_now_and_of_the_same_person(
    provider: ProviderService, site: OpenIDSite, signing_in: SignInService, database: Database
) -> None:
    arrived = await round_trip(provider, site)
    async with database.transaction() as tx:
        await tx.execute(b"UPDATE session SET proved_at = now() - interval '301 seconds'")
    stale = await known(signing_in, arrived)
    assert not stale.has_proved
    asked = httpx.URL((await provider.depart(BACK, HERE, stale)).address).params
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    site.lies = {"auth_time": NOW - 3600}
    with pytest.raises(ProviderRefused, match="wrong_answer"):
        await round_trip(provider, site, stale)
    site.lies, site.subject = {}, "somebody else"
    with pytest.raises(ProviderRefused, match="not_let_in"):
        await round_trip(provider, site, stale)
    site.subject = OpenIDSite().subject
    proved = await round_trip(provider, site, stale)
    assert proved.is_proof
    assert (await known(signing_in, proved)).has_proved
    assert await signing_in.principal_of(arrived.session_secret) is None


async def test_one_address_cannot_begin_without_end(provider: ProviderService) -> None:
    for _ in range(100):
        await provider.depart(BACK, HERE)
    with pytest.raises(TooManyFailures):
        await provider.depart(BACK, HERE)


async def test_without_a_provider_nobody_goes_anywhere(
    database: Database, signing_in: SignInService
) -> None:
    none = ProviderService(database, signing_in, None)
    assert none.name == ""
    with pytest.raises(NoProvider):
        await none.depart(BACK, HERE)


@pytest.mark.parametrize(
    ("claims", "path", "roles"),
    [
        ({"groups": ["us-lab", "readers"]}, "groups", [Role.SONOGRAPHER, Role.READING_PHYSICIAN]),
        ({"groups": "us-lab"}, "groups", [Role.SONOGRAPHER]),
        ({"realm": {"roles": ["us-lab"]}}, "realm.roles", [Role.SONOGRAPHER]),
        ({"groups": ["administrator", 7, None, ["us-lab"]]}, "groups", []),
        ({"groups": {"us-lab": True}}, "groups", []),
        ({}, "groups", []),
    ],
)
def test_groups_stand_for_roles_by_the_mapping_alone(
    claims: dict[str, Any], path: str, roles: list[Role]
) -> None:
    assert roles_of(claims, path, ROLES) == roles
