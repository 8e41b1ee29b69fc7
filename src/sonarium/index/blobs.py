"""What the index knows of the blob store: settled volumes, doomed blobs, mended instances."""

from collections.abc import Sequence

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.selection import Selection

SETTLE_VOLUMES = sql_file("sonarium.index", "settle_volumes")
SETTLED_VOLUMES = sql_file("sonarium.index", "settled_volumes")
DOOM_BLOBS = sql_file("sonarium.index", "doom_blobs")
DOOMED_BLOBS = sql_file("sonarium.index", "doomed_blobs")
FORGET_DOOMED_BLOBS = sql_file("sonarium.index", "forget_doomed_blobs")
STORED_DIGESTS = sql_file("sonarium.index", "stored_digests")
SELECTION_OF_BLOB = sql_file("sonarium.index", "selection_of_blob")
MEND_INSTANCE = sql_file("sonarium.index", "mend_instance")


async def settle_volumes(tx: Transaction, volumes: Sequence[str]) -> None:
    """Note volumes in which every blob is indexed; they share the fate of those rows."""
    await tx.execute(SETTLE_VOLUMES, volumes=list(volumes))


async def settled_volumes(tx: Transaction, volumes: Sequence[str]) -> set[str]:
    """Return those of some volumes that are settled."""
    return {row[0] for row in await tx.values(SETTLED_VOLUMES, volumes=list(volumes))}


async def doom_blobs(tx: Transaction, keys: Sequence[str]) -> None:
    """Note blobs to delete, in the transaction that lets go of them.

    Without it a crash before the deletion would let a replay bring them back.
    """
    await tx.execute(DOOM_BLOBS, keys=list(keys))


async def doomed_blobs(tx: Transaction, limit: int) -> list[str]:
    """List blobs that wait to be deleted."""
    return [row[0] for row in await tx.values(DOOMED_BLOBS, limit=limit)]


async def forget_doomed_blobs(tx: Transaction, keys: Sequence[str]) -> None:
    """Forget blobs that are deleted."""
    await tx.execute(FORGET_DOOMED_BLOBS, keys=list(keys))


async def mend_instance(
    tx: Transaction,
    *,
    sop_instance_uid: str,
    sha256: bytes,
    blob_key: str,
    data_set_offset: int,
    data_set_length: int,
) -> str | None:
    """Give a damaged instance a sound copy of its bytes; return its old blob, if it had one."""
    rows = await tx.values(
        MEND_INSTANCE,
        sop_instance_uid=sop_instance_uid,
        sha256=sha256,
        blob_key=blob_key,
        data_set_offset=data_set_offset,
        data_set_length=data_set_length,
    )
    return str(rows[0][0]) if rows else None


async def stored_digests(tx: Transaction, sop_instance_uids: Sequence[str]) -> dict[str, bytes]:
    """Return the SHA-256 of those instances that are kept and sound."""
    return dict(await tx.values(STORED_DIGESTS, uids=list(sop_instance_uids)))


async def selection_of_blob(tx: Transaction, key: str) -> Selection | None:
    """Return the object whose bytes a blob holds, if it is here."""
    return await tx.find(Selection, SELECTION_OF_BLOB, blob=key)
