"""People: who they are, and what proves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.principal import Person, Role, WayIn

ADD_PERSON = sql_file("sonarium.index", "add_person")
ALL_PEOPLE = sql_file("sonarium.index", "all_people")
FIND_PERSON = sql_file("sonarium.index", "find_person")
CHANGE_PERSON = sql_file("sonarium.index", "change_person")
COUNT_ADMINISTRATORS = sql_file("sonarium.index", "count_administrators")
HAS_ADMINISTRATOR = sql_file("sonarium.index", "has_administrator")
PASSWORD_HASH_OF = sql_file("sonarium.index", "password_hash_of")
CREDENTIALS_OF = sql_file("sonarium.index", "credentials_of")
PUT_CREDENTIALS = sql_file("sonarium.index", "put_credentials")
USE_TOTP_STEP = sql_file("sonarium.index", "use_totp_step")
PUT_RECOVERY_CODES = sql_file("sonarium.index", "put_recovery_codes")
USE_RECOVERY_CODE = sql_file("sonarium.index", "use_recovery_code")
FORGET_WAYS_IN = sql_file("sonarium.index", "forget_ways_in")
PUT_LINK = sql_file("sonarium.index", "put_link")
FIND_LINK = sql_file("sonarium.index", "find_link")
USE_LINK = sql_file("sonarium.index", "use_link")
DELETE_LINKS_OF = sql_file("sonarium.index", "delete_links_of")
DELETE_SET_UP_LINKS = sql_file("sonarium.index", "delete_set_up_links")
ADD_FAILURE = sql_file("sonarium.index", "add_failure")
COUNT_FAILURES = sql_file("sonarium.index", "count_failures")
FORGET_FAILURES = sql_file("sonarium.index", "forget_failures")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the database has it."""

    person_ref: int
    user_name: str
    display_name: str
    roles: list[str]
    is_active: bool
    created_at: datetime
    departments: list[str]
    physician_ids: list[str]
    ways: list[str]

    def person(self) -> Person:
        """Return the person, with roles as we know them."""
        return Person(
            self.person_ref,
            self.user_name,
            self.display_name,
            tuple(map(Role, self.roles)),
            self.is_active,
            bool(self.ways),
            self.created_at,
            tuple(self.departments),
            tuple(self.physician_ids),
            tuple(map(WayIn, self.ways)),
        )


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person's password and codes are compared with."""

    person_ref: int
    password_hash: str | None
    totp_secret: str | None


@dataclass(frozen=True, slots=True)
class Link:
    """What a link of one use is for; without a person, the first administrator's."""

    purpose: str
    person_ref: int | None
    user_name: str | None
    display_name: str | None


async def add_person(
    tx: Transaction,
    user_name: str,
    display_name: str,
    roles: Sequence[Role],
    user_handle: UUID | None = None,
) -> int | None:
    """Add somebody; return None where the user name is taken.

    `user_handle` is what a passkey that was made before keeps of them.
    """
    rows = await tx.values(
        ADD_PERSON,
        user_name=user_name,
        display_name=display_name,
        roles=_texts(roles),
        user_handle=user_handle or uuid4(),
    )
    return int(rows[0][0]) if rows else None


async def all_people(tx: Transaction) -> list[Person]:
    """List everybody by user name."""
    return [row.person() for row in await tx.all(PersonRow, ALL_PEOPLE)]


async def find_person(tx: Transaction, user_name: str) -> Person | None:
    """Return the person of a user name."""
    row = await tx.find(PersonRow, FIND_PERSON, user_name=user_name)
    return None if row is None else row.person()


async def change_person(
    tx: Transaction, user_name: str, display_name: str, roles: Sequence[Role], *, is_active: bool
) -> None:
    """Change a person."""
    await tx.execute(
        CHANGE_PERSON,
        user_name=user_name,
        display_name=display_name,
        roles=_texts(roles),
        is_active=is_active,
    )


async def administrators(tx: Transaction) -> set[int]:
    """Return the administrators who can sign in, and let nobody else change them meanwhile."""
    return {int(row[0]) for row in await tx.values(COUNT_ADMINISTRATORS)}


async def has_administrator(tx: Transaction) -> bool:
    """Whether somebody can sign in who may let others in."""
    [(found,)] = await tx.values(HAS_ADMINISTRATOR)
    return bool(found)


async def password_hash_of(tx: Transaction, user_name: str) -> str | None:
    """Return what a password is compared with; None for somebody who may not come in."""
    rows = await tx.values(PASSWORD_HASH_OF, user_name=user_name)
    return rows[0][0] if rows else None


async def credentials_of(tx: Transaction, user_name: str) -> Credentials | None:
    """Return what a person's proof is compared with, locked until the transaction ends."""
    return await tx.find(Credentials, CREDENTIALS_OF, user_name=user_name)


async def put_credentials(
    tx: Transaction,
    person_ref: int,
    password_hash: str,
    totp_secret: str,
    totp_step: int,
    recovery_codes: Sequence[bytes],
) -> None:
    """Set how a person signs in, with the hashes of new recovery codes."""
    await tx.execute(
        PUT_CREDENTIALS,
        person=person_ref,
        password_hash=password_hash,
        totp_secret=totp_secret,
        totp_step=totp_step,
    )
    await tx.execute(PUT_RECOVERY_CODES, person=person_ref, codes=list(recovery_codes))


async def forget_ways_in(tx: Transaction, person_ref: int) -> None:
    """Forget by what somebody signed in so far: password, codes and passkeys."""
    await tx.execute(FORGET_WAYS_IN, person=person_ref)


async def use_totp_step(tx: Transaction, person_ref: int, step: int) -> bool:
    """Note the step of a code; False where it or a later one was used before."""
    return await tx.execute(USE_TOTP_STEP, person=person_ref, step=step) > 0


async def use_recovery_code(tx: Transaction, person_ref: int, code_hash: bytes) -> bool:
    """Spend a recovery code; False where there is none like it."""
    return await tx.execute(USE_RECOVERY_CODE, person=person_ref, code=code_hash) > 0


async def put_link(
    tx: Transaction, secret_hash: bytes, person_ref: int | None, purpose: str, lifetime: timedelta
) -> None:
    """Keep a link of one use."""
    await tx.execute(
        PUT_LINK, secret=secret_hash, person=person_ref, purpose=purpose, lifetime=lifetime
    )


async def find_link(tx: Transaction, secret_hash: bytes) -> Link | None:
    """Return what a link is for, as long as it holds."""
    return await tx.find(Link, FIND_LINK, secret=secret_hash)


async def use_link(tx: Transaction, secret_hash: bytes) -> bool:
    """Use a link; False where it holds no longer."""
    return await tx.execute(USE_LINK, secret=secret_hash) > 0


async def delete_links_of(tx: Transaction, person_ref: int | None) -> None:
    """Take back a person's links, or those for the first administrator."""
    if person_ref is None:
        await tx.execute(DELETE_SET_UP_LINKS)
    else:
        await tx.execute(DELETE_LINKS_OF, person=person_ref)


async def add_failure(tx: Transaction, user_name: str, address: str) -> None:
    """Note a failure to sign in."""
    await tx.execute(ADD_FAILURE, user_name=user_name, address=address)


async def count_failures(
    tx: Transaction, user_name: str, address: str, within: timedelta
) -> tuple[int, int]:
    """Count failures from an address: for this name, and for any."""
    [(same, any_name)] = await tx.values(
        COUNT_FAILURES, user_name=user_name, address=address, within=within
    )
    return int(same), int(any_name)


async def forget_failures(tx: Transaction, user_name: str, address: str) -> None:
    """Forgive failures of a name from an address."""
    await tx.execute(FORGET_FAILURES, user_name=user_name, address=address)


def _texts(roles: Sequence[Role]) -> list[str]:
    return [role.value for role in roles]
