from datetime import timedelta

from sonarium.base.errors import UnavailableError
from sonarium.db.pool import Database
from sonarium.queue.dead_letters import (
    DeadLetter,
    dead_letters,
    drop_dead_letter,
    retry_dead_letter,
)
from sonarium.queue.enqueue import enqueue
from sonarium.queue.payloads import ReportCommitment
from sonarium.queue.settings import QueueSettings
from sonarium.queue.worker import Handler, JobWorker


async def fail(_payload: ReportCommitment) -> None:
    raise UnavailableError("never")


async def one_dead_letter(database: Database, dsn: str) -> DeadLetter:
    async with database.transaction() as tx:
        await enqueue(tx, ReportCommitment(7))
    settings = QueueSettings(attempts=1, first_retry=timedelta(0))
    await JobWorker(dsn, settings, [Handler(ReportCommitment, fail)]).run_due()
    async with database.transaction() as tx:
        [letter] = await dead_letters(tx)
    return letter


async def test_a_dead_letter_can_be_dropped(database: Database, dsn: str) -> None:
    letter = await one_dead_letter(database, dsn)
    assert letter.task == "commitment.report"
    async with database.transaction() as tx:
        assert await drop_dead_letter(tx, letter.job_id)
        assert not await drop_dead_letter(tx, letter.job_id)
        assert await dead_letters(tx) == []


async def test_a_dead_letter_can_be_tried_again(database: Database, dsn: str) -> None:
    letter = await one_dead_letter(database, dsn)
    async with database.transaction() as tx:
        assert await retry_dead_letter(tx, letter.job_id)
        assert await dead_letters(tx) == []
        assert not await retry_dead_letter(tx, letter.job_id)
    ran: list[int] = []

    async def succeed(payload: ReportCommitment) -> None:
        ran.append(payload.commitment_ref)

    await JobWorker(dsn, QueueSettings(), [Handler(ReportCommitment, succeed)]).run_due()
    assert ran == [7]
