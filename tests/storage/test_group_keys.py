"""Keys of groups: durable before they are used, found by whoever comes later."""

import asyncio
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


async def test_another_process_opens_a_key_from_its_file_and_knows_its_group(
    tmp_path: Path,
) -> None:
    made = await group_keys(tmp_path).for_new_blob("one")
    assert await group_keys(tmp_path).get(made.wrapped.key_id) == made
    assert b"one" not in made.wrapped.wrapped


async def test_a_key_is_found_in_the_index_where_no_file_is(tmp_path: Path) -> None:
    room = room_in(tmp_path)
    made = await GroupKeys(room.open, None, find_nothing).for_new_blob("one")

    async def find(key_id: bytes) -> WrappedKey | None:
        return made.wrapped if key_id == made.wrapped.key_id else None

    later = GroupKeys(room.open, None, find)
    assert (await later.get(made.wrapped.key_id)).secret == made.secret
    with pytest.raises(KeyDestroyed):
        await later.get(bytes(16))


async def test_a_key_takes_new_blobs_for_minutes_only(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    files = KeyFiles(tmp_path / "study-keys")
    keys = GroupKeys(room_in(tmp_path).open, files, find_nothing, lambda: now)
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
