"""The servers that are compared: ours and Orthanc from Debian, each in a folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.error import URLError

from bench.signing_in import bearer_of

START_SECONDS = 90.0
LONGEST_SETTLE_S = 10.0
SETTLE_LOOK_S = 0.7
AT_REST = 0.1
"""The part of a processor that an archive at rest may take."""
AE_TITLE = "ARCHIVE"
DESTINATION_AE = "BENCHDEST"
DESTINATION_PORT = 23999
NODELAY = MappingProxyType({**os.environ, "TCP_NODELAY": "1"})
_PROGRAM = str(Path(sys.executable).with_name("sonarium"))
ORTHANC_DICOMWEB = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


@dataclass(frozen=True, slots=True)
class Server:
    """A running archive under measurement."""

    name: str
    process: subprocess.Popen[bytes]
    folder: Path
    dimse_port: int
    http_port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """What lets a program in over HTTP."""

    root = "/dicom-web"

    @property
    def dicomweb(self) -> str:
        """The base of its DICOMweb services."""
        return f"http://127.0.0.1:{self.http_port}{self.root}"

    def memory_mib(self) -> float:
        """Sum what the processes have to themselves, and their share of the rest (PSS).

        PostgreSQL excluded.
        """
        return sum(_memory_mib(pid) for pid in _family(self.process.pid))

    def cpu_seconds(self) -> float:
        """Sum the processor time that the server and its children have used, in seconds."""
        return sum(_cpu_seconds(pid) for pid in _family(self.process.pid, with_postgres="yes"))

    def settle(self) -> None:
        """Wait until what goes on in the background is done, and the processes rest."""
        deadline = time.monotonic() + LONGEST_SETTLE_S
        before = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(SETTLE_LOOK_S)
            after = self.cpu_seconds()
            if after - before < SETTLE_LOOK_S * AT_REST:
                return
            before = after


def _family(pid: int, with_postgres: str = "no") -> Iterator[int]:
    command = Path(f"/proc/{pid}/comm")
    if not command.exists() or (
        command.read_text().startswith("postgres") and with_postgres == "no"
    ):
        return
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _family(int(child), with_postgres)


def _memory_mib(pid: int) -> float:
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered")
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"no answer from {url} in {START_SECONDS:.0f} s")


def wait_for_listener(port: int) -> None:
    """Wait until somebody listens at a port."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nobody listens on port {port} after {START_SECONDS:.0f} s")


@contextmanager
def orthanc(folder: Path, dimse_port: int = 23104, http_port: int = 23142) -> Iterator[Server]:
    """Run Orthanc from Debian with its SQLite index and the DICOMweb plug-in."""
    program = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "Name": "Bench",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "Plugins": [str(ORTHANC_DICOMWEB)],
        "DicomAet": AE_TITLE,
        "DicomPort": dimse_port,
        "HttpPort": http_port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowGet": True,
        "DicomAlwaysAllowMove": True,
        "DicomModalities": {"bench": [DESTINATION_AE, "127.0.0.1", DESTINATION_PORT]},
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "StudiesMetadata": "Full"},
    }
    path = folder / "orthanc.json"
    path.write_text(json.dumps(settings))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, str(path)], env=dict(NODELAY), stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{http_port}/system", process)
        yield Server("Orthanc", process, folder, dimse_port, http_port)
    finally:
        _stop(process)


def prepare_sonarium(folder: Path) -> dict[str, str]:
    """Make a data folder that knows its devices; return what lets a program in over HTTP."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            *(_PROGRAM, "device", "add", DESTINATION_AE, "127.0.0.1", str(DESTINATION_PORT)),
            *("--data", str(folder / "data")),
        ],
        check=True,
        capture_output=True,
    )
    return bearer_of(folder / "data")


@contextmanager
def sonarium(
    folder: Path,
    dimse_port: int = 23204,
    http_port: int = 23242,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Server]:
    """Run Sonarium as a person would: `sonarium serve` on an empty folder."""
    headers = prepare_sonarium(folder)
    with serving(folder, headers, (dimse_port, http_port), settings) as server:
        yield server


@contextmanager
def serving(
    folder: Path,
    headers: Mapping[str, str],
    ports: tuple[int, int],
    settings: Mapping[str, str],
) -> Iterator[Server]:
    """Run Sonarium on a prepared folder; `ports` are those of DIMSE and HTTP."""
    dimse_port, http_port = ports
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(_PROGRAM, "serve", "--data", str(folder / "data"), "--ae-title", AE_TITLE),
                *("--dimse-port", str(dimse_port), "--http-port", str(http_port)),
            ],
            env={**os.environ, "SONARIUM_DIMSE__UNKNOWN_CALLERS": "accepted", **settings},
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(f"http://127.0.0.1:{http_port}/api/session", process)
        wait_for_listener(dimse_port)
        yield Server("Sonarium", process, folder, dimse_port, http_port, headers)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
