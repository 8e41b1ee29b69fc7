"""How fast objects are taken in: stills and cines, one association and five, Nagle on and off.

Both archives run the whole time and are empty at first. They take every trial in turns, each round
with objects that neither has seen, and each waits until the other has come to rest. The median of
the rounds counts.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from bench.measures import Measure
from bench.objects import cines, stills, write_objects
from bench.servers import AE_TITLE, NODELAY, Server, orthanc, sonarium
from sonarium.ultrasound.synthetic.objects import SyntheticObject

NAGLE = {name: value for name, value in os.environ.items() if name != "TCP_NODELAY"}
WARM_UP: Final = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """Objects sent by `senders` processes at once, each on one association."""

    name: str
    objects: Callable[[int], Iterator[SyntheticObject]]
    count: int
    senders: int
    environment: Mapping[str, str]
    wanted: float
    warm_up: int = WARM_UP


def send(server: Server, folders: Sequence[Path], environment: Mapping[str, str]) -> float:
    """Send each folder by a storescu of its own and return how long all took, in seconds."""
    begin = perf_counter()
    senders = [
        subprocess.Popen(
            [
                *("storescu", "-q", "-xy", "-aec", AE_TITLE, "+sd", "+r"),
                *("127.0.0.1", str(server.dimse_port), str(folder)),
            ],
            env=dict(environment),
        )
        for folder in folders
    ]
    codes = [sender.wait() for sender in senders]
    taken = perf_counter() - begin
    if any(codes):
        raise RuntimeError(f"{server.name} refused objects: storescu ended with {codes}")
    return taken


def alternate(trials: Sequence[Trial], rounds: int) -> Iterator[Measure]:
    """Take every trial on both archives in turns."""
    work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
    try:
        with orthanc(work / "orthanc") as theirs, sonarium(work / "sonarium") as ours:
            for trial in trials:
                yield _compared(trial, ours, theirs, rounds, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _compared(trial: Trial, ours: Server, theirs: Server, rounds: int, work: Path) -> Measure:
    rates: dict[str, list[float]] = {ours.name: [], theirs.name: []}
    for number in range(rounds):
        send_to = work / "send"
        warm, folders = _written(trial, send_to)
        for server in (ours, theirs) if number % 2 else (theirs, ours):
            send(server, [warm], trial.environment)
            rates[server.name].append(trial.count / send(server, folders, trial.environment))
            server.settle()
        shutil.rmtree(send_to)
    return Measure(
        trial.name,
        "objects/s",
        "higher",
        median(rates[ours.name]),
        median(rates[theirs.name]),
        trial.wanted,
    )


def _written(trial: Trial, folder: Path) -> tuple[Path, list[Path]]:
    """Write what is sent first, to warm up, and what each sender sends then."""
    senders = [folder / str(number) for number in range(trial.senders)]
    made = trial.objects(trial.warm_up + trial.count)
    for one in (folder / "warm", *senders):
        one.mkdir(parents=True)
    write_objects(folder / "warm", islice(made, trial.warm_up))
    for sender in senders:
        write_objects(sender, islice(made, trial.count // trial.senders))
    return folder / "warm", senders


def trials(*, short: bool) -> list[Trial]:
    """List what is asked of ingest; a short run sends fewer objects."""
    part = 5 if short else 1
    return [
        Trial("65 KB stills, one association", stills, 1200 // part, 1, NODELAY, 1.5),
        Trial("65 KB stills, five associations", stills, 2000 // part, 5, NODELAY, 2.0),
        Trial("65 KB stills, one sender with Nagle on", stills, 100 // part, 1, NAGLE, 15.0),
        Trial("4 MB cines, one association", cines, 60 // part, 1, NODELAY, 2.0, warm_up=5),
        Trial("4 MB cines, five associations", cines, 100 // part, 5, NODELAY, 2.0, warm_up=5),
    ]
