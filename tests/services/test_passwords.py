import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from sonarium.services import passwords
from sonarium.services.passwords import Passwords, PasswordTooWeak, TooManyAtOnce, check_password

GOOD = "lamp otter violin thursday"
# RFC 6238 appendix B: the SHA-1 secret, and the last six digits of its codes.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


async def test_a_password_is_kept_as_argon2id_and_known_again() -> None:
    keeper = Passwords()
    kept = await keeper.hash(GOOD)
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert await keeper.matches(GOOD, kept)
    assert not await keeper.matches(GOOD + "!", kept)
    assert not await keeper.matches(GOOD, None)
    assert not await keeper.matches(GOOD, "no hash at all")


async def test_only_so_many_wait_for_their_turn() -> None:
    keeper = Passwords()
    kept = await keeper.hash(GOOD)
    together = [keeper.matches(GOOD, kept) for _ in range(40)]
    answers = await asyncio.gather(*together, return_exceptions=True)
    assert answers.count(True) == 32
    assert sum(isinstance(answer, TooManyAtOnce) for answer in answers) == 8
    assert await keeper.matches(GOOD, kept)


@pytest.mark.parametrize(
    "weak", ["short", "passwordpassword", "123456789012", "sonarium2026", "iloveyou1234", "x" * 200]
)
def test_short_leaked_and_guessable_passwords_are_refused_with_advice(weak: str) -> None:
    with pytest.raises(PasswordTooWeak, match="words"):
        check_password(weak)


def test_a_password_made_of_the_own_name_is_refused() -> None:
    with pytest.raises(PasswordTooWeak):
        check_password("adalovelace1", "ada", "Ada", "Lovelace")
    with pytest.raises(PasswordTooWeak):
        check_password("lovelace lovelace", "lovelace ")
    check_password(GOOD, "ada")


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert passwords.totp_step_of(RFC_SECRET, code, now) == seconds // 30
    assert passwords.totp_step_of(RFC_SECRET, code, now + timedelta(seconds=30)) == seconds // 30
    assert passwords.totp_step_of(RFC_SECRET, code, now + timedelta(seconds=90)) is None
    assert passwords.totp_step_of(RFC_SECRET, "", now) is None
    assert passwords.totp_step_of(RFC_SECRET, "é", now) is None


def test_an_authenticator_reads_whose_secret_it_is() -> None:
    secret = passwords.new_totp_secret()
    read = pyotp.parse_uri(passwords.totp_address(secret, "ada@ward"))
    assert (read.secret, read.name, read.issuer) == (secret, "ada@ward", "Sonarium")


@pytest.mark.parametrize("secret", ["", "short", "a" * 32, "1" * 32, "A" * 33])
def test_a_secret_that_was_never_offered_is_refused(secret: str) -> None:
    with pytest.raises(passwords.InvalidTOTPSecret):
        passwords.totp_address(secret, "ada")


def test_recovery_codes_are_many_and_differ() -> None:
    codes = passwords.new_recovery_codes()
    assert len(set(codes)) == 8
    assert all(len(code) == 23 for code in codes)


def test_a_site_adds_what_leaked_to_the_lists(tmp_path: Path) -> None:
    password = "lamp otter violin thursday"
    check_password(password, "ada")
    listed = tmp_path / "list"
    listed.write_text(f"{hashlib.sha1(password.encode()).hexdigest().upper()}:3\n")
    with pytest.raises(PasswordTooWeak, match="thieves"):
        check_password(password, "ada", breached_list=listed)


async def test_a_password_is_the_same_on_every_keyboard() -> None:
    passwords = Passwords()
    kept = await passwords.hash("Z\u00fcrich lamp otter violin")
    assert await passwords.matches("Zu\u0308rich lamp otter violin", kept)
