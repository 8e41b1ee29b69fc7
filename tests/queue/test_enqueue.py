from datetime import timedelta

import pytest

from sonarium.base.clock import utc_now
from sonarium.db.pool import Database
from sonarium.queue.enqueue import enqueue
from sonarium.queue.payloads import ReportCommitment

JOBS = b"SELECT task_name, queue_name, args, scheduled_at FROM procrastinate_jobs ORDER BY id"


async def test_a_job_comes_with_its_transaction(database: Database) -> None:
    later = utc_now() + timedelta(hours=1)
    async with database.transaction() as tx:
        await enqueue(tx, ReportCommitment(7))
        await enqueue(tx, ReportCommitment(8), not_before=later)
    async with database.transaction() as tx:
        assert await tx.values(JOBS) == [
            ("commitment.report", "peers", {"commitment_ref": 7}, None),
            ("commitment.report", "peers", {"commitment_ref": 8}, later),
        ]


async def test_a_job_goes_with_its_transaction(database: Database) -> None:
    async def fail_after_enqueueing() -> None:
        async with database.transaction() as tx:
            await enqueue(tx, ReportCommitment(7))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_after_enqueueing()
    async with database.transaction() as tx:
        assert await tx.values(JOBS) == []
