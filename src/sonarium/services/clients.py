"""Programs that use the archive: OAuth 2.0 client credentials (RFC 6749 4.4).

Access tokens are random, short-lived and kept as digests, so taking one back is at once.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sonarium.base.errors import RequestError
from sonarium.base.secrets import digest_of, new_secret
from sonarium.db.pool import Database
from sonarium.domain.access import program_viewer
from sonarium.domain.audit import (
    Action,
    Actor,
    ActorKind,
    AuditEvent,
    EventType,
    Subject,
    SubjectKind,
)
from sonarium.domain.principal import APIClient, Principal, Scope, scope_permissions_of
from sonarium.index import sessions as rows
from sonarium.index.sessions import ListedToken
from sonarium.services.audit.acting import who_acts
from sonarium.services.audit.trail import note, security_alert, user_authentication

TOKEN_LIFETIME: Final = timedelta(minutes=15)
LONGEST_LIFETIME: Final = timedelta(days=1)
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


class ClientRefused(RequestError):
    """Client id or secret do not hold (RFC 6749 5.2, invalid_client)."""


class ScopeRefused(RequestError):
    """A scope that this program has not got (RFC 6749 5.2, invalid_scope)."""


class UnknownClient(RequestError):
    """There is no program by this client id."""


class UnknownToken(RequestError):
    """There is no such access token."""


class InvalidClient(RequestError):
    """A program that cannot be added so; the message says why."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, shown once."""

    secret: str
    scopes: Sequence[Scope]
    lifetime: timedelta


class ClientService:
    """Adds programs, gives them tokens, and knows them again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def principal_of(self, secret: str, /) -> Principal | None:
        """Return the program that comes by a token that still holds."""
        async with self._database.statement() as tx:
            found = await rows.find_access_token(tx, digest_of(secret))
        if found is None:
            return None
        allowed = scope_permissions_of(tuple(map(Scope, found.scopes)))
        return Principal(
            found.client_id,
            found.description or found.client_id,
            allowed,
            viewer=program_viewer(found.client_id, tuple(found.departments)),
            audience=found.audience,
            department=found.department,
        )

    async def all(self) -> list[APIClient]:
        """List the programs by client id."""
        async with self._database.statement() as tx:
            return await rows.all_api_clients(tx)

    async def add(self, client_id: str, description: str, scopes: Sequence[Scope]) -> str:
        """Add a program; return its secret, which is shown once.

        Raises:
            InvalidClient: its id cannot be used or is taken, or no scope was given.
        """
        if not _CLIENT_ID.fullmatch(client_id):
            raise InvalidClient(
                "a client id has up to 64 letters, digits, dots, hyphens or underscores"
            )
        if not scopes:
            raise InvalidClient("a program without a scope could do nothing: give at least one")
        secret = new_secret()
        async with self._database.transaction() as tx:
            if not await rows.add_api_client(tx, client_id, description, digest_of(secret), scopes):
                raise InvalidClient("this client id is taken")
            await note(tx, _changed(Action.CREATE, client_id, description, scopes))
        return secret

    async def remove(self, client_id: str) -> None:
        """Forget a program; its tokens cease at once.

        Raises:
            UnknownClient: there is none.
        """
        async with self._database.transaction() as tx:
            if not await rows.delete_api_client(tx, client_id):
                raise UnknownClient("there is no program by this client id")
            await note(tx, _changed(Action.DELETE, client_id))

    async def revoke_tokens(self, client_id: str) -> int:
        """Take back every token of a program; returns how many there were."""
        async with self._database.transaction() as tx:
            await note(tx, _changed(Action.UPDATE, client_id, reason="its tokens were taken back"))
            return await rows.delete_access_tokens(tx, client_id)

    async def tokens(self) -> list[ListedToken]:
        """List the access tokens that hold."""
        async with self._database.statement() as tx:
            return await rows.all_access_tokens(tx)

    async def revoke_token(self, token_ref: int) -> None:
        """Take back one token.

        Raises:
            UnknownToken: there is none.
        """
        async with self._database.transaction() as tx:
            if not await rows.delete_access_token_by_ref(tx, token_ref):
                raise UnknownToken("there is no such token; it may have expired")
            await note(tx, _changed(Action.UPDATE, "", reason=f"token {token_ref} was taken back"))

    async def give_back(self, client_id: str, client_secret: str, token: str) -> None:
        """Take back a token that its program shows; one that does not hold is no error.

        Raises:
            ClientRefused: id or secret do not hold.
        """
        async with self._database.transaction() as tx:
            if await rows.scopes_of_client(tx, client_id, digest_of(client_secret)) is None:
                raise ClientRefused("client id or secret do not hold")
            await rows.delete_access_token(tx, client_id, digest_of(token))
            program = Actor(ActorKind.PROGRAM, client_id, who_acts().address)
            await note(tx, user_authentication(EventType.LOGOUT, program))

    async def token_for_secret(
        self, client_id: str, client_secret: str, wanted: Collection[Scope], audience: str = ""
    ) -> AccessToken:
        """Give a token to a program that knows its secret; without scopes, of all it has.

        `audience` is the beginning of the paths at which it is heard.

        Raises:
            ClientRefused: id or secret do not hold.
            ScopeRefused: it may not have what it wants.
        """
        secret_hash = digest_of(client_secret)
        return await self._issue(client_id, secret_hash, wanted, TOKEN_LIFETIME, audience)

    async def token_by_administrator(self, client_id: str, lifetime: timedelta) -> AccessToken:
        """Give out a token of a program, for a person at the machine who sets something up.

        Raises:
            ClientRefused: there is no such program.
            InvalidClient: the lifetime is too long.
        """
        if not timedelta(0) < lifetime <= LONGEST_LIFETIME:
            raise InvalidClient("a token holds for a day at most")
        return await self._issue(client_id, None, (), lifetime)

    async def _issue(
        self,
        client_id: str,
        secret_hash: bytes | None,
        wanted: Collection[Scope],
        lifetime: timedelta,
        audience: str = "",
    ) -> AccessToken:
        async with self._database.transaction() as tx:
            granted = await rows.scopes_of_client(tx, client_id, secret_hash)
            if granted is None:
                raise ClientRefused("client id or secret do not hold")
            if not set(wanted) <= set(granted):
                raise ScopeRefused("this program may not have that scope")
            scopes = tuple(scope for scope in granted if scope in wanted) or granted
            secret = new_secret()
            await rows.put_access_token(
                tx, digest_of(secret), client_id, scopes, lifetime, audience
            )
            if secret_hash is None:
                await note(tx, _changed(Action.UPDATE, client_id, reason="a token was given out"))
            else:
                program = Actor(ActorKind.PROGRAM, client_id, who_acts().address)
                await note(tx, user_authentication(EventType.LOGIN, program))
        return AccessToken(secret, scopes, lifetime)


def _changed(
    action: Action,
    client_id: str,
    description: str = "",
    scopes: Sequence[Scope] = (),
    reason: str = "",
) -> AuditEvent:
    """Say what an administrator did about a program."""
    details = (("scopes", " ".join(scopes)),) if scopes else ()
    subject = Subject(SubjectKind.PROGRAM, client_id, description, details=details)
    return security_alert(EventType.SECURITY_CONFIGURATION, subject, action=action, reason=reason)
