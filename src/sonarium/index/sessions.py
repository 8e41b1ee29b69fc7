"""Sessions of people, and programs with their access tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.principal import APIClient, Scope

ADD_SESSION = sql_file("sonarium.index", "add_session")
FIND_SESSION = sql_file("sonarium.index", "find_session")
PROVE_SESSION = sql_file("sonarium.index", "prove_session")
TOUCH_SESSION = sql_file("sonarium.index", "touch_session")
SESSIONS_OF = sql_file("sonarium.index", "sessions_of")
END_SESSION = sql_file("sonarium.index", "end_session")
END_SESSIONS_OF = sql_file("sonarium.index", "end_sessions_of")
DELETE_OLD_SESSIONS = sql_file("sonarium.index", "delete_old_sessions")
ADD_API_CLIENT = sql_file("sonarium.index", "add_api_client")
ALL_API_CLIENTS = sql_file("sonarium.index", "all_api_clients")
SCOPES_OF_CLIENT = sql_file("sonarium.index", "scopes_of_client")
DELETE_API_CLIENT = sql_file("sonarium.index", "delete_api_client")
PUT_ACCESS_TOKEN = sql_file("sonarium.index", "put_access_token")
FIND_ACCESS_TOKEN = sql_file("sonarium.index", "find_access_token")
ALL_ACCESS_TOKENS = sql_file("sonarium.index", "all_access_tokens")
DELETE_ACCESS_TOKEN = sql_file("sonarium.index", "delete_access_token")
DELETE_ACCESS_TOKEN_BY_REF = sql_file("sonarium.index", "delete_access_token_by_ref")
DELETE_ACCESS_TOKENS = sql_file("sonarium.index", "delete_access_tokens")


@dataclass(frozen=True, slots=True)
class NewSession:
    """How a session began."""

    person_ref: int
    method: str
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class FoundSession:
    """Who comes by a session."""

    session_ref: int
    user_name: str
    display_name: str
    roles: list[str]
    is_stale: bool
    """Whether its last use should be noted anew."""
    person_ref: int
    departments: list[str]
    physician_ids: list[str]
    has_proved: bool
    """Whether its person proved lately that it is them."""


@dataclass(frozen=True, slots=True)
class Session:
    """One place where a person is signed in."""

    session_ref: int
    method: str
    address: str
    browser: str
    signed_in_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A program as the database has it."""

    client_id: str
    description: str
    scopes: list[str]
    created_at: datetime
    departments: list[str]
    department: str


@dataclass(frozen=True, slots=True)
class FoundToken:
    """Which program comes by an access token."""

    client_id: str
    description: str
    scopes: list[str]
    departments: list[str]
    department: str
    audience: str
    """The beginning of the paths at which it is heard."""


@dataclass(frozen=True, slots=True)
class ListedToken:
    """An access token that holds; what it is made of is nowhere."""

    token_ref: int
    client_id: str
    scopes: list[str]
    audience: str
    created_at: datetime
    expires_at: datetime


async def add_session(
    tx: Transaction, secret_hash: bytes, session: NewSession, lifetime: timedelta
) -> int:
    """Begin a session; returns its key. Sessions that ended are forgotten by the way."""
    await tx.execute(DELETE_OLD_SESSIONS)
    rows = await tx.values(
        ADD_SESSION,
        secret=secret_hash,
        person=session.person_ref,
        method=session.method,
        address=session.address,
        browser=session.browser,
        lifetime=lifetime,
    )
    return int(rows[0][0])


async def find_session(
    tx: Transaction, secret_hash: bytes, idle: timedelta, proof: timedelta
) -> FoundSession | None:
    """Return who comes by a session that still holds; a proof is new for so long."""
    return await tx.find(FoundSession, FIND_SESSION, secret=secret_hash, idle=idle, proof=proof)


async def prove_session(
    tx: Transaction, session_ref: int, person_ref: int, secret_hash: bytes
) -> bool:
    """Note that a session's person proved that it is them, and give it another secret.

    Returns False where the session ended, or is somebody else's.
    """
    proved = await tx.execute(
        PROVE_SESSION, session=session_ref, person=person_ref, secret=secret_hash
    )
    return proved > 0


async def touch_session(tx: Transaction, session_ref: int) -> None:
    """Note that a session is in use."""
    await tx.execute(TOUCH_SESSION, session=session_ref)


async def sessions_of(tx: Transaction, user_name: str, idle: timedelta) -> list[Session]:
    """List where a person is signed in."""
    return await tx.all(Session, SESSIONS_OF, user_name=user_name, idle=idle)


async def end_session(tx: Transaction, user_name: str, session_ref: int) -> bool:
    """End a session of a person; False where there is none."""
    return await tx.execute(END_SESSION, user_name=user_name, session=session_ref) > 0


async def end_sessions_of(tx: Transaction, person_ref: int) -> int:
    """End every session of a person; returns how many there were."""
    return await tx.execute(END_SESSIONS_OF, person=person_ref)


async def add_api_client(
    tx: Transaction, client_id: str, description: str, secret_hash: bytes, scopes: Sequence[Scope]
) -> bool:
    """Add a program; False where its id is taken."""
    added = await tx.execute(
        ADD_API_CLIENT,
        client_id=client_id,
        description=description,
        secret=secret_hash,
        scopes=[scope.value for scope in scopes],
    )
    return added > 0


async def all_api_clients(tx: Transaction) -> list[APIClient]:
    """List the programs."""
    rows = await tx.all(ClientRow, ALL_API_CLIENTS)
    return [
        APIClient(
            row.client_id,
            row.description,
            tuple(map(Scope, row.scopes)),
            row.created_at,
            tuple(row.departments),
            row.department,
        )
        for row in rows
    ]


async def scopes_of_client(
    tx: Transaction, client_id: str, secret_hash: bytes | None
) -> tuple[Scope, ...] | None:
    """Return what a program may do; None where it is unknown or its secret is another."""
    rows = await tx.values(SCOPES_OF_CLIENT, client_id=client_id, secret=secret_hash)
    return tuple(map(Scope, rows[0][0])) if rows else None


async def delete_api_client(tx: Transaction, client_id: str) -> bool:
    """Forget a program and its tokens; False where there is none."""
    return await tx.execute(DELETE_API_CLIENT, client_id=client_id) > 0


async def put_access_token(
    tx: Transaction,
    secret_hash: bytes,
    client_id: str,
    scopes: Sequence[Scope],
    lifetime: timedelta,
    audience: str = "",
) -> None:
    """Keep an access token."""
    await tx.execute(
        PUT_ACCESS_TOKEN,
        secret=secret_hash,
        client_id=client_id,
        scopes=[scope.value for scope in scopes],
        lifetime=lifetime,
        audience=audience,
    )


async def find_access_token(tx: Transaction, secret_hash: bytes) -> FoundToken | None:
    """Return which program comes by a token that still holds."""
    return await tx.find(FoundToken, FIND_ACCESS_TOKEN, secret=secret_hash)


async def delete_access_tokens(tx: Transaction, client_id: str) -> int:
    """Take back every token of a program; returns how many held."""
    return await tx.execute(DELETE_ACCESS_TOKENS, client_id=client_id)


async def all_access_tokens(tx: Transaction) -> list[ListedToken]:
    """List the access tokens that hold."""
    return await tx.all(ListedToken, ALL_ACCESS_TOKENS)


async def delete_access_token(tx: Transaction, client_id: str, secret_hash: bytes) -> bool:
    """Take back a token of a program; False where it has none like it."""
    return await tx.execute(DELETE_ACCESS_TOKEN, client_id=client_id, secret=secret_hash) > 0


async def delete_access_token_by_ref(tx: Transaction, token_ref: int) -> bool:
    """Take back a token; False where there is none."""
    return await tx.execute(DELETE_ACCESS_TOKEN_BY_REF, token=token_ref) > 0
