"""People of the site's OpenID Connect provider, and sign-ins under way there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.principal import Role

PUT_PROVIDER_FLOW = sql_file("sonarium.index", "put_provider_flow")
TAKE_PROVIDER_FLOW = sql_file("sonarium.index", "take_provider_flow")
FIND_PROVIDER_PERSON = sql_file("sonarium.index", "find_provider_person")
BIND_PROVIDER_PERSON = sql_file("sonarium.index", "bind_provider_person")
SET_ROLES = sql_file("sonarium.index", "set_roles")


@dataclass(frozen=True, slots=True)
class ProviderFlow:
    """A sign-in under way; with a session, a proof in it."""

    session_ref: int | None
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderPerson:
    """Who somebody of a provider is here."""

    person_ref: int
    user_name: str
    roles: list[str]
    is_active: bool


async def put_provider_flow(
    tx: Transaction,
    state_hash: bytes,
    browser_hash: bytes,
    session_ref: int | None,
    address: str,
    *,
    lifetime: timedelta,
    most: int,
) -> bool:
    """Keep a sign-in under way; False where `most` of this address are already."""
    kept = await tx.execute(
        PUT_PROVIDER_FLOW,
        state=state_hash,
        browser=browser_hash,
        session=session_ref,
        address=address,
        lifetime=lifetime,
        most=most,
    )
    return kept > 0


async def take_provider_flow(
    tx: Transaction, state_hash: bytes, browser_hash: bytes
) -> ProviderFlow | None:
    """Take a sign-in under way; None where this browser began none like it."""
    return await tx.find(ProviderFlow, TAKE_PROVIDER_FLOW, state=state_hash, browser=browser_hash)


async def find_provider_person(tx: Transaction, issuer: str, subject: str) -> ProviderPerson | None:
    """Return who somebody of a provider is here, locked until the transaction ends."""
    return await tx.find(ProviderPerson, FIND_PROVIDER_PERSON, issuer=issuer, subject=subject)


async def bind_provider_person(tx: Transaction, issuer: str, subject: str, person_ref: int) -> bool:
    """Bind somebody here to who they are at a provider; False where somebody else is already."""
    bound = await tx.execute(
        BIND_PROVIDER_PERSON, issuer=issuer, subject=subject, person=person_ref
    )
    return bound > 0


async def set_roles(tx: Transaction, person_ref: int, roles: Sequence[Role]) -> None:
    """Give somebody other roles."""
    await tx.execute(SET_ROLES, person=person_ref, roles=[role.value for role in roles])
