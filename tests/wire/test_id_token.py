from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from sonarium.wire.id_token import (
    Expected,
    IDTokenRefused,
    UnknownKey,
    key_set_of,
    verified_claims,
)

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEY = ECKey.generate_key("P-256", {"kid": "one"})
KEYS = KeySet([ECKey.import_key(KEY.as_dict(private=False))])
EXPECTED = Expected("https://login.example", "sonarium", "n", NOW)
CLAIMS = {
    "iss": "https://login.example",
    "aud": "sonarium",
    "sub": "1",
    "nonce": "n",
    "iat": NOW.timestamp(),
    "exp": NOW.timestamp() + 300,
}


def signed(key: ECKey = KEY, kid: str = "one", **changed: object) -> str:
    return jwt.encode({"alg": "ES256", "kid": kid}, {**CLAIMS, **changed}, key)


def test_what_holds_is_returned() -> None:
    assert verified_claims(signed(), KEYS, EXPECTED)["sub"] == "1"
    assert verified_claims(signed(aud=["sonarium"], azp="sonarium"), KEYS, EXPECTED)


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "nonce", "iat", "exp"])
def test_a_claim_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(IDTokenRefused, match=name):
        verified_claims(signed(**{name: None}), KEYS, EXPECTED)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [True, "1e9", [], float("inf"), 1e300, -1])
def test_a_moment_is_a_number_of_our_times(value: object) -> None:
    with pytest.raises(IDTokenRefused):
        verified_claims(signed(exp=value), KEYS, EXPECTED)


def test_a_proof_has_to_be_newer_than_it_was_asked_for() -> None:
    expected = Expected("https://login.example", "sonarium", "n", NOW, NOW)
    with pytest.raises(IDTokenRefused, match="auth_time"):
        verified_claims(signed(), KEYS, expected)
    before = (NOW - timedelta(minutes=5)).timestamp()
    with pytest.raises(IDTokenRefused, match="auth_time"):
        verified_claims(signed(auth_time=before), KEYS, expected)
    assert verified_claims(signed(auth_time=NOW.timestamp()), KEYS, expected)


def test_an_unknown_key_is_told_apart_from_a_wrong_signature() -> None:
    other = ECKey.generate_key("P-256", {"kid": "two"})
    with pytest.raises(UnknownKey):
        verified_claims(signed(other, "two"), KEYS, EXPECTED)
    with pytest.raises(IDTokenRefused, match="signature"):
        verified_claims(signed(other, "one"), KEYS, EXPECTED)


def test_only_public_keys_that_are_long_enough_are_taken() -> None:
    weak = RSAKey.import_key(
        RSAKey.generate_key(2048, {"kid": "strong"}).as_dict(private=False)
    ).as_dict()
    shown = [
        weak,
        {**weak, "kid": "for encryption", "use": "enc"},
        {"kty": "RSA", "kid": "short", "n": "AQAB", "e": "AQAB"},
        OctKey.generate_key(256, {"kid": "shared"}).as_dict(),
        {"kty": "XX"},
        "no key",
        None,
    ]
    assert [key.kid for key in key_set_of({"keys": shown}).keys] == ["strong"]


@pytest.mark.parametrize("document", [{}, {"keys": []}, {"keys": {}}, [], None, {"keys": [{}]}])
def test_no_keys_are_no_provider(document: object) -> None:
    with pytest.raises(IDTokenRefused):
        key_set_of(document)


@given(token=st.text(max_size=200))
def test_no_text_breaks_the_door(token: str) -> None:
    with pytest.raises(IDTokenRefused):
        verified_claims(token, KEYS, EXPECTED)


@given(cut=st.integers(0, 400), put=st.text("abcXYZ019-_.", max_size=3))
def test_no_change_of_a_token_goes_unnoticed(cut: int, put: str) -> None:
    whole = signed()
    at = cut % len(whole)
    changed = whole[:at] + put + whole[at + len(put) :]
    if changed.rpartition(".")[0] != whole.rpartition(".")[0]:
        with pytest.raises(IDTokenRefused):
            verified_claims(changed, KEYS, EXPECTED)
