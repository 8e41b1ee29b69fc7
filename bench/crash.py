"""`./dev crash`: kill the server or PostgreSQL at random moments; nothing acknowledged is lost.

Several clients store through C-STORE and STOW-RS and sync a ledger of their successes. In each
cycle something is killed by SIGKILL, everything is started again, and ledgers, rows and blobs
are compared.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bench.crash_check import Checker, Verdict, fetched_unlike
from bench.crash_clients import AUTHORIZATION
from bench.signing_in import bearer_of

AE_TITLE = "CRASH"
START_SECONDS = 120.0
SAMPLE = 20


class Server:
    """`sonarium serve` on a folder of the trial's own."""

    def __init__(self, data: Path, log: Path, dimse_port: int, http_port: int) -> None:
        self.data = data
        self.dimse_port = dimse_port
        self.http_port = http_port
        self._log = log
        self.headers: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it says that it serves."""
        with self._log.open("ab") as log:
            begin = log.tell()
            self._process = subprocess.Popen(
                [
                    *(str(Path(sys.executable).with_name("sonarium")), "serve"),
                    *("--data", str(self.data), "--ae-title", AE_TITLE),
                    *("--dimse-port", str(self.dimse_port), "--http-port", str(self.http_port)),
                ],
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "SONARIUM_STORAGE__RESERVE_BYTES": "0",
                    "SONARIUM_DIMSE__UNKNOWN_CALLERS": "accepted",
                },
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with self._log.open("rb") as log:
                log.seek(begin)
                if b"serves this machine" in log.read():
                    return
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended while starting: see {self._log}")
            time.sleep(0.05)
        raise RuntimeError(f"the server did not start: see {self._log}")

    def stop(self) -> None:
        """Stop in order."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=60)

    def kill_postgres(self) -> None:
        """Kill PostgreSQL's parent process; its children end by themselves."""
        pid_file = self.data / "postgresql" / "cluster" / "postmaster.pid"
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGKILL)

    def kill_role(self, dice: random.Random) -> None:
        """Kill one process of the server; the others go on."""
        self._kill(dice.choice(self._roles()[1:]))  # the first tracks resources for the others

    def kill_server(self) -> None:
        """Kill the server with all its processes; PostgreSQL goes on."""
        assert self._process is not None
        for pid in (self._process.pid, *self._roles()):
            self._kill(pid)
        self._process.wait()

    def kill_everything(self) -> None:
        """Kill the server and PostgreSQL at once."""
        self.kill_postgres()
        self.kill_server()

    def is_alive(self) -> bool:
        """Tell whether the server's first process runs."""
        return self._process is not None and self._process.poll() is None

    def _roles(self) -> list[int]:
        assert self._process is not None
        return _descendants(self._process.pid)

    def _kill(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    """List children of children, PostgreSQL excluded."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError):
            for child in map(int, children.read_text().split()):
                command = Path(f"/proc/{child}/comm")
                if command.exists() and not command.read_text().startswith("postgres"):
                    found += [child, *_descendants(child)]
    return found


@contextmanager
def clients(server: Server, ledgers: Path, count: int, first: int) -> Iterator[None]:
    """Run senders, half through each door."""
    running = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "bench.crash_clients"),
                *_door(server, number),
                *(AE_TITLE, str(ledgers / f"{first + number}.ledger")),
                str((first + number) * 100_000),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, AUTHORIZATION: server.headers["Authorization"]},
        )
        for number in range(count)
    ]
    try:
        yield
    finally:
        for client in running:
            client.kill()
            client.wait()


def _door(server: Server, number: int) -> tuple[str, str]:
    if number % 2:
        return "stow", str(server.http_port)
    return "dimse", str(server.dimse_port)


def run_cycle(server: Server, ledgers: Path, cycle: int, senders: int) -> str:
    """Store, kill something at a random moment, and bring everything up again."""
    dice = random.Random(cycle)
    ways: dict[str, Callable[[], None]] = {
        "server": server.kill_server,
        "postgresql": server.kill_postgres,
        "everything": server.kill_everything,
        "role": lambda: server.kill_role(dice),
    }
    way = dice.choice(sorted(ways))
    with clients(server, ledgers, senders, first=cycle * senders):
        _await_successes(ledgers, first=cycle * senders, senders=senders)
        time.sleep(dice.uniform(0.0, 2.0))
        ways[way]()
        # Sometimes clients meet the recovery, sometimes they are gone before.
        is_met = dice.random() < 0.5
        if is_met:
            _revive(server)
            time.sleep(dice.uniform(0.0, 1.0))
    _revive(server)
    if is_met or way in {"postgresql", "role"}:
        # What lives may still hold objects in memory: a restart shows what is durable.
        server.kill_everything()
        server.start()
    return way


def _await_successes(ledgers: Path, first: int, senders: int) -> None:
    """Wait until every sender has stored something."""
    paths = [ledgers / f"{first + number}.ledger" for number in range(senders)]
    deadline = time.monotonic() + START_SECONDS
    while not all(path.exists() and path.stat().st_size for path in paths):
        if time.monotonic() > deadline:
            raise RuntimeError("a sender stores nothing")
        time.sleep(0.05)


def _revive(server: Server) -> None:
    if not server.is_alive():
        server.start()


def trial(folder: Path, cycles: int, senders: int, first_port: int, seed: int) -> Verdict:
    """Run cycles and return what the last and complete check found; stops at the first loss."""
    ledgers = folder / "ledgers"
    ledgers.mkdir(parents=True)
    server = Server(folder / "data", folder / "log", first_port, first_port + 1)
    checker = Checker(folder / "data", ledgers)
    ways: Counter[str] = Counter()
    server.headers = bearer_of(server.data)
    server.start()
    try:
        for cycle in range(seed, seed + cycles):
            ways[run_cycle(server, ledgers, cycle, senders)] += 1
            verdict = checker.check()
            unlike = fetched_unlike(server.http_port, server.headers, ledgers, SAMPLE, cycle)
            print(f"cycle {cycle - seed + 1}/{cycles}: {verdict}, fetched unlike {unlike}")
            if unlike or not verdict.is_sound:
                return verdict
        checker.forget()
        print(f"killed: {dict(ways)}")
        return checker.check()
    finally:
        if server.is_alive():
            server.stop()


def main(
    cycles: Annotated[int, typer.Option(help="How often something is killed.")] = 200,
    senders: Annotated[int, typer.Option(help="Clients that store at once.")] = 4,
    port: Annotated[int, typer.Option(help="First of two free ports.")] = 21320,
    seed: Annotated[int, typer.Option(help="Chooses moments and victims.")] = 1,
    folder: Annotated[Path | None, typer.Option(help="Where; kept when given.")] = None,
) -> None:
    """Kill and compare."""
    place = folder or Path(tempfile.mkdtemp(prefix="sonarium-crash-"))
    verdict = trial(place, cycles, senders, port, seed)
    print(json.dumps(asdict(verdict)))
    if not verdict.is_sound:
        print(f"kept for inspection: {place}")
        raise typer.Exit(1)
    if folder is None:
        shutil.rmtree(place)


if __name__ == "__main__":
    typer.run(main)
