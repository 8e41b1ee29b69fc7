import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from sonarium.base.clock import utc_now
from sonarium.base.errors import UnavailableError
from sonarium.db.pool import Database
from sonarium.queue.enqueue import enqueue
from sonarium.queue.payloads import ReportCommitment
from sonarium.queue.settings import QueueSettings
from sonarium.queue.worker import Handler, JobWorker

JOBS = b"SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id"
AT_ONCE = QueueSettings(first_retry=timedelta(0), longest_retry=timedelta(0), attempts=3)


class Recorder:
    """Notes what it ran; fails as often as it was told."""

    def __init__(self, failures: int = 0) -> None:
        self.ran: list[int] = []
        self.failures = failures
        self.has_run = asyncio.Event()

    async def run(self, payload: ReportCommitment) -> None:
        self.ran.append(payload.commitment_ref)
        self.has_run.set()
        if len(self.ran) <= self.failures:
            raise UnavailableError("not now")


def worker_of(dsn: str, recorder: Recorder, settings: QueueSettings = AT_ONCE) -> JobWorker:
    return JobWorker(dsn, settings, [Handler(ReportCommitment, recorder.run)])


async def test_a_job_that_is_due_runs_and_is_forgotten(database: Database, dsn: str) -> None:
    recorder = Recorder()
    async with database.transaction() as tx:
        await enqueue(tx, ReportCommitment(7))
        await enqueue(tx, ReportCommitment(8), not_before=utc_now() + timedelta(hours=1))
    await worker_of(dsn, recorder).run_due()
    assert recorder.ran == [7]
    async with database.transaction() as tx:
        assert await tx.values(JOBS) == [("todo", 0)]


async def test_a_job_that_fails_is_tried_again(database: Database, dsn: str) -> None:
    recorder = Recorder(failures=2)
    async with database.transaction() as tx:
        await enqueue(tx, ReportCommitment(7))
    worker = worker_of(dsn, recorder)
    for _ in range(3):
        await worker.run_due()
    assert recorder.ran == [7, 7, 7]
    async with database.transaction() as tx:
        assert await tx.values(JOBS) == []


async def test_after_the_last_attempt_a_job_stays_as_a_dead_letter(
    database: Database, dsn: str
) -> None:
    recorder = Recorder(failures=100)
    async with database.transaction() as tx:
        await enqueue(tx, ReportCommitment(7))
    worker = worker_of(dsn, recorder)
    with capture_logs() as events:
        for _ in range(5):
            await worker.run_due()
    assert recorder.ran == [7, 7, 7]
    assert [event["event"] for event in events] == ["job_failed", "job_failed", "job_dead"]
    async with database.transaction() as tx:
        assert [status for status, _ in await tx.values(JOBS)] == ["failed"]


async def test_a_running_worker_hears_of_new_jobs(database: Database, dsn: str) -> None:
    recorder = Recorder()
    worker = worker_of(dsn, recorder)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(worker.run())
        async with database.transaction() as tx:
            await enqueue(tx, ReportCommitment(7))
        await recorder.has_run.wait()
        running.cancel()
    assert recorder.ran == [7]
