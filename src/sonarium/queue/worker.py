"""Runs jobs: the library procrastinate, told our handlers and our patience."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

import procrastinate
from procrastinate.jobs import Job

from sonarium.base.log import get_logger
from sonarium.queue.payloads import Payload
from sonarium.queue.settings import QueueSettings

log = get_logger(__name__)

_RESCUE_EVERY_S: Final = 30.0
_CONNECTIONS: Final = 4

Kind = TypeVar("Kind", bound=Payload)


@dataclass(frozen=True, slots=True)
class Handler(Generic[Kind]):
    """What runs the jobs of one kind; it may run twice for one job."""

    kind: type[Kind]
    run: Callable[[Kind], Awaitable[None]]


class JobWorker:
    """Runs the jobs of every kind that it was given a handler for.

    A job that fails is tried again after ever longer pauses; after the last attempt it stays
    as a dead letter. A job whose worker died is given to another.
    """

    def __init__(self, dsn: str, settings: QueueSettings, handlers: Iterable[Handler[Any]]) -> None:
        connector = procrastinate.PsycopgConnector(conninfo=dsn, min_size=1, max_size=_CONNECTIONS)
        self._settings = settings
        self._app = procrastinate.App(connector=connector)
        for handler in handlers:
            self._register(handler)

    async def run(self) -> None:
        """Work until cancelled; jobs under way are finished first."""
        async with self._app.open_async(), asyncio.TaskGroup() as tasks:
            ending = asyncio.Event()
            rescue = tasks.create_task(self._rescue(ending))
            try:
                await self._app.run_worker_async(
                    concurrency=self._settings.concurrency,
                    fetch_job_polling_interval=self._settings.poll.total_seconds(),
                    install_signal_handlers=False,
                    delete_jobs="successful",
                )
            finally:
                ending.set()
                rescue.cancel()

    async def run_due(self) -> None:
        """Run the jobs whose time has come, then return."""
        async with self._app.open_async():
            await self._app.run_worker_async(
                wait=False,
                listen_notify=False,
                install_signal_handlers=False,
                delete_jobs="successful",
            )

    def _register(self, handler: Handler[Any]) -> None:
        kind = handler.kind

        async def run(**arguments: int | str) -> None:
            await handler.run(kind(**arguments))

        patience = _Patience(
            first=self._settings.first_retry,
            longest=self._settings.longest_retry,
            attempts=self._settings.attempts,
        )
        self._app.task(name=kind.task, queue=kind.queue, retry=patience)(run)

    async def _rescue(self, ending: asyncio.Event) -> None:
        """Give the jobs of workers that died to others.

        The event ends it too: in Python 3.11 waiting for a connection may swallow a
        cancellation that comes in the same moment as the connection.
        """
        while not ending.is_set():
            for job in await self._app.job_manager.get_stalled_jobs():
                await self._app.job_manager.retry_job(job)
                log.warning("job_rescued", job=job.id)
            with suppress(TimeoutError):
                async with asyncio.timeout(_RESCUE_EVERY_S):
                    await ending.wait()


class _Patience(procrastinate.BaseRetryStrategy):
    """Doubles the pause after each failure, up to a longest one."""

    def __init__(self, *, first: timedelta, longest: timedelta, attempts: int) -> None:
        self._first_s = first.total_seconds()
        self._longest_s = longest.total_seconds()
        self._attempts = attempts

    def get_retry_decision(
        self, *, exception: BaseException, job: Job
    ) -> procrastinate.RetryDecision | None:
        """Say when to try again; never after the last attempt."""
        failed = job.attempts + 1
        if failed >= self._attempts:
            log.error("job_dead", job=job.id, attempt=failed, error_type=type(exception).__name__)
            return None
        pause_s = min(self._longest_s, self._first_s * 2.0 ** min(job.attempts, 62))
        log.warning("job_failed", job=job.id, attempt=failed, error_type=type(exception).__name__)
        return procrastinate.RetryDecision(retry_in={"seconds": round(pause_s)})
