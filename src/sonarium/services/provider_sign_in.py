"""Sign-in by the site's OpenID Connect provider: code flow with PKCE, nonce and state.

Somebody is who the pair of issuer and subject says, and never who an e-mail address suggests. The
provider's groups give the roles, at each sign-in anew.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import PeerError, RequestError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.base.secrets import digest_of, new_secret
from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.domain.audit import Action
from sonarium.domain.principal import Principal, Role
from sonarium.index import people
from sonarium.index import provider_people as rows
from sonarium.index.provider_people import ProviderFlow
from sonarium.index.sessions import end_sessions_of
from sonarium.peers.openid_provider import OpenIDProvider
from sonarium.services.audit.sign_ins import note_failed_sign_in, note_roles
from sonarium.services.people import InvalidPerson, check_person
from sonarium.services.sign_in import Caller, SignInRefused, SignInService, TooManyFailures
from sonarium.wire.id_token import Expected, IDTokenRefused, UnknownKey, verified_claims

log = get_logger(__name__)

LIFETIME: Final = timedelta(minutes=10)
_MOST_WAITING: Final = 100
_MOST_NAMESAKES: Final = 50
_UNFIT: Final = re.compile(r"[^a-z0-9._-]+", re.ASCII)

Refusal = Literal["cancelled", "expired", "not_let_in", "shut_out", "unreachable", "wrong_answer"]


class NoProvider(RequestError):
    """No provider is set up here."""


class ProviderRefused(RequestError):
    """Nobody is signed in; `why` is one of few words, for which the page has plain ones."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(f"nobody is signed in: {why}")
        self.why: Refusal = why


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and the secret by which it is known when it comes back."""

    address: str
    browser_secret: str


@dataclass(frozen=True, slots=True)
class Return:
    """What the browser brings back (RFC 6749 4.1.2, RFC 9207)."""

    code: str
    state: str
    issuer: str
    error: str
    browser_secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A session's secret, and whether it was begun before and is proved now."""

    session_secret: str
    is_proof: bool


class ProviderService:
    """Sends browsers to the provider and takes them back."""

    def __init__(
        self,
        database: Database,
        signing_in: SignInService,
        provider: OpenIDProvider | None,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._signing_in = signing_in
        self._provider = provider
        self._clock = clock

    @property
    def name(self) -> str:
        """What people call the provider; nothing where there is none."""
        return "" if self._provider is None else self._provider.settings.name

    async def depart(
        self, redirect_uri: str, caller: Caller, principal: Principal | None = None
    ) -> Departure:
        """Return where the browser has to go; with a principal, to prove that it is still them.

        Raises:
            NoProvider: none is set up.
            TooManyFailures: wait.
            ProviderUnreachable: it does not answer.
        """
        provider = self._asked()
        await self._signing_in.refuse_many_failures("", caller)
        metadata = await provider.metadata()
        state, secret = new_secret(), new_secret()
        async with self._database.transaction() as tx:
            if not await rows.put_provider_flow(
                tx,
                digest_of(state),
                digest_of(secret),
                None if principal is None else principal.session_ref,
                caller.address,
                lifetime=LIFETIME,
                most=_MOST_WAITING,
            ):
                raise TooManyFailures("too many sign-ins are under way from here: wait a while")
        settings = provider.settings
        asked = {
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(settings.scopes),
            "state": state,
            "nonce": _drawn_from(secret, "nonce"),
            "code_challenge": _challenge(_drawn_from(secret, "verifier")),
            "code_challenge_method": "S256",
        }
        if settings.acr_values:
            asked["acr_values"] = " ".join(settings.acr_values)
        if principal is not None:
            asked |= {"prompt": "login", "max_age": "0"}
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return Departure(f"{metadata.authorization_endpoint}{joint}{urlencode(asked)}", secret)

    async def arrive(self, back: Return, caller: Caller) -> Arrived:
        """Take a browser back: check what the provider says, and sign in or prove.

        Raises:
            NoProvider: none is set up.
            ProviderRefused: says why nobody is signed in.
        """
        provider = self._asked()
        async with self._database.transaction() as tx:
            flow = await rows.take_provider_flow(
                tx, digest_of(back.state), digest_of(back.browser_secret)
            )
        if flow is None:
            raise ProviderRefused("expired")
        if back.error or not back.code:
            cancelled = back.error in {"access_denied", "login_required", "interaction_required"}
            raise ProviderRefused("cancelled" if cancelled else "wrong_answer")
        try:
            claims = await self._claims(provider, back, flow)
        except UnavailableError as error:
            raise ProviderRefused("unreachable") from error
        except PeerError as error:
            log.warning("provider_answer_refused", reason=str(error))
            async with self._database.transaction() as tx:
                await people.add_failure(tx, "", caller.address)
                await note_failed_sign_in(tx, "", caller.address)
            raise ProviderRefused("wrong_answer") from error
        async with self._database.transaction() as tx:
            if flow.session_ref is not None:
                return Arrived(await self._prove(tx, flow.session_ref, claims), is_proof=True)
            person_ref, why = await self._person(tx, claims)
            if why is None:
                assert person_ref is not None  # noqa: S101  # one or the other
                secret = await self._signing_in.begin_session(tx, person_ref, "provider", caller)
                return Arrived(secret, is_proof=False)
            if person_ref is not None:
                await end_sessions_of(tx, person_ref)
            await note_failed_sign_in(tx, str(claims["sub"]), caller.address)
        raise ProviderRefused(why)

    def _asked(self) -> OpenIDProvider:
        if self._provider is None:
            raise NoProvider("no OpenID Connect provider is set up here: the setting is provider")
        return self._provider

    async def _claims(
        self, provider: OpenIDProvider, back: Return, flow: ProviderFlow
    ) -> Mapping[str, Any]:
        """Exchange the code and check the token; the keys are asked for anew where they changed."""
        settings, metadata = provider.settings, await provider.metadata()
        if back.issuer != settings.issuer and (back.issuer or metadata.names_itself):
            raise IDTokenRefused("another provider answered than was asked")
        secret = back.browser_secret
        token = await provider.id_token_for(
            back.code, _drawn_from(secret, "verifier"), back.redirect_uri
        )
        expected = Expected(
            settings.issuer,
            settings.client_id,
            _drawn_from(secret, "nonce"),
            self._clock(),
            _proved_since(flow),
        )
        try:
            claims = verified_claims(token, await provider.keys(), expected)
        except UnknownKey:
            claims = verified_claims(token, await provider.newer_keys(), expected)
        if settings.acr_values and claims.get("acr") not in settings.acr_values:
            raise IDTokenRefused("the ID token's acr does not hold")
        return claims

    async def _prove(self, tx: Transaction, session_ref: int, claims: Mapping[str, Any]) -> str:
        found = await rows.find_provider_person(tx, self._asked().settings.issuer, claims["sub"])
        if found is None or not found.is_active:
            raise ProviderRefused("not_let_in")
        session = Principal(found.user_name, "", frozenset(), session_ref=session_ref)
        try:
            return await self._signing_in.prove_session(tx, session, found.person_ref)
        except SignInRefused as error:
            raise ProviderRefused("not_let_in") from error

    async def _person(
        self, tx: Transaction, claims: Mapping[str, Any]
    ) -> tuple[int | None, Refusal | None]:
        """Return who comes in, with the roles of today; or why they do not."""
        settings = self._asked().settings
        roles = roles_of(claims, settings.groups_claim, settings.roles)
        found = await rows.find_provider_person(tx, settings.issuer, claims["sub"])
        if found is None:
            if not roles:
                return None, "not_let_in"
            person_ref = await _new_person(tx, claims, settings.user_name_claim, roles)
            if not await rows.bind_provider_person(tx, settings.issuer, claims["sub"], person_ref):
                raise ProviderRefused("expired")  # they came in twice at once: once more
            await note_roles(tx, person_ref, roles, Action.CREATE)
            return person_ref, None
        if not found.is_active:
            return found.person_ref, "shut_out"
        if not roles:
            return found.person_ref, "not_let_in"
        if set(found.roles) != set(roles):
            await rows.set_roles(tx, found.person_ref, roles)
            await note_roles(tx, found.person_ref, roles, Action.UPDATE)
        return found.person_ref, None


def roles_of(
    claims: Mapping[str, Any], path: str, mapping: Mapping[str, Sequence[Role]]
) -> list[Role]:
    """Return the roles that somebody's groups stand for."""
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    groups = found if isinstance(found, list) else [found]
    given = {role for one in groups if isinstance(one, str) for role in mapping.get(one, ())}
    return [role for role in Role if role in given]


async def _new_person(
    tx: Transaction, claims: Mapping[str, Any], claim: str, roles: Sequence[Role]
) -> int:
    """Add somebody; a user name that is taken belongs to somebody else and gets a number here."""
    wanted = _UNFIT.sub("-", str(claims.get(claim, "")).lower()).strip("._-")[:56]
    if not wanted:
        wanted = f"person-{hashlib.sha256(claims['sub'].encode()).hexdigest()[:8]}"
    said = claims.get("name")
    display_name = said.strip()[:120] if isinstance(said, str) and said.isprintable() else ""
    for number in range(1, _MOST_NAMESAKES):
        user_name = wanted if number == 1 else f"{wanted}-{number}"
        check_person(user_name, display_name or user_name, roles)
        person_ref = await people.add_person(tx, user_name, display_name or user_name, roles)
        if person_ref is not None:
            return person_ref
    raise InvalidPerson("too many people have this user name")


def _proved_since(flow: ProviderFlow) -> datetime | None:
    return None if flow.session_ref is None else flow.begun_at


def _drawn_from(secret: str, purpose: str) -> str:
    """Draw one secret from another, so that only the browser's cookie holds it."""
    return _encoded(hashlib.sha256(f"{purpose}:{secret}".encode()).digest())


def _challenge(verifier: str) -> str:
    return _encoded(hashlib.sha256(verifier.encode()).digest())


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
