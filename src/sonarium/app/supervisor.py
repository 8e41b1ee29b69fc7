"""Starts the roles as processes, keeps them running, and drains them at the end.

Each role is a process of its own, so that a busy scanner never stalls a viewer. The pipe
between us is a lifeline: a role whose supervisor died reads its end and drains.
"""

import asyncio
import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from time import monotonic

from sonarium.base.errors import SonariumError, UnavailableError
from sonarium.base.log import get_logger

log = get_logger(__name__)

_CONTEXT = multiprocessing.get_context("forkserver")
_LONGEST_PAUSE = timedelta(seconds=30)
_HEALTHY_AFTER = timedelta(seconds=60)


class RoleFailed(UnavailableError):
    """A role could not start; its own words say why."""


@dataclass(frozen=True, slots=True)
class Lifeline:
    """The child's end of the pipe: report readiness, and notice that the parent is gone."""

    connection: Connection

    def report_ready(self) -> None:
        """Tell the supervisor that this role serves; one that is gone cuts the lifeline."""
        with contextlib.suppress(OSError):
            self.connection.send(("ready", ""))

    def report_failure(self, reason: str) -> None:
        """Tell the supervisor why this role cannot serve."""
        with contextlib.suppress(OSError):
            self.connection.send(("failed", reason))

    async def cut(self) -> None:
        """Return when the supervisor asks to stop or is no more."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self.connection.fileno(), readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self.connection.fileno())


@dataclass(slots=True)
class _Child:
    process: ForkServerProcess
    connection: Connection
    started_at: float


class Supervisor:
    """Keeps one process alive for each role.

    Args:
        roles: what each role runs, called in the child as `run(lifeline)`; picklable.
        start_within: how long a role may take until it serves.
        drain_within: how long a role may take to finish what it has begun.
        preload: modules that roles are made of. They are loaded once, by the process from
            which roles are forked, so that their memory is shared and a role starts at once.
    """

    def __init__(
        self,
        roles: Mapping[str, Callable[[Lifeline], None]],
        start_within: timedelta,
        drain_within: timedelta,
        preload: Sequence[str] = (),
    ) -> None:
        _CONTEXT.set_forkserver_preload(list(preload))
        self._roles = roles
        self._start_within = start_within
        self._drain_within = drain_within
        self._children: dict[str, _Child] = {}

    async def start(self) -> None:
        """Start every role and return when all serve.

        Raises:
            RoleFailed: one of them cannot serve; the others are stopped.
        """
        try:
            for name in self._roles:
                self._spawn(name)
            async with asyncio.TaskGroup() as starting:
                for name in self._roles:
                    starting.create_task(self._until_ready(name))
        except* SonariumError as failures:
            await self.stop()
            raise failures.exceptions[0] from None

    async def keep(self) -> None:
        """Restart roles that end, until cancelled."""
        async with asyncio.TaskGroup() as keeping:
            for name in self._roles:
                keeping.create_task(self._keep(name))

    async def stop(self) -> None:
        """Ask every role to drain, wait, and end those that do not."""
        for child in self._children.values():
            child.connection.close()
        deadline = monotonic() + self._drain_within.total_seconds()
        for name, child in self._children.items():
            await asyncio.to_thread(child.process.join, max(0.0, deadline - monotonic()))
            if child.process.is_alive():
                log.warning("role_killed", role=name)
                child.process.kill()
                await asyncio.to_thread(child.process.join)
        self._children.clear()

    def pids(self) -> Sequence[int]:
        """List the processes that run now."""
        return [child.process.pid for child in self._children.values() if child.process.pid]

    def _spawn(self, name: str) -> None:
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(
            target=_run_role,
            args=(name, self._roles[name], Lifeline(theirs)),
            name=f"sonarium-{name}",
        )
        process.start()
        theirs.close()
        self._children[name] = _Child(process, ours, monotonic())

    async def _until_ready(self, name: str) -> None:
        child = self._children[name]
        limit = self._start_within.total_seconds()
        if not await asyncio.to_thread(child.connection.poll, limit):
            raise RoleFailed(f"the role {name} did not start within {limit:.0f} s")
        try:
            state, reason = child.connection.recv()
        except EOFError:
            await asyncio.to_thread(child.process.join)
            raise RoleFailed(f"the role {name} ended while starting; its log says why") from None
        if state == "failed":
            raise RoleFailed(f"the role {name} cannot start: {reason}")
        log.info("role_ready", role=name, pid=child.process.pid)

    async def _keep(self, name: str) -> None:
        pause = timedelta(seconds=0.5)
        while True:
            child = self._children[name]
            await asyncio.to_thread(child.process.join)
            child.connection.close()
            log.error("role_ended", role=name, exit_code=child.process.exitcode)
            if monotonic() - child.started_at > _HEALTHY_AFTER.total_seconds():
                pause = timedelta(seconds=0.5)
            await asyncio.sleep(pause.total_seconds())
            pause = min(pause * 2, _LONGEST_PAUSE)
            self._spawn(name)
            try:
                await self._until_ready(name)
            except RoleFailed as failure:
                log.error("role_not_ready", role=name, reason=str(failure))


def _run_role(name: str, run: Callable[[Lifeline], None], lifeline: Lifeline) -> None:
    """Be the child: Ctrl-C is the supervisor's to handle; it cuts the lifeline."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run(lifeline)
    except SonariumError as error:
        log.error("role_failed", role=name, reason=str(error))
        lifeline.report_failure(str(error))
        raise SystemExit(1) from error
