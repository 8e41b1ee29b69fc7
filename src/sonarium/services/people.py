"""People: who may come in, and as what. Nobody is deleted: what they did stays theirs."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.base.secrets import digest_of, new_secret
from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.domain.audit import Action, AuditEvent, EventType, Subject, SubjectKind
from sonarium.domain.principal import Person, Role, WayIn
from sonarium.index import people as rows
from sonarium.index.sessions import end_sessions_of
from sonarium.services.audit.trail import note, security_alert

SET_UP: Final = "set_up"
ENROL: Final = "enrol"
SIGN_IN: Final = "sign_in"

_USER_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}", re.ASCII)
_LONGEST_NAME: Final = 120
_LINK_LIFETIME: Final = timedelta(hours=24)


class UnknownPerson(RequestError):
    """There is nobody by this user name."""


class InvalidPerson(RequestError):
    """Somebody who cannot be added or changed so; the message says why."""


class PeopleService:
    """Adds and changes people, and makes the links by which they set up their sign-in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Person]:
        """List everybody by user name."""
        async with self._database.statement() as tx:
            return await rows.all_people(tx)

    async def ways_of(self, user_name: str) -> Sequence[WayIn]:
        """Tell by what somebody can sign in."""
        async with self._database.statement() as tx:
            person = await rows.find_person(tx, user_name)
        return () if person is None else person.ways

    async def has_administrator(self) -> bool:
        """Whether somebody can sign in who may let others in."""
        async with self._database.statement() as tx:
            return await rows.has_administrator(tx)

    async def add(self, user_name: str, display_name: str, roles: Sequence[Role]) -> str:
        """Add somebody; return the secret of the link by which they set up their sign-in.

        Raises:
            InvalidPerson: the name cannot be used or is taken, or no role was given.
        """
        check_person(user_name, display_name, roles)
        async with self._database.transaction() as tx:
            person_ref = await rows.add_person(tx, user_name, display_name, roles)
            if person_ref is None:
                raise InvalidPerson("this user name is taken")
            await note(tx, _changed(Action.CREATE, user_name, display_name, roles=roles))
            return await _new_link(tx, person_ref, ENROL, _LINK_LIFETIME)

    async def change(
        self,
        user_name: str,
        display_name: str,
        roles: Sequence[Role],
        *,
        is_active: bool,
        by: str | None = None,
    ) -> None:
        """Change what somebody is called, is, and whether they may come in at all.

        `by` is the user name of whoever asks; None for the command line.

        Raises:
            UnknownPerson: there is nobody by this name.
            InvalidPerson: it cannot be so; also when no administrator would be left, and when
                somebody would give themselves a role.
        """
        check_person(user_name, display_name, roles)
        if by == user_name and not (is_active and Role.ADMINISTRATOR in roles):
            raise InvalidPerson("another administrator has to take this away from you")
        async with self._database.transaction() as tx:
            person = await _find(tx, user_name)
            if by == user_name and set(roles) - set(person.roles):
                raise InvalidPerson(
                    "nobody gives a role to themselves: another administrator has to, or "
                    "`sonarium user change` at the machine"
                )
            before = await rows.administrators(tx)
            await rows.change_person(tx, user_name, display_name, roles, is_active=is_active)
            if before and not await rows.administrators(tx):
                raise InvalidPerson(
                    "nobody would be left to run the system: make somebody else an "
                    "administrator first"
                )
            if not is_active:
                await end_sessions_of(tx, person.person_ref)
                await rows.delete_links_of(tx, person.person_ref)
            kind = (
                EventType.USER_SECURITY_CHANGED
                if set(person.roles) == set(roles)
                else EventType.SECURITY_ROLES_CHANGED
            )
            state = "" if is_active else "may not come in any more"
            await note(
                tx, _changed(Action.UPDATE, user_name, display_name, state, kind=kind, roles=roles)
            )

    async def enrolment_link(self, user_name: str) -> str:
        """Return the secret of a new link by which somebody sets up their sign-in anew.

        Earlier links of theirs cease; what they have set up holds until the link is used.

        Raises:
            UnknownPerson: there is nobody by this name.
        """
        async with self._database.transaction() as tx:
            person = await _find(tx, user_name)
            await rows.delete_links_of(tx, person.person_ref)
            await note(
                tx,
                _changed(Action.UPDATE, user_name, person.display_name, "may set up a new sign-in"),
            )
            return await _new_link(tx, person.person_ref, ENROL, _LINK_LIFETIME)

    async def end_sessions(self, user_name: str) -> int:
        """Sign somebody out everywhere; returns in how many places they were.

        Raises:
            UnknownPerson: there is nobody by this name.
        """
        async with self._database.transaction() as tx:
            person = await _find(tx, user_name)
            await note(
                tx, _changed(Action.UPDATE, user_name, person.display_name, "sessions ended")
            )
            return await end_sessions_of(tx, person.person_ref)

    async def set_up_link(self) -> str:
        """Return the secret of a link by which the first administrator enrols.

        Raises:
            InvalidPerson: there is an administrator already.
        """
        async with self._database.transaction() as tx:
            if await rows.administrators(tx):
                raise InvalidPerson(
                    "this archive has an administrator already; for another one: "
                    "sonarium user add NAME --role administrator"
                )
            await rows.delete_links_of(tx, None)
            await note(tx, _changed(Action.CREATE, "", "", "a link for the first administrator"))
            return await _new_link(tx, None, SET_UP, _LINK_LIFETIME)

    async def sign_in_link(self, user_name: str, lifetime: timedelta) -> str:
        """Return the secret of a link that signs somebody in once, for demonstrations.

        Raises:
            UnknownPerson: there is nobody by this name.
        """
        async with self._database.transaction() as tx:
            person = await _find(tx, user_name)
            await note(
                tx, _changed(Action.UPDATE, user_name, person.display_name, "a link signs in once")
            )
            return await _new_link(tx, person.person_ref, SIGN_IN, lifetime)


def check_person(user_name: str, display_name: str, roles: Sequence[Role]) -> None:
    """Refuse a person who cannot be one.

    Raises:
        InvalidPerson: says which part is wrong.
    """
    if not _USER_NAME.fullmatch(user_name):
        raise InvalidPerson(
            "a user name has up to 64 small letters, digits, dots, hyphens, underscores or @, "
            "and begins with a letter or digit"
        )
    if not 1 <= len(display_name.strip()) <= _LONGEST_NAME or not display_name.isprintable():
        raise InvalidPerson(f"the name that others see has 1 to {_LONGEST_NAME} characters")
    if not roles:
        raise InvalidPerson("somebody without a role could do nothing: give at least one")


def _changed(
    action: Action,
    user_name: str,
    display_name: str,
    reason: str = "",
    *,
    kind: EventType = EventType.USER_SECURITY_CHANGED,
    roles: Sequence[Role] = (),
) -> AuditEvent:
    """Say what an administrator did about somebody."""
    details = (("roles", " ".join(roles)),) if roles else ()
    subject = Subject(SubjectKind.PERSON, user_name, display_name, details=details)
    return security_alert(kind, subject, action=action, reason=reason)


async def _find(tx: Transaction, user_name: str) -> Person:
    person = await rows.find_person(tx, user_name)
    if person is None:
        raise UnknownPerson("there is nobody by this user name")
    return person


async def _new_link(
    tx: Transaction, person_ref: int | None, purpose: str, lifetime: timedelta
) -> str:
    secret = new_secret()
    await rows.put_link(tx, digest_of(secret), person_ref, purpose, lifetime)
    return secret
