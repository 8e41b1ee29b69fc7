"""Who may change which studies at the same time."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

LOCK_FOR_INGEST = sql_file("sonarium.index", "lock_for_ingest")
LOCK_FOR_DELETION = sql_file("sonarium.index", "lock_for_deletion")

_GATE: Final = 0x534F4E41_47415445
"""Shared by all batches that add, held alone by what removes."""


async def lock_for_ingest(tx: Transaction, study_instance_uids: Iterable[str]) -> None:
    """Let nobody else add to these studies, or remove anything, until the transaction ends."""
    keys = sorted({_key(uid) for uid in study_instance_uids})
    await tx.execute(LOCK_FOR_INGEST, gate=_GATE, keys=keys)


async def lock_for_deletion(tx: Transaction) -> None:
    """Wait for all who add, and let nobody add or remove until the transaction ends."""
    await tx.execute(LOCK_FOR_DELETION, gate=_GATE)


def _key(study_instance_uid: str) -> int:
    digest = blake2b(study_instance_uid.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
