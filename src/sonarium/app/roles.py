"""What each process of a running Sonarium does, from its first line to its last.

A role opens what it uses, reports that it serves, waits until its lifeline is cut, and closes
in the reverse order. Nothing is kept here that another process could not rebuild.
"""

import asyncio
import contextlib
import gc
import socket
from dataclasses import dataclass
from typing import Final

import uvloop

from sonarium.app.archive import (
    Archive,
    caller_service,
    commitment_service,
    forward_audit,
    frame_preparation,
    measurement_marks,
    move_service,
    open_archive,
    scrub_service,
    sealer,
    study_key_service,
    upkeep_service,
)
from sonarium.app.keys import open_keys
from sonarium.app.settings import Role, Settings
from sonarium.app.supervisor import Lifeline
from sonarium.app.web_server import web_server
from sonarium.base.errors import UnavailableError
from sonarium.base.log import configure_logging
from sonarium.domain.audit import EventType
from sonarium.faces.dimse.listener import serve
from sonarium.faces.dimse.services import DimseServices
from sonarium.jobs.commitment import commitment_handler
from sonarium.jobs.measurement_marks import measurement_marks_handler
from sonarium.jobs.prepared_frames import prepared_frames_handler
from sonarium.net.acceptor import DimseServer
from sonarium.net.certificate_watch import watch_certificates
from sonarium.queue.worker import JobWorker
from sonarium.services.audit.trail import application_activity, note

_ALLOCATIONS_BETWEEN_COLLECTIONS: Final = 20_000


@dataclass(frozen=True, slots=True)
class RoleProcess:
    """One role as the supervisor starts it: picklable, run in a process of its own."""

    role: Role
    settings: Settings
    dsn: str
    listener: socket.socket | None = None
    """Where the role `dimse` takes its associations, shared by all its processes."""

    def __call__(self, lifeline: Lifeline) -> None:
        """Be this role until the lifeline is cut."""
        configure_logging(self.settings.log_format, self.settings.log_level)
        _collect_seldom()
        uvloop.run(self._live(lifeline))

    async def _live(self, lifeline: Lifeline) -> None:
        async with open_archive(self.settings, self.dsn) as archive:
            await _note(archive, EventType.APPLICATION_START, self.role)
            match self.role:
                case "dimse":
                    await _be_dimse(archive, self.settings, lifeline, self.listener)
                case "web":
                    await _be_web(archive, self.settings, lifeline)
                case "worker":
                    await _be_worker(archive, self.settings, lifeline, self.dsn)
            with contextlib.suppress(UnavailableError):
                await _note(archive, EventType.APPLICATION_STOP, self.role)


async def _note(archive: Archive, kind: EventType, role: Role) -> None:
    async with archive.database.transaction() as tx:
        await note(tx, application_activity(kind, reason=f"role {role}"))


def _collect_seldom() -> None:
    """Look for cycles of garbage less often, and never among what was imported.

    Requests leave few cycles and many short-lived tuples; the interpreter's own pace took
    a tenth of the time of taking in objects.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS, 20, 20)


async def _be_dimse(
    archive: Archive, settings: Settings, lifeline: Lifeline, listener: socket.socket | None
) -> None:
    callers = caller_service(archive, settings)
    services = DimseServices(
        callers=callers,
        store=archive.store,
        query=archive.query,
        move=move_service(archive, settings),
        commitment=commitment_service(archive, settings),
    )
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(callers.run())
        server = await serve(settings.dimse, services, listener)
        watching = tasks.create_task(_follow_certificates(server, settings))
        lifeline.report_ready()
        await lifeline.cut()
        await server.close(drain=settings.drain_timeout)
        following.cancel()
        watching.cancel()


async def _follow_certificates(server: DimseServer, settings: Settings) -> None:
    """Later associations see a renewed certificate; those that are open go on."""
    tls = settings.dimse.tls
    if tls is None:
        return

    async def take_up() -> None:
        server.reload_tls()

    files = (tls.certificate, tls.private_key, tls.trusted)
    await watch_certificates(files, take_up, settings.certificate_interval)


async def _be_web(archive: Archive, settings: Settings, lifeline: Lifeline) -> None:
    async with web_server(archive, settings):
        lifeline.report_ready()
        await lifeline.cut()


async def _be_worker(archive: Archive, settings: Settings, lifeline: Lifeline, dsn: str) -> None:
    handlers = (
        commitment_handler(commitment_service(archive, settings)),
        prepared_frames_handler(frame_preparation(archive, settings)),
        measurement_marks_handler(measurement_marks(archive, settings)),
    )
    worker = JobWorker(dsn, settings.queue, handlers)
    wrapping = study_key_service(archive, settings)
    async with asyncio.TaskGroup() as tasks:
        working = [
            tasks.create_task(worker.run()),
            tasks.create_task(scrub_service(archive, settings).run()),
            tasks.create_task(upkeep_service(archive).run()),
            tasks.create_task(wrapping.run(lambda: open_keys(settings))),
            tasks.create_task(sealer(archive, settings).run()),
            tasks.create_task(forward_audit(archive, settings)),
        ]
        lifeline.report_ready()
        await lifeline.cut()
        for one in working:
            one.cancel()
