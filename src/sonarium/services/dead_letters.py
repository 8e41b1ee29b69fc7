"""Work that failed for good, and waits for a person."""

from sonarium.base.errors import RequestError
from sonarium.db.pool import Database
from sonarium.domain.audit import AuditEvent, EventType, Subject, SubjectKind
from sonarium.queue import dead_letters as queue
from sonarium.queue.dead_letters import DeadLetter, JobId
from sonarium.services.audit.trail import note, security_alert

__all__ = ["DeadLetter", "DeadLetterService", "UnknownJob"]


class UnknownJob(RequestError):
    """No failed job has this number."""


class DeadLetterService:
    """Lists failed jobs, has them tried again, or gives them up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self) -> list[DeadLetter]:
        """List the jobs that failed for good, the latest first."""
        async with self._database.statement() as tx:
            return await queue.dead_letters(tx)

    async def retry(self, job_id: int) -> None:
        """Have a job tried again at once.

        Raises:
            UnknownJob: it is no failed job.
        """
        async with self._database.transaction() as tx:
            if not await queue.retry_dead_letter(tx, JobId(job_id)):
                raise UnknownJob("no failed job has this number")
            await note(tx, _decided(job_id, "tried again"))

    async def give_up(self, job_id: int) -> None:
        """Forget a job for good.

        Raises:
            UnknownJob: it is no failed job.
        """
        async with self._database.transaction() as tx:
            if not await queue.drop_dead_letter(tx, JobId(job_id)):
                raise UnknownJob("no failed job has this number")
            await note(tx, _decided(job_id, "given up"))


def _decided(job_id: int, what: str) -> AuditEvent:
    subject = Subject(SubjectKind.RESOURCE, f"job {job_id}")
    return security_alert(EventType.RESTRICTED_FUNCTION, subject, reason=what)
