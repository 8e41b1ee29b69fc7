"""`sonarium serve` as a person runs it: its own processes, ports and folder."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import httpx
from tests.peers.dcmtk import Finished, free_port, run
from tests.signing_in import bearer_of

from sonarium.app.database import dsn_of, embedded_postgres
from sonarium.app.settings import load_settings
from sonarium.base.errors import SonariumError
from sonarium.db.pool import Database

PROGRAM = Path(sys.executable).with_name("sonarium")
AE_TITLE = "SONARIUM"
START_S = 120.0
STOP_S = 30.0
_LISTENING = "0A"


@dataclass(slots=True)
class Service:
    """The processes of one archive, seen from outside."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    dimse_port: int = field(default_factory=free_port)
    http_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """What lets a program in over HTTP."""

    @property
    def data_folder(self) -> Path:
        """What `--data` names."""
        return self.folder / "data"

    @property
    def dicomweb(self) -> str:
        """The base of the DICOMweb services."""
        return f"http://127.0.0.1:{self.http_port}/dicom-web"

    @property
    def log(self) -> str:
        """Everything that the processes have said."""
        return (self.folder / "log").read_text(errors="replace")

    async def start(self) -> None:
        """Start, and wait until the doors are open."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(PROGRAM, "serve", "--data", self.data_folder, "--ae-title", AE_TITLE),
                    *("--dimse-port", str(self.dimse_port), "--http-port", str(self.http_port)),
                ],
                env={
                    **os.environ,
                    "SONARIUM_DIMSE__UNKNOWN_CALLERS": "accepted",
                    **self.environment,
                },
                stdout=log,
                stderr=log,
            )
        await self.until_well(START_S)

    async def until_well(self, seconds: float) -> float:
        """Wait until both doors answer; returns how long it took."""
        began = monotonic()
        while monotonic() - began < seconds:
            assert self.process is None or self.process.poll() is None, self.log[-3000:]
            if await self.is_well():
                return monotonic() - began
            await asyncio.sleep(0.1)
        raise AssertionError(f"not well within {seconds:.0f} s: {self.log[-3000:]}")

    async def is_well(self) -> bool:
        """Tell whether C-ECHO and a search are answered."""
        try:
            if not self.headers:
                self.headers = await self._headers()
            async with self.client(timeout=5) as client:
                answer = await client.get(f"{self.dicomweb}/studies", params={"limit": 1})
        except (httpx.HTTPError, SonariumError):
            return False
        return answer.status_code in {200, 204} and (await self.echo()).exit_code == 0

    def client(self, timeout: float = 60) -> httpx.AsyncClient:
        """Return a program that may do whatever programs may."""
        return httpx.AsyncClient(timeout=timeout, headers=self.headers)

    async def _headers(self) -> dict[str, str]:
        async with httpx.AsyncClient(timeout=5) as stranger:
            await stranger.get(f"http://127.0.0.1:{self.http_port}/api/session")
        settings = load_settings(data=self.data_folder)
        async with Database(dsn_of(settings, embedded_postgres(settings))) as database:
            return await bearer_of(database)

    async def echo(self) -> Finished:
        """Ask with DCMTK's echoscu."""
        return await run(
            "echoscu", "-to", "5", "-ta", "5", "-aec", AE_TITLE, "127.0.0.1", str(self.dimse_port)
        )

    async def add_device(self, ae_title: str, port: int) -> None:
        """Make a destination known, by the command line."""
        finished = await run(
            *(PROGRAM, "device", "add", ae_title, "127.0.0.1", str(port)),
            *("--data", self.data_folder),
        )
        assert finished.exit_code == 0, finished.output

    async def stop(self) -> int:
        """Stop as Ctrl-C does; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        try:
            return await asyncio.to_thread(self.process.wait, STOP_S)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process = None

    def pid_of_dimse(self) -> int:
        """Find a process that takes associations; the first process only holds the listener."""
        return _listener(self.dimse_port, self.family()[1:])

    def pid_of_web(self) -> int:
        """Find the process that listens at the web port."""
        return _listener(self.http_port, self.family())

    def pid_of_postgres(self) -> int:
        """Read the file in which PostgreSQL names its first process."""
        path = next((self.data_folder / "postgresql").rglob("postmaster.pid"))
        return int(path.read_text().split()[0])

    def family(self) -> list[int]:
        """List our processes, those of PostgreSQL left out."""
        assert self.process is not None
        return list(_descendants(self.process.pid))

    def peak_memory_mib(self, pid: int) -> float:
        """Read the peak resident memory of a process."""
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
        return 0.0


@asynccontextmanager
async def running_service(folder: Path, **environment: str) -> AsyncIterator[Service]:
    """Run the archive over a folder until the end of the block."""
    service = Service(folder, environment)
    try:
        await service.start()
        yield service
    finally:
        if service.process is not None:
            await service.stop()


def _descendants(pid: int) -> list[int]:
    try:
        if Path(f"/proc/{pid}/comm").read_text().startswith("postgres"):
            return []
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").glob("*/children")
            for child in task.read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(found for child in children for found in _descendants(child))]


def _listener(port: int, pids: list[int]) -> int:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {
        f"socket:[{row[9]}]"
        for row in rows
        if row[3] == _LISTENING and int(row[1].split(":")[1], 16) == port
    }
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            try:
                if str(link.readlink()) in sockets:
                    return pid
            except FileNotFoundError:
                continue
    raise AssertionError(f"nobody listens at port {port}")
