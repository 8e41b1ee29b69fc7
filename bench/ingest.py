"""How fast objects are taken in: stills and cines, one association and five, Nagle on and off."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.measures import Measure
from bench.servers import AE_TITLE, NODELAY, Server, orthanc, sonarium

NAGLE = {name: value for name, value in os.environ.items() if name != "TCP_NODELAY"}
Start = Callable[[Path], AbstractContextManager[Server]]


@dataclass(frozen=True, slots=True)
class Trial:
    """Objects sent by `senders` processes at once, each on one association."""

    name: str
    objects: Callable[[Path, int], None]
    count: int
    senders: int
    environment: Mapping[str, str]
    wanted: float


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


def objects_per_second(start: Start, trial: Trial, work: Path) -> float:
    """Take one trial on a fresh archive; returns acknowledged objects a second."""
    folders = []
    for sender in range(trial.senders):
        folder = work / f"send-{sender}"
        folder.mkdir(parents=True)
        trial.objects(folder, trial.count // trial.senders)
        folders.append(folder)
    with start(work / "archive") as server:
        warm = work / "warm"
        warm.mkdir()
        trial.objects(warm, 20)
        send(server, [warm], trial.environment)
        taken = send(server, folders, trial.environment)
    return trial.count / taken


def alternate(trials: Sequence[Trial], rounds: int) -> Iterator[Measure]:
    """Take every trial on both archives in turns, and keep the best round of each."""
    for trial in trials:
        best = {"ours": 0.0, "peers": 0.0}
        for _ in range(rounds):
            for who, start in (("peers", orthanc), ("ours", sonarium)):
                work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
                try:
                    best[who] = max(best[who], objects_per_second(start, trial, work))
                finally:
                    shutil.rmtree(work, ignore_errors=True)
        yield Measure(trial.name, "objects/s", "higher", best["ours"], best["peers"], trial.wanted)


def trials(
    stills: Callable[[Path, int], None], cines: Callable[[Path, int], None], *, short: bool
) -> list[Trial]:
    """List what is asked of ingest; a short run sends fewer objects."""
    part = 5 if short else 1
    return [
        Trial("65 KB stills, one association", stills, 1500 // part, 1, NODELAY, 1.5),
        Trial("65 KB stills, five associations", stills, 2500 // part, 5, NODELAY, 2.0),
        Trial("65 KB stills, one sender with Nagle on", stills, 150 // part, 1, NAGLE, 15.0),
        Trial("4 MB cines, one association", cines, 100 // part, 1, NODELAY, 2.0),
        Trial("4 MB cines, five associations", cines, 150 // part, 5, NODELAY, 2.0),
    ]
