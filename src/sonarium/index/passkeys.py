"""Passkeys, and the challenges that wait for an answer of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

ADD_PASSKEY = sql_file("sonarium.index", "add_passkey")
PASSKEYS_OF = sql_file("sonarium.index", "passkeys_of")
FIND_PASSKEY = sql_file("sonarium.index", "find_passkey")
USE_PASSKEY = sql_file("sonarium.index", "use_passkey")
NAME_PASSKEY = sql_file("sonarium.index", "name_passkey")
DELETE_PASSKEY = sql_file("sonarium.index", "delete_passkey")
LOCK_PERSON = sql_file("sonarium.index", "lock_person")
PUT_CEREMONY = sql_file("sonarium.index", "put_ceremony")
TAKE_CEREMONY = sql_file("sonarium.index", "take_ceremony")


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey as its authenticator made it."""

    credential_id: bytes
    public_key: bytes
    """COSE key (RFC 9052 7)."""
    sign_count: int
    rp_id: str
    """The host name at which it works."""
    name: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey in the list of its person."""

    passkey_ref: int
    credential_id: bytes
    rp_id: str
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundPasskey:
    """Whose passkey it is, and what its signature is compared with."""

    passkey_ref: int
    person_ref: int
    user_name: str
    user_handle: UUID
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who somebody is to their passkeys."""

    person_ref: int
    user_handle: UUID
    display_name: str


async def add_passkey(tx: Transaction, person_ref: int, passkey: NewPasskey) -> bool:
    """Keep a passkey; False where it is kept already."""
    added = await tx.execute(
        ADD_PASSKEY,
        credential=passkey.credential_id,
        person=person_ref,
        public_key=passkey.public_key,
        sign_count=passkey.sign_count,
        rp_id=passkey.rp_id,
        name=passkey.name,
    )
    return added > 0


async def passkeys_of(tx: Transaction, user_name: str) -> list[Passkey]:
    """List a person's passkeys."""
    return await tx.all(Passkey, PASSKEYS_OF, user_name=user_name)


async def find_passkey(tx: Transaction, credential_id: bytes) -> FoundPasskey | None:
    """Return whose passkey it is."""
    return await tx.find(FoundPasskey, FIND_PASSKEY, credential=credential_id)


async def use_passkey(tx: Transaction, passkey_ref: int, sign_count: int) -> bool:
    """Note a use; False where the counter does not go on (WebAuthn 6.1.1)."""
    return await tx.execute(USE_PASSKEY, passkey=passkey_ref, sign_count=sign_count) > 0


async def name_passkey(tx: Transaction, user_name: str, passkey_ref: int, name: str) -> bool:
    """Rename a passkey of a person; False where there is none."""
    renamed = await tx.execute(NAME_PASSKEY, user_name=user_name, passkey=passkey_ref, name=name)
    return renamed > 0


async def delete_passkey(tx: Transaction, user_name: str, passkey_ref: int) -> bool:
    """Forget a passkey of a person; False where there is none."""
    return await tx.execute(DELETE_PASSKEY, user_name=user_name, passkey=passkey_ref) > 0


async def lock_person(tx: Transaction, user_name: str) -> KeyHolder | None:
    """Return who somebody is to their passkeys, locked until the transaction ends."""
    return await tx.find(KeyHolder, LOCK_PERSON, user_name=user_name)


async def put_ceremony(
    tx: Transaction,
    challenge_hash: bytes,
    purpose: str,
    user_handle: UUID | None,
    address: str,
    *,
    lifetime: timedelta,
    most: int,
) -> bool:
    """Keep a challenge; False where `most` of this address wait already."""
    kept = await tx.execute(
        PUT_CEREMONY,
        challenge=challenge_hash,
        purpose=purpose,
        user_handle=user_handle,
        address=address,
        lifetime=lifetime,
        most=most,
    )
    return kept > 0


async def take_ceremony(
    tx: Transaction, challenge_hash: bytes, purpose: str
) -> tuple[UUID | None] | None:
    """Take a challenge and for whom it was; None where it does not wait any more."""
    rows = await tx.values(TAKE_CEREMONY, challenge=challenge_hash, purpose=purpose)
    return (rows[0][0],) if rows else None
