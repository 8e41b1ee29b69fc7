"""Keys are wrapped anew after a rotation, and the day of true erasure is known."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests.storage.sealed_stores import find_nothing

from sonarium.db.pool import Database
from sonarium.index.study_keys import destroy_study_keys, keep_study_keys
from sonarium.services.study_keys import StudyKeyService
from sonarium.storage.errors import KeysMissing
from sonarium.storage.group_keys import GroupKeys
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import KeyRoom, Keys


@pytest.fixture
def room(tmp_path: Path) -> KeyRoom:
    room = KeyRoom(tmp_path / "keys")
    room.ensure()
    return room


@pytest.fixture
def files(tmp_path: Path) -> KeyFiles:
    return KeyFiles(tmp_path / "study-keys")


async def test_after_a_rotation_every_key_is_wrapped_by_the_new_root(
    database: Database, room: KeyRoom, files: KeyFiles
) -> None:
    keys = GroupKeys(room, files, find_nothing, made_ahead=0)
    made = [await keys.for_new_blob(f"1.{number}") for number in range(4)]
    async with database.transaction() as tx:  # the last one is not indexed yet
        await keep_study_keys(tx, [(f"1.{at}", key.wrapped) for at, key in enumerate(made[:3])])
    service = StudyKeyService(database, files)
    old = room.current_id()
    root = room.rotate()
    assert await service.count_by_root() == {old: 4}
    assert await service.rewrap(room.open()) > 0
    assert await service.count_by_root() == {root.key_id: 4}
    assert await service.rewrap(room.open()) == 0
    room.retire(old)
    for source in (GroupKeys(room, files, find_nothing), _only_index(room, service)):
        for key in made[:3]:
            found = await source.get(key.wrapped.key_id)
            assert found.secret == key.secret


def _only_index(room: KeyRoom, service: StudyKeyService) -> GroupKeys:
    return GroupKeys(room, None, service.find)


async def test_a_root_key_that_is_gone_is_named(
    database: Database, room: KeyRoom, files: KeyFiles
) -> None:
    key = await GroupKeys(room, files, find_nothing, made_ahead=0).for_new_blob("1.2")
    async with database.transaction() as tx:
        await keep_study_keys(tx, [("1.2", key.wrapped)])
    old = room.current_id()
    room.rotate()
    room.retire(old)
    with pytest.raises(KeysMissing, match=old):
        await StudyKeyService(database, files).rewrap(room.open())


async def test_erasure_is_true_once_the_last_backup_expired(
    database: Database, room: KeyRoom, files: KeyFiles
) -> None:
    key = await GroupKeys(room, None, find_nothing).for_new_blob("1.2")
    async with database.transaction() as tx:
        await keep_study_keys(tx, [("1.2", key.wrapped)])
        await destroy_study_keys(tx, "1.2")
    service = StudyKeyService(database, files)
    (erasure,) = await service.erasures(timedelta(days=30))
    assert erasure.keys == 1
    assert erasure.erased_on - erasure.destroyed_on == timedelta(days=31)
    assert await service.find(key.wrapped.key_id) is None


async def test_what_runs_in_the_background_wraps_anew_after_a_rotation(
    database: Database, room: KeyRoom, files: KeyFiles
) -> None:
    made = await GroupKeys(room, files, find_nothing, made_ahead=0).for_new_blob("1.2")
    service = StudyKeyService(database, files)
    pauses = 0

    async def pause(_seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 1:
            room.rotate()
        if pauses == 2:
            raise _Enough

    with pytest.raises(_Enough):
        await service.run(room.open, pause)
    assert await service.count_by_root() == {room.current_id(): 1}
    assert room.current_id() != made.wrapped.root_key_id


@dataclass(frozen=True)
class _As:
    """A key room as it was read at one moment."""

    keys: Keys

    def open(self) -> Keys:
        return self.keys

    def current_id(self) -> str:
        return self.keys.root.key_id


async def test_a_key_wrapped_at_the_moment_of_a_rotation_is_wrapped_anew_too(
    database: Database, room: KeyRoom, files: KeyFiles
) -> None:
    before = room.open()
    service = StudyKeyService(database, files)
    pauses = 0

    async def pause(_seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 1:
            room.rotate()
        if pauses == 4:  # the rotation was followed, and then came what began before it
            late = await GroupKeys(_As(before), files, find_nothing, made_ahead=0).for_new_blob(
                "1.2"
            )
            async with database.transaction() as tx:
                await keep_study_keys(tx, [("1.2", late.wrapped)])
        if pauses == 5:
            raise _Enough

    with pytest.raises(_Enough):
        await service.run(room.open, pause)
    assert await service.count_by_root() == {room.current_id(): 1}


async def test_a_rotation_that_is_done_costs_no_more_looks(
    database: Database, room: KeyRoom, files: KeyFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = StudyKeyService(database, files)
    room.rotate()
    walks: list[int] = []
    pauses = 0

    def walk(_: KeyFiles) -> dict[str, int]:
        walks.append(pauses)
        return {}

    monkeypatch.setattr(KeyFiles, "count_by_root", walk)

    async def pause(_seconds: float) -> None:
        nonlocal pauses
        pauses += 1
        if pauses == 30:
            raise _Enough

    with pytest.raises(_Enough):
        await service.run(room.open, pause)
    assert walks == list(range(12))


class _Enough(Exception):
    """Ends what runs for ever."""
