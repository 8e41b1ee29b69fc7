"""Passkeys (W3C Web Authentication Level 3): set up, sign in, prove again, list and remove.

A passkey is something its person has, which first asks for what they know or are: two factors.
Each ceremony begins with a challenge of ours, which is heard once and for minutes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from sonarium.base.errors import RequestError
from sonarium.base.log import get_logger
from sonarium.base.secrets import digest_of, new_secret
from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.domain.principal import Principal, Role
from sonarium.index import passkeys as rows
from sonarium.index import people
from sonarium.index.passkeys import NewPasskey, Passkey
from sonarium.index.sessions import end_sessions_of
from sonarium.services.audit.sign_ins import (
    note_enrolment,
    note_failed_sign_in,
    note_way_in,
)
from sonarium.services.passwords import ISSUER
from sonarium.services.people import ENROL, SET_UP, check_person
from sonarium.services.sign_in import (
    Caller,
    SignInRefused,
    SignInService,
    TooManyFailures,
    first_administrator,
)

_LIFETIME: Final = timedelta(minutes=5)
_MOST_WAITING: Final = 100
"""Challenges of one address that wait for an answer."""
_MOST_PASSKEYS: Final = 20
_LONGEST_NAME: Final = 60
_NOT_THIS_ONE: Final = "this passkey does not open the archive: try another, or another way in"
_NOT_MADE: Final = "the passkey was not made as asked: begin again"

JSON = dict[str, Any]

log = get_logger(__name__)


class InvalidPasskey(RequestError):
    """A passkey that cannot be named, kept or removed so; the message says why."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """At which address of ours a ceremony takes place (WebAuthn 5.1.2)."""

    rp_id: str
    """Our host name; passkeys work at no bare address."""
    origins: tuple[str, ...]
    """What the browser may name as the page's origin."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """A new passkey as a browser hands it over, in base64url (WebAuthn 5.2.1)."""

    raw_id: str
    client_data_json: str
    attestation_object: str

    def as_json(self) -> JSON:
        """Write it as the library reads it."""
        return _credential(
            self.raw_id,
            clientDataJSON=self.client_data_json,
            attestationObject=self.attestation_object,
        )


@dataclass(frozen=True, slots=True)
class Assertion:
    """A passkey's answer as a browser hands it over, in base64url (WebAuthn 5.2.2)."""

    raw_id: str
    client_data_json: str
    authenticator_data: str
    signature: str
    user_handle: str

    def as_json(self) -> JSON:
        """Write it as the library reads it."""
        return _credential(
            self.raw_id,
            clientDataJSON=self.client_data_json,
            authenticatorData=self.authenticator_data,
            signature=self.signature,
        )


@dataclass(frozen=True, slots=True)
class NewHolder:
    """Who sets up a passkey by a link, and what they call it."""

    user_name: str
    display_name: str
    passkey_name: str


class PasskeyService:
    """Holds the ceremonies of passkeys."""

    def __init__(self, database: Database, signing_in: SignInService) -> None:
        self._database = database
        self._signing_in = signing_in

    async def begin_enrolment(
        self, link_secret: str, user_name: str, display_name: str, at: RelyingParty, caller: Caller
    ) -> JSON:
        """Return what a browser needs to make the passkey of whoever holds a link; it stays unused.

        The names count for the first administrator alone.

        Raises:
            SignInRefused: the link was used, has expired or is for something else.
            InvalidPerson: the names cannot be.
            TooManyFailures: wait.
        """
        async with self._database.transaction() as tx:
            link = await self._signing_in.look_at_link(tx, link_secret, (SET_UP, ENROL))
            handle = uuid4()
            if link.user_name is None:
                check_person(user_name, display_name, [Role.ADMINISTRATOR])
            else:
                holder = await rows.lock_person(tx, link.user_name)
                assert holder is not None  # noqa: S101  # links of inactive people do not hold
                user_name, display_name = link.user_name, holder.display_name
                handle = holder.user_handle
            challenge = await self._challenge(tx, "enrol", handle, caller)
        return _creation_options(at, challenge, handle, user_name, display_name, [])

    async def enrol(
        self,
        link_secret: str,
        holder: NewHolder,
        credential: Attestation,
        at: RelyingParty,
        caller: Caller,
    ) -> str:
        """Set up the passkey, which replaces every way in before, and sign in.

        Returns the session's secret.

        Raises:
            SignInRefused: the link does not hold, or the passkey is not the one that was asked for.
            InvalidPerson, InvalidPasskey: what to choose instead.
        """
        handle = await self._take(credential.client_data_json, "enrol")
        made = _made(credential, at, holder.passkey_name)
        async with self._database.transaction() as tx:
            link = await self._signing_in.use_link(tx, link_secret, (SET_UP, ENROL))
            if link.person_ref is None:
                person_ref = await first_administrator(
                    tx, holder.user_name, holder.display_name, handle
                )
            else:
                assert link.user_name is not None  # noqa: S101  # a person has one
                known = await rows.lock_person(tx, link.user_name)
                if known is None or known.user_handle != handle:
                    raise SignInRefused(_NOT_MADE)
                person_ref = known.person_ref
            await people.forget_ways_in(tx, person_ref)
            await self._keep(tx, person_ref, made)
            await end_sessions_of(tx, person_ref)
            await note_enrolment(tx, person_ref, caller.address)
            return await self._signing_in.begin_session(tx, person_ref, "passkey", caller)

    async def begin_adding(self, principal: Principal, at: RelyingParty, caller: Caller) -> JSON:
        """Return what a browser needs to make one more passkey of somebody who is signed in.

        Raises:
            InvalidPasskey: they have many already.
            TooManyFailures: wait.
        """
        async with self._database.transaction() as tx:
            holder = await _holder(tx, principal)
            known = await rows.passkeys_of(tx, principal.name)
            if len(known) >= _MOST_PASSKEYS:
                raise InvalidPasskey("you have many passkeys: remove one that you do not use")
            challenge = await self._challenge(tx, "add", holder.user_handle, caller)
        ids = [one.credential_id for one in known]
        return _creation_options(
            at, challenge, holder.user_handle, principal.name, holder.display_name, ids
        )

    async def add(
        self, principal: Principal, name: str, credential: Attestation, at: RelyingParty
    ) -> None:
        """Keep one more passkey of somebody who is signed in.

        Raises:
            SignInRefused: it is not the one that was asked for.
            InvalidPasskey: its name cannot be, or it is kept already.
        """
        handle = await self._take(credential.client_data_json, "add")
        made = _made(credential, at, name)
        async with self._database.transaction() as tx:
            holder = await _holder(tx, principal)
            if holder.user_handle != handle:
                raise SignInRefused(_NOT_MADE)
            await self._keep(tx, holder.person_ref, made)
            await note_way_in(tx, principal.name, "a passkey was added")

    async def begin_sign_in(self, at: RelyingParty, caller: Caller) -> JSON:
        """Return what a browser needs to ask for a passkey, whosever it is.

        Raises:
            TooManyFailures: wait.
        """
        await self._signing_in.refuse_many_failures("", caller)
        async with self._database.transaction() as tx:
            challenge = await self._challenge(tx, "sign_in", None, caller)
        return _request_options(at, challenge, [])

    async def sign_in(self, credential: Assertion, at: RelyingParty, caller: Caller) -> str:
        """Sign in with a passkey; return the session's secret.

        Raises:
            SignInRefused: it does not hold.
            TooManyFailures: wait.
        """
        await self._signing_in.refuse_many_failures("", caller)
        try:
            await self._take(credential.client_data_json, "sign_in")
            async with self._database.transaction() as tx:
                person_ref, _ = await self._checked(tx, credential, at)
                return await self._signing_in.begin_session(tx, person_ref, "passkey", caller)
        except SignInRefused:
            async with self._database.transaction() as tx:
                await people.add_failure(tx, "", caller.address)
                await note_failed_sign_in(tx, "", caller.address)
            raise

    async def begin_proof(self, principal: Principal, at: RelyingParty, caller: Caller) -> JSON:
        """Return what a browser needs to ask for a passkey of whoever is signed in.

        Raises:
            TooManyFailures: wait.
        """
        async with self._database.transaction() as tx:
            holder = await _holder(tx, principal)
            known = await rows.passkeys_of(tx, principal.name)
            challenge = await self._challenge(tx, "prove", holder.user_handle, caller)
        return _request_options(at, challenge, [one.credential_id for one in known])

    async def prove(self, principal: Principal, credential: Assertion, at: RelyingParty) -> str:
        """Prove in a session that it is still its person; return the session's new secret.

        Raises:
            SignInRefused: the passkey does not hold, or is somebody else's.
        """
        asked_of = await self._take(credential.client_data_json, "prove")
        async with self._database.transaction() as tx:
            person_ref, handle = await self._checked(tx, credential, at)
            if handle != asked_of:
                raise SignInRefused(_NOT_THIS_ONE)
            return await self._signing_in.prove_session(tx, principal, person_ref)

    async def passkeys_of(self, user_name: str) -> list[Passkey]:
        """List somebody's passkeys."""
        async with self._database.statement() as tx:
            return await rows.passkeys_of(tx, user_name)

    async def rename(self, user_name: str, passkey_ref: int, name: str) -> bool:
        """Call a passkey something else; False where it is none of theirs.

        Raises:
            InvalidPasskey: the name cannot be.
        """
        async with self._database.statement() as tx:
            return await rows.name_passkey(tx, user_name, passkey_ref, _named(name))

    async def remove(self, user_name: str, passkey_ref: int) -> bool:
        """Forget a passkey, unless nothing else would be left; False where it is none of theirs.

        Raises:
            InvalidPasskey: it is the last way in.
        """
        async with self._database.transaction() as tx:
            if await rows.lock_person(tx, user_name) is None:
                return False
            if not await rows.delete_passkey(tx, user_name, passkey_ref):
                return False
            person = await people.find_person(tx, user_name)
            if person is None or not person.ways:
                raise InvalidPasskey(
                    "this is your only way in: add another passkey first, then remove this one"
                )
            await note_way_in(tx, user_name, "a passkey was removed")
        return True

    async def _challenge(
        self, tx: Transaction, purpose: str, handle: UUID | None, caller: Caller
    ) -> str:
        challenge = new_secret()
        if not await rows.put_ceremony(
            tx,
            digest_of(challenge),
            purpose,
            handle,
            caller.address,
            lifetime=_LIFETIME,
            most=_MOST_WAITING,
        ):
            raise TooManyFailures("too many sign-ins are under way from here: wait some minutes")
        return challenge

    async def _take(self, client_data_json: str, purpose: str) -> UUID:
        """Take the challenge that a credential answers, whatever comes of it."""
        challenge = _challenge_in(client_data_json)
        async with self._database.transaction() as tx:
            found = await rows.take_ceremony(tx, digest_of(challenge), purpose)
        if found is None:
            raise SignInRefused("this took too long, or was done already: begin again")
        return found[0] or UUID(int=0)

    async def _checked(
        self, tx: Transaction, credential: Assertion, at: RelyingParty
    ) -> tuple[int, UUID]:
        """Return whose passkey signed our challenge, and note the use."""
        found = await rows.find_passkey(tx, _bytes_of(credential.raw_id))
        if found is None:
            raise SignInRefused(_NOT_THIS_ONE)
        if (named := credential.user_handle) and _bytes_of(named) != found.user_handle.bytes:
            raise SignInRefused(_NOT_THIS_ONE)
        try:
            checked = webauthn.verify_authentication_response(
                credential=credential.as_json(),
                expected_challenge=_challenge_in(credential.client_data_json).encode(),
                expected_rp_id=at.rp_id,
                expected_origin=list(at.origins),
                credential_public_key=found.public_key,
                credential_current_sign_count=found.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, LookupError, TypeError) as error:
            log.warning(
                "passkey_refused", passkey=found.passkey_ref, error_type=type(error).__name__
            )
            raise SignInRefused(_NOT_THIS_ONE) from error
        if not await rows.use_passkey(tx, found.passkey_ref, checked.new_sign_count):
            raise SignInRefused(_NOT_THIS_ONE)
        return found.person_ref, found.user_handle

    async def _keep(self, tx: Transaction, person_ref: int, made: NewPasskey) -> None:
        if not await rows.add_passkey(tx, person_ref, made):
            raise InvalidPasskey("this passkey is kept already")


async def _holder(tx: Transaction, principal: Principal) -> rows.KeyHolder:
    holder = await rows.lock_person(tx, principal.name)
    if holder is None:
        raise SignInRefused("you may not come in any more")
    return holder


def _made(credential: Attestation, at: RelyingParty, name: str) -> NewPasskey:
    """Check a new passkey (WebAuthn 7.1) and return what is kept of it."""
    named = _named(name)
    try:
        checked = webauthn.verify_registration_response(
            credential=credential.as_json(),
            expected_challenge=_challenge_in(credential.client_data_json).encode(),
            expected_rp_id=at.rp_id,
            expected_origin=list(at.origins),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, LookupError, TypeError) as error:
        raise SignInRefused(_NOT_MADE) from error
    return NewPasskey(
        checked.credential_id, checked.credential_public_key, checked.sign_count, at.rp_id, named
    )


def _named(name: str) -> str:
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= _LONGEST_NAME or not trimmed.isprintable():
        raise InvalidPasskey(f"the name of a passkey has 1 to {_LONGEST_NAME} characters")
    return trimmed


def _credential(raw_id: str, **response: str) -> JSON:
    return {"id": raw_id, "rawId": raw_id, "type": "public-key", "response": response}


def _bytes_of(text: str) -> bytes:
    """Decode base64url.

    Raises:
        SignInRefused: it is not.
    """
    try:
        return base64url_to_bytes(text)
    except ValueError as error:
        raise SignInRefused(_NOT_THIS_ONE) from error


def _challenge_in(client_data_json: str) -> str:
    """Return the challenge that a credential says it answers; the signature proves it later."""
    try:
        said = json.loads(_bytes_of(client_data_json))
        return _bytes_of(said["challenge"]).decode("ascii")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SignInRefused(_NOT_MADE) from error


def _creation_options(
    at: RelyingParty,
    challenge: str,
    handle: UUID,
    user_name: str,
    display_name: str,
    known: Sequence[bytes],
) -> JSON:
    return options_to_json_dict(
        webauthn.generate_registration_options(
            rp_id=at.rp_id,
            rp_name=ISSUER,
            user_id=handle.bytes,
            user_name=user_name,
            user_display_name=display_name,
            challenge=challenge.encode(),
            timeout=int(_LIFETIME.total_seconds() * 1000),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_descriptors(known),
        )
    )


def _request_options(at: RelyingParty, challenge: str, known: Sequence[bytes]) -> JSON:
    return options_to_json_dict(
        webauthn.generate_authentication_options(
            rp_id=at.rp_id,
            challenge=challenge.encode(),
            timeout=int(_LIFETIME.total_seconds() * 1000),
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def _descriptors(ids: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one) for one in ids]
