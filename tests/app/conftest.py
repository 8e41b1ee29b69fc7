"""What the tests of the command line and of the processes share."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from sonarium.app import command_line
from sonarium.app.opening import out

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a command in this process: its exit code, and what it printed."""

    def run_command(*arguments: object) -> tuple[int, str]:
        with out.capture() as printed:
            code = command_line.app([str(one) for one in arguments], standalone_mode=False)
        return code or 0, printed.get()

    before = structlog.get_config()
    out.width = 400
    yield run_command
    structlog.configure(**before)


@pytest.fixture
def data(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an archive whose rows are in a database of the test's own."""
    monkeypatch.setenv("SONARIUM_DATABASE__DSN", dsn)
    return tmp_path / "data"


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]
