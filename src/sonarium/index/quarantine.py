"""Objects that were accepted and wait for a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

QUARANTINED = sql_file("sonarium.index", "quarantined")


@dataclass(frozen=True, slots=True)
class QuarantinedObject:
    """An object set aside, why, and where it came from."""

    quarantine_ref: int
    reason: str
    sop_instance_uid: str
    study_instance_uid: str
    blob_key: str
    source: dict[str, Any]
    received_at: datetime


async def quarantined(tx: Transaction, limit: int) -> list[QuarantinedObject]:
    """List what was set aside, newest first."""
    return await tx.all(QuarantinedObject, QUARANTINED, limit=limit)
