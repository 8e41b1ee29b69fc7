"""`sonarium serve` as a real process: it starts, tells, drains, and heals after a kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from time import monotonic

import httpx
import pytest

from sonarium.app.folders import DataFolder
from sonarium.db.cluster import Cluster

Run = Callable[..., tuple[int, str]]
COMMAND = (sys.executable, "-c", "from sonarium.app.command_line import main; main()")


def free_ports() -> tuple[int, int]:
    with socket() as one, socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@dataclass
class Served:
    """A served folder, and the process that serves it."""

    root: Path
    ports: tuple[int, int] = field(default_factory=free_ports)
    announced: str = ""

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> str:
        return (self.root / "log").read_text()

    @property
    def postgresql(self) -> int | None:
        return Cluster(DataFolder(self.data).postgresql).server_pid()

    def start(self) -> None:
        http, dimse = (str(port) for port in self.ports)
        with (self.root / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *COMMAND,
                    "serve",
                    "--data",
                    self.data,
                    "--http-port",
                    http,
                    "--dimse-port",
                    dimse,
                ],
                env={**os.environ, "SONARIUM_DIMSE__UNKNOWN_CALLERS": "accepted"},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
                preexec_fn=_heed_interrupts,
            )
        assert self.process.stdout is not None
        self.announced = ""
        for line in self.process.stdout:
            self.announced += line
            if "Ctrl-C" in line:
                return
        raise AssertionError(self.log)

    def status(self) -> int:
        return httpx.get(f"http://127.0.0.1:{self.ports[0]}/api/session", timeout=30).status_code

    def interrupt(self) -> int:
        """Press Ctrl-C: the whole group hears it, as in a terminal."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self._ended()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self._ended()

    def _ended(self) -> int:
        with self.process:
            return self.process.wait(60)


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A folder that is served, until the last test stops it."""
    one = Served(tmp_path_factory.mktemp("served"))
    one.start()
    yield one
    if one.process.poll() is None:
        one.interrupt()


def test_it_tells_where_it_is_and_that_only_this_machine_is_served(served: Served) -> None:
    http, dimse = served.ports
    assert "serves this machine only" in served.announced
    assert f"http://localhost:{http}/dicom-web" in served.announced
    assert f"AE title SONARIUM, 127.0.0.1, port {dimse}" in served.announced
    assert served.status() == 200


def test_it_listens_on_loopback_alone(served: Served) -> None:
    listening = {
        bytes.fromhex(local.split(":")[0])[::-1]
        for local, state in _connections()
        if state == "0A" and int(local.split(":")[1], 16) in served.ports
    }
    assert listening == {bytes([127, 0, 0, 1])}


def test_the_first_start_tells_of_its_schema_in_one_line(served: Served) -> None:
    assert served.log.count("schema_migrated") <= 1


def test_the_commands_work_beside_it(served: Served, run: Run) -> None:
    code, printed = run("status", "--data", served.data)
    assert code == 0
    assert "│ serving       │ yes" in printed
    code, printed = run("doctor", "--data", served.data)
    assert (code, "✓ Sonarium is serving" in printed) == (0, True)
    assert served.status() == 200


def test_a_killed_tree_heals_at_the_next_start_with_and_without_its_postgresql(
    served: Served,
) -> None:
    served.kill()
    left = served.postgresql
    assert left is not None
    served.start()
    assert served.status() == 200
    served.kill()
    os.kill(left, signal.SIGKILL)
    served.start()
    assert served.status() == 200
    assert served.postgresql not in {None, left}


def test_an_interrupt_during_the_start_ends_well(tmp_path: Path) -> None:
    early = Served(tmp_path)
    with (tmp_path / "log").open("wb") as log:
        early.process = subprocess.Popen(
            [*COMMAND, "serve", "--data", early.data, "--http-port", "0", "--dimse-port", "0"],
            stderr=subprocess.PIPE,
            stdout=log,
            text=True,
            start_new_session=True,
            preexec_fn=_heed_interrupts,
        )
    assert early.process.stderr is not None
    for line in early.process.stderr:
        if "postgresql_started" in line:
            break
    assert early.interrupt() == 0
    assert early.postgresql is None


def test_an_interrupt_drains_stops_postgresql_and_ends_well(served: Served) -> None:
    began = monotonic()
    code = served.interrupt()
    assert monotonic() - began < 8
    assert code == 0
    assert served.postgresql is None
    assert "draining" in served.log
    assert "role_killed" not in served.log
    assert "Traceback" not in served.log


def _connections() -> list[tuple[str, str]]:
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return [(fields[1], fields[3]) for fields in (line.split() for line in lines)]
