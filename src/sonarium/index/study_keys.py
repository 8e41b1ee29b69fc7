"""The wrapped keys of studies, as rows: kept with the first object, destroyed with the study."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.group_key import WrappedKey

KEEP_STUDY_KEYS = sql_file("sonarium.index", "keep_study_keys")
FIND_STUDY_KEY = sql_file("sonarium.index", "find_study_key")
STUDY_KEYS_OF = sql_file("sonarium.index", "study_keys_of")
DESTROY_STUDY_KEYS = sql_file("sonarium.index", "destroy_study_keys")
STUDY_KEYS_UNDER = sql_file("sonarium.index", "study_keys_under")
REWRAP_STUDY_KEYS = sql_file("sonarium.index", "rewrap_study_keys")
DESTROYED_STUDY_KEYS = sql_file("sonarium.index", "destroyed_study_keys")
ROOT_KEYS_USED = sql_file("sonarium.index", "root_keys_used")


@dataclass(frozen=True, slots=True)
class DestroyedKeys:
    """How many keys were destroyed on one day."""

    destroyed_at: datetime
    keys: int


async def keep_study_keys(tx: Transaction, keys: Iterable[tuple[str, WrappedKey | None]]) -> None:
    """Keep the keys of new blobs, each by the Study Instance UID of what it seals.

    Those that are kept already stay as they are; None is the key of what lies open.
    """
    distinct = {key.key_id: (study, key) for study, key in keys if key is not None}
    if distinct:
        rows = [distinct[key_id] for key_id in sorted(distinct)]
        await tx.execute(
            KEEP_STUDY_KEYS,
            key_ids=[key.key_id for _, key in rows],
            studies=[study for study, _ in rows],
            roots=[key.root_key_id for _, key in rows],
            wrapped=[key.wrapped for _, key in rows],
        )


async def find_study_key(tx: Transaction, key_id: bytes) -> WrappedKey | None:
    """Return a key; None where it is unknown or destroyed."""
    for found in await tx.values(FIND_STUDY_KEY, key_id=key_id):
        return WrappedKey(*found)
    return None


async def study_keys_of(tx: Transaction, study_instance_uid: str) -> list[bytes]:
    """List the ids of a study's keys."""
    return [key_id for (key_id,) in await tx.values(STUDY_KEYS_OF, study=study_instance_uid)]


async def destroy_study_keys(tx: Transaction, study_instance_uid: str) -> int:
    """Destroy a study's keys; return how many."""
    return len(await tx.values(DESTROY_STUDY_KEYS, study=study_instance_uid))


async def study_keys_under(tx: Transaction, root_key_id: str, limit: int) -> list[WrappedKey]:
    """Take the next keys that a root key wraps, to wrap them by another."""
    rows = await tx.values(STUDY_KEYS_UNDER, root=root_key_id, limit=limit)
    return [WrappedKey(*row) for row in rows]


async def rewrap_study_keys(tx: Transaction, keys: Sequence[WrappedKey], root_key_id: str) -> None:
    """Replace the wrapping of keys by that of another root key."""
    await tx.execute(
        REWRAP_STUDY_KEYS,
        root=root_key_id,
        key_ids=[key.key_id for key in keys],
        wrapped=[key.wrapped for key in keys],
    )


async def destroyed_study_keys(tx: Transaction, limit: int) -> list[DestroyedKeys]:
    """List the days on which keys were destroyed, newest first."""
    return await tx.all(DestroyedKeys, DESTROYED_STUDY_KEYS, limit=limit)


async def root_keys_used(tx: Transaction) -> dict[str, int]:
    """Count the keys that each root key wraps."""
    return {str(row[0]): int(row[1]) for row in await tx.values(ROOT_KEYS_USED)}
