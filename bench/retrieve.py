"""How fast studies, frames and metadata are given back, over HTTP and over DIMSE."""

import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

from bench.ingest import send
from bench.measures import Measure, durations_ms
from bench.servers import (
    AE_TITLE,
    DESTINATION_AE,
    DESTINATION_PORT,
    NODELAY,
    Server,
    orthanc,
    sonarium,
    wait_for_listener,
)

TIMES = 120
ROUNDS = 6
"""Servers take turns, so that what else the machine does meets both."""
STILLS_MOVED = 300
AS_STORED = 'multipart/related; type="application/dicom"; transfer-syntax=*'
FRAMES_AS_STORED = 'multipart/related; type="image/jpeg"; transfer-syntax=1.2.840.10008.1.2.4.50'


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request under measurement; `path` is below the DICOMweb base."""

    name: str
    path: str
    headers: Mapping[str, str]
    wanted: float


def requests(study: str, cine: tuple[str, str, str]) -> list[Request]:
    """List what is asked of retrieval: a study of 50 stills, and a cine of 60 frames."""
    instance = "/studies/{}/series/{}/instances/{}".format(*cine)
    sixty = ",".join(str(frame) for frame in range(1, 61))
    json = {"Accept": "application/dicom+json"}
    frames = {"Accept": FRAMES_AS_STORED}
    return [
        Request("metadata of 50 instances", f"/studies/{study}/metadata", json, 2),
        Request("study of 50 stills as stored", f"/studies/{study}", {"Accept": AS_STORED}, 1.5),
        Request("one stored frame of 60", f"{instance}/frames/30", frames, 2),
        Request("sixty stored frames", f"{instance}/frames/{sixty}", frames, 2),
        Request(
            "one frame rendered", f"{instance}/frames/30/rendered", {"Accept": "image/jpeg"}, 2
        ),
    ]


def _timed(servers: Sequence[Server], request: Request) -> list[float]:
    """Return the median of each server for one request, in milliseconds; asked in turns."""
    taken: list[list[float]] = [[] for _ in servers]
    clients = [HTTPConnection("127.0.0.1", server.http_port, timeout=60) for server in servers]
    for _ in range(ROUNDS):
        for server, client, times in zip(servers, clients, taken, strict=True):

            def ask(server: Server = server, client: HTTPConnection = client) -> None:
                headers = {**request.headers, **server.headers}
                client.request("GET", server.root + request.path, headers=headers)
                answer = client.getresponse()
                answer.read()
                if answer.status != HTTPStatus.OK:
                    raise RuntimeError(f"{server.name} answered {answer.status}: {request.name}")

            times.extend(durations_ms(ask, TIMES // ROUNDS))
    for client in clients:
        client.close()
    return [statistics.median(times) for times in taken]


def _get(server: Server, study: str, target: Path) -> None:
    target.mkdir()
    subprocess.run(
        [
            *("getscu", "-q", "-S", "-aec", AE_TITLE, "-od", str(target)),
            *("+xy", "+B", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}"),
            *("127.0.0.1", str(server.dimse_port)),
        ],
        env=dict(NODELAY),
        check=True,
    )
    shutil.rmtree(target)


def _move(server: Server, study: str, _target: Path) -> None:
    subprocess.run(
        [
            *("movescu", "-q", "-S", "-aec", AE_TITLE, "-aem", DESTINATION_AE),
            *("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}"),
            *("127.0.0.1", str(server.dimse_port)),
        ],
        env=dict(NODELAY),
        check=True,
    )


@contextmanager
def _receiver(work: Path) -> Iterator[None]:
    """Run a storescp that takes everything and keeps nothing."""
    receiver = subprocess.Popen(
        [
            *("storescp", "-q", "--ignore", "-od", str(work), "-aet", DESTINATION_AE),
            *("+xa", str(DESTINATION_PORT)),
        ],
        env=dict(NODELAY),
    )
    wait_for_listener(DESTINATION_PORT)
    try:
        yield
    finally:
        receiver.terminate()
        receiver.wait()


def _rates(
    servers: Sequence[Server], act: Callable[[Server, str, Path], None], study: str, work: Path
) -> list[float]:
    """Return instances per second of each server; the median of some runs in turns."""
    taken: list[list[float]] = [[] for _ in servers]
    for _ in range(ROUNDS):
        for server, times in zip(servers, taken, strict=True):
            times.extend(durations_ms(partial(act, server, study, work / "got"), 1, 0))
    return [STILLS_MOVED * 1000 / statistics.median(times[1:]) for times in taken]


def measures(
    still_study: Callable[[Path, int], str], cine: Callable[[Path], tuple[str, str, str]]
) -> Iterator[Measure]:
    """Fill both archives alike and take every figure in turns."""
    work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
    try:
        files, moved = work / "send", work / "moved"
        files.mkdir()
        moved.mkdir()
        study, clip = still_study(files, 50), cine(files)
        moved_study = still_study(moved, STILLS_MOVED)
        wanted = requests(study, clip)
        with orthanc(work / "orthanc") as theirs, sonarium(work / "sonarium") as ours:
            for server in (theirs, ours):
                send(server, [files, moved], NODELAY)
            servers = (theirs, ours)
            for request in wanted:
                peers_ms, ours_ms = _timed(servers, request)
                yield Measure(request.name, "ms", "lower", ours_ms, peers_ms, request.wanted)
            with _receiver(work):
                for name, act in (("C-GET", _get), ("C-MOVE", _move)):
                    peers, our = _rates(servers, act, moved_study, work)
                    what = f"{name} of a study of {STILLS_MOVED} stills"
                    yield Measure(what, "objects/s", "higher", our, peers, 2)
    finally:
        shutil.rmtree(work, ignore_errors=True)
