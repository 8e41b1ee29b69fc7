"""One supervisor for one folder, seen from several processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from sonarium.app.folder_lock import FolderInUse, hold_folder, is_served
from sonarium.app.folders import DataFolder

HOLDER = """
import sys
from pathlib import Path
from sonarium.app.folder_lock import hold_folder
from sonarium.app.folders import DataFolder
with hold_folder(DataFolder(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_supervisor_is_refused_with_what_to_do(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with (
        hold_folder(folder),
        pytest.raises(FolderInUse, match=r"stop it, or give another folder by --data"),
        hold_folder(folder),
    ):
        pass


def test_a_folder_is_served_as_long_as_it_is_held(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert not is_served(folder)
    with hold_folder(folder):
        assert is_served(folder)
    assert not is_served(folder)


def test_asking_does_not_make_the_folder_held(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert not is_served(folder)
    with hold_folder(folder):
        pass


def test_a_killed_supervisor_leaves_the_folder_free(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_served(folder)
        holder.kill()
    assert not is_served(folder)
