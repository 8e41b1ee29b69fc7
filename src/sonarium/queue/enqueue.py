"""Puts jobs into the queue, inside the transaction that makes them necessary."""

from dataclasses import asdict
from datetime import datetime

from psycopg.types.json import Jsonb

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.queue.payloads import Payload

DEFER_JOB = sql_file("sonarium.queue", "defer_job")


async def enqueue(tx: Transaction, payload: Payload, *, not_before: datetime | None = None) -> None:
    """Add a job; workers see it when the transaction commits, and not before `not_before`."""
    await tx.execute(
        DEFER_JOB,
        queue=payload.queue,
        task=payload.task,
        arguments=Jsonb(asdict(payload)),
        not_before=not_before,
    )
