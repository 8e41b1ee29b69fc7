"""How soon and how steadily loops show in the browser, beside OHIF on the same server."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.ingest import send
from bench.measures import Measure
from bench.objects import fresh_seed, write_objects
from bench.servers import NODELAY, sonarium
from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.data_sets import Series, Study, image_object
from sonarium.ultrasound.synthetic.heart_clips import ClipPlan, record_heart
from sonarium.ultrasound.synthetic.loop import Heart
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.patients import Patient, Seed
from sonarium.ultrasound.synthetic.screen import Banner

ROOT = Path(__file__).resolve().parents[1]
OHIF = ROOT / ".ohif"
LOOPS = 20
FRAMES = 60
LONG_FRAMES = 600
RATE = 30
MOST_LATE_OF_FOUR = 1.0
MOST_LATE_OF_SIXTEEN = 5.0
MOST_SCRIPT_KB = 300.0


@dataclass(frozen=True, slots=True)
class Trial:
    """How often and how long."""

    rounds: int
    seconds: int


def measures(trial: Trial) -> Iterator[Measure]:
    """Open a study of twenty loops in both viewers, in turns."""
    work = Path(tempfile.mkdtemp(prefix="sonarium-bench-"))
    os.environ["SONARIUM_VIEWERS__OHIF"] = str(OHIF)
    try:
        made = list(_loops("viewer", LOOPS, FRAMES))
        (long,) = _loops("long", 1, LONG_FRAMES)
        (work / "send").mkdir()
        write_objects(work / "send", [*made, long])
        with sonarium(work / "sonarium", 24304, 24342) as server:
            send(server, [work / "send"], NODELAY)
            told = _watched(
                {
                    "address": f"http://127.0.0.1:{server.http_port}",
                    "token": server.headers["Authorization"].removeprefix("Bearer "),
                    "study": made[0].study_instance_uid,
                    "longStudy": long.study_instance_uid,
                    "rounds": trial.rounds,
                    "seconds": trial.seconds,
                    "loops": LOOPS,
                    "frameMs": 1000 / RATE,
                }
            )
        yield from _compared(told)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _watched(task: dict[str, object]) -> dict[str, Any]:
    program = ["node", str(Path(__file__).with_name("viewer.mjs")), json.dumps(task)]
    finished = subprocess.run(program, check=True, stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(finished.stdout)
    return told


def _compared(told: dict[str, Any]) -> Iterator[Measure]:
    ours, theirs, scripts = told["ours"], told["theirs"], told["scripts"]
    yield Measure("click to first picture", "ms", "lower", ours["first"], theirs["first"], 3)
    # Null where a viewer did not play in every round: then there is nothing to compare with.
    yield Measure(
        "click to playing (fourth picture)", "ms", "lower", ours["playing"], theirs["playing"], None
    )
    for name, count, most in (
        ("one", 1, None),
        ("four", 4, MOST_LATE_OF_FOUR),
        ("sixteen", 16, MOST_LATE_OF_SIXTEEN),
    ):
        rate, late = ours["loops"][name]["rate"], 100 * ours["loops"][name]["late"]
        peers = theirs["loops"].get(name)
        each = f"frames a second of each, {count} of {RATE} fps"
        yield Measure(each, "1/s", "higher", rate, peers, None)
        yield Measure(f"late frames, {count} at once", "%", "lower", late, None, None, most)
    for length, one in ((FRAMES, ours["short"]), (LONG_FRAMES, ours["long"])):
        what = f"one loop of {length} frames"
        yield Measure(f"{what}, click to first picture", "ms", "lower", one["first"], None, None)
        yield Measure(f"{what}, click to playing", "ms", "lower", one["playing"], None, None)
        yield Measure(f"{what}, then", "1/s", "higher", one["rate"], None, None)
    memory = f"memory after {LOOPS} loops"
    yield Measure(memory, "MiB", "lower", ours["memory"], theirs["memory"], None)
    yield Measure(
        "JavaScript before the list, gzip",
        "kB",
        "lower",
        scripts["ours"] / 1000,
        scripts["theirs"] / 1000,
        None,
        MOST_SCRIPT_KB,
    )


def _loops(name: str, count: int, frames: int) -> Iterator[SyntheticObject]:
    """Make a study of loops, 800×600, JPEG, 30 fps: one recording under many names."""
    seed = Seed(fresh_seed(), name)
    moment = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    patient = Patient(1, "BENCH", 1, "O", date(1970, 1, 1), 170.0, 70.0)
    banner = Banner("SYNTHETIC^BENCH 01", "SYN-0001", "", "Adult echo", "P4-2", 1.1, 0.7)
    plan = ClipPlan(apical_four_chamber(), Heart(Cycle(72)), banner, frames=frames)
    recorded = record_heart(plan, seed.rng("loop"))
    study = Study(
        patient, seed.uid("study"), "B1", "SYNABENCH", moment, "Viewer bench",
        "TTE", "Echo One", "US1", "SYN-4100",
    )  # fmt: skip
    series = Series(study, seed.uid("series"), 1, description="Viewer bench")
    for number in range(1, count + 1):
        uid = seed.uid("loop", number)
        yield image_object(series, recorded, sop_instance_uid=uid, number=number, made=moment)
