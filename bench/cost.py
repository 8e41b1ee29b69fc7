"""What each protection costs: the same work with all of them, and without one, in turns.

Other programs slow the clock on the wall and hardly the processor time of ours, so that is what
is compared: of all processes of an archive, PostgreSQL's included, until they have come to rest.
The archives run side by side the whole time. Every round gives each of them the same work, one
after the other; a cost is the median over the rounds of what the whole archive took more than the
one without the protection in that round. Encryption is a setting; access and the audit trail, which
no setting switches off, are left out by arrangements of this bench alone.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from psycopg.sql import SQL, Identifier

from bench.ingest import send
from bench.objects import cines, stills, write_cine, write_objects, write_study_of_stills
from bench.retrieve import Request, requests
from bench.servers import NODELAY, Server, prepare_sonarium, serving
from sonarium.app.database import dsn_of, embedded_postgres
from sonarium.app.settings import load_settings
from sonarium.db.pool import Database
from sonarium.ultrasound.synthetic.objects import SyntheticObject

MOST: Final = 0.25
"""What a protection may cost."""
FIRST_PORT: Final = 23304
QIDO: Final = {"Accept": "application/dicom+json"}
WHOLE: Final = "all"


def _first(folder: str) -> str:
    """Return a PYTHONPATH by which Python loads an arrangement of this bench first."""
    path = str(Path(__file__).with_name(folder))
    return os.pathsep.join((path, *filter(None, (os.environ.get("PYTHONPATH"),))))


PROTECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "access": {"PYTHONPATH": _first("without_access")},
    "audit": {"PYTHONPATH": _first("without_audit")},
    "encryption": {"SONARIUM_KEYS__ENCRYPT_OBJECTS": "false"},
}
"""Which environment switches a protection off."""
GUARDED: Final = ("study", "series", "instance", "patient", "metadata_document", "access_grant")
"""The tables with policies."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is done `count` times; `prepare` makes what one archive does in one round."""

    name: str
    count: int
    prepare: Callable[[Path], Callable[[Server], None]]


@dataclass(frozen=True, slots=True)
class Spent:
    """What one piece of work took, for each time it was done."""

    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True, slots=True)
class Cost:
    """One piece of work with every protection and without one of them; a pair for each round."""

    name: str
    protection: str
    on: Sequence[Spent]
    off: Sequence[Spent]

    @property
    def share(self) -> float:
        """What the protection adds in processor time: the median of the rounds."""
        pairs = zip(self.on, self.off, strict=True)
        return median(on.cpu_ms / off.cpu_ms for on, off in pairs) - 1

    @property
    def cpu_ms(self) -> tuple[float, float]:
        """The medians with and without, in processor time."""
        return median(one.cpu_ms for one in self.on), median(one.cpu_ms for one in self.off)


def costs(protections: Sequence[str], rounds: int, part: int = 1) -> Iterator[Cost]:
    """Take every piece of work with all protections, and without each of those named."""
    work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
    try:
        headers = prepare_sonarium(work / WHOLE)
        for which in protections:
            shutil.copytree(work / WHOLE, work / which)
        with ExitStack() as running:
            servers = {}
            for place, which in enumerate((WHOLE, *protections)):
                ports = FIRST_PORT + place, FIRST_PORT + 50 + place
                servers[which] = running.enter_context(
                    serving(work / which, headers, ports, PROTECTIONS.get(which, {}))
                )
            if "access" in servers:
                asyncio.run(_drop_policies(servers["access"]))
            for task in _tasks(work / "files", list(servers.values()), part):
                yield from _taken(task, servers, rounds, work / "round")
    finally:
        shutil.rmtree(work, ignore_errors=True)


async def _drop_policies(server: Server) -> None:
    settings = load_settings(data=server.folder / "data")
    dsn = dsn_of(settings, embedded_postgres(settings))
    async with Database(dsn, connections=1) as database, database.transaction() as tx:
        for table in map(Identifier, GUARDED):
            await tx.execute(SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(table))


def _taken(task: Work, servers: Mapping[str, Server], rounds: int, folder: Path) -> Iterator[Cost]:
    """Take one piece of work: once to warm up, then round by round with another first each time."""
    spent: dict[str, list[Spent]] = {which: [] for which in servers}
    order = list(servers)
    for number in range(rounds + 1):
        for which in order:
            one = _spent(servers[which], task, folder)
            if number:
                spent[which].append(one)
        order.append(order.pop(0))
    for which in servers:
        if which != WHOLE:
            yield Cost(task.name, which, spent[WHOLE], spent[which])


def _spent(server: Server, task: Work, folder: Path) -> Spent:
    """Do a piece of work; what follows it in the background counts too."""
    run = task.prepare(folder)
    cpu, wall = server.cpu_seconds(), perf_counter()
    run(server)
    wall = perf_counter() - wall
    server.settle()
    cpu = server.cpu_seconds() - cpu
    shutil.rmtree(folder, ignore_errors=True)
    return Spent(cpu * 1000 / task.count, wall * 1000 / task.count)


def _tasks(files: Path, servers: Sequence[Server], part: int) -> list[Work]:
    """List what is done; what is read must be there before."""
    files.mkdir()
    study, clip = write_study_of_stills(files, 50), write_cine(files)
    for server in servers:
        send(server, [files], NODELAY)
    reading = {request.name: request for request in requests(study, clip)}
    return [
        _sending("65 kB stills, one association", stills, 500 // part, 1),
        _sending("65 kB stills, five associations", stills, 500 // part, 5),
        _sending("4 MB cines, one association", cines, 25 // part, 1),
        _asking(
            Request("query by patient ID", "/studies?PatientID=BENCH", QIDO, MOST), 300 // part
        ),
        _asking(reading["one stored frame of 60"], 300 // part),
        _asking(reading["study of 50 stills as stored"], 100 // part),
    ]


def _sending(
    name: str, made: Callable[[int], Iterator[SyntheticObject]], count: int, senders: int
) -> Work:
    def prepare(folder: Path) -> Callable[[Server], None]:
        folders = [folder / str(number) for number in range(senders)]
        objects = made(count)
        for one in folders:
            one.mkdir(parents=True)
            write_objects(one, islice(objects, count // senders))

        def run(server: Server) -> None:
            send(server, folders, NODELAY)

        return run

    return Work(name, count, prepare)


def _asking(request: Request, count: int) -> Work:
    def ask(server: Server) -> None:
        headers = {**request.headers, **server.headers}
        with closing(HTTPConnection("127.0.0.1", server.http_port, timeout=60)) as client:
            for _ in range(count):
                client.request("GET", server.root + request.path, headers=headers)
                answer = client.getresponse()
                answer.read()
                if answer.status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT):
                    raise RuntimeError(f"{answer.status}: {request.name}")

    return Work(request.name, count, lambda _folder: ask)
