"""What a command opens."""

from pathlib import Path

import pytest

from sonarium.app.archive import Archive
from sonarium.app.opening import (
    NoArchive,
    existing_settings,
    folder_of,
    settings_for,
    with_archive,
)


def test_what_was_not_given_is_left_to_the_settings(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, http={"port": 9001, "host": None}, dimse={"port": None})
    assert (settings.http.port, settings.http.host) == (9001, "127.0.0.1")
    assert settings.dimse.port == settings_for(tmp_path).dimse.port
    assert folder_of(settings).root == tmp_path


def test_a_misspelt_folder_makes_no_archive(tmp_path: Path) -> None:
    with pytest.raises(NoArchive, match="--data"):
        existing_settings(tmp_path / "missing")
    assert not (tmp_path / "missing").exists()


def test_a_command_runs_on_the_archive_of_its_database(
    dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONARIUM_DATABASE__DSN", dsn)
    found: list[object] = []

    async def run(archive: Archive) -> None:
        found.extend(await archive.devices.all())

    with_archive(existing_settings(tmp_path), run)
    assert found == []
