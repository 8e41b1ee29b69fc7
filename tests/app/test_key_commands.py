"""`sonarium keys`, as an administrator types it."""

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sonarium.app.command_line import app
from sonarium.app.key_commands import KeyInUse
from sonarium.services.open_objects import NothingIsSealed
from sonarium.storage.errors import KeysMissing, KitMisread
from sonarium.storage.key_files import KeyFiles
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


def test_a_rotation_prints_a_new_kit_and_an_old_root_is_retired_when_idle(data: Path) -> None:
    first = sonarium("init", "--data", data)
    old = KeyRoom(data / "keys").current_id()
    rotated = sonarium("keys", "rotate", "--data", data)
    assert kit_of(rotated) != kit_of(first)
    listed = sonarium("keys", "list", "--data", data)
    assert old in listed
    assert "old" in listed
    assert "is destroyed" in sonarium("keys", "retire", old, "--data", data)
    assert old not in sonarium("keys", "list", "--data", data)


def test_what_is_done_with_root_keys_is_in_the_trail(data: Path) -> None:
    sonarium("init", "--data", data)
    old = KeyRoom(data / "keys").current_id()
    sonarium("keys", "rotate", "--data", data)
    new = KeyRoom(data / "keys").current_id()
    sonarium("keys", "retire", old, "--data", data)
    trail = sonarium("audit", "export", "--data", data)
    assert trail.count(f"root key {old}") == 2  # its kit, and its end
    assert trail.count(f"root key {new}") == 2  # its making, and its kit


def test_that_a_key_was_brought_back_is_in_the_trail_once_there_is_one(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = sonarium("init", "--data", data)
    root = KeyRoom(data / "keys").current_id()
    shutil.rmtree(data / "keys")
    assert "told" not in sonarium("keys", "restore", "--data", data, typed=f"{kit_of(page)}\n")
    assert "brought back from its recovery kit" in sonarium("audit", "export", "--data", data)
    monkeypatch.delenv("SONARIUM_DATABASE__DSN")
    elsewhere = data.with_name("elsewhere")
    said = sonarium("keys", "restore", "--data", elsewhere, typed=f"{kit_of(page)}\n")
    assert f"{root} is back" in " ".join(said.split())
    assert "could not be told" in " ".join(said.split())


def test_a_root_that_still_wraps_is_kept(data: Path) -> None:
    sonarium("init", "--data", data)
    old = KeyRoom(data / "keys").current_id()
    KeyFiles(data / "study-keys").write(bytes(16), old, b"wrapped")
    sonarium("keys", "rotate", "--data", data)
    with pytest.raises(KeyInUse, match=r"still wraps 1 keys"):
        sonarium("keys", "retire", old, "--data", data)
    assert old in KeyRoom(data / "keys").roots()


def test_no_new_keys_are_made_while_the_old_ones_are_missed(data: Path) -> None:
    sonarium("init", "--data", data)
    KeyFiles(data / "study-keys").write(bytes(16), "root", b"wrapped")
    shutil.rmtree(data / "keys")
    with pytest.raises(KeysMissing, match="keys restore"):
        sonarium("status", "--data", data)
    assert not (data / "keys").exists()


def test_objects_of_before_are_encrypted_and_doctor_tells_until_they_are(
    data: Path, testdata: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = testdata / "dicom" / "us" / "toshiba-xario-mmode.dcm"
    monkeypatch.setenv("SONARIUM_KEYS__ENCRYPT_OBJECTS", "false")
    sonarium("import", still, "--data", data)
    with pytest.raises(NothingIsSealed):
        sonarium("keys", "encrypt", "--data", data)
    monkeypatch.delenv("SONARIUM_KEYS__ENCRYPT_OBJECTS")
    assert (
        "sonarium keys encrypt" in CliRunner().invoke(app, ["doctor", "--data", str(data)]).output
    )
    assert "1 objects were encrypted" in sonarium("keys", "encrypt", "--data", data)
    assert "0 objects were encrypted" in sonarium("keys", "encrypt", "--data", data)
    assert "keys encrypt" not in CliRunner().invoke(app, ["doctor", "--data", str(data)]).output
