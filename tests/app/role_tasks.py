"""What the tests of the supervisor let roles do: each runs in a process of its own."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from sonarium.app.supervisor import Lifeline
from sonarium.base.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class Serves:
    """Serves until told to stop, and writes down how it lived."""

    diary: Path

    def __call__(self, lifeline: Lifeline) -> None:
        self._write("began", os.getpid())
        lifeline.report_ready()
        asyncio.run(lifeline.cut())
        self._write("drained", os.getpid())

    def _write(self, word: str, pid: int) -> None:
        with self.diary.open("a") as diary:
            diary.write(f"{word} {pid}\n")


def refuse(_lifeline: Lifeline) -> None:
    raise UnavailableError("the moon is in the way")


def vanish(_lifeline: Lifeline) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stay_silent(lifeline: Lifeline) -> None:
    asyncio.run(lifeline.cut())


def ignore_the_end(lifeline: Lifeline) -> None:
    lifeline.report_ready()
    signal.pause()
