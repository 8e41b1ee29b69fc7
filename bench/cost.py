"""What a protection costs: the same work with it and without it, in turns, in processor time.

Other programs slow the clock on the wall and hardly the processor time of ours, so that is what
is compared; of several rounds the one that took least counts. A protection is a setting; the audit
trail, which no setting switches off, is left out by an arrangement of this bench alone.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Final

from bench.ingest import send
from bench.objects import write_cine, write_cines, write_stills, write_study_of_stills
from bench.retrieve import Request, requests
from bench.servers import NODELAY, Server, sonarium

SETTLE_S: Final = 1.0
MOST: Final = 0.25
"""What a protection may cost."""
DIMSE_PORT: Final = 23304
HTTP_PORT: Final = 23342
READS: Final = 300
QIDO: Final = {"Accept": "application/dicom+json"}
PROTECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "encryption": {"SONARIUM_KEYS__ENCRYPT_OBJECTS": "false"},
    "audit": {"PYTHONPATH": str(Path(__file__).with_name("without_audit"))},
}
"""Which environment switches a protection off."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is done `count` times; `run` does it all, on prepared folders."""

    name: str
    count: int
    run: Callable[[Server], None]


@dataclass(frozen=True, slots=True)
class Spent:
    """What one piece of work took, for each time it was done."""

    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True, slots=True)
class Cost:
    """One piece of work with a protection and without."""

    name: str
    on: Spent
    off: Spent

    @property
    def share(self) -> float:
        """What the protection adds in processor time."""
        return self.on.cpu_ms / self.off.cpu_ms - 1


def costs(protection: str, rounds: int, part: int = 1) -> Iterator[Cost]:
    """Take every piece of work with a protection and without, in turns."""
    without = PROTECTIONS[protection]
    work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
    best: dict[str, dict[str, Spent]] = {}
    try:
        for number in range(rounds):
            for which, environment in (("off", without), ("on", {})):
                folder = work / f"{number}-{which}"
                for name, spent in _round(folder, environment, part).items():
                    before = best.setdefault(name, {}).get(which, spent)
                    least = Spent(
                        min(before.cpu_ms, spent.cpu_ms), min(before.wall_ms, spent.wall_ms)
                    )
                    best[name][which] = least
                shutil.rmtree(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for name, both in best.items():
        yield Cost(name, both["on"], both["off"])


def _round(folder: Path, environment: Mapping[str, str], part: int) -> dict[str, Spent]:
    """Run one archive with or without the protection, and take everything once."""
    tasks, files = _tasks(folder, part)
    with sonarium(folder / "archive", DIMSE_PORT, HTTP_PORT, environment) as server:
        send(server, files, NODELAY)
        return {task.name: _spent(server, task) for task in tasks}


def _tasks(folder: Path, part: int) -> tuple[list[Work], list[Path]]:
    """Prepare what is sent and asked; return it, and what must be there before."""
    files = folder / "files"
    files.mkdir(parents=True)
    study, clip = write_study_of_stills(files, 50), write_cine(files)
    reading = {request.name: request for request in requests(study, clip)}
    return [
        _sending(folder / "one", "65 kB stills, one association", write_stills, 900 // part, 1),
        _sending(folder / "five", "65 kB stills, five associations", write_stills, 1500 // part, 5),
        _sending(folder / "cines", "4 MB cines, one association", write_cines, 60 // part, 1),
        _asking(reading["one stored frame of 60"]),
        _asking(reading["study of 50 stills as stored"]),
        _asking(Request("query by patient ID", "/studies?PatientID=BENCH", QIDO, MOST)),
    ], [files]


def _sending(
    folder: Path, name: str, write: Callable[[Path, int], None], count: int, senders: int
) -> Work:
    folders = [folder / str(number) for number in range(senders)]
    for one in folders:
        one.mkdir(parents=True)
        write(one, count // senders)
    return Work(name, count, lambda server: _send(server, folders))


def _send(server: Server, folders: list[Path]) -> None:
    send(server, folders, NODELAY)


def _asking(request: Request) -> Work:
    def ask(server: Server) -> None:
        headers = {**request.headers, **server.headers}
        with closing(HTTPConnection("127.0.0.1", server.http_port, timeout=60)) as client:
            for _ in range(READS):
                client.request("GET", server.root + request.path, headers=headers)
                answer = client.getresponse()
                answer.read()
                if answer.status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
                    raise RuntimeError(f"{answer.status}: {request.name}")

    return Work(request.name, READS, ask)


def _spent(server: Server, task: Work) -> Spent:
    """Do a piece of work; what follows it in the background counts too."""
    cpu, wall = server.cpu_seconds(), perf_counter()
    task.run(server)
    wall = perf_counter() - wall
    server.settle(SETTLE_S)
    cpu = server.cpu_seconds() - cpu
    return Spent(cpu * 1000 / task.count, wall * 1000 / task.count)
