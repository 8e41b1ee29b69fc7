"""The site's OpenID Connect provider, asked by us: discovery, keys, and a code for a token.

What it may make us fetch is bounded: only its own https addresses, no redirects, small answers,
within seconds.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
import msgspec
from joserfc.jwk import KeySet
from pydantic import BaseModel, SecretStr, field_validator

from sonarium.base.errors import UnavailableError
from sonarium.domain.principal import Role
from sonarium.peers.errors import UnexpectedResponse
from sonarium.wire.id_token import key_set_of

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_ANSWER: Final = 256 * 1024
_KEPT_S: Final = 3600.0
_KEYS_AGAIN_S: Final = 30.0
"""However many tokens name unknown keys, the provider is asked so seldom for new ones."""


class ProviderUnreachable(UnavailableError):
    """The provider does not answer as it should just now."""


class ProviderSettings(BaseModel, frozen=True, extra="forbid"):
    """The site's own OpenID Connect provider, by which people may sign in."""

    issuer: str
    """Its issuer, as it calls itself; it begins with https."""
    client_id: str
    """Under which name it knows us. Register the address
    `https://NAME/api/session/provider/answer` there for each of our names."""
    client_secret: SecretStr | None = None
    """Our secret with it; none for a public client, which PKCE protects."""
    name: str = "your organization"
    """What people call it: stands on the button."""
    scopes: tuple[str, ...] = ("openid", "profile")
    """What to ask it for; `openid` has to be among them."""
    groups_claim: str = "groups"
    """Where the ID token lists a person's groups; dots lead into objects."""
    roles: Mapping[str, tuple[Role, ...]] = {}
    """Which group has which roles here, as JSON: `{"us-lab": ["sonographer"]}`. Who is in none of
    them does not come in."""
    user_name_claim: str = "preferred_username"
    """Of which claim a new person's user name is made."""
    acr_values: tuple[str, ...] = ()
    """Kinds of sign-in of which one is required (two factors, say), in the provider's words."""
    timeout: timedelta = timedelta(seconds=10)
    """For each of its answers."""

    @field_validator("issuer")
    @classmethod
    def _is_safe(cls, issuer: str) -> str:
        if not is_safe_address(issuer, issuer) or urlsplit(issuer).query:
            raise ValueError("the issuer is an https address (http for this machine alone)")
        return issuer


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """What discovery tells (OpenID Connect Discovery 1.0, section 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    """Whether its answers carry `iss` (RFC 9207)."""
    takes_basic: bool
    """Whether our secret goes by HTTP Basic rather than in the form."""


def is_safe_address(address: str, issuer: str) -> bool:
    """Tell whether we may fetch or open an address that belongs to an issuer.

    In clear we speak to this machine alone, and only where the issuer itself is there.
    """
    try:
        parts, base = urlsplit(address), urlsplit(issuer)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        return False
    if parts.scheme == "https":
        return True
    return (
        parts.scheme == "http"
        and base.scheme == "http"
        and parts.hostname in LOOPBACK
        and base.hostname in LOOPBACK
    )


class OpenIDProvider:
    """Asks one provider, and keeps what it says of itself for a while."""

    def __init__(
        self,
        settings: ProviderSettings,
        transport: httpx.AsyncBaseTransport | None = None,
        clock_s: Callable[[], float] = monotonic,
    ) -> None:
        self.settings = settings
        self._transport = transport
        self._clock_s = clock_s
        self._metadata: tuple[float, ProviderMetadata] | None = None
        self._keys: tuple[float, KeySet] | None = None

    async def metadata(self) -> ProviderMetadata:
        """Return where its endpoints are.

        Raises:
            ProviderUnreachable: it does not answer, or not as a provider.
        """
        if self._metadata is None or self._clock_s() - self._metadata[0] > _KEPT_S:
            issuer = self.settings.issuer
            where = f"{issuer.removesuffix('/')}/.well-known/openid-configuration"
            found = _metadata_of(await self._ask("GET", where), issuer)
            self._metadata = (self._clock_s(), found)
        return self._metadata[1]

    async def keys(self) -> KeySet:
        """Return its public keys, as they were within the last hour.

        Raises:
            ProviderUnreachable: as `metadata`.
        """
        if self._keys is None or self._clock_s() - self._keys[0] > _KEPT_S:
            await self._fetch_keys()
        assert self._keys is not None  # noqa: S101  # fetched above
        return self._keys[1]

    async def newer_keys(self) -> KeySet:
        """Return its public keys as they are now, unless we asked just before.

        Raises:
            ProviderUnreachable: as `metadata`.
        """
        if self._keys is None or self._clock_s() - self._keys[0] > _KEYS_AGAIN_S:
            await self._fetch_keys()
        return await self.keys()

    async def id_token_for(self, code: str, verifier: str, redirect_uri: str) -> str:
        """Exchange a code (RFC 6749 4.1.3, RFC 7636 4.5) and return the ID token.

        Raises:
            ProviderUnreachable: it does not answer.
            UnexpectedResponse: it gives no token for this code.
        """
        metadata = await self.metadata()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect_uri,
            "client_id": self.settings.client_id,
        }
        secret, basic = self.settings.client_secret, None
        if secret is not None and metadata.takes_basic:
            basic = httpx.BasicAuth(
                quote(self.settings.client_id, safe=""), quote(secret.get_secret_value(), safe="")
            )
        elif secret is not None:
            form["client_secret"] = secret.get_secret_value()
        answer = await self._ask("POST", metadata.token_endpoint, form, basic)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise UnexpectedResponse("the provider gave no ID token")
        return token

    async def _fetch_keys(self) -> None:
        metadata = await self.metadata()
        self._keys = (self._clock_s(), key_set_of(await self._ask("GET", metadata.jwks_uri)))

    async def _ask(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        basic: httpx.BasicAuth | None = None,
    ) -> Mapping[str, Any]:
        """Fetch a small JSON object."""
        timeout_s = self.settings.timeout.total_seconds()
        try:
            async with (
                asyncio.timeout(timeout_s),
                httpx.AsyncClient(
                    transport=self._transport,
                    follow_redirects=False,
                    trust_env=False,
                    timeout=timeout_s,
                ) as client,
                client.stream(
                    method, address, data=form, auth=basic, headers={"Accept": "application/json"}
                ) as answer,
            ):
                body = await _bounded(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ProviderUnreachable("the provider does not answer") from error
        if 400 <= answer.status_code < 500 and method == "POST":
            raise UnexpectedResponse("the provider refused the code")
        if answer.status_code != httpx.codes.OK:
            raise ProviderUnreachable(f"the provider answered with status {answer.status_code}")
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError) as error:
            raise ProviderUnreachable("the provider's answer is no JSON object") from error


async def _bounded(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > _LONGEST_ANSWER:
            raise ProviderUnreachable("the provider's answer has no end")
    return bytes(body)


def _metadata_of(document: Mapping[str, Any], issuer: str) -> ProviderMetadata:
    if document.get("issuer") != issuer:
        raise ProviderUnreachable("the provider calls itself by another issuer than the setting")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    places = authorization, token, keys = tuple(str(document.get(name, "")) for name in names)
    if not all(is_safe_address(place, issuer) for place in places):
        raise ProviderUnreachable("the provider names an address that is not https")
    methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return ProviderMetadata(
        authorization,
        token,
        keys,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        takes_basic=isinstance(methods, list) and "client_secret_basic" in methods,
    )
