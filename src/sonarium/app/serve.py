"""`sonarium serve`: PostgreSQL, the replay, the roles, and an orderly end."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sonarium.app.database import embedded_postgres, prepare_database
from sonarium.app.folder_lock import hold_folder
from sonarium.app.folders import DataFolder, refuse_deep_temporary_folder
from sonarium.app.open_files import raise_open_files
from sonarium.app.ports import refuse_taken_port
from sonarium.app.roles import RoleProcess
from sonarium.app.settings import Settings
from sonarium.app.supervisor import Lifeline, RoleFailed, Supervisor
from sonarium.app.wide_door import refuse_unattended, refuse_wrong
from sonarium.base.errors import SonariumError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.db.embedded import EmbeddedPostgres
from sonarium.net.acceptor import open_listener

log = get_logger(__name__)

_MOST_DIMSE_PROCESSES = 4
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_WATCH_EVERY = timedelta(seconds=1)


async def serve(settings: Settings, serving: Callable[[str], Awaitable[None]]) -> None:
    """Run until SIGINT or SIGTERM; `serving` is called with the DSN once everything serves.

    Raises:
        SonariumError: it could not start; the message says what to do.
    """
    refuse_deep_temporary_folder()
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, told.set)
    running = asyncio.create_task(_run(settings, serving))
    telling = asyncio.create_task(told.wait())
    await asyncio.wait((running, telling), return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    running.cancel()
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
    log.info("stopped")


async def _run(settings: Settings, serving: Callable[[str], Awaitable[None]]) -> None:
    """Start everything and keep it running until cancelled, then drain."""
    raise_open_files()
    await refuse_wrong(settings)
    embedded = embedded_postgres(settings)
    with hold_folder(DataFolder(settings.data.absolute())):
        _refuse_taken_ports(settings)
        try:
            dsn = await prepare_database(settings, embedded)
            await refuse_unattended(settings, dsn)
            with _listening(settings) as listener:
                roles = _processes(settings, dsn, listener)
                supervisor = Supervisor(
                    roles, settings.start_timeout, settings.drain_timeout, [RoleProcess.__module__]
                )
                try:
                    await supervisor.start()
                    await _keep(supervisor, embedded, lambda: serving(dsn))
                finally:
                    log.info("draining")
                    listener.close()
                    await supervisor.stop()
        finally:
            if embedded is not None:
                await embedded.stop()


def _refuse_taken_ports(settings: Settings) -> None:
    """Say so before PostgreSQL starts; port 0 lets the system choose."""
    dimse, http = settings.dimse, settings.http
    if "dimse" in settings.roles:
        refuse_taken_port("DICOM", dimse.host, dimse.port, "--dimse-port")
    if "web" in settings.roles:
        refuse_taken_port("web", http.host, http.port, "--http-port")


def _listening(settings: Settings) -> socket.socket:
    """Open the DICOM listener, which outlives the processes that take from it."""
    dimse = settings.dimse
    try:
        return open_listener(dimse)
    except OSError as error:
        refuse_taken_port("DICOM", dimse.host, dimse.port, "--dimse-port")
        raise RoleFailed(f"the DICOM listener cannot be opened: {error.strerror}") from error


def _processes(
    settings: Settings, dsn: str, listener: socket.socket
) -> dict[str, Callable[[Lifeline], None]]:
    processes: dict[str, Callable[[Lifeline], None]] = {}
    for role in settings.roles:
        if role == "dimse":
            count = settings.dimse_processes or min(os.cpu_count() or 1, _MOST_DIMSE_PROCESSES)
            for number in range(1, count + 1):
                processes[f"dimse-{number}"] = RoleProcess(role, settings, dsn, listener)
        else:
            processes[role] = RoleProcess(role, settings, dsn)
    return processes


async def _keep(
    supervisor: Supervisor,
    embedded: EmbeddedPostgres | None,
    serving: Callable[[], Awaitable[None]],
) -> None:
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(supervisor.keep())
            if embedded is not None:
                tasks.create_task(_keep_postgresql(embedded))
            tasks.create_task(_announce(serving))
    except* SonariumError as failures:
        raise failures.exceptions[0] from None


async def _announce(serving: Callable[[], Awaitable[None]]) -> None:
    await serving()


async def _keep_postgresql(embedded: EmbeddedPostgres) -> None:
    """Start PostgreSQL again whenever it is gone."""
    while True:
        await asyncio.sleep(_WATCH_EVERY.total_seconds())
        if embedded.pid() is None:
            log.error("postgresql_ended")
            with contextlib.suppress(UnavailableError):
                await embedded.ensure_running()
