"""One folder holds everything that is kept."""

import tempfile
from pathlib import Path

import pytest

from sonarium.app.folders import DataFolder, FolderUnusable, refuse_deep_temporary_folder


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "deep" / "data")
    folder.ensure()
    folder.ensure()
    assert folder.root.is_dir()


def test_everything_lies_inside_the_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert {folder.postgresql.parent, folder.blobs.parent, folder.cache.parent} == {tmp_path}


def test_a_place_that_cannot_be_a_folder_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderUnusable, match=r"cannot be used .*: make it writable .*--data"):
        DataFolder(tmp_path / "file" / "data").ensure()


def test_a_folder_holds_an_archive_once_something_was_kept_in_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert not folder.holds_archive
    folder.blobs.mkdir()
    assert folder.holds_archive


def test_temporary_files_that_lie_too_deep_for_sockets_are_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/tmp" + "/x" * 35)
    refuse_deep_temporary_folder()
    monkeypatch.setattr(tempfile, "tempdir", "/tmp" + "/x" * 36)
    with pytest.raises(FolderUnusable, match="set TMPDIR to one of 75 characters"):
        refuse_deep_temporary_folder()
