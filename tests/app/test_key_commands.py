"""`sonarium keys`, as an administrator types it."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sonarium.app.command_line import app
from sonarium.storage.errors import KitMisread
from sonarium.storage.key_room import KeyRoom


def sonarium(*arguments: str | Path, typed: str = "") -> str:
    """Run a command; what it refuses is raised."""
    finished = CliRunner().invoke(
        app, [str(part) for part in arguments], input=typed, catch_exceptions=False
    )
    assert finished.exit_code == 0, finished.output
    return finished.output


def kit_of(page: str) -> str:
    return "".join(re.findall(r"^ {4}((?:[A-Z2-7]{4}  ){6}[A-Z2-7]{4})$", page, re.MULTILINE))


def test_init_prints_the_kit_once_and_keys_kit_again(data: Path) -> None:
    first = sonarium("init", "--data", data)
    assert "RECOVERY KIT" in first
    assert "RECOVERY KIT" not in sonarium("init", "--data", data)
    assert kit_of(sonarium("keys", "kit", "--data", data)) == kit_of(first)


def test_keys_that_were_lost_come_back_from_the_kit(data: Path) -> None:
    page = sonarium("init", "--data", data)
    root = KeyRoom(data / "keys").open().root
    shutil.rmtree(data / "keys")
    with pytest.raises(KitMisread):
        sonarium("keys", "restore", "--data", data, typed="ABCD EFGH\n")
    said = sonarium("keys", "restore", "--data", data, typed=f"{kit_of(page)}\n")
    assert root.key_id in said
    assert KeyRoom(data / "keys").open().root == root


def test_root_keys_are_listed_by_id_and_never_shown(data: Path) -> None:
    sonarium("init", "--data", data)
    root = KeyRoom(data / "keys").open().root
    listed = sonarium("keys", "list", "--data", data)
    assert root.key_id in listed
    assert root.secret.hex() not in listed
