"""Jobs that failed for good: kept for a person to look at, to retry or to drop."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

JobId = NewType("JobId", int)

DEAD_LETTERS = sql_file("sonarium.queue", "dead_letters")
DROP_DEAD_LETTER = sql_file("sonarium.queue", "drop_dead_letter")
RETRY_DEAD_LETTER = sql_file("sonarium.queue", "retry_dead_letter")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that failed for good."""

    job_id: JobId
    task: str
    attempts: int
    failed_at: datetime


async def dead_letters(tx: Transaction) -> list[DeadLetter]:
    """List the jobs that failed for good, the latest first."""
    return await tx.all(DeadLetter, DEAD_LETTERS)


async def retry_dead_letter(tx: Transaction, job_id: JobId) -> bool:
    """Let a dead job run again at once; tell whether there was one."""
    return bool(await tx.values(RETRY_DEAD_LETTER, job_id=job_id))


async def drop_dead_letter(tx: Transaction, job_id: JobId) -> bool:
    """Forget a dead job; tell whether there was one."""
    return await tx.execute(DROP_DEAD_LETTER, job_id=job_id) == 1
