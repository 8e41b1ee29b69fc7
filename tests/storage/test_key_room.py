"""Keys are made once, kept to ourselves, and brought back from the kit."""

import os
from multiprocessing import get_context
from pathlib import Path

import pytest

from sonarium.storage.errors import KeysDamaged, KeysMissing
from sonarium.storage.key_room import KeyRoom, Keys, write_durably
from sonarium.storage.recovery_kit import kit_characters, read_kit


@pytest.fixture
def room(tmp_path: Path) -> KeyRoom:
    """A room with keys."""
    room = KeyRoom(tmp_path / "keys")
    assert room.ensure()
    return room


def same(one: Keys, other: Keys) -> bool:
    return (
        one.root == other.root
        and one.audit_mac_key == other.audit_mac_key
        and one.audit_signing_key.private_bytes_raw() == other.audit_signing_key.private_bytes_raw()
    )


def test_keys_are_made_once_and_only_their_owner_may_read_them(room: KeyRoom) -> None:
    keys = room.open()
    assert not room.ensure()
    assert same(room.open(), keys)
    assert room.folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in room.folder.iterdir()} == {0o600}
    assert room.open_to_others() == []


def test_a_key_that_others_may_read_is_named(room: KeyRoom) -> None:
    root = room.folder / f"root-{room.current_id()}.key"
    root.chmod(0o640)
    room.folder.chmod(0o755)
    assert room.open_to_others() == [room.folder, root]


def test_processes_that_begin_at_once_make_one_set_of_keys(tmp_path: Path) -> None:
    room = KeyRoom(tmp_path / "keys")
    with get_context("fork").Pool(4) as pool:
        made = pool.map(KeyRoom.ensure, [room] * 8)
    assert made.count(True) == 1
    assert len(room.roots()) == 1


def test_the_kit_waits_until_it_was_shown_and_again_after_a_rotation(room: KeyRoom) -> None:
    assert room.kit_waits
    room.note_kit_shown()
    assert not room.kit_waits
    room.rotate()
    assert room.kit_waits


def test_a_rotation_keeps_the_old_root_and_the_keys_of_the_audit(room: KeyRoom) -> None:
    before = room.open()
    root = room.rotate()
    after = room.open()
    assert after.root == root != before.root
    assert set(after.roots) == {root.key_id, before.root.key_id}
    assert after.audit_mac_key == before.audit_mac_key
    room.retire(before.root.key_id)
    assert same(room.open(), Keys(root, {}, after.audit_signing_key, after.audit_mac_key))
    with pytest.raises(KeysDamaged):
        room.retire(root.key_id)


def test_a_lost_root_comes_back_from_the_kit_and_opens_what_it_wrapped(room: KeyRoom) -> None:
    keys = room.open()
    kit = kit_characters(keys.root)
    (room.folder / f"root-{keys.root.key_id}.key").unlink()
    with pytest.raises(KeysMissing, match="keys restore"):
        room.open()
    with pytest.raises(KeysMissing):
        room.ensure()
    room.restore(read_kit(kit))
    assert same(room.open(), keys)


def test_a_lost_folder_comes_back_from_the_kit_with_new_keys_of_the_audit(room: KeyRoom) -> None:
    keys = room.open()
    elsewhere = KeyRoom(room.folder.with_name("new"))
    elsewhere.restore(keys.root)
    found = elsewhere.open()
    assert found.root == keys.root
    assert found.audit_mac_key != keys.audit_mac_key


def test_an_older_kit_does_not_take_the_place_of_the_key_in_use(room: KeyRoom) -> None:
    old = room.open().root
    new = room.rotate()
    room.retire(old.key_id)
    room.restore(old)
    assert room.open().root == new
    assert old.key_id in room.roots()


def test_no_new_key_is_made_beside_what_an_old_one_wrapped(room: KeyRoom) -> None:
    (room.folder / f"root-{room.current_id()}.key").unlink()
    (room.folder / "current").unlink()
    with pytest.raises(KeysDamaged, match="keys restore"):
        room.ensure()


@pytest.mark.parametrize("content", ["", "00", "zz", "00" * 32])
def test_a_damaged_root_is_noticed(room: KeyRoom, content: str) -> None:
    (room.folder / f"root-{room.current_id()}.key").write_text(content)
    with pytest.raises(KeysDamaged, match="root-"):
        room.open()


@pytest.mark.parametrize("name", ["audit-signing", "audit-mac"])
def test_a_wrapped_key_that_was_exchanged_or_changed_is_noticed(room: KeyRoom, name: str) -> None:
    path = room.folder / f"{name}.wrapped"
    key_id, wrapped = path.read_text().split()
    for content in (f"{key_id} {wrapped[:-2]}00", f"{key_id} ", "x y z"):
        path.write_text(content)
        with pytest.raises(KeysDamaged):
            room.open()
    path.write_text(f"{'0' * 16} {wrapped}")
    with pytest.raises(KeysMissing):
        room.open()
    path.unlink()
    with pytest.raises(KeysMissing, match=name):
        room.open()


def test_a_write_that_broke_off_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    write_durably(path, b"old")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda _fd: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_durably(path, b"new")
    assert path.read_bytes() == b"old"
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"


def test_what_a_power_cut_left_of_a_retired_key_is_destroyed_later(tmp_path: Path) -> None:
    room = KeyRoom(tmp_path / "keys")
    room.ensure()
    left = room.folder / "root-0123.ending"
    left.write_text("half of a key")
    assert room.open().root.key_id == room.current_id()
    room.ensure()
    assert not left.exists()
