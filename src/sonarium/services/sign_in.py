"""Sign-in by password, enrolment and sessions.

Failures are counted for a name at an address, and for an address: whoever tries from elsewhere
cannot lock somebody out. A session is a random secret in a cookie, kept here as its digest.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import RequestError
from sonarium.base.secrets import digest_of, new_secret
from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.domain.access import only_department
from sonarium.domain.principal import Principal, Role, permissions_of, person_viewer
from sonarium.index import people, sessions
from sonarium.index.sessions import NewSession, Session
from sonarium.services import passwords
from sonarium.services.audit.acting import who_acts
from sonarium.services.audit.sign_ins import (
    note_enrolment,
    note_failed_proof,
    note_failed_sign_in,
    note_proof,
    note_sign_in,
    note_sign_out,
)
from sonarium.services.passwords import Passwords, check_password
from sonarium.services.people import ENROL, SET_UP, SIGN_IN, InvalidPerson, check_person

__all__ = [
    "Caller",
    "Enrolled",
    "Enrolling",
    "Enrolment",
    "Session",
    "SessionSettings",
    "SignInRefused",
    "SignInService",
    "TooManyFailures",
    "first_administrator",
]

_WITHIN: Final = timedelta(minutes=15)
_FAILURES_OF_NAME: Final = 5
_FAILURES_OF_ADDRESS: Final = 50
_LONGEST_BROWSER: Final = 200


class SignInRefused(RequestError):
    """User name, password, code or link do not hold; the message does not say which."""


class TooManyFailures(RequestError):
    """Too many failures from this address; it is heard again after a while."""

    retry_after_s = int(_WITHIN.total_seconds())


class SessionSettings(BaseModel, frozen=True, extra="forbid"):
    """How long a sign-in lasts."""

    idle: timedelta = timedelta(minutes=30)
    """Without any request for so long, a person must sign in again."""
    lifetime: timedelta = timedelta(hours=12)
    """After so long a person must sign in again in any case."""
    proof: timedelta = timedelta(minutes=5)
    """What only its person may do (let somebody in, take a copy away) asks for password or
    passkey again once the last proof is older."""
    breached_list: Path | None = None
    """A list of leaked passwords beside ours: lines of SHA-1 in hexadecimal, sorted, as Have I
    Been Pwned offers them. It is searched where it lies, without a network."""


@dataclass(frozen=True, slots=True)
class Caller:
    """From where somebody signs in, as they see it in the list of their sessions."""

    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What somebody needs to set up a sign-in; names are None for the first administrator."""

    user_name: str | None
    display_name: str | None
    totp_secret: str


@dataclass(frozen=True, slots=True)
class Enrolling:
    """What somebody chose."""

    user_name: str
    display_name: str
    password: str
    totp_secret: str
    code: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A sign-in that was set up: the session's secret, and the recovery codes, shown once."""

    session_secret: str
    recovery_codes: Sequence[str]


class SignInService:
    """Lets people in, and knows them again."""

    def __init__(
        self, database: Database, settings: SessionSettings, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._passwords = Passwords()

    async def principal_of(self, secret: str, /) -> Principal | None:
        """Return who comes by a session that still holds."""
        async with self._database.statement() as tx:
            found = await sessions.find_session(
                tx, digest_of(secret), self._settings.idle, self._settings.proof
            )
            if found is None:
                return None
            if found.is_stale:
                await sessions.touch_session(tx, found.session_ref)
        roles = tuple(map(Role, found.roles))
        return Principal(
            found.user_name,
            found.display_name,
            permissions_of(roles),
            roles,
            found.session_ref,
            viewer=person_viewer(
                found.user_name,
                found.person_ref,
                roles,
                departments=found.departments,
                physician_ids=found.physician_ids,
            ),
            has_proved=found.has_proved,
            department=only_department(found.departments),
        )

    async def with_password(self, user_name: str, password: str, code: str, caller: Caller) -> str:
        """Sign in with password and code, or a recovery code; return the session's secret.

        Raises:
            SignInRefused: something does not hold.
            TooManyFailures, TooManyAtOnce: wait.
        """

        async def begin(tx: Transaction, person_ref: int) -> str:
            return await self.begin_session(tx, person_ref, "password", caller)

        async def note_failure(tx: Transaction) -> None:
            await note_failed_sign_in(tx, user_name.strip().lower()[:64], caller.address)

        return await self._compared(user_name, password, code, caller, begin, note_failure)

    async def prove_with_password(
        self, principal: Principal, password: str, code: str, caller: Caller
    ) -> str:
        """Prove in a session that it is still its person; return the session's new secret.

        Raises:
            SignInRefused, TooManyFailures, TooManyAtOnce: as `with_password`.
        """

        async def prove(tx: Transaction, person_ref: int) -> str:
            return await self.prove_session(tx, principal, person_ref)

        async def note_failure(tx: Transaction) -> None:
            await note_failed_proof(tx, who_acts())

        return await self._compared(principal.name, password, code, caller, prove, note_failure)

    async def _compared(
        self,
        user_name: str,
        password: str,
        code: str,
        caller: Caller,
        then: Callable[[Transaction, int], Awaitable[str]],
        note_failure: Callable[[Transaction], Awaitable[None]],
    ) -> str:
        """Compare password and code, and go on in the transaction that uses the code up."""
        name = user_name.strip().lower()[:64]
        await self.refuse_many_failures(name, caller)
        # No connection waits while a password is compared: strangers could take them all.
        async with self._database.statement() as tx:
            kept = await people.password_hash_of(tx, name)
        knows_password = await self._passwords.matches(password, kept)
        async with self._database.transaction() as tx:
            person_ref = await self._proved(tx, name, kept, code) if knows_password else None
            if person_ref is not None:
                await people.forget_failures(tx, name, caller.address)
                return await then(tx, person_ref)
            await people.add_failure(tx, name, caller.address)
            await note_failure(tx)
        raise SignInRefused("user name, password or code do not hold")

    async def with_link(self, link_secret: str, caller: Caller) -> str:
        """Sign in by a link of one use; return the session's secret.

        Raises:
            SignInRefused: the link was used, has expired or is for something else.
        """
        async with self._database.transaction() as tx:
            link = await self.use_link(tx, link_secret, (SIGN_IN,))
            assert link.person_ref is not None  # noqa: S101  # the table's own check
            return await self.begin_session(tx, link.person_ref, "link", caller)

    async def begin_enrolment(self, link_secret: str) -> Enrolment:
        """Offer a new authenticator secret to whoever holds an enrolment link; it stays unused.

        Raises:
            SignInRefused: the link was used, has expired or is for something else.
        """
        async with self._database.statement() as tx:
            link = await self.look_at_link(tx, link_secret, (SET_UP, ENROL))
        return Enrolment(link.user_name, link.display_name, passwords.new_totp_secret())

    async def enrol(self, link_secret: str, chosen: Enrolling, caller: Caller) -> Enrolled:
        """Set up password and authenticator, which replace all before, and sign in.

        Raises:
            SignInRefused: the link does not hold, or the code is not the authenticator's.
            PasswordTooWeak, InvalidTOTPSecret, InvalidPerson: what to choose instead; the
                link stays unused.
        """
        known = (chosen.user_name, *chosen.display_name.split())
        # The site's list may be 40 GB on a slow disk.
        await asyncio.to_thread(
            check_password,
            chosen.password,
            *known,
            breached_list=self._settings.breached_list,
        )
        passwords.check_totp_secret(chosen.totp_secret)
        step = passwords.totp_step_of(chosen.totp_secret, chosen.code, self._clock())
        if step is None:
            raise SignInRefused(
                "the code does not fit: scan the picture with the authenticator and type the "
                "six digits that it shows now"
            )
        async with self._database.statement() as tx:
            await self.look_at_link(tx, link_secret, (SET_UP, ENROL))
        kept = await self._passwords.hash(chosen.password)
        codes = passwords.new_recovery_codes()
        async with self._database.transaction() as tx:
            link = await self.use_link(tx, link_secret, (SET_UP, ENROL))
            person_ref = link.person_ref
            if person_ref is None:
                person_ref = await first_administrator(tx, chosen.user_name, chosen.display_name)
            await people.forget_ways_in(tx, person_ref)
            digests = [digest_of(code) for code in codes]
            await people.put_credentials(tx, person_ref, kept, chosen.totp_secret, step, digests)
            await sessions.end_sessions_of(tx, person_ref)
            await note_enrolment(tx, person_ref, caller.address)
            return Enrolled(await self.begin_session(tx, person_ref, "password", caller), codes)

    async def sessions_of(self, user_name: str) -> list[Session]:
        """List where somebody is signed in."""
        async with self._database.statement() as tx:
            return await sessions.sessions_of(tx, user_name, self._settings.idle)

    async def end_session(self, user_name: str, session_ref: int) -> bool:
        """End a session of somebody; False where it is none of theirs."""
        async with self._database.transaction() as tx:
            ended = await sessions.end_session(tx, user_name, session_ref)
            if ended:
                await note_sign_out(tx, who_acts())
            return ended

    async def refuse_many_failures(self, name: str, caller: Caller) -> None:
        """Refuse a name at an address, or an address, that failed too often of late.

        Raises:
            TooManyFailures: it did.
        """
        async with self._database.transaction() as tx:
            same, any_name = await people.count_failures(tx, name, caller.address, _WITHIN)
        if (name and same >= _FAILURES_OF_NAME) or any_name >= _FAILURES_OF_ADDRESS:
            raise TooManyFailures(
                "too many attempts failed from here: wait a quarter of an hour, or ask an "
                "administrator for a new link"
            )

    async def begin_session(
        self, tx: Transaction, person_ref: int, method: str, caller: Caller
    ) -> str:
        """Begin a session of somebody who proved who they are; return its secret."""
        secret = new_secret()
        browser = caller.browser[:_LONGEST_BROWSER]
        session = NewSession(person_ref, method, caller.address, browser)
        await sessions.add_session(tx, digest_of(secret), session, self._settings.lifetime)
        await note_sign_in(tx, person_ref, method, caller.address)
        return secret

    async def prove_session(self, tx: Transaction, principal: Principal, person_ref: int) -> str:
        """Note that a session's person proved that it is them; return its new secret.

        Raises:
            SignInRefused: the session ended, or somebody else proved who they are.
        """
        secret = new_secret()
        session = principal.session_ref
        if session is None or not await sessions.prove_session(
            tx, session, person_ref, digest_of(secret)
        ):
            raise SignInRefused("this session is not theirs, or has ended: sign in again")
        await note_proof(tx, person_ref, who_acts().address)
        return secret

    async def look_at_link(
        self, tx: Transaction, link_secret: str, purposes: Sequence[str]
    ) -> people.Link:
        """Return what a link is for, without using it.

        Raises:
            SignInRefused: it was used, has expired or is for something else.
        """
        link = await people.find_link(tx, digest_of(link_secret))
        if link is None or link.purpose not in purposes:
            raise SignInRefused(_LINK_IS_OVER)
        return link

    async def use_link(
        self, tx: Transaction, link_secret: str, purposes: Sequence[str]
    ) -> people.Link:
        """Use a link, which nobody can do twice.

        Raises:
            SignInRefused: it was used, has expired or is for something else.
        """
        link = await self.look_at_link(tx, link_secret, purposes)
        if not await people.use_link(tx, digest_of(link_secret)):
            raise SignInRefused(_LINK_IS_OVER)
        return link

    async def _proved(self, tx: Transaction, name: str, kept: str | None, code: str) -> int | None:
        """Return who knew the password and shows a code, unless the password changed meanwhile."""
        known = await people.credentials_of(tx, name)
        if known is None or known.totp_secret is None or known.password_hash != kept:
            return None
        if not await self._code_holds(tx, known.person_ref, known.totp_secret, code.strip()):
            return None
        return known.person_ref

    async def _code_holds(
        self, tx: Transaction, person_ref: int, totp_secret: str, code: str
    ) -> bool:
        step = passwords.totp_step_of(totp_secret, code.replace(" ", ""), self._clock())
        if step is not None:
            return await people.use_totp_step(tx, person_ref, step)
        return await people.use_recovery_code(tx, person_ref, digest_of(code.lower()))


_LINK_IS_OVER: Final = "this link was used already or has expired: ask for a new one"


async def first_administrator(
    tx: Transaction, user_name: str, display_name: str, user_handle: UUID | None = None
) -> int:
    """Add whoever opened the link of `sonarium init`; their passkeys keep `user_handle`.

    Raises:
        InvalidPerson: the name cannot be used or is taken.
    """
    roles = [Role.ADMINISTRATOR]
    check_person(user_name, display_name, roles)
    person_ref = await people.add_person(tx, user_name, display_name, roles, user_handle)
    if person_ref is None:
        raise InvalidPerson("this user name is taken")
    return person_ref
