"""Objects whose blobs lie open, since they were stored before objects were sealed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.index.instances import InstanceRow

OPEN_INSTANCES = sql_file("sonarium.index", "open_instances")
COUNT_OPEN_INSTANCES = sql_file("sonarium.index", "count_open_instances")
MOVE_INSTANCE = sql_file("sonarium.index", "move_instance")


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many objects lie open."""

    instances: int
    set_aside: int
    """In quarantine."""


async def count_open_instances(tx: Transaction) -> OpenCount:
    """Count what lies open."""
    return await tx.one(OpenCount, COUNT_OPEN_INSTANCES)


async def open_instances(tx: Transaction, after: int, limit: int) -> Sequence[InstanceRow]:
    """List the next instances that lie open, by key."""
    return await tx.all(InstanceRow, OPEN_INSTANCES, after=after, limit=limit)


async def move_instance(
    tx: Transaction, row: InstanceRow, *, blob_key: str, data_set_offset: int
) -> bool:
    """Let an instance use another blob of the same bytes; False: it is gone, or has one already."""
    return bool(
        await tx.values(
            MOVE_INSTANCE,
            instance=row.instance_ref,
            old_key=row.blob_key,
            blob_key=blob_key,
            data_set_offset=data_set_offset,
        )
    )
