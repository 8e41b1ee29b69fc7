"""Passwords, and the codes of an authenticator beside them.

Passwords are kept by Argon2id (RFC 9106) and compared with lists of leaked and guessable ones
before they are taken; codes are those of RFC 6238, each of which holds once.
"""

import asyncio
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, ParamSpec, TypeVar

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from sonarium.base.errors import RequestError, UnavailableError
from sonarium.services.breached_passwords import is_common, is_listed, normalized

P = ParamSpec("P")
R = TypeVar("R")

SHORTEST: Final = 12
LONGEST: Final = 128
_LEAST_REST: Final = 8
"""Of a password, without the words that everybody knows of its person."""
ISSUER: Final = "Sonarium"
_TOTP_SECRET: Final = re.compile(r"[A-Z2-7]{32}", re.ASCII)
_STEP_S: Final = 30
_STEPS_OFF: Final = (0, -1, 1)
"""Clocks that differ by half a minute are common."""
_GUESSES_ENOUGH: Final = 3
"""zxcvbn's score of what withstands 10^8 guesses."""
_RECOVERY_CODES: Final = 8
_LEAKED: Final = (
    "this password is on the lists that thieves try first, or close to it: take four words that "
    "do not belong together"
)
_AT_ONCE: Final = 2
"""Each comparison takes 64 MiB for a moment."""
_MOST_WAITING: Final = 32


class PasswordTooWeak(RequestError):
    """A password that others would guess; the message says how to choose a better one."""


class InvalidTOTPSecret(RequestError):
    """A secret for an authenticator that none of ours can be."""


class TooManyAtOnce(UnavailableError):
    """More people sign in at once than passwords can be compared; they come in a moment later."""


class Passwords:
    """Hashes and compares passwords away from the event loop, few at a time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._nobodys = _nobodys_hash()

    async def hash(self, password: str) -> str:
        """Return what is kept of a password.

        Raises:
            TooManyAtOnce: too many wait already.
        """
        return await self._in_turn(self._hasher.hash, normalized(password))

    async def matches(self, password: str, kept: str | None) -> bool:
        """Compare; where nothing is kept it takes as long, and fails.

        Raises:
            TooManyAtOnce: too many wait already.
        """
        same = await self._in_turn(self._compare, password, kept or self._nobodys)
        return same and kept is not None

    async def _in_turn(self, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        if self._waiting >= _MOST_WAITING:
            raise TooManyAtOnce("many people sign in just now: try again in a moment")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *arguments, **named)
        finally:
            self._waiting -= 1

    def _compare(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, normalized(password))
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys_hash() -> str:
    """Return what a password is compared with where nobody is; one serves the whole process."""
    return PasswordHasher().hash(secrets.token_urlsafe(16))


def check_password(password: str, *known: str, breached_list: Path | None = None) -> None:
    """Refuse a password that is short, leaked or made of what everybody knows of the person.

    Args:
        password: as typed.
        known: names of its person.
        breached_list: the site's own list of leaked ones, beside ours.

    Raises:
        PasswordTooWeak: says what to do.
        BreachedListUnusable: the site's own list cannot be used.
    """
    password = normalized(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordTooWeak(
            f"a password has {SHORTEST} to {LONGEST} characters: four words that do not belong "
            "together are easy to keep in mind"
        )
    if is_common(password) or (breached_list and is_listed(password, breached_list)):
        raise PasswordTooWeak(_LEAKED)
    rest = password.lower()
    for word in (ISSUER, *known):
        rest = rest.replace(word.lower(), "")
    if len(rest) < _LEAST_REST or zxcvbn(rest, max_length=LONGEST)["score"] < _GUESSES_ENOUGH:
        raise PasswordTooWeak(_LEAKED)


def new_totp_secret() -> str:
    """Return a secret to share with an authenticator, in Base32."""
    return pyotp.random_base32()


def totp_address(secret: str, user_name: str) -> str:
    """Return the address that an authenticator reads from a QR code.

    Raises:
        InvalidTOTPSecret: it is none of ours.
    """
    check_totp_secret(secret)
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=ISSUER)


def check_totp_secret(secret: str) -> None:
    """Refuse a secret that `new_totp_secret` cannot have made.

    Raises:
        InvalidTOTPSecret: it is none of ours.
    """
    if not _TOTP_SECRET.fullmatch(secret):
        raise InvalidTOTPSecret("the authenticator's secret is not one that was offered")


def totp_step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the 30-second step that a code belongs to; None where it is wrong."""
    present = int(now.timestamp()) // _STEP_S
    totp = pyotp.TOTP(secret)
    for step in (present + off for off in _STEPS_OFF):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Return codes for the day on which the authenticator is lost, each of 80 random bits."""
    return [_grouped(secrets.token_hex(10)) for _ in range(_RECOVERY_CODES)]


def _grouped(text: str) -> str:
    return "-".join(text[at : at + 5] for at in range(0, len(text), 5))
