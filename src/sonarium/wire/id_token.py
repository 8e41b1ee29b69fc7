"""ID tokens (OpenID Connect Core 1.0, section 2): whether what a provider says holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from sonarium.base.errors import PeerError

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
"""Signatures by a key pair alone: `none` is no signature, and HMAC would need a shared secret."""
_KINDS: Final[Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]]] = {
    "RSA": RSAKey,
    "EC": ECKey,
    "OKP": OKPKey,
}
_SHORTEST_RSA: Final = 2048
_CLOCKS_OFF: Final = timedelta(seconds=60)
_OLDEST: Final = timedelta(minutes=10)
_LONGEST_SUBJECT: Final = 255


class IDTokenRefused(PeerError):
    """A token that does not hold; the message says which of its claims, never whose."""


class UnknownKey(IDTokenRefused):
    """No key that we have of the provider made this signature: it may have new ones."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say."""

    issuer: str
    client_id: str
    nonce: str
    now: datetime
    proved_since: datetime | None = None
    """When its person must have proved who they are, at the earliest; None: whenever."""


def key_set_of(document: object) -> KeySet:
    """Read a provider's public keys (RFC 7517); those that we cannot use are left out.

    Raises:
        IDTokenRefused: there is none.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    found = map(_key_of, listed) if isinstance(listed, list) else []
    keys: list[Key] = [key for key in found if key is not None]
    if not keys:
        raise IDTokenRefused("the provider shows no key that can be used")
    return KeySet(keys)


def verified_claims(token: str, keys: KeySet, expected: Expected) -> Mapping[str, Any]:
    """Return what a token says, once it holds (OpenID Connect Core 3.1.3.7).

    Raises:
        UnknownKey: signed by a key that is not among `keys`.
        IDTokenRefused: it does not hold.
    """
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
    except InvalidKeyIdError as error:
        raise UnknownKey("the ID token is signed by a key that is not known") from error
    except (JoseError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise IDTokenRefused("the signature of the ID token does not hold") from error
    wrong = _wrong_claim(claims, expected)
    if wrong:
        raise IDTokenRefused(f"the ID token's {wrong} does not hold")
    return claims


def _key_of(listed: object) -> Key | None:
    if not isinstance(listed, dict) or listed.get("use", "sig") != "sig":
        return None
    kind = _KINDS.get(str(listed.get("kty")))
    if kind is None:
        return None
    public = {name: value for name, value in listed.items() if name not in {"d", "key_ops"}}
    try:
        key = kind.import_key(public)
        if isinstance(key, RSAKey) and key.raw_value.key_size < _SHORTEST_RSA:
            return None
    except (JoseError, ValueError, TypeError, LookupError):
        return None
    return key


def _wrong_claim(claims: Mapping[str, Any], expected: Expected) -> str | None:
    """Name the first claim that does not hold."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    subject = claims.get("sub")
    now, off = expected.now.timestamp(), _CLOCKS_OFF.total_seconds()
    since = expected.proved_since
    holds = {
        "iss": claims.get("iss") == expected.issuer,
        "aud": audiences == [expected.client_id],
        "azp": claims.get("azp", expected.client_id) == expected.client_id,
        "exp": _moment(claims, "exp") > now - off,
        "iat": now - _OLDEST.total_seconds() < _moment(claims, "iat") < now + off,
        "nbf": "nbf" not in claims or _moment(claims, "nbf") < now + off,
        "nonce": claims.get("nonce") == expected.nonce,
        "sub": isinstance(subject, str) and 1 <= len(subject) <= _LONGEST_SUBJECT,
        "auth_time": since is None or _moment(claims, "auth_time") >= since.timestamp() - off,
    }
    return next((name for name, is_so in holds.items() if not is_so), None)


def _moment(claims: Mapping[str, Any], name: str) -> float:
    """Return a moment in seconds since 1970; one that is none lies before all."""
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and abs(value) < 1e12 else float("-inf")
