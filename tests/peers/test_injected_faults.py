"""System calls that fail under `sonarium serve`: strace answers in the kernel's place.

Each fault begins at the first call of its kind, at the second, and so on; `./dev faults 20` goes to
the twentieth. Whatever fails, only what is durable is acknowledged, the rest is refused by the
status for it, and the service is well again as soon as the calls succeed.
"""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

import pytest
from bench.crash_clients import Sent, make_object, part10
from tests.peers.service import START_S, Service, running_service
from tests.peers.test_faults import (
    HEALED_WITHIN_S,
    OUT_OF_RESOURCES,
    assert_exactly,
    scu_of,
    store,
)
from tests.peers.test_served_round_trip import stow

pytestmark = [
    pytest.mark.peers,
    pytest.mark.timeout(600),
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]

POINTS: Final = int(os.environ.get("FAULT_POINTS", "0"))
"""Every fault begins at each call up to this one; 0: a few faults at a few calls."""
OBJECTS: Final = 20
"""In each trial; one in five is long enough for a file of its own."""
UNAVAILABLE: Final = 503


@dataclass(frozen=True, slots=True)
class Fault:
    """System calls, and how they fail."""

    calls: str
    error: str


_SYNCS: Final = "fsync,fdatasync"
_WRITES: Final = "pwrite64,pwritev,pwritev2"
FAULTS: Final[Mapping[str, Fault]] = {
    "a sync fails": Fault(_SYNCS, "EIO"),
    "a sync finds no room": Fault(_SYNCS, "ENOSPC"),
    "a write fails": Fault(_WRITES, "EIO"),
    "a write finds no room": Fault(_WRITES, "ENOSPC"),
    "no quota is left": Fault(f"{_WRITES},fallocate", "EDQUOT"),
}


@contextmanager
def failing(pid: int, fault: Fault, first: int) -> Iterator[None]:
    """Let calls of a process fail, in each of its threads from number `first` on."""
    tracer = subprocess.Popen(
        [
            *("strace", "-f", "-qq", "-o", "/dev/null", "-p", str(pid)),
            *("-e", f"trace={fault.calls}"),
            *("-e", f"inject={fault.calls}:error={fault.error}:when={first}+"),
        ],
        stderr=subprocess.DEVNULL,
    )
    status = Path(f"/proc/{pid}/status")
    try:
        while f"TracerPid:\t{tracer.pid}\n" not in status.read_text():
            if tracer.poll() is not None:
                pytest.skip("this account may not trace a process")
        yield
    finally:
        tracer.terminate()
        tracer.wait()


Trial = Callable[[Service, range], Awaitable[tuple[list[Sent], list[Sent]]]]
"""Stores objects; returns those that were acknowledged, and the others."""


async def by_dimse(service: Service, numbers: range) -> tuple[list[Sent], list[Sent]]:
    """Store by C-STORE; a refusal has the status that PS3.4 B.2.3 has for it."""
    acknowledged: list[Sent] = []
    others: list[Sent] = []
    async with scu_of(service) as scu:
        for number in numbers:
            sent, status = await store(scu, number)
            assert status in {0, OUT_OF_RESOURCES}
            (others if status else acknowledged).append(sent)
    return acknowledged, others


async def by_stow(service: Service, numbers: range) -> tuple[list[Sent], list[Sent]]:
    """Store by STOW-RS; a refusal may be tried again."""
    acknowledged: list[Sent] = []
    others: list[Sent] = []
    for number in numbers:
        sent, data_set = make_object(number)
        answer = await stow(service, part10(sent, data_set))
        assert answer.status_code in {200, UNAVAILABLE}, answer.text
        (acknowledged if answer.status_code == 200 else others).append(sent)
    return acknowledged, others


DOORS: Final[Mapping[str, tuple[Trial, Callable[[Service], int]]]] = {
    "C-STORE": (by_dimse, Service.pid_of_dimse),
    "STOW-RS": (by_stow, Service.pid_of_web),
}


async def healed(service: Service, attempt: Trial, number: int) -> Sent:
    """Store one object at the door that failed, until it is acknowledged."""
    began = monotonic()
    while monotonic() - began < HEALED_WITHIN_S:
        acknowledged, _ = await attempt(service, range(number, number + 1))
        if acknowledged:
            return acknowledged[0]
        await asyncio.sleep(0.2)
    raise AssertionError(f"still refused after {HEALED_WITHIN_S:.0f} s: {service.log[-3000:]}")


EACH: Final = [(door, fault) for door in DOORS for fault in FAULTS]
A_FEW: Final = [("C-STORE", "a sync fails"), ("STOW-RS", "a write finds no room")]


@pytest.mark.parametrize(("door", "fault"), EACH if POINTS else A_FEW)
async def test_what_fails_is_refused_and_nothing_unsafe_is_acknowledged(
    tmp_path: Path, door: str, fault: str
) -> None:
    attempt, pid_of = DOORS[door]
    acknowledged: list[Sent] = []
    others: list[Sent] = []
    async with running_service(tmp_path, SONARIUM_DIMSE_PROCESSES="1") as service:
        for trial, point in enumerate(range(1, POINTS + 1) if POINTS else (1, 3)):
            first = trial * 100
            with failing(pid_of(service), FAULTS[fault], point):
                kept, refused = await attempt(service, range(first, first + OBJECTS))
            assert refused, "nothing failed"
            acknowledged += kept
            others += refused
            acknowledged.append(await healed(service, attempt, first + 99))
        os.kill(service.pid_of_dimse(), signal.SIGKILL)  # nothing survives that was not durable
        os.kill(service.pid_of_web(), signal.SIGKILL)
        await service.until_well(START_S)
        await assert_exactly(service, acknowledged, others)
