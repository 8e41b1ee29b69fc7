"""How fast studies, frames and metadata are given back, over HTTP and over DIMSE."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

from bench.ingest import send
from bench.measures import Measure, median_ms
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

TIMES = 60
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


def _timed(server: Server, wanted: list[Request]) -> dict[str, float]:
    taken = {}
    with closing(HTTPConnection("127.0.0.1", server.http_port, timeout=60)) as client:
        for request in wanted:

            def ask(request: Request = request) -> None:
                headers = {**request.headers, **server.headers}
                client.request("GET", server.root + request.path, headers=headers)
                answer = client.getresponse()
                answer.read()
                if answer.status != HTTPStatus.OK:
                    raise RuntimeError(f"{server.name} answered {answer.status}: {request.name}")

            taken[request.name] = median_ms(ask, TIMES)
    return taken


def _get_rate(server: Server, study: str, work: Path) -> float:
    """Return instances per second of a C-GET of the study, best of three."""

    def get() -> None:
        target = Path(tempfile.mkdtemp(dir=work))
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

    return STILLS_MOVED * 1000 / median_ms(get, 5, 1)


def _move_rate(server: Server, study: str, work: Path) -> float:
    """Return instances per second of a C-MOVE of the study to a storescp."""
    target = Path(tempfile.mkdtemp(dir=work))
    receiver = subprocess.Popen(
        [
            *("storescp", "-q", "--ignore", "-od", str(target), "-aet", DESTINATION_AE),
            *("+xa", str(DESTINATION_PORT)),
        ],
        env=dict(NODELAY),
    )

    def move() -> None:
        subprocess.run(
            [
                *("movescu", "-q", "-S", "-aec", AE_TITLE, "-aem", DESTINATION_AE),
                *("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}"),
                *("127.0.0.1", str(server.dimse_port)),
            ],
            env=dict(NODELAY),
            check=True,
        )

    wait_for_listener(DESTINATION_PORT)
    try:
        return STILLS_MOVED * 1000 / median_ms(move, 5, 1)
    finally:
        receiver.terminate()
        receiver.wait()


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
            peers_ms, ours_ms = _timed(theirs, wanted), _timed(ours, wanted)
            for request in wanted:
                name = request.name
                yield Measure(name, "ms", "lower", ours_ms[name], peers_ms[name], request.wanted)
            for name, rate in (("C-GET", _get_rate), ("C-MOVE", _move_rate)):
                yield Measure(
                    f"{name} of a study of {STILLS_MOVED} stills",
                    "objects/s",
                    "higher",
                    rate(ours, moved_study, work),
                    rate(theirs, moved_study, work),
                    2,
                )
    finally:
        shutil.rmtree(work, ignore_errors=True)
