"""Keys of groups: durable before they are used, found by whoever comes later."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.storage.sealed_stores import find_nothing, group_keys

from sonarium.domain.group_key import WrappedKey
from sonarium.storage.errors import KeyDestroyed, KeysMissing, StorageUnavailable
from sonarium.storage.group_keys import TAKES_NEW_BLOBS, GroupKeys
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import KeyRoom


def room_in(folder: Path) -> KeyRoom:
    room = KeyRoom(folder / "keys")
    room.ensure()
    return room


async def test_blobs_of_a_group_share_a_key_and_groups_do_not(tmp_path: Path) -> None:
    keys = group_keys(tmp_path)
    assert keys.ready("one") is None
    some = await asyncio.gather(*(keys.for_new_blob("one") for _ in range(5)))
    assert len({key.wrapped.key_id for key in some}) == 1
    assert keys.ready("one") == some[0]
    assert (await keys.for_new_blob("two")).secret != some[0].secret
    assert len(list(KeyFiles(tmp_path / "study-keys").iter_ids())) == 2


async def test_another_process_opens_a_key_from_its_file(tmp_path: Path) -> None:
    made = await group_keys(tmp_path).for_new_blob("one")
    assert await group_keys(tmp_path).get(made.wrapped.key_id) == made


async def test_a_key_is_found_in_the_index_where_no_file_is(tmp_path: Path) -> None:
    room = room_in(tmp_path)
    made = await GroupKeys(room, None, find_nothing).for_new_blob("one")

    async def find(key_id: bytes) -> WrappedKey | None:
        return made.wrapped if key_id == made.wrapped.key_id else None

    later = GroupKeys(room, None, find)
    assert (await later.get(made.wrapped.key_id)).secret == made.secret
    with pytest.raises(KeyDestroyed):
        await later.get(bytes(16))


async def test_a_key_takes_new_blobs_for_minutes_only(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    files = KeyFiles(tmp_path / "study-keys")
    keys = GroupKeys(room_in(tmp_path), files, find_nothing, lambda: now, made_ahead=0)
    first = await keys.for_new_blob("one")
    now += TAKES_NEW_BLOBS
    assert keys.ready("one") == first
    now += timedelta(seconds=1)
    assert keys.ready("one") is None
    assert (await keys.for_new_blob("one")).wrapped.key_id != first.wrapped.key_id


async def test_new_keys_are_wrapped_by_the_new_root_after_a_rotation(tmp_path: Path) -> None:
    room = room_in(tmp_path)
    keys = group_keys(tmp_path)
    old = await keys.for_new_blob("one")
    other_process = group_keys(tmp_path)
    root = room.rotate()
    new = await keys.for_new_blob("two")
    assert new.wrapped.root_key_id == root.key_id != old.wrapped.root_key_id
    assert (await other_process.get(new.wrapped.key_id)).secret == new.secret
    assert (await other_process.get(old.wrapped.key_id)).secret == old.secret


async def test_without_its_root_key_a_key_is_not_lost_but_out_of_reach(tmp_path: Path) -> None:
    made = await group_keys(tmp_path).for_new_blob("one")
    for path in (tmp_path / "keys").iterdir():
        path.unlink()
    with pytest.raises(KeysMissing, match=r"keys restore.*"):
        await group_keys(tmp_path).get(made.wrapped.key_id)


async def test_a_key_that_cannot_be_kept_is_not_used(tmp_path: Path) -> None:
    keys = group_keys(tmp_path)
    (tmp_path / "study-keys").write_text("in the way")
    with pytest.raises(StorageUnavailable):
        await keys.for_new_blob("one")
    assert keys.ready("one") is None
    (tmp_path / "study-keys").unlink()
    assert await keys.for_new_blob("one")


async def filled(keys: GroupKeys, files: KeyFiles) -> set[bytes]:
    """Wait until all keys are there that are made ahead; return the ids of all keys."""
    assert keys._filling is not None
    await keys._filling
    return set(files.iter_ids())


async def test_keys_made_ahead_are_durable_before_a_group_takes_one(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path / "study-keys")
    keys = group_keys(tmp_path, made_ahead=2)
    assert files.is_empty, "nothing is made before a group comes"
    await keys.for_new_blob("one")
    ahead = await filled(keys, files)
    taken = [await keys.for_new_blob(group) for group in ("two", "three", "two")]
    assert taken[0] == taken[2] != taken[1]
    assert {key.wrapped.key_id for key in taken} < ahead
    assert (await group_keys(tmp_path).get(taken[0].wrapped.key_id)).secret == taken[0].secret
    await keys.close()
    used = {taken[0].wrapped.key_id, taken[1].wrapped.key_id}
    assert used < set(files.iter_ids())
    assert len(list(files.iter_ids())) == 3, "what nothing needs is gone"


async def test_a_key_made_ahead_is_used_for_no_longer_than_any_other(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    files = KeyFiles(tmp_path / "study-keys")
    keys = GroupKeys(room_in(tmp_path), files, find_nothing, lambda: now, made_ahead=1)
    await keys.for_new_blob("one")
    ahead = await filled(keys, files)
    now += TAKES_NEW_BLOBS + timedelta(seconds=1)
    assert (await keys.for_new_blob("two")).wrapped.key_id not in ahead
    await keys.close()
    assert len(list(files.iter_ids())) == 2, "the one that grew old is gone"


async def test_a_key_made_before_a_rotation_is_not_used_after_it(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path / "study-keys")
    keys = group_keys(tmp_path, made_ahead=1)
    await keys.for_new_blob("one")
    await filled(keys, files)
    root = room_in(tmp_path).rotate()
    assert (await keys.for_new_blob("two")).wrapped.root_key_id == root.key_id
    await keys.close()


async def test_a_disk_that_fails_is_told_to_whoever_needs_a_key(tmp_path: Path) -> None:
    keys = group_keys(tmp_path, made_ahead=1)
    await keys.for_new_blob("one")
    await filled(keys, KeyFiles(tmp_path / "study-keys"))
    shutil.rmtree(tmp_path / "study-keys")
    (tmp_path / "study-keys").write_text("in the way")
    assert await keys.for_new_blob("two"), "this one was durable before"
    with pytest.raises(StorageUnavailable):
        await keys.for_new_blob("three")
    await keys.close()
